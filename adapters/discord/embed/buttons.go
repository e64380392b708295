package embed

import (
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// Press says what a pressed button asks for.
type Press string

// What buttons ask for; the value after it is a token, or the beginning of a command.
const (
	PressNow   Press = "press" // a token to press
	PressAsk   Press = "ask"   // a token to press once the question is answered
	PressSure  Press = "sure"  // a token whose question was answered
	PressForm  Press = "form"  // a command whose arguments a form asks for
	PressGiven Press = "given" // a form that is filled in: the command it began with
)

// spareID is what an id may grow by: "form" to "given", and the number of a button that a message has twice.
const spareID = 4

// again stands between what a button asks for and its number, where a message has the same button twice.
const again = "~"

// CustomID writes what a button asks for.
func CustomID(p Press, value string) string { return string(p) + ":" + value }

// ReadCustomID reads what a button asks for; ok is false for one that is not ours.
func ReadCustomID(id string) (p Press, value string, ok bool) {
	kind, value, ok := strings.Cut(id, ":")
	kind, _, _ = strings.Cut(kind, again)
	switch Press(kind) {
	case PressNow, PressAsk, PressSure, PressForm, PressGiven:
		return Press(kind), value, ok && value != ""
	}
	return "", "", false
}

var styles = map[chat.Style]discordgo.ButtonStyle{
	chat.StylePlain: discordgo.SecondaryButton, chat.StylePrimary: discordgo.PrimaryButton, chat.StyleDanger: discordgo.DangerButton,
}

// button makes a button; false for one that Discord does not take, which is then shown as text.
func button(b words.Button, under string) (Component, bool) {
	c := Component{Type: discordgo.ButtonComponent, Style: int(styles[b.Style]), Label: clean(b.Label)}
	if full := clean(under) + " · " + c.Label; under != "" && units(full) <= LabelMost {
		c.Label = full
	}
	switch {
	case b.URL != "":
		c.Style, c.URL = int(discordgo.LinkButton), b.URL
		return c, linkable(b.URL) && units(c.Label) <= LabelMost
	case b.Form != "":
		c.CustomID = CustomID(PressForm, b.Form)
	case b.Confirm != "":
		c.CustomID = CustomID(PressAsk, b.Token)
	default:
		c.CustomID = CustomID(PressNow, b.Token)
	}
	// A form has an id with the same line, which is longer, and so is that of a button which a message has twice.
	return c, units(c.CustomID)+spareID <= CustomIDMost && units(c.Label) <= LabelMost && c.Label != ""
}

// distinct gives a button an id of its own within a message.
func distinct(c Component, taken map[string]bool) Component {
	if c.CustomID == "" {
		return c
	}
	kind, value, _ := strings.Cut(c.CustomID, ":")
	for n := 2; taken[c.CustomID]; n++ {
		c.CustomID = kind + again + strconv.Itoa(n) + ":" + value
	}
	taken[c.CustomID] = true
	return c
}

// Rows puts buttons into rows.
func Rows(list []Component) []Component {
	rows := []Component{}
	for len(list) > 0 {
		n := min(len(list), RowButtonMost)
		rows = append(rows, Component{Type: discordgo.ActionsRowComponent, Components: list[:n:n]})
		list = list[n:]
	}
	return rows
}
