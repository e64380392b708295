package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enIncidents words what is said about incidents, and about who is on call.
var enIncidents = map[chat.Code]string{}
