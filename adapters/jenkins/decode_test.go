package jenkins

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gonogo-chat/gonogo/bot/port"
)

func FuzzBuild(f *testing.F) {
	f.Add([]byte(`{"_class":"x","number":7,"queueId":42,"building":false,"result":"SUCCESS","timestamp":1764000000000,"duration":5,"estimatedDuration":-1,"actions":[{},{"parameters":[{"name":"GONOGO_KEY","value":"D-1"},{"name":"DRY","value":true},{"name":"SECRET"}]},{"causes":[{"userId":null},{"userId":"dana"}]}]}`))
	f.Add([]byte(`{"number":1,"building":true,"result":null,"timestamp":1,"estimatedDuration":1}`))
	f.Add([]byte(`{"number":-1,"building":false}`))
	f.Add([]byte(`[]`))
	a := &Adapter{settings: Settings{KeyParameter: "GONOGO_KEY"}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var b build
		if json.Unmarshal(raw, &b) != nil || b.check() != nil {
			return
		}
		if s := a.state(b); s.Ended() == *b.Building {
			t.Errorf("building %v is %s", *b.Building, s)
		}
		if s := a.state(b); s == port.RunSucceeded && b.Result != "SUCCESS" {
			t.Errorf("%q is taken for a success", b.Result)
		}
		for _, at := range []int64{-1 << 62, 0, b.Timestamp + 1, 1 << 62} {
			if p := b.percent(time.UnixMilli(at)); p < 0 || p > almost {
				t.Errorf("%d %% at %d of %+v", p, at, b)
			}
		}
		_, _, _ = b.Actions.user(), b.ended(), a.idOf("j", b)
	})
}

func FuzzPlace(f *testing.F) {
	f.Add([]byte(`{"id":42,"buildable":true,"why":"Waiting for next available executor","task":{"url":"https://ci/job/a/job/b%252Fc/"},"actions":[{"parameters":[]}]}`))
	f.Add([]byte(`{"id":42,"cancelled":false,"why":null,"executable":{"number":7}}`))
	f.Add([]byte(`{"blocked":true,"why":"Build #1 is in progress (ETA: 9 sec)"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var p place
		if json.Unmarshal(raw, &p) != nil {
			return
		}
		checkLine(t, p.waits())
		if j, ok := jobAt(p.Task.URL); ok {
			if again, ok := jobAt("https://elsewhere" + j.path() + "/"); !ok || again != j {
				t.Errorf("%s: %q is read as %q", p.Task.URL, j, again)
			}
		}
	})
}

func FuzzStages(f *testing.F) {
	f.Add([]byte(`{"stages":[{"name":"check","status":"SUCCESS"},{"name":"deploy","status":"IN_PROGRESS"},{"name":"x","status":"NOT_EXECUTED"}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var s stages
		if json.Unmarshal(raw, &s) == nil {
			checkLine(t, s.now())
		}
	})
}

func FuzzLines(f *testing.F) {
	f.Add("a\r\n\x1b[31mb\x1b[0m\r\n\x1b[8mha:////x=\x1b[0mc\n", true)
	f.Add("\x1b]0;title\x07x\x1b", false)
	f.Fuzz(func(t *testing.T, text string, cut bool) {
		lines := lastLines(text, cut)
		if len(lines) > port.TailLines {
			t.Fatalf("%d lines", len(lines))
		}
		for _, line := range lines {
			if line == "" {
				t.Error("an empty line")
			}
			checkLine(t, line)
		}
	})
}

func checkLine(t *testing.T, line string) {
	t.Helper()
	if !utf8.ValidString(line) || utf8.RuneCountInString(line) > lineMost+1 || strings.ContainsFunc(line, unicode.IsControl) {
		t.Errorf("the line %q", line)
	}
}

func FuzzRunID(f *testing.F) {
	f.Add("shop/deploy-payments?key=D-7&queue=42")
	f.Add("shop?build=7")
	f.Add("a%2Fb?queue=1")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := parseRun(text)
		if err != nil {
			return
		}
		if r.String() != text {
			t.Errorf("%q is written as %q", text, r)
		}
	})
}

func TestJobAt(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]job{
		"https://ci.example/jenkins/job/shop/job/deploy/":          "shop/deploy",
		"https://ci.example/job/shop/job/pay/job/feature%252Fx/7/": "shop/pay/feature%2Fx",
		"https://ci.example/job/a%20b/":                            "a b",
		"https://ci.example/view/all/job/x/":                       "x",
		"https://ci.example/":                                      "",
		"https://ci.example/job/":                                  "",
		"https://ci.example/job/a%2Fb/":                            "",
		"::":                                                       "",
	} {
		if got, ok := jobAt(address); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v, want %q", address, got, ok, want)
		}
	}
}
