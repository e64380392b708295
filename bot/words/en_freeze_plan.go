package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enFreezePlan is about freezes that recur, what they would hit, and what they do to deployments under way.
var enFreezePlan = map[chat.Code]string{
	"button.lift_once":        "Lift this once",
	"confirm.lift_once":       "Lift only the time of {freeze} that holds now, or call off its next one, for {scope}?",
	"label.every":             "Again",
	"freeze.by_configuration": "the configuration ({standing})",
	"freeze.why":              "{why}",
	"freeze.off_rule":         "{every} never begins {from}; the first time that it does is {next}. Begin then, or change --every.",

	"freeze.simulated":          "What would be frozen: {freeze}. Nothing is changed.",
	"freeze.simulate_past":      "{until} is past: say how far ahead to look.",
	"freeze.tried":              "{scope}[[, {every}]], from {from}[[ to {until}]]",
	"freeze.times":              "{count} {count|time|times} until {until}, {total} in all",
	"freeze.times_more":         "and {more} more",
	"freeze.occurrence":         "{from}[[ to {until}]][[, {length}]]",
	"freeze.would_hold":         "{count} {count|release|releases} under way {count|is|are} held back while it holds",
	"freeze.would_hold_release": "{release} {what}, {state}",
	"heading.calendar_hits":     "{count} {count|entry|entries} of the calendar[[ until {until}]] {count|falls|fall} into it",
	"freeze.hits":               "{from}: {what}[[, and {more} more of its times]]",
	"heading.past_hits":         "What it would have hit",
	"freeze.past_hits":          "An estimate: of {count} {count|deployment|deployments} there in the last {back}, {hit} fell into times like these.",
	"freeze.past_many":          "An estimate: of the last {count} deployments there, {hit} fell into times like these.",
	"freeze.past_unlike":        "No times of the past are like these: {count} {count|deployment|deployments} went there in the last {back}.",

	"freeze.edge.no_start":    "{said} does not exist that day, as the clocks go forward: it begins {at}.",
	"freeze.edge.first_start": "{said} comes twice that day, as the clocks go back: it begins with the first, {at}.",
	"freeze.edge.no_end":      "{said} does not exist that day, as the clocks go forward: it ends {at}.",
	"freeze.edge.last_end":    "{said} comes twice that day, as the clocks go back: it ends with the second, {at}.",
	"freeze.edge.length":      "{length} instead of {shown}: the clocks change on the way.",
	"freeze.catches":          "{count} deployments were under way when it froze: {deployments}",
	"freeze.lets_finish":      "{deployment}, {what} to {environment}, was under way when {freeze} began, and goes on to its end: that is the policy for {tier} risk.",
	"freeze.pauses":           "{deployment}, {what} to {environment}, was under way when {freeze} began, and pauses, as is the policy for {tier} risk: it takes no next step until the freeze is over. A pipeline can't be paused: its run goes on, and what it brings is watched, and rolled back if it is not well.",
	"freeze.stops":            "{deployment}, {what} to {environment}, was under way when {freeze} began, and is rolled back, as is the policy for {tier} risk: its run is asked to stop first.",
	"freeze.rolls_back":       "{deployment}, {what} to {environment}, was under way when {freeze} began, and is rolled back to {previous} by {back}: that is the policy for {tier} risk.",
	"freeze.nothing_before":   "{deployment}, {what} to {environment}, was under way when {freeze} began, and goes on, though the policy for {tier} risk is to roll back: nothing is known to have run there before.",
	"freeze.stays":            "{deployment}, {what} to {environment}, was under way when {freeze} began, and goes on, though the policy for {tier} risk is to roll back: {why}",
	"freeze.holds":            "Takes no next step until {freeze} is over, which began {at}; what runs is watched",
	"freeze.holds_well":       "Found well, and takes no next step until {freeze} is over, which began {at}; what runs is watched on",
	"freeze.goes_on":          "{deployment}, {what} to {environment}, goes on: {freeze} is over.",
	"rollback.frozen":         "{freeze} began while {deployment}, {what} to {environment}, was under way",
}
