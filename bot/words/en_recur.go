package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enRecur is about rules of recurrence.
var enRecur = map[chat.Code]string{}
