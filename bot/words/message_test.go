package words_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

type reader struct{}

func (reader) Accounts(string) []chat.Account      { return nil }
func (reader) PersonName(id string) string         { return "name of " + id }
func (reader) Unseal(s chat.Sealed) (string, bool) { return string(s.Box), true }
func (reader) Zone() *time.Location                { return time.UTC }

func card() chat.Message {
	return chat.Message{
		Card: "R-1", Title: chat.Say("test.title", chat.Word("service", "web")), Tone: chat.Warning,
		Sections: []chat.Section{{
			Heading: chat.Say("test.gates"),
			Fields:  []chat.Field{{Label: "test.by", Value: chat.Say("test.value", chat.Person("who", "p1"))}},
			Lines: []chat.Line{
				{Mark: chat.MarkClosed, Text: chat.Say("test.freeze"), Sub: []chat.Text{chat.Say("test.why")}},
				{Mark: chat.MarkOpen, Text: chat.Say("test.window")},
			},
			Pre: "exit 1",
		}},
		Buttons: []chat.Button{
			{Name: "approve", Label: "test.approve", Token: "tok", Style: chat.StylePrimary, Confirm: chat.Say("test.sure")},
			{Name: "log", Label: "test.log", URL: "http://127.0.0.1/log"},
		},
		Private: true, Mentions: []string{"p2"},
	}
}

// The JSON is what scripts read: a change here breaks them.
const cardJSON = `{"card":"R-1","code":"test.title","title":"test.title (service: web)","tone":"warning","sections":[` +
	`{"heading":"test.gates","fields":[{"code":"test.by","label":"test.by","value":"test.value (who: name of p1)"}],` +
	`"lines":[{"mark":"closed","code":"test.freeze","text":"test.freeze","sub":["test.why"]},` +
	`{"mark":"open","code":"test.window","text":"test.window"}],"pre":"exit 1"}],` +
	`"buttons":[{"name":"approve","label":"test.approve","token":"tok","style":"primary","confirm":"test.sure"},` +
	`{"name":"log","label":"test.log","url":"http://127.0.0.1/log"}],"private":true,"mentions":["name of p2"]}`

func TestMessageJSON(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(words.WordMessage(card(), reader{}, time.Time{}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(cardJSON, string(got)); diff != "" {
		t.Error(diff)
	}
	bare, err := json.Marshal(words.WordMessage(chat.Plain(chat.Say("test.one")), reader{}, time.Time{}))
	if want := `{"code":"test.one","title":"test.one"}`; err != nil || string(bare) != want {
		t.Errorf("got %s, %v; want %s", bare, err, want)
	}
}

func TestReply(t *testing.T) {
	t.Parallel()
	r := words.WordReply(chat.Reply{
		Outcome: chat.Done, Code: "test.planned", IDs: map[string]string{"release": "R-1"},
		Messages: []chat.Message{chat.Plain(chat.Say("test.one")), card()},
	}, reader{}, time.Time{})
	want := "test.one\n\ntest.title (service: web)\ntest.gates\ntest.by: test.value (who: name of p1)\n" +
		"✗ test.freeze\n    test.why\n✓ test.window\nexit 1\ntest.log: http://127.0.0.1/log"
	if diff := cmp.Diff(want, r.Text); diff != "" {
		t.Error(diff)
	}
	r.Effects, r.Messages = port.Settled, nil
	r.Text = "t"
	got, err := json.Marshal(r)
	wantJSON := `{"outcome":"done","code":"test.planned","text":"t","ids":{"release":"R-1"},"effects":"settled"}`
	if err != nil || string(got) != wantJSON {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestReplyIsNeverEmpty(t *testing.T) {
	t.Parallel()
	for _, m := range [][]chat.Message{nil, {{}}, {{}, {}}} {
		if r := words.WordReply(chat.Reply{Outcome: chat.Invalid, Code: "test.code", Messages: m}, nil, time.Time{}); r.Text != "test.code" {
			t.Errorf("%d messages: text %q", len(m), r.Text)
		}
	}
}

// A one-sentence reply should be worded in less than 5 µs.
func BenchmarkReply(b *testing.B) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	reply := chat.Reply{Outcome: chat.Done, Code: "test.code", Messages: []chat.Message{chat.Plain(chat.Say("test.code",
		chat.Word("service", "payments"), chat.Person("who", "p1"), chat.Time("at", now), chat.Count("n", 3)))}}
	b.ReportAllocs()
	for b.Loop() {
		words.WordReply(reply, reader{}, now)
	}
}
