package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enFreezePlan is about freezes that recur, what they would hit, and what they do to deployments under way.
var enFreezePlan = map[chat.Code]string{}
