package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enConfig words changes of the configuration.
var enConfig = map[chat.Code]string{
	"config.in_force":           "{organisation} runs under configuration {digest}.",
	"config.by_start":           "the file that was there at a start",
	"config.by_operator":        "whoever runs the bot, by a signal",
	"config.by_operator_second": "whoever runs the bot, accepted by {second}",
	"config.by_two":             "{by}, accepted by {second}",
	"config.waiting":            "{configuration} waits for a second administrator: {by} proposed it {at}.",
	"config.waiting_operator":   "{configuration} waits for an administrator: whoever runs the bot had it read {at}.",
	"config.unchanged":          "The file says what is in force already: {digest}.",
	"config.reloaded":           "{by} put configuration {digest} in force: {count} {count|change|changes}.",
	"config.reloaded_demo":      "{by} put configuration {digest} in force: {count} {count|change|changes}. It touches who may decide or what decisions must pass: outside this demonstration a second administrator would have had to accept it.",
	"config.reloaded_alone":     "{by} put configuration {digest} in force: {count} {count|change|changes}. It touches who may decide or what decisions must pass, and nobody else could accept it: {by} is the only administrator.",
	"config.reloaded_operator":  "Whoever runs the bot put configuration {digest} in force: {count} {count|change|changes}.",
	"config.proposed_operator":  "Whoever runs the bot had configuration {digest} read: it touches who may decide or what decisions must pass, so an administrator must accept it as {configuration}[[ ({others})]].",
	"config.accepted_operator":  "{second} accepted {configuration}, which whoever runs the bot had read: configuration {digest} is in force.",
	"config.proposed":           "{by} proposes configuration {digest} as {configuration}: it touches who may decide or what decisions must pass, so another administrator must accept it[[ ({others})]].",
	"config.accepted":           "{second} accepted {configuration}, which {by} proposed: configuration {digest} is in force.",
	"config.rejected":           "{by} turned {configuration} down[[: {reason}]].",
	"config.needs_second":       "It takes effect when another administrator accepts it[[: {others}]].",

	"config.bad":           "The configuration file is not valid: what is in force stays.",
	"config.problem":       "{problem}",
	"config.problems_more": "and {count} more {count|problem|problems}",
	"config.no_file":       "This bot was started without a configuration file to read anew.",
	"config.settling":      "Another change of the configuration is just being put in force: ask again in a moment.",
	"config.second":        "{configuration} was proposed by {by}: a second person must accept it[[ ({others})]].",
	"config.base":          "{configuration} was proposed when configuration {base} was in force; now it is {digest}. Say /config reload to propose it again.",
	"config.file_changed":  "The file no longer says what was proposed as {configuration} ({proposed}), but {digest}. Say /config reload to propose what it says now.",
	"config.unknown":       "There is no proposed configuration {configuration}.",
	"config.not_open":      "{configuration} is {state} already.",

	"config.state.open":       "waiting for a second administrator",
	"config.state.accepted":   "accepted",
	"config.state.rejected":   "turned down",
	"config.state.superseded": "superseded",

	"config.heading.changes": "What changes",
	"config.changed":         "{path}: was {before}, is {after}",
	"config.changed_hidden":  "{path}: names or accounts differ (not shown)",
	"config.added":           "{path}: was not there, is {after}",
	"config.removed":         "{path}: was {before}, is gone",
	"config.changes_more":    "and {count} more {count|change|changes}",
	"config.who":             "{id} is {person}",

	"card.configuration": "Configuration {configuration}: {state}",
	"confirm.config":     "Put {configuration} in force, with {count} {count|change|changes}?",
	"button.accept":      "Accept",
	"button.reject":      "Turn down",
	"label.digest":       "Digest",
	"label.since":        "In force since",
	"label.set_by":       "Put in force by",
	"label.proposed_by":  "Proposed by",
	"label.decided_by":   "Decided by",

	"start.first":          "Started for the first time, under configuration {digest}.",
	"start.under":          "Started under configuration {digest}.",
	"start.config_changed": "Started under configuration {digest}, which is not the one that was in force ({before}): {count} {count|change|changes} that no administrator accepted here.",
}
