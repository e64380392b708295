package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enGitHub words what was found when GitHub was examined.
var enGitHub = map[chat.Code]string{}
