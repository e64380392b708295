package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enArgoCD words what was found when Argo CD was examined.
var enArgoCD = map[chat.Code]string{}
