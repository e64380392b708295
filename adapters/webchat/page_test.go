package webchat_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/webchat"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func TestPage(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.post(t, "#cab", "k", card("a card"))
	page := f.ask("GET", "/c/cab?as=chair", "")
	for _, want := range []string{
		`data-me="chair"`, `data-channel="#cab"`, `<option value="chair" data-name="Chris Chair" selected>chair · Chris Chair · CAB chair</option>`,
		`href="/c/releases"`, `aria-current="page"`, `data-card="R-1"`, `a card</h3>`, `title="Mon 23 Nov 2026 13:00:00 CET">13:00</time>`, "Example Bank",
	} {
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("no %s in\n%s", want, page.Body)
		}
	}
	// Whom one spoke as is remembered by the browser.
	cookies := page.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("cookies %v", cookies)
	}
	if w := f.ask("GET", "/", "", "Cookie", cookies[0].Name+"="+cookies[0].Value); !strings.Contains(w.Body.String(), `data-me="chair"`) || !strings.Contains(w.Body.String(), `data-channel="#releases"`) {
		t.Errorf("with the cookie: %s", w.Body)
	}
	for target, want := range map[string]int{"/c/nowhere": 404, "/?as=eve": 403, "/x": 404, "/login": 303} {
		if w := f.ask("GET", target, ""); w.Code != want {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
	if w := f.ask("GET", "/", "", "Cookie", cookies[0].Name+"=eve"); w.Code != 200 || !strings.Contains(w.Body.String(), `data-me="dev"`) {
		t.Errorf("remembered somebody unknown: %d", w.Code)
	}
}

// Everything that the page loads is there, and may be kept: its address changes with it.
func TestStatic(t *testing.T) {
	t.Parallel()
	f := start(t)
	page := f.ask("GET", "/", "").Body.String()
	found := regexp.MustCompile(`(?:src|href)="(/static/[^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(found) < 4 {
		t.Fatalf("found %v", found)
	}
	for _, m := range found {
		w := f.ask("GET", m[1], "")
		if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Body.Len() == 0 {
			t.Errorf("%s: %d %s", m[1], w.Code, w.Header().Get("Cache-Control"))
		}
	}
	if w := f.ask("GET", "/static/0000000000000000/main.js", ""); w.Code != 404 {
		t.Errorf("another version: %d", w.Code)
	}
	if strings.Contains(page, "<script>") || regexp.MustCompile(` on[a-z]+=`).MatchString(page) || strings.Contains(page, " style=") {
		t.Error("the page holds what its policy forbids")
	}
}

// hostile has people's strings wherever a message has any.
func hostile() chat.Message {
	s := chat.Say(inert)
	return chat.Message{
		Card: inert, Title: s, Tone: chat.Tone(inert), Mentions: []string{inert},
		Sections: []chat.Section{{
			Heading: s, Fields: []chat.Field{{Label: inert, Value: s}}, Pre: inert,
			Lines: []chat.Line{{Mark: chat.Mark(inert), Text: s, Sub: []chat.Text{s, s, s, s}}},
		}},
		Buttons: []chat.Button{
			{Name: inert, Label: inert, Token: inert, Style: chat.Style(inert), Confirm: s},
			{Name: "link", Label: inert, URL: "javascript:broken()"}, {Name: "data", Label: "x", URL: "data:text/html,<script>"},
			{Name: "quote", Label: "x", URL: `/x"onmouseover="broken()`},
		},
	}
}

func TestInjection(t *testing.T) {
	t.Parallel()
	f := start(t, func(o *webchat.Options) {
		o.Organisation = func() string { return inert }
		accounts := append(o.Accounts(), webchat.Account{Handle: "mallory", Name: inert, Role: inert, Person: "p-mallory"})
		o.Accounts = func() []webchat.Account { return accounts }
		o.Channels = func() []webchat.Channel {
			return []webchat.Channel{{Name: "#cab", Topic: inert}, {Name: `#"><b id=broken>`, Topic: inert}}
		}
	})
	f.post(t, "#cab", inert, hostile())
	f.timeline.entries = append(f.timeline.entries, port.Entry{ID: inert, Channel: "#cab", At: noon, Person: inert, Line: &chat.Sealed{Person: "p-dev", Box: []byte(inert)}})
	stream := listen(t, serve(t, f), "as=dev&html=1", "")
	stream.must()
	f.post(t, "#cab", "k2", hostile())
	var live struct{ HTML string }
	if err := json.Unmarshal([]byte(stream.must().data), &live); err != nil {
		t.Fatal(err)
	}
	shown := []string{f.ask("GET", "/?as=mallory", "").Body.String(), live.HTML}
	entries := f.ask("GET", "/api/v1/entries?in=%23cab&html=1", "").Body.String()
	var decoded struct{ Entries []struct{ HTML string } }
	if err := json.Unmarshal([]byte(entries), &decoded); err != nil || len(decoded.Entries) != 3 {
		t.Fatalf("%v %s", err, entries)
	}
	for _, e := range decoded.Entries {
		shown = append(shown, e.HTML)
	}
	for _, html := range shown {
		for _, forbidden := range []string{"<img", "<script>", "<b id", `"onmouseover`, `href="javascript`, `href="data:`} {
			if strings.Contains(html, forbidden) {
				t.Errorf("%s in %s", forbidden, html)
			}
		}
		if !strings.Contains(html, "&lt;img src=x onerror=") {
			t.Errorf("what was written is not shown: %s", html)
		}
	}
	if strings.ContainsAny(entries, "<>") {
		t.Error("JSON holds unescaped markup")
	}
}

