package blockkit

import (
	"regexp"
	"strconv"

	"github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// What a button's action id begins with; the button's name follows. Two of one name in a message differ by ":2" after it.
const (
	Press = "press:" // its value is the token
	Form  = "form:"  // its value is the beginning of a command
	Link  = "link:"  // Slack opens the address by itself, and tells the bot all the same
)

// webAddress is what Slack takes as a button's address.
var webAddress = regexp.MustCompile(`^https?://[^\s]+$`)

var styles = map[chat.Style]slack.Style{chat.StylePrimary: slack.StylePrimary, chat.StyleDanger: slack.StyleDanger}

// buttons lays buttons out in rows; what a button can't say in full stands above them.
func (p *page) buttons(list []words.Button) []unit {
	var above []string
	var elements []slack.BlockElement
	var width int
	var rows []unit
	flush := func() {
		if len(elements) > 0 {
			rows = append(rows, unit{block: slack.NewActionBlock("", elements...), size: width})
		}
		elements, width = nil, 0
	}
	for _, b := range list {
		element, said := p.button(b)
		above = append(above, said...)
		if element == nil {
			continue
		}
		elements = append(elements, element)
		width += size(element.Text.Text) + size(element.Value) + size(element.URL)
		if len(elements) == ActionsMost {
			flush()
		}
	}
	flush()
	return append(p.texts(above), rows...)
}

// button makes one, or none if it has nothing to do or Slack could not carry it; above is what must be said in words.
func (p *page) button(b words.Button) (element *slack.ButtonBlockElement, above []string) {
	label := clean(p.look.Plain(b.Label))
	if label == "" {
		label = b.Name
	}
	kind, value := Press, b.Token
	switch {
	case b.URL != "":
		kind, value = Link, ""
	case b.Form != "":
		kind, value = Form, b.Form
	case b.Token == "":
		return nil, nil
	}
	if size(value) > ButtonValue || size(b.URL) > ButtonURL || b.URL != "" && !webAddress.MatchString(b.URL) {
		return nil, []string{bold(Escape(label)) + ": " + Escape(clean(value+b.URL))}
	}
	if size(label) > ButtonText {
		above = append(above, Escape(label))
	}
	element = slack.NewButtonBlockElement(p.id(kind+b.Name), value, plainText(cut(label, ButtonText)))
	element.URL = b.URL
	element.Style = styles[b.Style]
	if question := clean(p.look.Plain(b.Confirm)); question != "" {
		if size(question) > ConfirmText {
			above = append(above, Escape(label+": "+question))
		}
		element.Confirm = slack.NewConfirmationBlockObject(plainText(cut(words.Label("slack.confirm_title"), ConfirmTitle)), plainText(cut(question, ConfirmText)),
			plainText(cut(label, ConfirmButton)), plainText(cut(words.Label("slack.confirm_no"), ConfirmButton)))
		element.Confirm.Style = element.Style
	}
	return element, above
}

// id is an action id that no other button of the message has.
func (p *page) id(name string) string {
	const room = 8 // for the number
	if len(name) > ActionID-room {
		name = name[:ActionID-room]
	}
	p.ids[name]++
	if n := p.ids[name]; n > 1 {
		return p.id(name + ":" + strconv.Itoa(n))
	}
	return name
}
