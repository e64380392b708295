package blockkit

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

var noTime time.Time

// marks stand before a line. Screen readers say their names, so that none is told by colour alone.
var marks = map[chat.Mark]string{
	chat.MarkNone: "• ", chat.MarkOpen: "✅ ", chat.MarkClosed: "❌ ", chat.MarkUnknown: "❔ ", chat.MarkWaiting: "⏳ ",
}

// reason leads what stands under a line.
const reason = "\u2003\u2003◦ "

// section is a heading with fields, lines, program output and buttons.
func (p *page) section(s words.Section) (units []unit) {
	heading := bold(clean(p.look.Mrkdwn(s.Heading)))
	var paragraphs []string
	fields, long := p.fields(s.Fields)
	if len(fields) == 0 && heading != "" {
		paragraphs = append(paragraphs, heading)
	}
	for len(fields) > 0 {
		n := together(fields)
		block := slack.NewSectionBlock(nil, nil, nil)
		u := unit{block: block}
		if heading != "" && size(heading) <= SectionText {
			block.Text, u.plain, u.size = mrkdwn(heading), heading+"\n", size(heading)
			heading = ""
		}
		var lines []string
		for _, f := range fields[:n] {
			block.Fields = append(block.Fields, mrkdwn(f))
			lines = append(lines, strings.Replace(f, "\n", " ", 1))
			u.size += size(f)
		}
		u.plain += strings.Join(lines, "\n")
		units, fields = append(units, u), fields[n:]
	}
	paragraphs = append(paragraphs, long...)
	for _, l := range s.Lines {
		paragraphs = append(paragraphs, p.line(l))
	}
	units = append(units, p.texts(paragraphs)...)
	units = append(units, p.pre(s.Pre)...)
	return append(units, p.buttons(s.Buttons)...)
}

// together is how many fields one block takes, one at least.
func together(fields []string) int {
	n := 0
	for i, f := range fields {
		if n += size(f); i == SectionFields || i > 0 && n > PartText/3 {
			return i
		}
	}
	return len(fields)
}

// fields are labels with values, those too long for a column apart.
func (p *page) fields(list []words.Field) (fields, long []string) {
	for _, f := range list {
		text := bold(clean(p.look.Mrkdwn(f.Label))) + "\n" + clean(p.look.Mrkdwn(f.Value))
		switch {
		case strings.TrimSpace(text) == "":
		case size(text) > FieldText:
			long = append(long, text)
		default:
			fields = append(fields, text)
		}
	}
	return fields, long
}

func (p *page) line(l words.Line) string {
	sign, ok := marks[l.Mark]
	if !ok {
		sign = Escape(clean(string(l.Mark))) + " "
	}
	b := strings.Builder{}
	b.WriteString(sign + clean(p.look.Mrkdwn(l.Text)))
	for _, sub := range l.Sub {
		b.WriteString("\n" + reason + clean(p.look.Mrkdwn(sub)))
	}
	return b.String()
}

// pre is program output: nothing in it is markup. Long output becomes a file, and its end is shown.
func (p *page) pre(output string) (units []unit) {
	output = strings.Trim(clean(output), "\n")
	if strings.TrimSpace(output) == "" {
		return nil
	}
	shown := output
	if !p.inline && size(output) > PreInline {
		file := FileOf(output)
		p.files = append(p.files, file)
		units = append(units, p.note(words.Text(chat.Say("slack.attached", chat.Word("file", file.Name)), nil, noTime)))
		shown = end(output, PreEnd)
	}
	for _, piece := range split(shown, SectionText, false) {
		if piece == "" {
			continue
		}
		text := slack.NewRichTextSectionTextElement(piece, nil)
		block := slack.NewRichTextBlock("", &slack.RichTextPreformatted{Type: slack.RTEPreformatted, Elements: []slack.RichTextSectionElement{text}})
		units = append(units, unit{block: block, plain: Escape(piece), size: size(piece)})
	}
	return units
}

// end is the last lines of a text, as many as the limit allows.
func end(s string, most int) string {
	from := len(s)
	for n, rest := 0, s; rest != ""; {
		i := strings.LastIndexByte(rest, '\n')
		if n += size(rest[i+1:]) + 1; n > most {
			break
		}
		from, rest = i+1, rest[:max(i, 0)]
	}
	if from < len(s) {
		return s[from:]
	}
	runes := []rune(s) // one very long line
	return "…" + string(runes[max(len(runes)-most/2, 0):])
}

// FileOf makes a file of a text.
func FileOf(output string) File {
	sum := sha256.Sum256([]byte(output))
	return File{Name: "output-" + hex.EncodeToString(sum[:5]) + ".txt", Content: output + "\n"}
}
