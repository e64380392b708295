package jira

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// aspect is something that a change says, in one of three forms.
type aspect struct {
	text   string
	at     time.Time
	people []port.Party
}

// aspects are what can be mapped to a field, by the name in the settings.
var aspects = map[string]func(port.Change) aspect{
	"risk":         func(c port.Change) aspect { return aspect{text: c.Risk} },
	"tier":         func(c port.Change) aspect { return aspect{text: c.Tier} },
	"service":      func(c port.Change) aspect { return aspect{text: c.Service} },
	"version":      func(c port.Change) aspect { return aspect{text: c.Version} },
	"environment":  func(c port.Change) aspect { return aspect{text: c.Environment} },
	"digest":       func(c port.Change) aspect { return aspect{text: c.Digest} },
	"commit":       func(c port.Change) aspect { return aspect{text: c.Commit} },
	"rollback":     func(c port.Change) aspect { return aspect{text: c.Rollback} },
	"link":         func(c port.Change) aspect { return aspect{text: c.Link} },
	"requester":    func(c port.Change) aspect { return aspect{people: parties(c.Requester)} },
	"approvers":    func(c port.Change) aspect { return aspect{people: c.Approvers} },
	"window_start": func(c port.Change) aspect { return aspect{at: c.Window.From} },
	"window_end":   func(c port.Change) aspect { return aspect{at: c.Window.Until} },
}

// governed are the aspects that the ticket's fields have the last word on: what people see there is what counts.
var governed = map[string]func(*port.Change) *string{
	"digest":      func(c *port.Change) *string { return &c.Digest },
	"tier":        func(c *port.Change) *string { return &c.Tier },
	"service":     func(c *port.Change) *string { return &c.Service },
	"version":     func(c *port.Change) *string { return &c.Version },
	"environment": func(c *port.Change) *string { return &c.Environment },
	"commit":      func(c *port.Change) *string { return &c.Commit },
}

// Names lists what can be mapped to a field.
func Names() []string { return slices.Sorted(maps.Keys(aspects)) }

func parties(p port.Party) []port.Party {
	if p == (port.Party{}) {
		return nil
	}
	return []port.Party{p}
}

func (v aspect) empty() bool { return v.text == "" && v.at.IsZero() && len(v.people) == 0 }

// String is the aspect as text, for a field of any form of text.
func (v aspect) String() string {
	switch {
	case len(v.people) > 0:
		var names []string
		for _, p := range v.people {
			names = append(names, p.Name)
		}
		return strings.Join(names, ", ")
	case !v.at.IsZero():
		return v.at.UTC().Format("2006-01-02 15:04 UTC")
	}
	return v.text
}

// describe is the description of a new ticket. People may edit it afterwards.
func describe(c port.Change) string {
	var b strings.Builder
	for _, line := range []struct{ name, text string }{
		{"Service", strings.TrimSpace(c.Service + " " + c.Version)}, {"Environment", c.Environment}, {"Risk tier", c.Tier}, {"Risk", c.Risk},
		{"Artifact", c.Digest}, {"Commit", c.Commit}, {"Rollback", c.Rollback}, {"Requested by", c.Requester.Name},
		{"Window", window(c.Window)}, {"Release", strings.TrimSpace(c.Release + " " + c.Link)},
	} {
		if line.text != "" {
			b.WriteString(line.name + ": " + wiki(clip(oneLine(line.text), areaMost)) + "\n")
		}
	}
	return strings.TrimSpace(b.String())
}

func window(w port.Window) string {
	from, until := aspect{at: w.From}, aspect{at: w.Until}
	switch {
	case w.From.IsZero():
		return ""
	case w.Until.IsZero():
		return "from " + from.String()
	}
	return from.String() + " to " + until.String()
}

// Bounds of texts, in characters. A field of one line takes 255 (Jira's own limit). One of several takes 32,767 by default on Data Center
// and on Cloud; aspects are sentences and stay far below.
const (
	textMost = 255
	areaMost = 8000
)

// clip shortens a text visibly.
func clip(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

var (
	escaper   = strings.NewReplacer(`\`, `\\`, `{`, `\{`, `[`, `\[`, `!`, `\!`)
	unescaper = strings.NewReplacer(`\\`, `\`, `\{`, `{`, `\[`, `[`, `\!`, `!`)
)

// wiki escapes what Jira would take for a macro, a link, a mention or an image.
func wiki(text string) string { return escaper.Replace(text) }
