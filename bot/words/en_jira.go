package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enJira words what was found when Jira was examined.
var enJira = map[chat.Code]string{}
