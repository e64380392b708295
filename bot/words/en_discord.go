package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enDiscord words what the adapter for Discord says by itself: of messages that Discord's limits divide, of requests that are
// not accepted, and of how it is set up.
var enDiscord = map[chat.Code]string{
	"discord.continued":    "continued",
	"discord.rest_in_file": "There is more than a message holds: the attached file has all of it.",
	"discord.output_file":  "Output: {file}, attached.",
	"discord.more_buttons": "There was no room for buttons to {labels}.",
}
