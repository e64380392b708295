package terminal_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/width"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

var update = flag.Bool("update", false, "write the goldens anew")

func releaseCard() words.Message {
	return words.Message{
		Card: "R-1", Code: "release.card", Title: "Release of payments 1.1.0 to production", Tone: chat.Warning,
		Sections: []words.Section{
			{Fields: []words.Field{
				{Label: "Service", Value: "payments"},
				{Label: "Requested by", Value: "Zoë Øster (開発者)"},
				{Label: "Risk", Value: "high: the rule “touches money” gave it, for payments are booked by this service and by no other"},
				{Label: "A label that is much too long for a column", Value: "its value"},
			}},
			{Heading: "Gates", Lines: []words.Line{
				{Mark: chat.MarkOpen, Text: "Artifact: the digest is the one that its build published."},
				{Mark: chat.MarkClosed, Text: "Freeze: production is frozen until today 14:05 CET.", Sub: []string{"“financial closing”", "an exception may be asked for: /freeze exception R-1 “why”"}},
				{Mark: chat.MarkUnknown, Text: "Metrics: no figures…"},
				{Mark: chat.MarkWaiting, Text: "Approval: 2 of 3 votes"},
				{Text: "by the way"},
			}},
			{Pre: "make: *** [deploy] Error 2\n\tat step 3\nhttp://127.0.0.1:8080/a/very/long/line/that/does/not/break/anywhere/at/all/and/goes/on/and/on"},
		},
		Buttons: []words.Button{
			{Name: "approve", Label: "Approve", Token: "t1", Style: chat.StylePrimary},
			{Name: "reject", Label: "Reject", Token: "t2", Style: chat.StyleDanger},
			{Name: "ack", Label: "Acknowledge the page"},
			{Name: "log", Label: "Log", URL: "http://127.0.0.1:8080/log/D-1"},
		},
		Private: true, Mentions: []string{"Ann", "Bob"},
	}
}

func TestRenderGoldens(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]terminal.Options{
		"wide": {Width: 100}, "default": {}, "narrow": {Width: 34}, "colour": {Colour: true},
		"ascii": {ASCII: true}, "numbers": {Numbers: true},
	} {
		got := terminal.Render(releaseCard(), opt)
		file := filepath.Join("testdata", "card-"+name+".txt")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// hostile is what somebody might write to take over the terminals of those who read it.
const hostile = "a\x1b[2J\x1b]0;title\x07\u009b31m\x7f\r\nroot# \u202Eevil\u2066x\x00\xff\u200b\u2028b"

// everywhere puts a text into every place of a message.
func everywhere(s string) words.Message {
	return words.Message{
		Card: s, Title: s, Tone: chat.Tone(s),
		Sections: []words.Section{{Heading: s, Fields: []words.Field{{Label: s, Value: s}},
			Lines: []words.Line{{Mark: chat.Mark(s), Text: s, Sub: []string{s}}}, Pre: s}},
		Buttons: []words.Button{
			{Name: s, Label: s, Style: chat.Style(s)}, {Name: s, Label: s + "x"}, {Name: "l", Label: s, URL: "http://" + s},
		},
		Mentions: []string{s},
	}
}

func unsafe(s string) string {
	for _, r := range s {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028') {
			return string(r)
		}
	}
	if !utf8.ValidString(s) {
		return "bytes that are no UTF-8"
	}
	return ""
}

func TestNothingWrittenReachesTheTerminalAsControl(t *testing.T) {
	t.Parallel()
	for _, opt := range []terminal.Options{{}, {ASCII: true}, {Numbers: true}, {Width: 1}} {
		got := terminal.Render(everywhere(hostile), opt)
		if bad := unsafe(got); bad != "" {
			t.Errorf("%+v lets %q through:\n%q", opt, bad, got)
		}
		if !strings.Contains(got, "root#") {
			t.Errorf("%+v loses what was written: %q", opt, got)
		}
	}
	// With colours, only the renderer's own sequences remain.
	got := terminal.Render(everywhere(hostile), terminal.Options{Colour: true})
	for _, own := range []string{"0", "1", "2", "31", "32", "33", "34"} {
		got = strings.ReplaceAll(got, "\x1b["+own+"m", "")
	}
	if bad := unsafe(got); bad != "" {
		t.Errorf("colours let %q through:\n%q", bad, got)
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain": "plain", " two\n lines\t": "two lines", "\x1b[31mred": "[31mred", "Zoë 開発者 👍": "Zoë 開発者 👍", "\x1b\x07": "",
	} {
		if got := terminal.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add(hostile, 40, true)
	f.Add("", 0, false)
	f.Add("開発者開発者開発者 e\u0301\u0301", 20, false)
	f.Add(strings.Repeat("x", 200), -5, true)
	f.Fuzz(func(t *testing.T, s string, columns int, ascii bool) {
		columns = min(columns, 300)
		got := terminal.Render(everywhere(s), terminal.Options{Width: columns, ASCII: ascii})
		if bad := unsafe(got); bad != "" {
			t.Errorf("lets %q through: %q", bad, got)
		}
		for _, r := range got {
			if ascii && r >= utf8.RuneSelf {
				t.Fatalf("%q is not ASCII", got)
			}
		}
	})
}

// Text wraps by the columns that it takes, not by bytes or characters.
func TestLinesFitTheWidth(t *testing.T) {
	t.Parallel()
	m := releaseCard()
	m.Title = strings.Repeat("開発 ", 40) + "schön " + strings.Repeat("e\u0301", 60)
	for _, columns := range []int{20, 33, 60, 120} {
		for line := range strings.Lines(terminal.Render(m, terminal.Options{Width: columns})) {
			n := 0
			for _, r := range strings.TrimSuffix(line, "\n") {
				switch {
				case unicode.Is(unicode.Mn, r):
				case width.LookupRune(r).Kind() == width.EastAsianWide:
					n += 2
				default:
					n++
				}
			}
			// A row of one button is never broken: pressing needs its name whole.
			if n > columns && !strings.HasPrefix(line, "  [") {
				t.Errorf("%d columns in %d: %q", n, columns, line)
			}
		}
	}
}

// Buttons of sections are numbered with the message's own; a form is shown as the line to type.
func TestButtonsOfSections(t *testing.T) {
	t.Parallel()
	vote := func(id string) words.Section {
		return words.Section{Lines: []words.Line{{Text: id}}, Buttons: []words.Button{
			{Name: "approve", Label: "Go", Token: "tok-" + id}, {Name: "reason", Label: "With a reason…", Form: "/vote " + id},
		}}
	}
	m := words.Message{Title: "Yours", Sections: []words.Section{vote("B-1"), vote("B-2")}, Buttons: []words.Button{{Name: "more", Label: "More", Token: "tok"}}}
	want := `Yours
  - B-1
  1 [approve: Go]
  With a reason: /vote B-1 …
  - B-2
  2 [approve: Go]
  With a reason: /vote B-2 …

  3 [more]
  press with 1 or :press approve
`
	if diff := cmp.Diff(want, terminal.Render(m, terminal.Options{Numbers: true})); diff != "" {
		t.Error(diff)
	}
	if got := terminal.Pressable(m); len(got) != 3 || got[1].Token != "tok-B-2" {
		t.Errorf("pressed by number: %v", got)
	}
}
