package webchat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/webchat"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func TestSay(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.door.say = func(context.Context, port.Said) (chat.Reply, error) {
		return chat.Reply{Outcome: chat.Done, Code: "release.planned", IDs: map[string]string{"release": "R-1"}, Messages: []chat.Message{word("planned <b>")}}, nil
	}
	w := f.ask("POST", "/api/v1/say", `{"as":"chair","in":"#cab","text":"/release plan payments 1.1.0","key":"k1","wait":"30s"}`)
	want := `{"outcome":"done","code":"release.planned","text":"planned \u003cb\u003e","ids":{"release":"R-1"},"messages":[{"code":"planned \u003cb\u003e","title":"planned \u003cb\u003e"}],"effects":"settled"}`
	if w.Code != 200 || w.Body.String() != want {
		t.Errorf("status %d, body\n%s, want\n%s", w.Code, w.Body, want)
	}
	if got := w.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
	said := f.door.lastSaid()
	place := chat.Place{Platform: "local", Channel: "#cab"}
	if said.Key != "local:p-chair:k1" || said.Account != local("U-chair") || said.Place != place || said.Text != "/release plan payments 1.1.0" || said.Zone.String() != "Europe/Berlin" {
		t.Errorf("said %+v", said)
	}
	if len(f.door.settled) != 1 || f.door.settled[0] != said.Key {
		t.Errorf("settled %v", f.door.settled)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	f := start(t)
	say := func(as, text, key string) int {
		body, _ := json.Marshal(map[string]string{"as": as, "in": "#cab", "text": text, "key": key})
		return f.ask("POST", "/api/v1/say", string(body)).Code
	}
	for _, c := range []struct {
		as, text, key string
		want          int
	}{
		{"dev", "/one", "k", 200},
		{"dev", "/one", "k", 200},
		{"dev", "/two", "k", 409},
		{"chair", "/two", "k", 200}, // another account's key is another key
		{"dev", "/one", strings.Repeat("k", 128), 200},
		{"dev", "/one", strings.Repeat("k", 129), 400},
		{"dev", "/one", "a b", 400},
		{"dev", "/one", "ü", 400},
	} {
		if got := say(c.as, c.text, c.key); got != c.want {
			t.Errorf("%s says %q under %q: %d, want %d", c.as, c.text, c.key, got, c.want)
		}
	}
	if say("dev", "/three", ""); !strings.HasPrefix(f.door.lastSaid().Key, "local:p-dev:") {
		t.Errorf("key %q", f.door.lastSaid().Key)
	}
	first := f.door.lastSaid().Key
	if say("dev", "/three", ""); f.door.lastSaid().Key == first {
		t.Error("two requests without a key have the same one")
	}
}

