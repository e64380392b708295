package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enCalendar is about cadence, windows and the calendar.
var enCalendar = map[chat.Code]string{
	"gate.window.not_needed": "No downtime is needed, and no security test is under way.",
	"gate.window.open":       "{window} is open until {until}.",
	"gate.window.outside":    "{what} takes {service} down, and no window that the business agreed to is open in {environment}.",
	"gate.window.bound":      "{what} takes {service} down and was planned for {window}, which is not open.",
	"gate.window.late":       "{what} takes {length}, and {window} is open only until {until}: it would run past its end.",
	"gate.window.next":       "The next is {window}, from {from} until {until}.",
	"gate.window.no_next":    "No window is agreed in which it would fit: /window propose {service} asks the business for one.",
	"gate.window.test":       "{window} is under way: a security test of {service} until {until}. /window agree {window} {release} lets this release in.",
	"gate.window.let":        "{window}, a security test, lets this release in: {by} agreed.",
}
