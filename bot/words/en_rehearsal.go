package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enRehearsal is about rollbacks that were rehearsed.
var enRehearsal = map[chat.Code]string{
	"rehearsal.queued":     "{by} rehearses a rollback: {deployment} puts {what} into {environment}, then goes back to {back}.",
	"rehearsal.rehearsed":  "A rollback of {service} from {from} to {to} was rehearsed in {environment} ({rollback}, {at}, asked for by {by}): it took {took}.",
	"rehearsal.cause":      "Rehearsed for {release}: {by} wants to know that going back to {back} works.",
	"rehearsal.stopped":    "The rehearsal ends before its rollback: {what} stays in {environment}. {why}",
	"rehearsal.right_gone": "The rehearsal ends before its rollback: {by} may no longer roll back in {environment}, and {what} stays there.",
	"rehearsal.final":      "{environment} is the last environment: rehearse in one before it, where it hurts nobody.",
	"rehearsal.unwatched":  "Nothing looks at what is deployed to {environment}, so a rehearsal there shows nothing: give it a verification plan first (verify).",
	"rehearsal.nothing":    "Nothing is known to run as {service} in {environment}, so there is nothing to go back to: /deploy adopt says what runs there.",
	"rehearsal.same":       "{what} runs in {environment} already: rehearse going back before it gets there.",

	"gate.rehearsal.tier":    "Releases of {tier} risk need no rehearsed rollback.",
	"gate.rehearsal.hotfix":  "{service} can be fixed within minutes without going back, so no rollback need be rehearsed.",
	"gate.rehearsal.open":    "{rehearsal} It counts until {until}.",
	"gate.rehearsal.old":     "{rehearsal} That was {age} ago, and may be {within} old: rehearse it again with /rollback rehearse {release}.",
	"gate.rehearsal.other":   "{rehearsal} Going back to {back}, which runs there, was not rehearsed: do it with /rollback rehearse {release}.",
	"gate.rehearsal.never":   "Going back from {version} to {back}, which runs there, was never rehearsed: do it with /rollback rehearse {release}.",
	"gate.rehearsal.nothing": "What runs as {service} in {environment} is not known, and so not what a rollback would go back to: /deploy adopt says it.",
}
