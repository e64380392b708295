package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enProvenance words what says how source code came to be, and whose it is.
var enProvenance = map[chat.Code]string{}
