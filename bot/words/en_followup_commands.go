package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enFollowupCommands words the commands on follow-ups.
var enFollowupCommands = map[chat.Code]string{
	"followup.list":          "{count} {count|follow-up|follow-ups}",
	"followup.line":          "{follow_up} {kind}, {state}[[, about {release}]][[, taken by {taken}]][[, due {due}]]",
	"followup.taken":         "{by} sees to {follow_up} ({kind}).",
	"followup.closed_now":    "{by} closed {follow_up} ({kind}): {note}",
	"followup.unknown":       "There is no follow-up {follow_up}.",
	"followup.own_emergency": "{follow_up} judges the emergency of {release}: whoever asked for it or agreed to it can't close it[[; {reviewers} can]].",
}
