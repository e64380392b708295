package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enGitLab words what was found when GitLab was examined.
var enGitLab = map[chat.Code]string{}
