package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/state"
)

// planningAhead is cadence, downtime windows and the calendar.
func (p Ports) planningAhead() subject {
	return subject{
		commands: []bot.Command{
			releaseSchedule(), releaseCalendar(),
			calendarLink(), calendarRevoke(),
			p.windowPropose(), windowAccept(), windowRefuse(), p.windowCounter(), windowWithdraw(), windowShow(), windowList(),
			windowTest(), windowAgree(),
		},
		timers: map[string]func(*bot.Turn, state.Timer) error{
			timerWindowRemind: windowReminds, timerWindowCloses: windowCloses, timerWindowOpens: windowOpens, timerWindowEnds: windowEnds,
		},
		cards: map[string]bot.CardRenderer{letterWindow: windowCard},
	}
}
