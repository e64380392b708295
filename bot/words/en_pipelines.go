package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enPipelines words what is said about pipelines.
var enPipelines = map[chat.Code]string{}
