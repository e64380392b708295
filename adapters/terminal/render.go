// Package terminal shows the bot's messages in a terminal, and is the client of a running bot: one line at a time for
// scripts, or a conversation with line editing, history and completion.
package terminal

import (
	"strings"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// Bounds of the width rendered for; a narrower terminal breaks the lines itself.
const (
	defaultWidth = 80
	minWidth     = 20
	maxLabel     = 24 // columns; a longer label pushes its own value only
)

// Options say what the terminal can show.
type Options struct {
	// Width in columns; 80 if zero.
	Width int
	// Colour adds ANSI colours. Whoever calls obeys NO_COLOR (https://no-color.org).
	Colour bool
	// ASCII spells everything with ASCII alone.
	ASCII bool
	// Numbers numbers the buttons, for a chat where the number alone presses.
	Numbers bool
}

// The select graphic rendition sequences used (ECMA-48, 8.3.117).
const (
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	blue   = "\x1b[34m"
	reset  = "\x1b[0m"
)

var toneColour = map[chat.Tone]string{chat.Good: green, chat.Warning: yellow, chat.Bad: red}

var markColour = map[chat.Mark]string{
	chat.MarkOpen: green, chat.MarkClosed: red, chat.MarkUnknown: yellow, chat.MarkWaiting: blue,
}

var markSign = map[chat.Mark]string{
	chat.MarkNone: "-", chat.MarkOpen: "✓", chat.MarkClosed: "✗", chat.MarkUnknown: "?", chat.MarkWaiting: "…",
}

var markWord = map[chat.Mark]string{
	chat.MarkNone: "-", chat.MarkOpen: "[ok]", chat.MarkClosed: "[no]", chat.MarkUnknown: "[?]", chat.MarkWaiting: "[..]",
}

var styleColour = map[chat.Style]string{chat.StylePrimary: green, chat.StyleDanger: red}

// Render lays a message out as lines, each ended by a newline. Nothing is cut short: what is too wide is wrapped.
func Render(m words.Message, opt Options) string {
	if opt.Width == 0 {
		opt.Width = defaultWidth
	}
	opt.Width = max(opt.Width, minWidth)
	p := &page{opt: opt}
	title := m.Title
	if m.Card != "" && !strings.Contains(title, m.Card) {
		title = m.Card + " · " + title
	}
	p.block("", "", title, bold+toneColour[m.Tone])
	for i, s := range m.Sections {
		p.section(s, i > 0)
	}
	p.buttons(m)
	if len(m.Mentions) > 0 {
		p.block("  ", "  ", "@"+strings.Join(m.Mentions, ", @"), dim)
	}
	if m.Private {
		p.block("  ", "  ", "("+words.Label("terminal.private")+")", dim)
	}
	return p.out.String()
}

// page collects the lines of a message.
type page struct {
	opt       Options
	out       strings.Builder
	pressable int // buttons written so far
}

func (p *page) paint(s, colour string) string {
	if !p.opt.Colour || colour == "" || s == "" {
		return s
	}
	return colour + s + reset
}

func (p *page) spell(s string) string {
	if s = Clean(s); p.opt.ASCII {
		return ascii(s)
	}
	return s
}

// block writes a text wrapped, with what comes before its first line and its others; first is written as it is.
func (p *page) block(first, others, text, colour string) {
	for i, line := range wrap(p.spell(text), p.opt.Width-cells(others)) {
		lead := others
		if i == 0 {
			lead = first
		}
		p.out.WriteString(strings.TrimRight(lead+p.paint(line, colour), " ") + "\n")
	}
}

func (p *page) section(s words.Section, apart bool) {
	if apart && s.Heading != "" {
		p.out.WriteString("\n")
	}
	if s.Heading != "" {
		p.block("  ", "  ", s.Heading, bold)
	}
	p.fields(s.Fields)
	for _, l := range s.Lines {
		p.line(l)
	}
	if s.Pre != "" {
		p.pre(s.Pre)
	}
	p.row(s.Buttons)
	p.aside(s.Buttons)
}

func (p *page) pre(text string) {
	for _, line := range cleanBlock(text) {
		if p.opt.ASCII {
			line = ascii(line)
		}
		for _, part := range breakWord(line, p.opt.Width-4) {
			p.out.WriteString(p.paint(strings.TrimRight("  | "+part, " "), dim) + "\n")
		}
	}
}

// fields writes labels and values in two columns.
func (p *page) fields(fields []words.Field) {
	column := 0
	for _, f := range fields {
		if n := cells(p.spell(f.Label)); n <= min(maxLabel, p.opt.Width/2) {
			column = max(column, n)
		}
	}
	for _, f := range fields {
		label := p.spell(f.Label)
		pad := strings.Repeat(" ", max(column-cells(label), 0)+2)
		others := strings.Repeat(" ", column+4)
		if cells(label) > column {
			p.block("  ", "  ", label, dim)
			p.block(others, others, f.Value, "")
			continue
		}
		p.block("  "+p.paint(label, dim)+pad, others, f.Value, "")
	}
}

func (p *page) line(l words.Line) {
	signs := markSign
	if p.opt.ASCII {
		signs = markWord
	}
	sign, ok := signs[l.Mark]
	if !ok {
		sign = p.spell(string(l.Mark))
	}
	others := strings.Repeat(" ", cells(sign)+3)
	p.block("  "+p.paint(sign, markColour[l.Mark])+" ", others, l.Text, "")
	for _, sub := range l.Sub {
		p.block(others+"- ", others+"  ", sub, "")
	}
}

// row writes the buttons of a section, or those of the message, with their numbers in the message.
func (p *page) row(list []words.Button) {
	var row []string
	used := 0
	flush := func() {
		if len(row) > 0 {
			p.out.WriteString("  " + strings.Join(row, "  ") + "\n")
		}
		row, used = nil, 0
	}
	for _, b := range list {
		if !pressable(b) {
			continue
		}
		face := "[" + p.spell(b.Name)
		if label := p.spell(b.Label); label != "" && !strings.EqualFold(label, p.spell(b.Name)) {
			face += ": " + label
		}
		p.pressable++
		if face += "]"; p.opt.Numbers {
			face = number(p.pressable) + " " + face
		}
		if used += cells(face) + 2; used > p.opt.Width {
			flush()
			used = cells(face) + 2
		}
		row = append(row, p.paint(face, styleColour[b.Style]))
	}
	flush()
}

// aside writes the buttons that are not pressed here: links, and forms as the line to type.
func (p *page) aside(list []words.Button) {
	for _, b := range list {
		switch {
		case b.URL != "":
			p.block("  ", "    ", b.Label+": "+b.URL, blue)
		case b.Form != "":
			p.block("  ", "    ", strings.TrimSuffix(b.Label, "…")+": "+b.Form+" …", blue)
		}
	}
}

func (p *page) buttons(m words.Message) {
	all := Pressable(m)
	if len(m.Sections) > 0 && p.pressable < len(all) {
		p.out.WriteString("\n")
	}
	p.row(m.Buttons)
	if len(all) > 0 {
		p.hint(m.Card, all[0].Name)
	}
	p.aside(m.Buttons)
}

// hint says how the buttons above are pressed.
func (p *page) hint(card, button string) {
	switch {
	case p.opt.Numbers:
		p.block("  ", "  ", phrase("terminal.press_number",
			chat.Word("first", "1"), chat.Word("button", button), chat.Word("card", card)), dim)
	case card != "":
		p.block("  ", "  ", phrase("terminal.press_line", chat.Word("card", card), chat.Word("button", button)), dim)
	}
}

// Pressable lists the buttons of a message that are pressed, in the order of their numbers: those of its sections, then its own.
func Pressable(m words.Message) []words.Button {
	var out []words.Button
	for _, s := range m.Sections {
		out = appendPressable(out, s.Buttons)
	}
	return appendPressable(out, m.Buttons)
}

func appendPressable(to, list []words.Button) []words.Button {
	for _, b := range list {
		if pressable(b) {
			to = append(to, b)
		}
	}
	return to
}

func pressable(b words.Button) bool { return b.URL == "" && b.Form == "" }
