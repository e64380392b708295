package embed

import (
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

func (*builder) now() time.Time { return time.Time{} }

// buttons puts a row, or several, beneath the message. What Discord takes no button for is said in the text: a form's line to
// type, a link's address.
func (b *builder) buttons(list []words.Button, under string) {
	var fit []Component
	var beyond []string
	for _, w := range list {
		c, ok := button(w, under)
		switch {
		case ok:
			fit = append(fit, c)
		case w.URL != "":
			b.text("**" + Escape(w.Label) + "**\u2003" + Escape(w.URL))
		case w.Form != "":
			b.text("**" + Escape(w.Label) + "**\u2003" + Escape(w.Form))
		default:
			beyond = append(beyond, clean(w.Label))
		}
	}
	for _, row := range Rows(fit) {
		if len(b.cur.Components) == RowsMost && !b.next() {
			for _, c := range row.Components {
				beyond = append(beyond, c.Label)
			}
			continue
		}
		for i, c := range row.Components {
			row.Components[i] = distinct(c, b.taken)
		}
		b.cur.Components = append(b.cur.Components, row)
	}
	if len(beyond) > 0 {
		b.note(words.Text(chat.Say(codeMoreButtons, chat.List("labels", beyond)), nil, b.now()))
	}
}

// note says something of the message itself, for which room is kept.
func (b *builder) note(text string) {
	text = "*" + Escape(text) + "*"
	if units(text) > reserve/2 {
		b.text(text)
		return
	}
	if e := b.last(); len(e.Fields) > 0 || units(e.Description)+1+units(text) > DescriptionMost {
		b.embed()
	}
	b.add(text)
}

func (b *builder) finish() []Message {
	if b.full {
		b.cur.attach(b.card+".txt", words.Plain(b.plain))
		b.note(words.Label(codeRestInFile))
	}
	if b.card != "" {
		b.last().Footer = &discordgo.MessageEmbedFooter{Text: clean(b.card)}
	}
	if e := b.last(); e.Title == "" && e.Description == "" && len(e.Fields) == 0 && e.Footer == nil {
		e.Description = "–"
	}
	b.cur.Questions = questions(b.plain)
	return append(b.done, *b.cur)
}
