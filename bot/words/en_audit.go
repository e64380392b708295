package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enAudit words the audit trail and its verification.
var enAudit = map[chat.Code]string{
	"audit.story":          "The story of {subject}: {count} {count|entry|entries}",
	"audit.nothing":        "The audit trail holds nothing about {subject}.",
	"audit.no_later":       "There is nothing about {subject} from entry {from} on.",
	"audit.left":           "{left} more {left|entry is|entries are} not shown: {line}",
	"audit.entry":          "#{seq} {at}, {who}, {act}: {text}",
	"audit.said":           "said {said}",
	"audit.evidence":       "evidence: {what}[[ (from {system} {at}, {age} old)]]",
	"audit.config":         "under configuration {digest}",
	"audit.actor.person":   "{person}[[ on {platform}]]",
	"audit.actor.unlinked": "the unlinked account {account}",
	"audit.actor.bot":      "the bot[[ ({system})]]",

	"audit.whole":     "The audit trail is whole: {entries} entries read, up to entry {last}.",
	"audit.broken":    "The audit trail does not hold, from entry {entry} on.",
	"audit.why":       "{why}",
	"audit.record":    "record {record}",
	"audit.partly":    "Read from the signed checkpoint at entry {after} on; gonogo audit verify reads all of it.",
	"audit.signed":    "Signed checkpoints cover it up to entry {signed} of {last}.",
	"audit.confirmed": "An outsider confirms it up to entry {confirmed} of {last}.",
	"audit.no_sink":   "Nobody outside keeps checkpoints: whoever can write the store could cut its end off unseen.",
	"audit.sink_down": "The outsider that keeps checkpoints could not be asked: {fault}",
	"audit.verifying": "A verification is under way already: ask again when it has answered.",
}
