package terminal

import (
	"strings"

	"github.com/gonogo-chat/gonogo/bot/words"
)

// Changes lays out what a card that was shown before says now and did not say then: its title, and the lines that are new.
// A card is updated often, and a terminal can't do so in place. It is empty where the card says nothing new.
func Changes(before, after words.Message, opt Options) string {
	said := map[string]int{}
	for line := range strings.Lines(Render(before, opt)) {
		said[line]++
	}
	title := Render(words.Message{Card: after.Card, Title: after.Title, Tone: after.Tone}, opt)
	var fresh strings.Builder
	for line := range strings.Lines(strings.TrimPrefix(Render(after, opt), title)) {
		if said[line] > 0 {
			said[line]--
		} else if line != "\n" {
			fresh.WriteString(line)
		}
	}
	if fresh.Len() == 0 && before.Title == after.Title {
		return ""
	}
	return title + fresh.String()
}
