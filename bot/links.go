package bot

import (
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// linked makes links to the bot's own pages whole for a platform whose readers are not on them already. Where nobody can reach the pages
// from elsewhere, they are left out.
func (b *Bot) linked(p port.Platform, m chat.Message) chat.Message {
	if _, elsewhere := p.(port.Answerer); !elsewhere {
		return m
	}
	m.Buttons = b.whole(m.Buttons)
	m.Sections = slices.Clone(m.Sections)
	for i := range m.Sections {
		m.Sections[i].Buttons = b.whole(m.Sections[i].Buttons)
	}
	return m
}

func (b *Bot) whole(buttons []chat.Button) []chat.Button {
	out := slices.Clone(buttons)
	if b.address == "" {
		return slices.DeleteFunc(out, func(b chat.Button) bool { return strings.HasPrefix(b.URL, "/") })
	}
	for i := range out {
		if strings.HasPrefix(out[i].URL, "/") {
			out[i].URL = b.address + out[i].URL
		}
	}
	return out
}

// Address is where people reach the bot's own pages from elsewhere, empty where nobody said.
func (t *Turn) Address() string { return t.bot.address }
