// Package words holds what the bot says in words: the one place where codes with typed arguments become sentences, in the
// reader's zone, with people's names and what they wrote. English now; another language is another table.
package words

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// deepest bounds sentences within sentences.
const deepest = 8

const erased = "(erased)"

// Text words one sentence for a reader. A code without wording is shown as the code and its arguments: never nothing.
// A nil reader sees opaque ids, no quotes, and times in the zone they were said in.
func Text(t chat.Text, r port.Reader, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return string(newWriter(r, now).text(make([]byte, 0, 128), t, 0))
}

// Label words a code that takes no arguments, such as the label of a field or button.
func Label(code chat.Code) string {
	if t, ok := english[code]; ok && len(t) == 1 && t[0].literal != "" {
		return t[0].literal
	}
	return Text(chat.Say(code), nil, time.Time{})
}

// Known reports whether a code has wording.
func Known(code chat.Code) bool { _, ok := english[code]; return ok }

// writer words for one reader at one instant.
type writer struct {
	table  map[chat.Code]template
	reader port.Reader
	zone   *time.Location
	now    time.Time
}

func newWriter(r port.Reader, now time.Time) writer {
	w := writer{table: english, reader: r, now: now}
	if r != nil {
		w.zone = r.Zone()
	}
	return w
}

func (w writer) text(b []byte, t chat.Text, depth int) []byte {
	if depth > deepest {
		return append(b, "…"...)
	}
	tpl, ok := w.table[t.Code]
	if !ok {
		return w.bare(b, t, depth)
	}
	start := len(b)
	b = w.parts(b, start, tpl, t, depth)
	for len(b) > start && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	if len(b) == start {
		return w.bare(b, t, depth)
	}
	return b
}

// bare words a code that has no wording.
func (w writer) bare(b []byte, t chat.Text, depth int) []byte {
	b = append(b, t.Code...)
	for i, a := range t.Args {
		b = append(b, [2]string{" (", ", "}[min(i, 1)]...)
		b = append(b, a.Name...)
		b = append(b, ": "...)
		b = w.arg(b, a, depth)
	}
	if len(t.Args) > 0 {
		b = append(b, ')')
	}
	if len(b) == 0 {
		return append(b, unknown...)
	}
	return b
}

// parts appends the parts of a template; the sentence began at start.
func (w writer) parts(b []byte, start int, tpl template, t chat.Text, depth int) []byte {
	for _, p := range tpl {
		switch {
		case p.optional != nil:
			if complete(p.optional, t) {
				b = w.parts(b, start, p.optional, t, depth)
			}
		case p.arg == "":
			b = appendLiteral(b, start, p.literal)
		default:
			a, ok := t.Arg(p.arg)
			switch {
			case p.one != "" || p.few != "":
				if counts(a) == 1 {
					b = append(b, p.one...)
				} else {
					b = append(b, p.few...)
				}
			case !ok || empty(a):
				b = append(b, unknown...)
			case p.or && a.Kind == chat.KindList:
				b = appendList(b, a.Words, " or ", func(s string) string { return s })
			default:
				b = w.arg(b, a, depth)
			}
		}
	}
	return b
}

// appendLiteral closes up the spaces that an optional part leaves beside its neighbours.
func appendLiteral(b []byte, start int, s string) []byte {
	if s == "" {
		return b
	}
	spaced := len(b) == start || b[len(b)-1] == ' '
	if spaced {
		for s != "" && s[0] == ' ' {
			s = s[1:]
		}
		if s == "" {
			return b
		}
		switch s[0] {
		case '.', ',', ';', ':', '!', '?', ')':
			if len(b) > start {
				b = b[:len(b)-1]
			}
		}
	}
	return append(b, s...)
}

// complete reports whether an optional part has everything it needs.
func complete(tpl template, t chat.Text) bool {
	for _, p := range tpl {
		if p.arg == "" {
			continue
		}
		if a, ok := t.Arg(p.arg); !ok || empty(a) {
			return false
		}
	}
	return true
}

// empty reports whether an argument says nothing.
func empty(a chat.Arg) bool {
	switch a.Kind {
	case chat.KindNumber, chat.KindPercent, chat.KindDuration:
		return false
	case chat.KindTime:
		return a.Time == nil || a.Time.IsZero()
	case chat.KindQuote:
		return a.Quote == nil
	case chat.KindList, chat.KindPeople:
		return len(a.Words) == 0
	case chat.KindText:
		return a.Text == nil || a.Text.IsZero()
	}
	return a.Word == ""
}

// counts is the number that decides between one and several.
func counts(a chat.Arg) float64 {
	switch a.Kind {
	case chat.KindList, chat.KindPeople:
		return float64(len(a.Words))
	}
	return a.Number
}

// arg words one argument by its kind.
func (w writer) arg(b []byte, a chat.Arg, depth int) []byte {
	if empty(a) {
		return append(b, unknown...)
	}
	switch a.Kind {
	case chat.KindPerson:
		return append(b, w.person(a.Word)...)
	case chat.KindNumber:
		return appendNumber(b, a.Number)
	case chat.KindPercent:
		return appendPercent(b, a.Number)
	case chat.KindDuration:
		return appendDuration(b, time.Duration(a.Number))
	case chat.KindTime:
		return w.instant(b, *a.Time, w.zoneOf(a))
	case chat.KindQuote:
		return w.quote(b, *a.Quote)
	case chat.KindList:
		return appendList(b, a.Words, " and ", func(s string) string { return s })
	case chat.KindPeople:
		return appendList(b, a.Words, " and ", w.person)
	case chat.KindText:
		return w.text(b, *a.Text, depth+1)
	}
	return append(b, a.Word...)
}

// instant words a time, or leaves it to a reader whose platform shows times by itself.
func (w writer) instant(b []byte, t time.Time, zone *time.Location) []byte {
	start := len(b)
	b = appendTime(b, t, w.now, zone)
	if clock, ok := w.reader.(port.Clock); ok {
		return append(b[:start], clock.Instant(t, string(b[start:]))...)
	}
	return b
}

func (w writer) person(id string) string {
	if w.reader != nil {
		if name := w.reader.PersonName(id); name != "" {
			return name
		}
	}
	if id == "" {
		return unknown
	}
	return id
}

func (w writer) quote(b []byte, s chat.Sealed) []byte {
	if w.reader != nil {
		if text, ok := w.reader.Unseal(s); ok {
			b = append(b, "“"...)
			b = append(b, text...)
			return append(b, "”"...)
		}
	}
	return append(b, erased...)
}

// zoneOf is the reader's zone, or the one the time was said in where the reader's is not known.
func (w writer) zoneOf(a chat.Arg) *time.Location {
	if w.zone != nil {
		return w.zone
	}
	if a.Zone != "" {
		if z, err := time.LoadLocation(a.Zone); err == nil {
			return z
		}
	}
	return time.UTC
}

// appendList words several things, the last after this word: "a, b and c".
func appendList(b []byte, words []string, last string, name func(string) string) []byte {
	for i, s := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			b = append(b, last...)
		default:
			b = append(b, ", "...)
		}
		b = append(b, name(s)...)
	}
	return b
}
