package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enPolicy is about why a rule decided, and what another would have decided.
var enPolicy = map[chat.Code]string{
	"gate.condition.closed":  "{closes}: condition {condition} holds, {expression}",
	"gate.condition.unknown": "condition {condition} can't be told: {problem} (in {expression})",
	"gate.condition.open":    "condition {condition} does not hold: {expression}",
	"gate.condition.opened":  "condition {condition} was opened by {by} until {until}[[: {reason}]]",

	"policy.input":         "{name} is {value}",
	"policy.input_from":    "{name} is {value} ({system}, {at})",
	"policy.input_unknown": "{name} is not known[[: {when}]]",
	"policy.value":         "{value}[[ {unit}]]",
	"policy.value_empty":   "empty",
	"policy.value_time":    "{value}",
	"policy.value_length":  "{value}",
}