func TestPress(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, body := range []string{
		`{"as":"chair","in":"#cab","on":"R-1","button":"approve","key":"p"}`,
		`{"as":"dev","token":"opaque"}`,
	} {
		if w := f.ask("POST", "/api/v1/press", body); w.Code != 200 || !strings.Contains(w.Body.String(), `"code":"pressed"`) {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
	want := port.Pressed{Key: "local:p-chair:p", Account: local("U-chair"), Place: chat.Place{Platform: "local", Channel: "#cab"}, On: "R-1", Button: "approve"}
	if f.door.pressed[0] != want || f.door.pressed[1].Token != "opaque" {
		t.Errorf("pressed %+v", f.door.pressed)
	}
}

func TestMalformed(t *testing.T) {
	t.Parallel()
	f := start(t)
	for name, c := range map[string]struct {
		path, body string
		status     int
		code       string
	}{
		"no JSON":          {"say", `{`, 400, "request.json"},
		"null":             {"say", `null`, 400, "request.missing"},
		"array":            {"say", `[]`, 400, "request.json"},
		"two values":       {"say", `{"as":"dev","in":"#cab","text":"/x"}{}`, 400, "request.json"},
		"not UTF-8":        {"say", "{\"as\":\"dev\",\"in\":\"#cab\",\"text\":\"\xff\"}", 400, "request.json"},
		"unknown field":    {"say", `{"as":"dev","in":"#cab","text":"/x","dry":true}`, 400, "request.unknown_field"},
		"mistyped":         {"say", `{"as":"dev","in":"#cab","text":7}`, 400, "request.malformed"},
		"no text":          {"say", `{"as":"dev","in":"#cab"}`, 400, "request.missing"},
		"no in":            {"say", `{"as":"dev","text":"/x"}`, 400, "request.missing"},
		"no as":            {"say", `{"in":"#cab","text":"/x"}`, 400, "request.missing"},
		"nobody":           {"say", `{"as":"eve","in":"#cab","text":"/x"}`, 403, "request.no_account"},
		"no channel":       {"say", `{"as":"dev","in":"#nowhere","text":"/x"}`, 404, "request.channel"},
		"no duration":      {"say", `{"as":"dev","in":"#cab","text":"/x","wait":"soon"}`, 400, "request.malformed"},
		"negative wait":    {"say", `{"as":"dev","in":"#cab","text":"/x","wait":"-1s"}`, 400, "request.malformed"},
		"long wait":        {"say", `{"as":"dev","in":"#cab","text":"/x","wait":"10m1s"}`, 400, "request.malformed"},
		"too large":        {"say", `{"as":"dev","in":"#cab","text":"` + strings.Repeat("x", 64<<10) + `"}`, 413, "request.too_large"},
		"no button":        {"press", `{"as":"dev","on":"R-1"}`, 400, "request.missing"},
		"no card":          {"press", `{"as":"dev","button":"approve"}`, 400, "request.missing"},
		"token and name":   {"press", `{"as":"dev","token":"t","button":"approve"}`, 400, "request.malformed"},
		"press in nowhere": {"press", `{"as":"dev","token":"t","in":"#nowhere"}`, 404, "request.channel"},
		"no such path":     {"shout", `{}`, 404, "request.path"},
	} {
		w := f.ask("POST", "/api/v1/"+c.path, c.body)
		if got := problemCode(t, w.Body.Bytes()); w.Code != c.status || got != c.code {
			t.Errorf("%s: %d %s, want %d %s", name, w.Code, got, c.status, c.code)
		}
	}
	if n := f.door.calls(); n != 0 {
		t.Errorf("the door was called %d times", n)
	}
	if w := f.ask("GET", "/api/v1/say", ""); w.Code != 405 || w.Header().Get("Allow") != "POST" {
		t.Errorf("GET: %d, allowed %q", w.Code, w.Header().Get("Allow"))
	}
}

// A body whose length is not announced is bounded all the same.
func TestLargeBodyInChunks(t *testing.T) {
	t.Parallel()
	f := start(t)
	r, _ := http.NewRequest("POST", "http://127.0.0.1:8080/api/v1/say", struct{ *bytes.Reader }{bytes.NewReader(make([]byte, 1<<20))})
	r.Header.Set("Content-Type", "application/json")
	w := record(f, r)
	if w.Code != 413 {
		t.Errorf("status %d", w.Code)
	}
}

func problemCode(t *testing.T, body []byte) string {
	t.Helper()
	var answer struct{ Error struct{ Code, Text string } }
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	if answer.Error.Text == "" || strings.Contains(answer.Error.Text, answer.Error.Code) {
		t.Errorf("%s has no sentence: %q", answer.Error.Code, answer.Error.Text)
	}
	return answer.Error.Code
}

func TestDoorFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		status int
		retry  string
	}{
		"stopping": {errStopping, 503, "2"},
		"late":     {context.DeadlineExceeded, 504, ""},
		"broken":   {errors.New("secret detail"), 500, ""},
	} {
		f := start(t)
		f.door.say = func(context.Context, port.Said) (chat.Reply, error) { return chat.Reply{}, c.err }
		w := f.ask("POST", "/api/v1/say", `{"as":"dev","in":"#cab","text":"/x"}`)
		if w.Code != c.status || w.Header().Get("Retry-After") != c.retry || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %d, retry %q, %s", name, w.Code, w.Header().Get("Retry-After"), w.Body)
		}
	}
}

