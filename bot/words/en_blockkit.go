package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enBlockkit words what a message on Slack says of itself.
var enBlockkit = map[chat.Code]string{
	"slack.continued":     "Continued: {title}",
	"slack.goes_on":       "This goes on in the next message, in the thread where there is one.",
	"slack.attached":      "The end of the output. All of it is in the file {file}, in the thread or in your direct messages.",
	"slack.rest_attached": "This is more than fits here: all of it is in the file {file}, in your direct messages.",
	"slack.nothing_more":  "Nothing more: the message is shorter now.",
	"slack.view_full":     "There is more than fits here: the commands show all of it.",
	"slack.confirm_title": "Are you sure?",
	"slack.confirm_no":    "Cancel",
	"slack.tone.good":     "Well",
	"slack.tone.warning":  "Needs attention",
	"slack.tone.bad":      "Needs action",
}
