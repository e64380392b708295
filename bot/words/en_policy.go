package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enPolicy is about why a rule decided, and what another would have decided.
var enPolicy = map[chat.Code]string{}
