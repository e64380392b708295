package words

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Message is a chat.Message in words. Its JSON is stable: `say --json`, the HTTP API and the web chat carry it. Fields
// are added, never renamed or removed; codes, names and marks are for programs, every other string for people.
type Message struct {
	Card     string    `json:"card,omitempty"` // short id of the subject of a card that is kept up to date: "R-1"
	Code     chat.Code `json:"code"`           // the title's code
	Title    string    `json:"title"`
	Tone     chat.Tone `json:"tone,omitempty"` // good, warning, bad
	Sections []Section `json:"sections,omitempty"`
	Buttons  []Button  `json:"buttons,omitempty"`
	Private  bool      `json:"private,omitempty"`  // for the person who asked alone
	Mentions []string  `json:"mentions,omitempty"` // names of the people whose attention is needed
}

// Section is a part of a message under an optional heading.
type Section struct {
	Heading string   `json:"heading,omitempty"`
	Fields  []Field  `json:"fields,omitempty"`
	Lines   []Line   `json:"lines,omitempty"`
	Pre     string   `json:"pre,omitempty"` // program output as it is
	Buttons []Button `json:"buttons,omitempty"`
}

// Field is a labelled value.
type Field struct {
	Code  chat.Code `json:"code"` // the label's code
	Label string    `json:"label"`
	Value string    `json:"value"`
}

// Line is one sentence with a mark, and the reasons beneath it.
type Line struct {
	Mark chat.Mark `json:"mark,omitempty"` // open, closed, unknown, waiting
	Code chat.Code `json:"code"`
	Text string    `json:"text"`
	Sub  []string  `json:"sub,omitempty"`
}

// Button is pressed by its token, or by its name on the message's card; one with a URL is a link, one with a form the
// beginning of a command.
type Button struct {
	Name    string     `json:"name"`
	Label   string     `json:"label"`
	Token   string     `json:"token,omitempty"`
	URL     string     `json:"url,omitempty"`
	Form    string     `json:"form,omitempty"`
	Style   chat.Style `json:"style,omitempty"`   // primary, danger
	Confirm string     `json:"confirm,omitempty"` // question to ask before pressing
}

// WordMessage words a message for a reader.
func WordMessage(m chat.Message, r port.Reader, now time.Time) Message {
	w := newWriter(r, now)
	out := Message{Card: m.Card, Code: m.Title.Code, Title: w.string(m.Title), Tone: m.Tone, Private: m.Private}
	for _, s := range m.Sections {
		out.Sections = append(out.Sections, w.section(s))
	}
	out.Buttons = w.buttons(m.Buttons)
	for _, id := range m.Mentions {
		out.Mentions = append(out.Mentions, w.person(id))
	}
	return out
}

func (w writer) buttons(list []chat.Button) (out []Button) {
	for _, b := range list {
		out = append(out, Button{
			Name: b.Name, Label: Label(b.Label), Token: b.Token, URL: b.URL, Form: b.Form, Style: b.Style, Confirm: w.string(b.Confirm),
		})
	}
	return out
}

func (w writer) section(s chat.Section) Section {
	out := Section{Heading: w.string(s.Heading), Pre: s.Pre, Buttons: w.buttons(s.Buttons)}
	for _, f := range s.Fields {
		out.Fields = append(out.Fields, Field{Code: f.Label, Label: Label(f.Label), Value: w.string(f.Value)})
	}
	for _, l := range s.Lines {
		line := Line{Mark: l.Mark, Code: l.Text.Code, Text: w.string(l.Text)}
		for _, t := range l.Sub {
			line.Sub = append(line.Sub, w.string(t))
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

func (w writer) string(t chat.Text) string {
	if t.IsZero() {
		return ""
	}
	return string(w.text(make([]byte, 0, 96), t, 0))
}
