package embed

import (
	"github.com/bwmarrin/discordgo"

	"github.com/gonogo-chat/gonogo/bot/words"
)

// Question asks before a button is pressed, since Discord itself does not. The button that answers it does what the first was for.
func Question(text, label, token string) Message {
	m := newMessage()
	m.Embeds = append(m.Embeds, &discordgo.MessageEmbed{Description: Escape(text), Color: colours["warning"]})
	m.Components = Rows([]Component{{
		Type: discordgo.ButtonComponent, Style: int(discordgo.DangerButton), Label: label, CustomID: CustomID(PressSure, token),
	}})
	return *m
}

// questions are what a message's buttons ask, by token.
func questions(m words.Message) map[string]string {
	all := map[string]string{}
	note := func(list []words.Button) {
		for _, b := range list {
			if b.Token != "" && b.Confirm != "" {
				all[b.Token] = b.Confirm
			}
		}
	}
	note(m.Buttons)
	for _, s := range m.Sections {
		note(s.Buttons)
	}
	return all
}
