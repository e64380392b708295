package embed

import (
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// The codes of what a message says about itself.
const (
	codeContinued   chat.Code = "discord.continued"
	codeRestInFile  chat.Code = "discord.rest_in_file"
	codeOutputFile  chat.Code = "discord.output_file"  // file
	codeMoreButtons chat.Code = "discord.more_buttons" // labels
)

// colours of messages by tone.
var colours = map[chat.Tone]int{chat.Neutral: 0x546E7A, chat.Good: 0x2E7D32, chat.Warning: 0xF9A825, chat.Bad: 0xC62828}

var marks = map[chat.Mark]string{chat.MarkOpen: "✅ ", chat.MarkClosed: "❌ ", chat.MarkUnknown: "❔ ", chat.MarkWaiting: "⏳ "}

// shortOutput is how much program output stands in the message itself; longer output is a file.
const shortOutput = 1500

// pieceMost is the longest text put into an embed at once: longer ones are divided between words.
const pieceMost = 2000

// reserve is kept free of TotalMost, and one embed, for what a message says of itself.
const reserve = 400

// Render shows a message to the members of a server: a card as one message, everything else as many as it takes.
func Render(w port.Worded, server string) []Message {
	mark := newMarker(w.Reader, server)
	b := &builder{
		mark: mark, single: w.Message.Card != "", card: w.Message.Card, tone: w.Message.Tone, taken: map[string]bool{},
		marked: words.WordMessage(w.Message, mark, w.At), plain: words.WordMessage(w.Message, w.Reader, w.At),
	}
	b.begin()
	if !w.Message.Private {
		b.mention(w.Message.Mentions)
	}
	b.title()
	grouped := 0
	for _, s := range b.plain.Sections {
		grouped += min(len(s.Buttons), 1)
	}
	for i, s := range b.marked.Sections {
		under := ""
		if grouped > 1 {
			under = b.plain.Sections[i].Heading
		}
		b.section(s, under)
	}
	b.buttons(b.marked.Buttons, "")
	return b.finish()
}

type builder struct {
	mark          *marker
	marked, plain words.Message
	single        bool
	card          string
	tone          chat.Tone
	done          []Message
	cur           *Message
	total         int
	full          bool // a card that does not take more
	outputs       int
	taken         map[string]bool // ids of buttons
}

func (b *builder) begin() {
	b.cur, b.total, b.taken = newMessage(), 0, map[string]bool{}
	b.embed()
}

func (b *builder) embed() *discordgo.MessageEmbed {
	e := &discordgo.MessageEmbed{Color: colours[b.tone]}
	b.cur.Embeds = append(b.cur.Embeds, e)
	return e
}

func (b *builder) last() *discordgo.MessageEmbed { return b.cur.Embeds[len(b.cur.Embeds)-1] }

// next goes on in a further message; a card has none, and puts everything into a file instead.
func (b *builder) next() bool {
	if b.single {
		b.full = true
		return false
	}
	b.done = append(b.done, *b.cur)
	b.begin()
	b.add("*" + Escape(words.Label(codeContinued)) + "*")
	return true
}

// mention calls the people whose attention is needed: Discord notifies for what stands beside embeds only. Those whom it does
// not take are named in the text.
func (b *builder) mention(people []string) {
	var beyond []string
	for i, id := range people {
		name, account := Escape(b.plain.Mentions[i]), accountOf(b.mark.Reader, b.mark.server, id)
		if account != "" {
			name = "<@" + account + ">"
		}
		if units(b.cur.Content)+1+units(name) > ContentMost || account != "" && len(b.cur.Mentions.Users) == MentionsMost {
			beyond = append(beyond, name)
			continue
		}
		b.cur.Content = strings.TrimPrefix(b.cur.Content+" "+name, " ")
		if account != "" {
			b.cur.Mentions.Users = append(b.cur.Mentions.Users, account)
		}
	}
	if len(beyond) > 0 {
		b.text(strings.Join(beyond, " "))
	}
}

// title goes into the embed's own title, which shows neither mentions nor times; with those it is the first line.
func (b *builder) title() {
	plain := Escape(b.plain.Title)
	if b.mark.marked(b.marked.Title) || units(plain) > TitleMost || b.last().Description != "" {
		b.text("**" + b.mark.markup(b.marked.Title) + "**")
		return
	}
	b.last().Title = plain
	b.total += units(plain)
}

func (b *builder) section(s words.Section, under string) {
	if need := (len(s.Buttons) + RowButtonMost - 1) / RowButtonMost; need > 0 && need <= RowsMost && len(b.cur.Components)+need > RowsMost {
		b.next()
	}
	if s.Heading != "" {
		b.text("**" + b.mark.markup(s.Heading) + "**")
	}
	for _, f := range s.Fields {
		b.field(Escape(f.Label), b.mark.markup(f.Value))
	}
	for _, l := range s.Lines {
		b.text(marks[l.Mark] + b.mark.markup(l.Text))
		for _, sub := range l.Sub {
			b.text("\u2003↳ " + b.mark.markup(sub))
		}
	}
	if s.Pre != "" {
		b.output(s.Pre)
	}
	b.buttons(s.Buttons, under)
}

// field stands beside other fields; one that is too long is a text of its own.
func (b *builder) field(name, value string) {
	if value == "" {
		value = "–"
	}
	n := units(name) + units(value)
	if name == "" || units(name) > FieldNameMost || units(value) > FieldValueMost {
		b.text("**" + name + "**\u2003" + value)
		return
	}
	if b.full || b.total+n > TotalMost-reserve && !b.next() {
		return
	}
	e := b.last()
	if len(e.Fields) == FieldsMost {
		if len(b.cur.Embeds) == EmbedsMost-1 && !b.next() {
			return
		}
		e = b.embed()
	}
	e.Fields = append(e.Fields, &discordgo.MessageEmbedField{Name: name, Value: value, Inline: true})
	b.total += n
}

// text adds a line, divided between words where it is too long for one embed.
func (b *builder) text(line string) {
	for units(line) > pieceMost {
		at := divide(line)
		b.piece(strings.TrimRight(line[:at], " ") + " …")
		line = "… " + strings.TrimLeft(line[at:], " ")
	}
	b.piece(line)
}

// divide finds where to divide a long text: at the last space, else not behind a backslash.
func divide(s string) int {
	at, space, n := 0, 0, 0
	for i, r := range s {
		if n++; n > pieceMost-8 {
			break
		}
		if at = i; r == ' ' {
			space = i
		}
	}
	if space > at/2 {
		return space
	}
	for at > 1 && s[at-1] == '\\' {
		at--
	}
	return at
}

func (b *builder) piece(line string) {
	if b.full || b.total+units(line)+1 > TotalMost-reserve && !b.next() {
		return
	}
	e := b.last()
	if len(e.Fields) > 0 || units(e.Description)+1+units(line) > DescriptionMost {
		if len(b.cur.Embeds) == EmbedsMost-1 && !b.next() {
			return
		}
		if e = b.last(); len(e.Fields) > 0 || units(e.Description)+1+units(line) > DescriptionMost {
			b.embed()
		}
	}
	b.add(line)
}

// add appends a line to the last embed, which has room for it.
func (b *builder) add(line string) {
	e := b.last()
	if e.Description != "" {
		e.Description += "\n"
	}
	e.Description += line
	b.total += units(line) + 1
}

// output shows program output as it is: short output in the message, else as a file.
func (b *builder) output(text string) {
	if units(text) <= shortOutput && !strings.Contains(text, "```") {
		b.piece("```\n" + strings.ToValidUTF8(text, "\uFFFD") + "\n```")
		return
	}
	if len(b.cur.Files) >= FilesMost-1 && !b.next() {
		return
	}
	b.outputs++
	name := "output-" + strconv.Itoa(b.outputs) + ".txt"
	for part := 1; ; part++ {
		n := len(text)
		if n > FileMost {
			n = strings.LastIndexByte(text[:FileMost], '\n') + 1
			if n == 0 {
				n = FileMost
			}
		}
		b.cur.attach(name, text[:n])
		b.text(Escape(words.Text(chat.Say(codeOutputFile, chat.Word("file", name)), nil, b.now())))
		if text = text[n:]; text == "" || len(b.cur.Files) >= FilesMost-1 && !b.next() {
			return
		}
		name = "output-" + strconv.Itoa(b.outputs) + "-" + strconv.Itoa(part+1) + ".txt"
	}
}
