package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enCalendar is about cadence, windows and the calendar.
var enCalendar = map[chat.Code]string{
	"calendar.title":     "{count} {count|thing|things} on the calendar[[ of {service}]] from {from} until {until}",
	"calendar.day":       "{day}",
	"calendar.line":      "{from}[[ until {until}]]: {what}",
	"calendar.line_days": "The whole day: {what}",
	"calendar.conflict":  "In the way: {with}",
	"calendar.month":     "{said} is no month: write one like {example}.",
	"calendar.slot":      "{of} goes with the train {train}",
	"calendar.slot_why":  "{rule}; for {reason}: {why}",
	"calendar.freeze":    "{freeze}: frozen: {scope}",
	"calendar.downtime":  "{window}: {service} may be down in {environment} ({state})",
	"calendar.test":      "{window}: a security test of {service} in {environment} ({state})",
	"calendar.release":   "{release}: {what} to {environment} ({state})",
	"calendar.milestone": "{milestone}: {title}, {release} in {environment} ({state})",

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
