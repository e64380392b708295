package words

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Reply is a chat.Reply in words: what `say --json` prints and the HTTP API answers. Its JSON is stable, as Message's is.
type Reply struct {
	Outcome chat.Outcome `json:"outcome"`
	Code    chat.Code    `json:"code"`
	// Text is the plain reading of all messages.
	Text     string            `json:"text"`
	IDs      map[string]string `json:"ids,omitempty"`
	Messages []Message         `json:"messages,omitempty"`
	// Effects says how far the effects came, when they were waited for.
	Effects port.Effects `json:"effects,omitempty"`
}

// WordReply words a reply for the person who asked. Without messages the reply's code is its text.
func WordReply(r chat.Reply, reader port.Reader, now time.Time) Reply {
	out := Reply{Outcome: r.Outcome, Code: r.Code, IDs: r.IDs}
	if len(r.Messages) > 0 {
		out.Messages = make([]Message, len(r.Messages))
		for i, m := range r.Messages {
			out.Messages[i] = WordMessage(m, reader, now)
		}
	}
	if out.Text = Plain(out.Messages...); out.Text == "" {
		out.Text = Text(chat.Say(r.Code), reader, now)
	}
	return out
}

// marks are the words for marks where there are no icons.
var marks = map[chat.Mark]string{
	chat.MarkOpen:    "✓ ",
	chat.MarkClosed:  "✗ ",
	chat.MarkUnknown: "? ",
	chat.MarkWaiting: "… ",
}

// Plain reads messages as text without layout: titles, fields, marked lines with their reasons, program output and
// links; a blank line between messages. Buttons to press are left out.
func Plain(messages ...Message) string {
	if len(messages) == 1 && len(messages[0].Sections) == 0 && len(messages[0].Buttons) == 0 {
		return messages[0].Title
	}
	var b []byte
	for _, m := range messages {
		if len(b) > 0 {
			b = append(b, '\n')
		}
		b = appendPlain(b, m)
	}
	for len(b) > 0 && b[len(b)-1] == '\n' {
		b = b[:len(b)-1]
	}
	return string(b)
}

func appendPlain(b []byte, m Message) []byte {
	line := func(parts ...string) {
		for _, p := range parts {
			b = append(b, p...)
		}
		b = append(b, '\n')
	}
	if m.Title != "" {
		line(m.Title)
	}
	for _, s := range m.Sections {
		if s.Heading != "" {
			line(s.Heading)
		}
		for _, f := range s.Fields {
			line(f.Label, ": ", f.Value)
		}
		for _, l := range s.Lines {
			line(marks[l.Mark], l.Text)
			for _, sub := range l.Sub {
				line("    ", sub)
			}
		}
		if s.Pre != "" {
			line(s.Pre)
		}
	}
	for _, btn := range m.Buttons {
		if btn.URL != "" {
			line(btn.Label, ": ", btn.URL)
		}
	}
	return b
}
