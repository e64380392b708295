package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enRehearsal is about rollbacks that were rehearsed.
var enRehearsal = map[chat.Code]string{}
