package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enPagerDuty words what was found when PagerDuty was examined.
var enPagerDuty = map[chat.Code]string{}
