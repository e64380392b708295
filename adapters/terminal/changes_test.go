package terminal_test

import (
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot/words"
)

func TestChangesShowWhatIsNew(t *testing.T) {
	t.Parallel()
	card := func(title string, lines ...string) words.Message {
		m := words.Message{Card: "R-1", Title: title, Sections: []words.Section{
			{Fields: []words.Field{{Label: "Risk", Value: "high"}}}, {Heading: "Deployments"},
		}}
		for _, l := range lines {
			m.Sections[1].Lines = append(m.Sections[1].Lines, words.Line{Text: l})
		}
		return m
	}
	before := card("R-1 · planned", "D-1 queued")
	for name, c := range map[string]struct {
		after words.Message
		want  string
	}{
		"nothing":         {before, ""},
		"another line":    {card("R-1 · planned", "D-1 queued", "D-2 queued"), "R-1 · planned\n  - D-2 queued\n"},
		"a changed line":  {card("R-1 · planned", "D-1 running"), "R-1 · planned\n  - D-1 running\n"},
		"the title alone": {card("R-1 · staged", "D-1 queued"), "R-1 · staged\n"},
		"one line twice":  {card("R-1 · planned", "D-1 queued", "D-1 queued"), "R-1 · planned\n  - D-1 queued\n"},
		"less":            {card("R-1 · planned"), ""},
	} {
		if got := terminal.Changes(before, c.after, terminal.Options{}); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	// The empty line between the sections is not news.
	want := "R-1 · planned\n  Risk  high\n  Deployments\n  - D-1 queued\n"
	if got := terminal.Changes(words.Message{}, before, terminal.Options{}); got != want {
		t.Errorf("of nothing: %q, want %q", got, want)
	}
}
