package blockkit_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/adapters/slack/blockkit"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestGoldens renders every kind of card that the project's conversations keep, and some made to be difficult.
func TestGoldens(t *testing.T) {
	t.Parallel()
	messages := map[string]words.Message{"everything": everything(), "long": long(), "hostile": hostile()}
	files, err := filepath.Glob("../../../testdata/cards/*.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d cards: %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var m chat.Message
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		messages[strings.TrimSuffix(filepath.Base(file), ".json")] = words.WordMessage(m, reader{}, time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))
	}
	for name, m := range messages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, part := range blockkit.Render(m, look{}).Parts {
				for _, err := range blockkit.Check(part.Blocks) {
					t.Error(err)
				}
				file := name
				if i > 0 {
					file += fmt.Sprintf("-%d", i+1)
				}
				golden(t, file+".json", encode(t, part.Blocks))
				golden(t, file+".txt", []byte(part.Colour+" "+part.Tone+"\n"+part.Text+"\n"))
			}
		})
	}
}

// reader puts people between ‹ and ›, and times between « and ».
type reader struct{}

func (reader) PersonName(id string) string         { return "‹" + strings.ToUpper(id) + "›" }
func (reader) Accounts(string) []chat.Account      { return nil }
func (reader) Unseal(s chat.Sealed) (string, bool) { return string(s.Box), true }
func (reader) Zone() *time.Location                { return time.UTC }
func (reader) Instant(at time.Time, worded string) string {
	return fmt.Sprintf("«%d %s»", at.Unix(), worded)
}

// look takes them for people with an account, and for times shown in each reader's own zone.
type look struct{}

var (
	person  = regexp.MustCompile("‹([^›]*)›")
	instant = regexp.MustCompile(`«(\d+) ([^»]*)»`)
)

func (look) Mrkdwn(s string) string {
	return instant.ReplaceAllString(person.ReplaceAllString(blockkit.Escape(s), "<@U0$1>"), "<!date^$1^{date_short_pretty} {time}|$2>")
}

func (look) Plain(s string) string {
	return instant.ReplaceAllString(person.ReplaceAllString(s, "$1"), "$2")
}

func encode(t *testing.T, blocks []slack.Block) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(blocks); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-update writes it anew):\n%s", file, d)
	}
}

// everything is a card with all that a message can have.
func everything() words.Message {
	return words.Message{
		Card: "R-1", Title: "R-1 · payments 1.1.0 · waits for ‹ANN›", Tone: chat.Warning, Mentions: []string{"‹ANN›", "Bob", "channel"},
		Sections: []words.Section{
			{Heading: "Facts", Fields: []words.Field{{Label: "Requested by", Value: "‹ANN›"}, {Label: "Risk & cost", Value: "high <b>"}}},
			{Heading: "Gates", Lines: []words.Line{
				{Mark: chat.MarkOpen, Text: "The digest is the one that its build published."},
				{Mark: chat.MarkClosed, Text: "production is frozen", Sub: []string{"“closing” by ‹ANN›", "until Monday"}},
				{Mark: chat.MarkUnknown, Text: "no figures"}, {Mark: chat.MarkWaiting, Text: "2 of 3 votes"}, {Text: "by the way"},
			}, Buttons: []words.Button{
				{Name: "approve", Label: "Approve B-1", Token: "T1"}, {Name: "vote", Label: "Vote with a reason", Form: "/vote B-1"},
			}},
			{Pre: "\x1b[31mmake: *** [deploy] Error 2\x1b[0m\r\n\tat <step> & *3*\n"},
		},
		Buttons: []words.Button{
			{Name: "approve", Label: "Approve", Token: "T2", Style: chat.StylePrimary, Confirm: "Approve R-1 as ‹ANN›?"},
			{Name: "reject", Label: "Reject", Token: "T3", Style: chat.StyleDanger, Confirm: "Reject R-1?"},
			{Name: "log", Label: "Log", URL: "https://ci.test/log/D-1"},
			{Name: "odd", Label: "Odd", URL: "file:///etc/passwd"},
			{Name: "nothing", Label: "Nothing"},
		},
	}
}

// long goes beyond one message in every way.
func long() words.Message {
	m := words.Message{Card: "D-1", Title: "D-1 · a list of what happened", Tone: chat.Bad}
	for i := range 60 {
		m.Sections = append(m.Sections, words.Section{Heading: fmt.Sprintf("Step %d", i+1), Lines: []words.Line{{Text: strings.Repeat("and so on ", 30)}}})
	}
	m.Sections = append(m.Sections, words.Section{Pre: strings.Repeat("a line of output\n", 2000) + "the last line"})
	m.Buttons = []words.Button{{Name: "ack", Label: strings.Repeat("A very long label ", 8), Token: "T1", Confirm: strings.Repeat("Are you quite sure? ", 20)}}
	return m
}

// hostile is what somebody types who wants to call everybody, or to look like the bot.
func hostile() words.Message {
	typed := "<!channel> @everyone <!here|x> &lt;!channel&gt; <https://evil.test|approved> *bold* ```code"
	return words.Message{
		Title: typed, Mentions: []string{typed},
		Sections: []words.Section{{Heading: typed, Pre: typed, Fields: []words.Field{{Label: typed, Value: typed}}, Lines: []words.Line{{Mark: "<!here>", Text: typed, Sub: []string{typed}}}}},
		Buttons:  []words.Button{{Name: typed, Label: typed, Form: typed, Confirm: typed}},
	}
}

func TestLongMessagesGoOn(t *testing.T) {
	t.Parallel()
	r := blockkit.Render(long(), blockkit.Bare{})
	if len(r.Parts) < 2 || len(r.Files) != 1 {
		t.Fatalf("%d parts, %d files", len(r.Parts), len(r.Files))
	}
	var all string
	for i, p := range r.Parts {
		raw := string(encode(t, p.Blocks))
		all += raw
		if begins := strings.Contains(raw, "Continued: D-1"); begins != (i > 0) {
			t.Errorf("part %d says that it continues: %v", i, begins)
		}
		if goes := strings.Contains(raw, words.Label("slack.goes_on")); goes != (i < len(r.Parts)-1) {
			t.Errorf("part %d says that it goes on: %v", i, goes)
		}
		if pressed := strings.Contains(raw, `"press:ack"`); pressed != (i == 0) {
			t.Errorf("part %d has the button: %v", i, pressed)
		}
	}
	for i := range 60 {
		if n := strings.Count(all, fmt.Sprintf("*Step %d*", i+1)); n != 1 {
			t.Errorf("step %d is there %d times", i+1, n)
		}
	}
	if !strings.Contains(all, r.Files[0].Name) || !strings.Contains(all, "the last line") || strings.Count(r.Files[0].Content, "\n") != 2001 {
		t.Errorf("the output is not attached whole: %d lines", strings.Count(r.Files[0].Content, "\n"))
	}
}

func TestViewIsBoundedVisibly(t *testing.T) {
	t.Parallel()
	few := blockkit.View([]words.Message{everything(), everything()}, look{})
	for _, err := range blockkit.CheckView(few) {
		t.Error(err)
	}
	many := blockkit.View([]words.Message{long(), long(), long()}, look{})
	for _, err := range blockkit.CheckView(many) {
		t.Error(err)
	}
	if len(many) != blockkit.ViewBlocks || !strings.Contains(string(encode(t, many[99:])), words.Label("slack.view_full")) {
		t.Errorf("%d blocks, the last does not say that there is more", len(many))
	}
}
