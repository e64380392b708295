package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enJenkins words what was found when Jenkins was examined.
var enJenkins = map[chat.Code]string{}
