package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enMilestones is about milestones, quarters, deferral and escalation.
var enMilestones = map[chat.Code]string{}
