package blockkit

import (
	"strings"

	"github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// Part is one Slack message.
type Part struct {
	// Text is what notifications and screen readers say, in Slack's markup.
	Text   string
	Blocks []slack.Block
	// Colour of the bar beside the message, "#rrggbb", and what it means; both empty for a neutral message.
	Colour, Tone string
}

// File is program output too long for a message. Its name is made of its content, so that the same output is attached once.
type File struct {
	Name    string
	Content string
}

// Rendered is a message laid out: the first part carries the title and the buttons, what does not fit goes on in the others.
type Rendered struct {
	Parts []Part
	Files []File
}

// signs stand before the title, for those who see no colours.
var signs = map[chat.Tone]string{chat.Good: "✅ ", chat.Warning: "⚠️ ", chat.Bad: "🛑 "}

var colours = map[chat.Tone]string{chat.Good: "#2eb67d", chat.Warning: "#ecb22e", chat.Bad: "#e01e5a"}

// Render lays a message out.
func Render(m words.Message, look Look) Rendered {
	p := newPage(look)
	head, body, tail := p.message(m)
	if large(head) {
		head, body = head[:1], append(append([]unit{}, head[1:]...), body...)
	}
	if large(tail) {
		body, tail = append(body, tail...), nil
	}
	r := Rendered{Files: p.files}
	for first := true; first || len(body) > 0; first = false {
		var begin, end []unit
		if first {
			begin, end = head, tail
		} else {
			begin = []unit{p.note(words.Text(chat.Say("slack.continued", chat.Word("title", look.Plain(m.Title))), nil, noTime))}
		}
		kept, rest := fit(body, MessageBlocks-len(begin)-len(end)-1, PartText-sum(begin)-sum(end))
		body = rest
		units := append(append([]unit{}, begin...), kept...)
		if len(body) > 0 {
			units = append(units, p.note(words.Label("slack.goes_on")))
		}
		r.Parts = append(r.Parts, part(append(units, end...)))
	}
	if colour := colours[m.Tone]; colour != "" {
		r.Parts[0].Colour, r.Parts[0].Tone = colour, words.Label("slack.tone."+chat.Code(m.Tone))
	}
	return r
}

// Together lays messages out one under the other in as few Slack messages as hold them.
func Together(messages []words.Message, look Look) Rendered {
	p := newPage(look)
	units := p.all(messages)
	r := Rendered{Files: p.files}
	for first := true; first || len(units) > 0; first = false {
		var kept []unit
		kept, units = fit(units, MessageBlocks-1, PartText)
		if len(units) > 0 {
			kept = append(kept[:len(kept):len(kept)], p.note(words.Label("slack.goes_on")))
		}
		r.Parts = append(r.Parts, part(kept))
	}
	return r
}

// all are the units of several messages.
func (p *page) all(messages []words.Message) (units []unit) {
	for i, m := range messages {
		if i > 0 {
			units = append(units, unit{block: slack.NewDividerBlock()})
		}
		head, body, tail := p.message(m)
		units = append(append(append(units, head...), body...), tail...)
	}
	return units
}

// Text is a message of one sentence.
func Text(sentence string) Part {
	p := newPage(Bare{})
	return part(p.texts([]string{Escape(clean(sentence))}))
}

// View lays messages out one under the other for a Home tab or a modal. What does not fit is left out, and the last block says so.
func View(messages []words.Message, look Look) []slack.Block {
	p := newPage(look)
	p.inline = true
	units := p.all(messages)
	if len(units) > ViewBlocks {
		units = append(units[:ViewBlocks-1:ViewBlocks-1], p.note(words.Label("slack.view_full")))
	}
	return part(units).Blocks
}

// unit is a block with its plain reading.
type unit struct {
	block slack.Block
	plain string // in Slack's markup
	size  int    // characters of what the block shows
}

// page lays one message out.
type page struct {
	look   Look
	inline bool           // program output is never attached
	ids    map[string]int // action ids that are taken
	files  []File
}

func newPage(look Look) *page { return &page{look: look, ids: map[string]int{}} }

func (p *page) message(m words.Message) (head, body, tail []unit) {
	head = append(p.title(m), p.mentions(m.Mentions)...)
	for _, s := range m.Sections {
		body = append(body, p.section(s)...)
	}
	return head, body, p.buttons(m.Buttons)
}

// title is a header on a card, and a sentence otherwise.
func (p *page) title(m words.Message) []unit {
	title := m.Title
	if m.Card != "" && !strings.Contains(title, m.Card) {
		title = m.Card + " · " + title
	}
	sign := signs[m.Tone]
	if face := sign + clean(p.look.Plain(title)); m.Card != "" && size(face) <= HeaderText && strings.TrimSpace(face) != "" {
		return []unit{{block: slack.NewHeaderBlock(plainText(strings.ReplaceAll(face, "\n", " "))), plain: Escape(face), size: size(face)}}
	}
	text := clean(p.look.Mrkdwn(title))
	if m.Card != "" || len(m.Sections) > 0 {
		text = bold(text)
	}
	return p.texts([]string{sign + text})
}

// mentions names those whose attention is needed.
func (p *page) mentions(names []string) []unit {
	var list []string
	for _, name := range names {
		if name = clean(p.look.Mrkdwn(name)); !strings.HasPrefix(name, "<@") {
			name = "@" + name
		}
		list = append(list, name)
	}
	if len(list) == 0 {
		return nil
	}
	return p.texts([]string{strings.Join(list, " ")})
}

// texts packs paragraphs of markup into section blocks.
func (p *page) texts(paragraphs []string) (units []unit) {
	for _, text := range pack(paragraphs, SectionText) {
		units = append(units, unit{block: slack.NewSectionBlock(mrkdwn(text), nil, nil), plain: text, size: size(text)})
	}
	return units
}

// note is a small line about the message itself.
func (p *page) note(sentence string) unit {
	text := cut(Escape(clean(sentence)), TextObject)
	return unit{block: slack.NewContextBlock("", mrkdwn(text)), plain: text, size: size(text)}
}

// mrkdwn is a text object. Verbatim: Slack makes no mentions or links of what looks like them.
func mrkdwn(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, text, false, true)
}

func plainText(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
}

// fit takes as many units as there is room for, one at least.
func fit(units []unit, blocks, characters int) (kept, rest []unit) {
	n := 0
	for i, u := range units {
		if n += u.size; i > 0 && (i >= blocks || n > characters) {
			return units[:i], units[i:]
		}
	}
	return units, nil
}

// large reports whether what should stay together takes more than a fair share of a message.
func large(units []unit) bool { return len(units) > MessageBlocks/5 || sum(units) > PartText/4 }

func sum(units []unit) (n int) {
	for _, u := range units {
		n += u.size
	}
	return n
}

func part(units []unit) Part {
	var p Part
	var lines []string
	for _, u := range units {
		p.Blocks = append(p.Blocks, u.block)
		if u.plain != "" {
			lines = append(lines, u.plain)
		}
	}
	p.Text = fallback(lines)
	return p
}

// fallback is the plain reading of a message. Blocks show all of it: a reading too long for Slack ends visibly.
func fallback(lines []string) string {
	text := strings.Join(lines, "\n")
	for most := FallbackText - len(" …"); len(text) > FallbackText; most = most * 3 / 4 {
		if piece := split(text, most, true)[0] + " …"; len(piece) <= FallbackText {
			return piece
		}
	}
	return text
}
