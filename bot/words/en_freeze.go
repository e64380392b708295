package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enFreeze is the wording of what people do with freezes and the exceptions to them.
var enFreeze = map[chat.Code]string{
	"freeze.announced":      "Announced: {freeze}",
	"freeze.begun":          "Frozen from now on: {freeze}",
	"freeze.ahead":          "Ahead: {freeze}",
	"freeze.started":        "It has begun: {freeze}",
	"freeze.over":           "{id} is over: {scope} may be deployed to again.",
	"freeze.lifted_now":     "{by} lifted {id}: {scope} may be deployed to again[[: {reason}]].",
	"freeze.lifted_by":      "Lifted by {by}, {at}.",
	"freeze.list":           "{count} {count|freeze|freezes}",
	"freeze.line":           "{state}: {freeze}",
	"freeze.unknown":        "There is no freeze {freeze}: /freeze list --all shows them.",
	"freeze.line_unknown":   "There is no business line {line}.[[ Did you mean {suggest}?]][[ There are: {known}.]]",
	"freeze.region_unknown": "There is no region {region}.[[ Did you mean {suggest}?]][[ There are: {known}.]]",
	"freeze.covers_nothing": "That would freeze nothing: no service is covered by {scope}.",

	"card.freeze":       "{freeze}: {scope} – {state}",
	"label.from":        "From",
	"label.until":       "Until",
	"label.declared_by": "Declared by",
	"heading.holds":     "Held back or let through",
	"button.lift":       "Lift",
	"confirm.lift":      "Lift {freeze} and let deployments of {scope} go on?",

	"exception.not_configured": "No approval rule for exceptions is configured: freezes hold without any.",
	"exception.nothing_blocks": "No freeze stops {what} ({release}) in {environment} now: there is nothing to be excepted from.",
	"exception.has_one":        "{release} has {exceptions} already, which opens every freeze of {environment} that holds now.",
	"exception.asked_already":  "{exception} asks for that already: vote on {ballot}.",
	"exception.unknown":        "There is no exception {exception}.",
	"exception.asked":          "{by} asks for {exception}: {what} ({release}) past {freezes} to {environment}, once. The vote is {ballot}.",
	"exception.granted":        "{exception} is granted: {what} ({release}) may pass {freezes} to {environment} {uses|once|several times}, until {until}.",
	"exception.ended":          "{exception} for {what} to {environment} is {state}: {why}",
	"exception.over":           "{exception} for {release} to {environment} was not used in time: it opens nothing any more.",
	"exception.spent":          "{deployment} takes {what} to {environment} past {freezes} by {exception}.",
	"exception.stands":         "{exception} past {freezes} to {environment}: {state}[[ until {until}]]",
}
