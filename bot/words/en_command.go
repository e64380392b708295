package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enCommand words the refusals of lines that are no call of a command.
var enCommand = map[chat.Code]string{
	"command.empty":         "There is nothing to do in an empty line. Type /help for what can be said.",
	"command.too-long":      "That line is too long: at most {max} bytes. Put a long text in a document and give its link.",
	"command.characters":    "That line holds characters that can't be seen or aren't text. Type it anew, on one line.",
	"command.unclosed":      "The quotation mark before {said} is not closed: put one at the end of the text.[[ Usage: {usage}.]][[ For example: {example}]]",
	"command.too-many":      "Those are too many words: at most {max}. Put long texts in quotation marks.[[ For example: {example}]]",
	"command.unknown":       "There is no command “{said}”.[[ Did you mean {suggest}?]] /help lists what can be said.[[ For example: {example}]]",
	"command.incomplete":    "“{said}” needs one more word: {known}.[[ For example: {example}]]",
	"command.flag":          "There is no option {said} here.[[ Did you mean {suggest}?]][[ There are: {known}.]] Usage: {usage}. For example: {example}",
	"command.flag-value":    "The option {param} needs a value behind it. Usage: {usage}. For example: {example}",
	"command.flag-no-value": "The option {param} is written alone, without a value. Usage: {usage}. For example: {example}",
	"command.flag-twice":    "The option {param} is there twice. Usage: {usage}. For example: {example}",
	"command.missing":       "The {param} is missing[[ ({help})]].[[ It may be: {known}.]] Usage: {usage}. For example: {example}",
	"command.blank":         "The {param} is empty: write it, or leave the quotation marks out. Usage: {usage}. For example: {example}",
	"command.extra":         "From “{said}” on there is more than the command takes; texts of several words go in quotation marks. Usage: {usage}. For example: {example}",
	"command.service":       "There is no service {said}.[[ Did you mean {suggest}?]][[ There are: {known}.]] For example: {example}",
	"command.version":       "There is no version {said}.[[ Did you mean {suggest}?]][[ There are: {known}.]] For example: {example}",
	"command.environment":   "There is no environment {said}.[[ Did you mean {suggest}?]][[ There are: {known}.]] For example: {example}",
	"command.id":            "“{said}” is no {param}: those are written like {form}.[[ Did you mean {suggest}?]] For example: {example}",
	"command.choice":        "The {param} can't be {said}.[[ Did you mean {suggest}?]] It is one of: {known}. For example: {example}",
	"command.number":        "“{said}” is no {param}: that is a whole number from {min} to {max}. For example: {example}",
	"command.not-name":      "“{said}” can't be a {param}: names are of letters, digits and . _ - + / : @ without spaces. For example: {example}",
}
