package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enSeats is about seats, stages, delegation and absence.
var enSeats = map[chat.Code]string{}
