package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/state"
)

// reporting is milestones, quarters, the board's agenda, deferral and escalation.
func (p Ports) reporting() subject {
	return subject{
		commands: []bot.Command{
			milestoneAdd(), milestoneList(), milestoneShow(), milestoneMove(), milestoneDefer(), milestoneDrop(), reportQBR(),
			releaseDefer(), releaseResume(), p.architectureAsk(), releaseAgenda(), releaseLadder(), escalate(),
		},
		performers: map[effect.Kind]bot.Performer{kindFigures: {Perform: p.readFigures}},
		reactions:  map[effect.Kind]bot.Reaction{kindFigures: looked},
		timers: map[string]func(*bot.Turn, state.Timer) error{
			timerMilestoneDue: milestoneDue, timerLook: lookTimer, timerDeferralOver: deferralOver, timerRung: rungOver,
		},
		cards: map[string]bot.CardRenderer{letterMilestone: milestoneCard},
	}
}
