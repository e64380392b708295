package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enDescribed is what a configuration says of planning, in plain sentences.
var enDescribed = map[chat.Code]string{
	"describe.heading.timing":   "When it goes out, and with what",
	"describe.heading.planning": "What holds releases back, and who is asked next",
	"describe.heading.figures":  "How it is counted",

	"describe.standing":         "{freeze} freezes {scope}: {when} ({why}).",
	"describe.standing_first":   "The first time it begins {from}.",
	"describe.announce":         "A freeze is announced {before} ahead.",
	"describe.exception_rule":   "An exception[[ of a release of {tiers} risk]][[ for {scope}]] is voted by {approval}: the first that fits decides.",
	"describe.running.finish":   "When a freeze begins, a deployment of {tier} risk that is under way there goes on.",
	"describe.running.pause":    "When a freeze begins, a deployment of {tier} risk that is under way there takes no next step until it is over.",
	"describe.running.rollback": "When a freeze begins, a deployment of {tier} risk that is under way there is rolled back.",

	"describe.cadence":         "The train {train} takes [[{service}]][[all services of {line}]]: {when}, for {reason} ({why}).",
	"describe.windows":         "Downtime is agreed with the business: whoever is asked has {answer} to answer, at most until it begins[[, and is reminded {remind} before that]].",
	"describe.train.hold":      "Of releases that go together {parallel} {parallel|is|are} deployed at once, where none needs another. When one fails, what needs it is held and the rest goes on.",
	"describe.train.stop":      "Of releases that go together {parallel} {parallel|is|are} deployed at once, where none needs another. When one fails, no more are deployed.",
	"describe.train.roll_back": "Of releases that go together {parallel} {parallel|is|are} deployed at once, where none needs another. When one fails, no more are deployed, and those that passed are rolled back, dependants first.",
	"describe.incidents":       "Where the gate incident is asked, an open incident of severity {severity} or worse closes it. One that begins within {trace} of a deployment is shown on its card.",
	"describe.deferral":        "{rule} holds releases of {tiers} risk back while {when}, for {hold} at least[[, and until {until}]]: {why}.",
	"describe.budget":          "Of the requests to {service} in {environment} {allowed} may fail within {window}: that is its error budget, measured by {expr}. Fewer than {least} requests say nothing.",
	"describe.architecture":    "A release that changes what depends on what[[, or of which this holds: {when},]] needs the vote {approval} besides.",
	"describe.ladder":          "The ladder {ladder} is climbed by votes that name it[[, of releases of which this holds, or can't be told: {when}]]: the next are asked when nobody decided in time, and may vote from then on.",
	"describe.rung":            "{number}. {groups}[[ ({people})]], for {within}[[ of the hours {hours}]].",
	"describe.hours":           "The hours {hours} are {days} from {from} to {to} in {zone}[[, but for {holidays}]].",
	"describe.hours_days":      "every day",
	"describe.fiscal.months":   "A fiscal year begins with {month}, and is called after the calendar year in which it {named}.",
	"describe.fiscal.weeks":    "A fiscal year is made of weeks, {weeks} to the quarter, ends on the {closes}, and is called after the calendar year in which it {named}. The 53rd week is in quarter {long}.",
	"describe.fiscal.nearest":  "{day} nearest to the end of {month}",
	"describe.fiscal.last":     "last {day} of {month}",
	"describe.fiscal.ends":     "ends",
	"describe.fiscal.begins":   "begins",
	"describe.history":         "Rules look back {history} at what became of a service.",
	"describe.history_all":     "Rules look back at all that is remembered of a service.",
	"describe.line":            "The business line {line}[[ is answered for by {people}]][[ (of {groups})]].",
	"describe.line_revenue":    "It earns money directly.",
	"describe.line_region":     "Its people work in {region}.",
}
