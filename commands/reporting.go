package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/state"
)

// reporting is milestones, quarters, the board's agenda, deferral and escalation.
func (p Ports) reporting() subject {
	return subject{
		commands: []bot.Command{
			milestoneAdd(), milestoneList(), milestoneShow(), milestoneMove(), milestoneDefer(), milestoneDrop(), reportQBR(),
		},
		timers: map[string]func(*bot.Turn, state.Timer) error{timerMilestoneDue: milestoneDue},
		cards:  map[string]bot.CardRenderer{letterMilestone: milestoneCard},
	}
}
