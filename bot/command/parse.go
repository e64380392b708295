package command

import (
	"strings"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Parse reads a line as a call of one of the commands, or says what is wrong with it. The slash may be missing; command
// words, names and ids are matched whatever their capitals. Flags stand anywhere behind the command words, "--" ends
// them. Names that are enumerated must be known; ids need only be well-formed, since whether one exists is decided where
// it is acted on.
func (c *Catalogue) Parse(line string, at Moment, names Names) (Call, *Failure) {
	line = strings.TrimSpace(line)
	if r := checkLine(line); r != nil {
		return Call{}, &Failure{Refusal: r}
	}
	var buffer [10]token // enough for most lines without growing
	tokens, code := scan(line, buffer[:0])
	e, used, r := c.command(tokens)
	if r != nil {
		return Call{}, &Failure{Refusal: r}
	}
	switch code {
	case CodeUnclosed:
		r = e.fail(code, said(line[tokens[len(tokens)-1].start:]))
	case CodeTooMany:
		r = e.fail(code, chat.Count("max", MaxArguments))
	default:
		p := arguments{catalogue: c, entry: e, line: line, at: at, names: names}
		call := Call{Spec: e.spec, Line: line}
		if r = p.divide(tokens[used:]); r == nil {
			r = p.readAll()
		}
		if r == nil {
			call.Values, call.DryRun = p.values, p.dryRun
			return call, nil
		}
	}
	return Call{}, &Failure{Refusal: r, Spec: e.spec}
}

func checkLine(line string) *chat.Refusal {
	switch {
	case line == "" || line == "/":
		return chat.Reject(CodeEmpty)
	case len(line) > MaxLine:
		return chat.Reject(CodeTooLong, chat.Count("max", MaxLine))
	case !readable(line):
		return chat.Reject(CodeCharacters)
	}
	return nil
}

// command finds the longest command that the tokens begin with.
func (c *Catalogue) command(tokens []token) (e *entry, used int, _ *chat.Refusal) {
	at := &c.root
	walked := 0
	for i, t := range tokens {
		if t.quoted {
			break
		}
		next, ok := at.next[strings.ToLower(commandWord(t, i))]
		if !ok {
			break
		}
		at = next
		walked++
		if at.entry != nil {
			e, used = at.entry, walked
		}
	}
	if e != nil {
		return e, used, nil
	}
	words := make([]string, 0, 4)
	for i, t := range tokens[:min(len(tokens), walked+2, cap(words))] {
		words = append(words, commandWord(t, i))
	}
	if walked > 0 && walked == len(tokens) {
		return nil, 0, chat.Reject(CodeIncomplete, said(strings.Join(words, " ")), known(below(words, at)),
			chat.Word("example", at.all(nil)[0].example))
	}
	suggestions := c.suggest(words)
	about, choices := words[0], c.root.words
	if walked > 0 {
		about, choices = strings.Join(words[:min(walked+1, len(words))], " "), below(words[:walked], at)
	}
	r := chat.Reject(CodeUnknown, said(about), chat.List("suggest", suggestions), known(choices))
	if len(suggestions) > 0 {
		near, _ := c.walk(strings.Fields(suggestions[0][1:]))
		r.Text.Args = append(r.Text.Args, chat.Word("example", near.entry.example))
	}
	return nil, 0, r
}

// commandWord is a token as a word of a command: the first may carry a slash.
func commandWord(t token, i int) string {
	if i == 0 && !t.quoted {
		return strings.TrimPrefix(t.text, "/")
	}
	return t.text
}

// below lists what may be typed after some words: "release plan", "release show".
func below(words []string, at *node) []string {
	var out []string
	for _, w := range at.words {
		out = append(out, strings.ToLower(strings.Join(words, " "))+" "+w)
	}
	return out
}
