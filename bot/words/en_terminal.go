package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enTerminal words what the terminal says of its own: hints, and answers to lines that are for it and not for the bot.
var enTerminal = map[chat.Code]string{
	"terminal.private":      "only you see this",
	"terminal.press_number": "press with {first} or :press {button}[[ on {card}]]",
	"terminal.press_line":   "press with: gonogo press --on {card} --button {button}",
	"terminal.welcome":      "{organisation}: you speak as {as} in {channel}. Tab completes, :help says more, :quit leaves.",
	"terminal.help": "A line goes to the bot: start with /help. #channel changes the channel; " +
		":press approve on R-1 presses a button, a number alone one of the last card; :as NAME speaks as another account of the demo; :quit leaves.",
	"terminal.unknown":         "{line} is not something that I know: :help lists what there is.",
	"terminal.channel":         "You are in {channel}[[: {topic}]]",
	"terminal.no_channel":      "There is no channel {channel}[[: there are {channels}]].",
	"terminal.as":              "You speak as {as}[[, {name}]].",
	"terminal.no_account":      "There is no account {as}[[: there are {accounts}]].",
	"terminal.not_demo":        "Only the demo lets you speak as somebody else.",
	"terminal.no_button":       "There is no button {button}[[ on {card}]][[: there are {buttons}]].",
	"terminal.press_usage":     "Write :press and the button's name, then the card's: :press approve on R-1.",
	"terminal.confirm":         "{question} Type yes to go on.",
	"terminal.cancelled":       "Not pressed.",
	"terminal.no_history":      "Lines will not be remembered: the history file cannot be used.",
	"terminal.unreachable":     "The server {server} could not be reached: nothing was sent.",
	"terminal.outcome_unknown": "The request was sent and no answer came: it may have been carried out. Repeating it with the key {key} is safe.",
	"terminal.unreadable":      "The answer of {server} is not one of gonogo's.",
	"terminal.failed":          "The server answered with status {status}.",
}
