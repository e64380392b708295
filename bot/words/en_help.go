package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enHelp words what the bot says of itself and of the speaker.
var enHelp = map[chat.Code]string{
	"help.title":                  "What can be said here: ✓ marks what you may do.",
	"help.more":                   "/help and a command explains it, with examples; --dry-run shows what a command would do and changes nothing.",
	"help.line":                   "{usage}: {does}",
	"help.command":                "{usage}: {does}",
	"help.several":                "{count} {count|command begins|commands begin} with “{said}”.",
	"help.unknown":                "There is no command “{said}”.[[ Did you mean {suggest}?]] /help lists what can be said.",
	"help.param":                  "{param}: {help}[[ One of: {choices}.]]",
	"help.param.optional":         "{param} (may be left out): {help}[[ One of: {choices}.]]",
	"help.param.dry_run":          "--dry-run: the same decision, shown and not made.",
	"help.example":                "{line} {does}",
	"help.who.everybody":          "Everybody may say it; where it takes a right, it says which.",
	"help.who.you":                "You may use it (right {right})[[, as may {holders}]].",
	"help.who.others":             "It needs the right {right}[[: {holders} may]].",
	"help.heading.parameters":     "What it takes",
	"help.heading.examples":       "For example",
	"help.heading.who":            "Who may",
	"help.heading.more":           "It also begins",
	"help.heading.releases":       "Releases",
	"help.heading.holds":          "Freezes, locks and emergencies",
	"help.heading.on_call":        "On call",
	"help.heading.record":         "The record",
	"help.heading.administration": "Configuration",
	"help.heading.you":            "You",
	"help.heading.other":          "More",

	"welcome.title":   "This is the release desk of {organisation}.",
	"welcome.heading": "What to type next",
	"welcome.plan":    "/release plan, a service and a version: plans a release, and says what it still needs.",
	"welcome.list":    "/release list: what is under way.",
	"welcome.whoami":  "/whoami: who you are here, and what you may do.",
	"welcome.help":    "/help: everything that can be said.",

	"whoami.person":     "You are {person}, speaking as {account}.",
	"whoami.machine":    "You are the machine {person}, speaking as {account}.",
	"whoami.heading":    "What you may do",
	"whoami.grant":      "{role}, {scope}: {rights}[[ (through {groups})]]",
	"whoami.everywhere": "everywhere",
	"whoami.scope":      "[[for services {services}]] [[for business lines {lines}]] [[in {environments}]]",
	"whoami.nothing":    "Nothing but reading.[[ {administrators} can grant more.]]",
	"whoami.unlinked":   "The account {account} is linked to nobody: it may read, not decide.",
	"whoami.link":       "Or ask an administrator[[ ({administrators})]] to add {account} to your accounts under people in the configuration, then to say /config reload.",

	"label.accounts":     "Accounts",
	"label.groups":       "Groups",
	"label.services":     "Services",
	"label.environments": "Environments",
	"value.list":         "{list}",
}
