package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enBot words what the bot says whatever the subject.
var enBot = map[chat.Code]string{
	"account.visitor":    "The account {account} is of another organisation and linked to nobody here: it may neither read nor decide. If it is yours, /link makes it so.",
	"account.unlinked":   "The account {account} is linked to nobody here, so it may read and not decide. Ask an administrator to add it to a person in the configuration.",
	"button.gone":        "This button no longer applies. The card shows what does.",
	"dry.run":            "This was a dry run: the same would be decided, and nothing was changed.",
	"environment.gone":   "The environment {environment} is configured no longer.",
	"effect.failed":      "{effect} failed for good: {fault}.",
	"effect.waiting":     "{effect} waits and is tried again by itself: {fault}.",
	"effect.other":       "{effect}",
	"effect.ticket_open": "Opening the change ticket",
	"effect.ticket_note": "Writing to the change ticket",
	"effect.start":       "The start of {subject}",
	"effect.follow":      "Following the run of {subject}",
	"effect.cancel":      "Stopping the run of {subject}",
	"effect.watch":       "Watching {subject}",
	"may.not":            "You may not: that takes the right {right}[[ for {service}]][[ in {environment}]].[[ Ask {holders}.]]",
	"request.given_up":   "The bot failed at this request again and again: nothing was done. Ask whoever runs it; the reason is in its log.",
	"request.key":        "The delivery key is too long: at most {limit} bytes are taken.",
	"list.more":          "Only the first {shown} are shown.",
	"quote":              "{text}",

	"value.word":   "{word}",
	"value.person": "{person}",
	"value.time":   "{at}",
	"value.digest": "sha256 {digest}…",
}
