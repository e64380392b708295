package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/release"
)

// planningSection says what was promised of a release.
func planningSection(r *bot.Reading, rel release.Release) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.promised")}
	promised, err := milestonesFor(r, rel.ID)
	for _, m := range promised {
		line := chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("milestone.line", milestoneArgs(m, chat.Nested("state", m.State.Text()))...)}
		if !m.State.Open() {
			line.Mark = chat.MarkOpen
		}
		s.Lines = append(s.Lines, line)
	}
	return s, err
}
