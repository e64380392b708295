package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enProvenance words what says how source code came to be, and whose it is.
var enProvenance = map[chat.Code]string{
	"duty.pusher":  "somebody who pushed to the merge request",
	"duty.merger":  "somebody who merged",
	"duty.namer":   "the one who said whose an address is",
	"duty.unnamed": "The repository's host names nobody as {duty} of {subject}.",
}