// A login's problem is the server's own sentence: the token that was tried is not shown again.
func TestLoginShowsNoToken(t *testing.T) {
	t.Parallel()
	w := start(t, withLogin).login(inert)
	if strings.Contains(w.Body.String(), "onerror") {
		t.Errorf("%s", w.Body)
	}
}

// A section's buttons stand below it; a form carries the line that it begins, and no token.
func TestButtonsOfSections(t *testing.T) {
	t.Parallel()
	f := start(t)
	m := word("x")
	m.Sections = []chat.Section{{Lines: []chat.Line{{Text: chat.Say("quote")}}, Buttons: []chat.Button{
		{Name: "approve", Label: "button.go", Token: "tok"}, {Name: "reason", Label: "button.vote_reason", Form: `/vote "B-1"`},
	}}}
	f.timeline.entries = []port.Entry{{ID: "1", Channel: "#cab", At: noon, Message: m}}
	body := f.ask("GET", "/c/cab", "").Body.String()
	section, _, _ := strings.Cut(body[strings.Index(body, "<section>"):], "</section>")
	for _, want := range []string{`data-token="tok">Go</button>`, `data-form="/vote &#34;B-1&#34;">With a reason…</button>`} {
		if !strings.Contains(section, want) {
			t.Errorf("no %s in %s", want, section)
		}
	}
	if strings.Count(section, "data-token") != 1 {
		t.Error("a form carries a token")
	}
}

func TestTimesOfOtherDays(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.timeline.entries = []port.Entry{{ID: "1", Channel: "#cab", At: noon.Add(-13 * time.Hour), Message: word("x")}}
	body := f.ask("GET", "/c/cab", "").Body.String()
	if !strings.Contains(body, ">22 Nov 23:00</time>") {
		t.Error(body)
	}
	if body := f.ask("GET", "/c/cab?as=chair", "").Body.String(); !strings.Contains(body, ">00:00</time>") {
		t.Error(body)
	}
}

// The reply's messages come with markup where the page asks for it, one for one.
func TestReplyWithMarkup(t *testing.T) {
	t.Parallel()
	f := start(t)
	var answer struct {
		Messages []json.RawMessage
		HTML     []string
	}
	w := f.ask("POST", "/api/v1/say?html=1", `{"as":"dev","in":"#cab","text":"<hr>"}`)
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.Messages) != 1 || len(answer.HTML) != 1 {
		t.Fatalf("%v %s", err, w.Body)
	}
	if !strings.Contains(answer.HTML[0], "heard: &lt;hr&gt;") || slices.Contains(answer.HTML, "<hr>") {
		t.Error(answer.HTML)
	}
}
