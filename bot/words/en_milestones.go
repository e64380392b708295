package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enMilestones is about milestones, quarters, deferral and escalation.
var enMilestones = map[chat.Code]string{
	"fiscal.quarter": "“{said}” is not a quarter: write it like 2026Q4.",
	"fiscal.day":     "“{said}” is not a day: write it like 2026-12-15.",

	"milestone.added":         "{milestone} is promised: {title} – {what} ({release}) in {environment} by {day}, in {quarter}.",
	"milestone.moved":         "{by} moved {milestone}, {title} – {release} in {environment}: from {was} to {day}, in {quarter}[[. {reason}]]",
	"milestone.deferred":      "{by} put {milestone} off, {title} – {release} in {environment}, promised by {day}[[. {reason}]]",
	"milestone.dropped":       "{by} gave {milestone} up, {title} – {release} in {environment}, promised by {day}[[. {reason}]]",
	"milestone.reached":       "{milestone} is reached in time: {title} – {release} is in {environment} by {deployment}, promised by {day}.",
	"milestone.reached_late":  "{milestone} is reached {days} {days|day|days} late: {title} – {release} is in {environment} by {deployment}, promised by {day}.",
	"milestone.lost":          "{milestone} is no longer reached: {title} – {deployment} of {release} was rolled back in {environment}. It is promised by {day}.",
	"milestone.overdue":       "{milestone} is late: {title} – {release} was promised in {environment} by {day}.",
	"milestone.list":          "{count} {count|milestone|milestones}",
	"milestone.line":          "{milestone}, {title}: {release} in {environment} by {day} – {state}",
	"milestone.unknown":       "There is no milestone {milestone}: /milestone list shows them.",
	"milestone.past":          "{day} is over: a milestone is promised for a day to come.",
	"milestone.there":         "{what} ({release}) passed {environment} already, by {deployment}: there is nothing left to promise.",
	"milestone.ended":         "{what} ({release}) is {state}: promise another release.",
	"milestone.other_service": "{what} ({release}) is not of {service}: a milestone moves to another release of its service only.",
	"milestone.same_day":      "{milestone} is promised for {day} already.",
	"milestone.not_now":       "{milestone} is {state}: that can't be done to it any more.",
	"milestone.release_ended": "{release} is {state}: move it to another release, /milestone move {milestone}, or give it up.",

	"milestone.state.planned":  "to be reached",
	"milestone.state.deferred": "put off",
	"milestone.state.reached":  "reached",
	"milestone.state.dropped":  "given up",

	"milestone.change.move":  "moved {at}[[ by {by}]][[ from {was}]][[, from {release}]][[: {reason}]]",
	"milestone.change.defer": "put off {at}[[ by {by}]][[: {reason}]]",
	"milestone.change.drop":  "given up {at}[[ by {by}]][[: {reason}]]",
	"milestone.change.reach": "reached {at}",
	"milestone.change.lose":  "rolled back {at}",

	"milestone.standing.on-time":  "on time",
	"milestone.standing.late":     "late by {days} {days|day|days}",
	"milestone.standing.overdue":  "not reached, late by {days} {days|day|days} so far",
	"milestone.standing.ahead":    "still to come",
	"milestone.standing.deferred": "deferred",
	"milestone.standing.moved":    "deferred to {to}",
	"milestone.standing.dropped":  "given up",

	"card.milestone":       "{milestone}, {title}: {release} in {environment} by {day} – {state}",
	"value.release":        "{release}, {what}: {state}",
	"value.count":          "{count}",
	"label.quarter":        "Quarter",
	"label.promised_by":    "Promised by",
	"label.promised_first": "Promised first for",
	"heading.changes":      "Changes",
	"heading.promised":     "Promised",
	"button.move":          "Move…",
	"button.defer":         "Put off…",
	"button.drop":          "Give up…",

	"report.qbr":       "{quarter}, {first} to {last}: {count} {count|milestone|milestones}",
	"report.milestone": "{milestone}, {title}: {what} ({release}) in {environment} by {promised} – {standing}",
	"report.first":     "promised first for {day}",

	"label.standing.on-time":  "On time",
	"label.standing.late":     "Late",
	"label.standing.overdue":  "Late, not reached",
	"label.standing.ahead":    "Still to come",
	"label.standing.deferred": "Deferred",
	"label.standing.moved":    "Deferred to another quarter",
	"label.standing.dropped":  "Given up",

	"button.form.milestone_add":   "Promise a milestone…",
	"button.form.milestone_move":  "Move a milestone…",
	"button.form.milestone_defer": "Put a milestone off…",
	"button.form.milestone_drop":  "Give a milestone up…",
	"button.form.milestone_show":  "Show a milestone…",
}
