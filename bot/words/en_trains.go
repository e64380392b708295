package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enTrains is about trains, and locks wider than one place.
var enTrains = map[chat.Code]string{}
