package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enPresets is about presets, duties by standard, and configuration in plain sentences.
var enPresets = map[chat.Code]string{
	"duty.config_editor":      "editor of the configuration that decides",
	"followup.own_deployment": "{follow_up} judges the emergency of {release}: whoever deployed under it can't close it[[; {reviewers} can]].",

	"duty.alone": "{person} is {duty} of {subject}[[, in {in}]][[ as {through}]], and may not be the only one who approved it.",
}
