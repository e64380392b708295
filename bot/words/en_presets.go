package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enPresets is about presets, and configuration in plain sentences.
var enPresets = map[chat.Code]string{}
