package command

import "github.com/gonogo-chat/gonogo/bot/chat"

// Limits of a line.
const (
	// MaxLine is in bytes. Slack cuts messages at 40,000 characters and Discord at 2,000; a command that needs more than
	// a page is a document.
	MaxLine = 4000
	// MaxArguments counts words, and quoted texts as one.
	MaxArguments = 256
	// MaxWord bounds names and versions, in bytes: what is not enumerated must still fit a line of a card.
	MaxWord = 128
	// MaxNumber bounds a number, on both sides of zero.
	MaxNumber = 1_000_000_000
	// MaxCompletions is what one completion returns at most: Discord's limit for autocomplete choices.
	MaxCompletions = 25
)

// Codes of the failures to parse. Where a command was recognised they carry "usage" and "example", a whole line.
// Times and durations fail with the codes of package when, with "param", "usage" and "line", a whole line, added.
const (
	CodeEmpty       chat.Code = "command.empty"
	CodeTooLong     chat.Code = "command.too-long"      // max
	CodeCharacters  chat.Code = "command.characters"    // control characters, broken UTF-8
	CodeUnclosed    chat.Code = "command.unclosed"      // said
	CodeTooMany     chat.Code = "command.too-many"      // max
	CodeUnknown     chat.Code = "command.unknown"       // said, suggest, known
	CodeIncomplete  chat.Code = "command.incomplete"    // said, known
	CodeFlag        chat.Code = "command.flag"          // said, suggest, known
	CodeFlagValue   chat.Code = "command.flag-value"    // param: the value is missing
	CodeFlagNoValue chat.Code = "command.flag-no-value" // param: there must be none
	CodeFlagTwice   chat.Code = "command.flag-twice"    // param
	CodeMissing     chat.Code = "command.missing"       // param, help, known
	CodeBlank       chat.Code = "command.blank"         // param: "" given
	CodeExtra       chat.Code = "command.extra"         // said
	CodeService     chat.Code = "command.service"       // said, suggest, known
	CodeVersion     chat.Code = "command.version"       // said, suggest, known
	CodeEnvironment chat.Code = "command.environment"   // said, suggest, known
	CodeID          chat.Code = "command.id"            // param, said, form, suggest
	CodeChoice      chat.Code = "command.choice"        // param, said, known, suggest
	CodeNumber      chat.Code = "command.number"        // param, said, min, max
	CodeNotName     chat.Code = "command.not-name"      // param, said: can't be the name of anything
)

// Bounds of what a failure repeats.
const (
	maxKnown   = 12 // of the words that would do
	maxSuggest = 3
	maxSaid    = 80 // characters
)

// fail builds a failure to parse a command that was recognised; what it carries beyond args is how to write it.
func (e *entry) fail(code chat.Code, args ...chat.Arg) *chat.Refusal {
	args = append(args, chat.Word("usage", e.usage), chat.Word("example", e.example))
	return chat.Reject(code, args...)
}

// explain adds how to write the command to a refusal of package when, whose own example is of the time alone.
func (e *entry) explain(r *chat.Refusal, param string) *chat.Refusal {
	r.Text.Args = append(r.Text.Args, chat.Word("param", param), chat.Word("usage", e.usage), chat.Word("line", e.example))
	return r
}

func said(s string) chat.Arg { return chat.Word("said", clip(s)) }

func clip(s string) string {
	n := 0
	for i := range s {
		if n == maxSaid {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

func known(words []string) chat.Arg { return chat.List("known", words[:min(len(words), maxKnown)]) }

func suggest(said string, words []string) chat.Arg {
	return chat.List("suggest", nearest(said, words, maxSuggest))
}