// What was decided stands, however the wait for its effects ends.
func TestWaitEndsFirst(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.door.settle = func(ctx context.Context, _ string) (port.Effects, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}
	w := f.ask("POST", "/api/v1/say", `{"as":"dev","in":"#cab","text":"/x","wait":"1ms"}`)
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"effects":"pending"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := f.ask("POST", "/api/v1/say", `{"as":"dev","in":"#cab","text":"/x"}`); strings.Contains(w.Body.String(), "effects") {
		t.Errorf("effects without a wait: %s", w.Body)
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.door.complete = func(s port.Said) []string {
		if s.Account != local("U-dev") || s.Place.Channel != "#releases" {
			return nil
		}
		return []string{s.Text + "ease plan "}
	}
	for target, want := range map[string]string{
		"?as=dev&in=%23releases&text=%2Frel": `{"lines":["/release plan "]}`,
		"?as=chair&in=%23releases&text=x":    `{"lines":[]}`,
	} {
		if w := f.ask("GET", "/api/v1/complete"+target, ""); w.Code != 200 || w.Body.String() != want {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	for target, status := range map[string]int{"?as=dev&in=%23x&text=a": 404, "?in=%23cab&text=a": 400, "?as=dev&text=" + strings.Repeat("a", 9000): 400} {
		if w := f.ask("GET", "/api/v1/complete"+target, ""); w.Code != status {
			t.Errorf("%.40s: %d, want %d", target, w.Code, status)
		}
	}
}

func TestChannels(t *testing.T) {
	t.Parallel()
	w := start(t).ask("GET", "/api/v1/channels", "")
	want := `{"channels":[{"name":"#releases","topic":"what is on its way"},{"name":"#cab","topic":"votes"},{"name":"#oncall","topic":"pages"}],` +
		`"accounts":[{"handle":"dev","name":"Dana Developer","role":"developer of payments"},{"handle":"chair","name":"Chris Chair","role":"CAB chair"}],` +
		`"demo":true,"organisation":"Example Bank"}`
	if w.Code != 200 || w.Body.String() != want {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w = start(t, withLogin).ask("GET", "/api/v1/channels", "", "Authorization", "Bearer dev-token")
	if w.Code != 200 || strings.Contains(w.Body.String(), "accounts") || !strings.Contains(w.Body.String(), `"demo":false`) {
		t.Errorf("outside the demo: %d %s", w.Code, w.Body)
	}
}

func TestEntries(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.timeline.entries = []port.Entry{
		{ID: "1", Channel: "#cab", At: noon, Person: "p-dev", Line: &chat.Sealed{Person: "p-dev", Box: []byte("/help")}},
		{ID: "2", Channel: "#cab", At: noon, Person: "p-gone", Line: &chat.Sealed{Person: "p-gone", Box: []byte("forgotten")}},
		{ID: "3", Channel: "#releases", At: noon, Message: word("elsewhere")},
		{ID: "4", Key: "post:local:dev:k:0", Channel: "#cab", At: noon, Message: word("new"), Edited: noon.Add(1e9)},
	}
	want := `{"entries":[{"id":"1","channel":"#cab","at":"2026-11-23T12:00:00Z","who":"dev","line":"/help"},` +
		`{"id":"2","channel":"#cab","at":"2026-11-23T12:00:00Z","who":"somebody","line":"(erased)"},` +
		`{"id":"4","key":"post:local:dev:k:0","channel":"#cab","at":"2026-11-23T12:00:00Z","message":{"code":"new","title":"new"},"edited":"2026-11-23T12:00:01Z"}]}`
	if w := f.ask("GET", "/api/v1/entries?in=%23cab", ""); w.Code != 200 || w.Body.String() != want {
		t.Errorf("%d\n%s\nwant\n%s", w.Code, w.Body, want)
	}
	if w := f.ask("GET", "/api/v1/entries?in=%23cab&n=1", ""); strings.Count(w.Body.String(), `"id"`) != 1 || !strings.Contains(w.Body.String(), `"id":"4"`) {
		t.Errorf("the last one: %s", w.Body)
	}
	if w := f.ask("GET", "/api/v1/entries?in=%23oncall", ""); w.Body.String() != `{"entries":[]}` {
		t.Errorf("none: %s", w.Body)
	}
	for target, status := range map[string]int{"": 400, "?in=%23x": 404, "?in=%23cab&n=0": 400, "?in=%23cab&n=501": 400, "?in=%23cab&n=x": 400, "?in=%23cab&as=eve": 403} {
		if w := f.ask("GET", "/api/v1/entries"+target, ""); w.Code != status {
			t.Errorf("%q: %d, want %d", target, w.Code, status)
		}
	}
}

func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		`{"as":"dev","in":"#cab","text":"/x","key":"k","wait":"1s"}`, `{"as":"dev","on":"R-1","button":"approve"}`, `{"as":"dev","token":"t"}`,
		`{"AS":"dev","as":"eve"}`, `null`, `[]`, `{"text":"\ud800"}`, "{\"text\":\"\xff\"}", `{"wait":"1e9h"}`, `{"as":"dev","in":"#cab","text":"x"} `,
	} {
		f.Add(seed)
	}
	fixed := start(f)
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{"say", "press"} {
			before := fixed.door.calls()
			w := fixed.ask("POST", "/api/v1/"+path, body)
			called := fixed.door.calls() - before
			if (w.Code == 200) != (called == 1) || called > 1 {
				t.Errorf("%s %q: status %d with %d calls", path, body, w.Code, called)
			}
			if w.Code != 200 && (w.Code < 400 || w.Code >= 500) {
				t.Errorf("%s %q: status %d", path, body, w.Code)
			}
			if !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s %q: answer %q", path, body, w.Body)
			}
		}
	})
}

func BenchmarkSay(b *testing.B) {
	f := start(b, func(o *webchat.Options) { o.Door = silent{} })
	for b.Loop() {
		if w := f.ask("POST", "/api/v1/say", `{"as":"dev","in":"#cab","text":"/vote R-1 approve","key":"k"}`); w.Code != 200 {
			b.Fatal(w.Code)
		}
	}
	b.ReportAllocs()
}

// silent answers at once.
type silent struct{ port.Door }

func (silent) Say(context.Context, port.Said) (chat.Reply, error) {
	return chat.Reply{Outcome: chat.Done, Code: "vote.counted", Messages: []chat.Message{chat.Plain(chat.Say("webchat.erased"))}}, nil
}
