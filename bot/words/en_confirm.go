package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enConfirm words the second factor of votes.
var enConfirm = map[chat.Code]string{
	"vote.waits":       "Your {choice} on {on} counts once you confirm it. {ballot} is {state}: {tally}",
	"vote.unconfirmed": "waits for confirmation and does not count yet",

	"confirm.statement":     "Sign this to confirm your {choice} on {on} ({ballot}):",
	"confirm.how":           "On your machine: gonogo confirm {ballot}. It uses your own token, or your key: then it says /confirm {ballot} and the signature.",
	"confirm.bad_signature": "That is no signature of yours under your {choice} on {ballot} as it stands: a changed vote takes a new one. /confirm {ballot} shows what to sign.",
	"confirm.by_key":        "{person} confirmed {choice} on {on} with a key. {ballot} is {state}: {tally}",
	"confirm.by_token":      "{person} confirmed {choice} on {on} with a token. {ballot} is {state}: {tally}",

	"approval.no_confirmation":    "Votes on {ballot} need no confirmation.",
	"approval.nothing_to_confirm": "You have no vote on {ballot} to confirm: vote first.",
	"approval.confirmed":          "Your {choice} on {ballot} is confirmed already.",

	"button.form.confirm": "Confirm a vote…",
	"home.confirm":        "You voted {choice}: it counts once you confirm it, with gonogo confirm {ballot}.",
}
