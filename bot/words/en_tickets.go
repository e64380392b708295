package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enTickets words what is said about change tickets.
var enTickets = map[chat.Code]string{}
