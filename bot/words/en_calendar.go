package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enCalendar is about cadence, windows and the calendar.
var enCalendar = map[chat.Code]string{
	"cadence.reason.roadmap":    "the roadmap",
	"cadence.reason.regulatory": "a regulatory cycle",
	"cadence.reason.contract":   "a customer's contract",
	"cadence.slot":              "{from} until {until} (train {train}: {rule}; for {reason}: {why})",
	"cadence.off":               "{at} is no slot of the trains of {service}.[[ The next is {next}.]] --off-cadence \"why\" plans it all the same, and says so.",
	"cadence.on":                "{at} is a slot of {service}: {slot}. No reason is needed.",
	"gate.cadence.none":         "{service} has no trains: it is released when it is ready.",
	"gate.cadence.on":           "It is a slot: {slot}",
	"gate.cadence.excused":      "Off its cadence: {by} said why: {why}",
	"gate.cadence.off":          "It is no slot of the trains of {service}.[[ The next is {next}.]] /release schedule {release} --off-cadence \"why\" lets it go all the same, and says so.",
	"timing.off_cadence":        "Off its cadence: {by} said why: {why}",
	"gate.window.not_needed":    "No downtime is needed, and no security test is under way.",
	"gate.window.open":          "{window} is open until {until}.",
	"gate.window.outside":       "{what} takes {service} down, and no window that the business agreed to is open in {environment}.",
	"gate.window.bound":         "{what} takes {service} down and was planned for {window}, which is not open.",
	"gate.window.late":          "{what} takes {length}, and {window} is open only until {until}: it would run past its end.",
	"gate.window.next":          "The next is {window}, from {from} until {until}.",
	"gate.window.no_next":       "No window is agreed in which it would fit: /window propose {service} asks the business for one.",
	"gate.window.test":          "{window} is under way: a security test of {service} until {until}. /window agree {window} {release} lets this release in.",
	"gate.window.let":           "{window}, a security test, lets this release in: {by} agreed.",
}
