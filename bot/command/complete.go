package command

import (
	"iter"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/when"
)

// Phrases offered where a time is wanted: they show the forms rather than guess the hour.
var (
	timePhrases     = []string{"now", "+1h", "+2h", "today 18:00", "tomorrow 02:00", "sat 02:00"}
	endPhrases      = []string{"+1h", "+2h", "+4h", "+1d", "tomorrow 08:00"}
	durationPhrases = []string{"30m", "1h", "2h", "4h", "1d", "1w"}
	rangePhrases    = []string{"sat 02:00-04:00", "tomorrow 22:00-02:00", "tomorrow 02:00 for 2h"}
)

// Complete offers whole lines to replace an unfinished one, the likeliest first, at most MaxCompletions. The last word
// is the one completed, or a new one when the line ends in a space.
func (c *Catalogue) Complete(line string, at Moment, names Names) []string {
	line = strings.TrimLeft(line, " ")
	if len(line) > MaxLine || !readable(line) {
		return nil
	}
	tokens, code := scan(line, nil)
	if code == CodeTooMany {
		return nil
	}
	done, partial := tokens, token{start: len(line), end: len(line)}
	if n := len(tokens); n > 0 && (tokens[n-1].open || tokens[n-1].end == len(line)) {
		done, partial = tokens[:n-1], tokens[n-1]
	}
	o := &offers{line: line}
	node, walked := &c.root, 0
	for i, t := range done {
		next, ok := node.next[strings.ToLower(commandWord(t, i))]
		if !ok || t.quoted {
			break
		}
		node = next
		walked++
	}
	if walked == len(done) && !partial.quoted {
		c.offerCommands(o, node, commandWord(partial, walked))
	}
	if node.entry != nil {
		a := &arguments{catalogue: c, entry: node.entry, line: line, at: at, names: names, values: map[string]Value{}}
		a.offer(o, slices.Clone(done[walked:]), partial)
	}
	if len(o.lines) == 0 && node.entry == nil {
		c.offerNear(o, tokens)
	}
	return o.lines
}

// offers collects replacement lines.
type offers struct {
	line  string
	lines []string
}

func (o *offers) add(line string) {
	if len(o.lines) < MaxCompletions && len(line) <= MaxLine && !slices.Contains(o.lines, line) {
		o.lines = append(o.lines, line)
	}
}

// slash is what commands are offered with: as the line began.
func (o *offers) slash() string {
	if o.line == "" || o.line[0] == '/' {
		return "/"
	}
	return ""
}

func (o *offers) command(e *entry) {
	line := o.slash() + e.name
	if len(e.spec.Params) > 0 {
		line += " "
	}
	o.add(line)
}

func (c *Catalogue) offerCommands(o *offers, at *node, partial string) {
	for _, w := range at.words {
		if hasPrefixFold(w, partial) {
			for _, e := range at.next[w].all(nil) {
				o.command(e)
			}
		}
	}
}

func (c *Catalogue) offerNear(o *offers, tokens []token) {
	words := make([]string, 0, 4)
	for i, t := range tokens[:min(len(tokens), cap(words))] {
		words = append(words, commandWord(t, i))
	}
	for _, near := range c.suggest(words) {
		at, _ := c.walk(strings.Fields(near[1:]))
		o.command(at.entry)
	}
}

// offer completes an argument or a flag.
func (a *arguments) offer(o *offers, done []token, partial token) {
	name, value, hasValue, dashed, isFlag := cutFlag(partial)
	if n := len(done); n > 0 && !isFlag {
		last, _, assigned, _, ok := cutFlag(done[n-1])
		if p := a.flag(strings.ToLower(last)); ok && p != nil && !assigned && p.Kind != KindBool {
			a.divide(done[:n-1])
			a.fill()
			a.offerValues(o, p, partial.text, o.line[:partial.start])
			return
		}
	}
	a.divide(done)
	p, start := a.fill()
	if isFlag && !(dashed && name == "") {
		if p := a.flag(strings.ToLower(name)); p != nil && hasValue && p.Kind != KindBool {
			a.offerValues(o, p, value, o.line[:partial.start]+"--"+p.Name+"=")
			return
		}
		a.offerFlags(o, "--"+name, partial.start)
		return
	}
	if p != nil {
		typed := partial.text
		if start < partial.start { // the words before belong to the same time
			typed = o.line[start:]
		} else {
			start = partial.start
		}
		a.offerValues(o, p, typed, o.line[:start])
	}
	if partial.text == "" && !partial.quoted && (p == nil || p.Optional) {
		a.offerFlags(o, "", partial.start)
	}
}

// fill reads the arguments that are complete, and returns the parameter that comes next with the place where it begins:
// the end of the line, unless the last words are the beginning of a time.
func (a *arguments) fill() (*Param, int) {
	next := 0
	for i := range a.entry.spec.Params {
		p := &a.entry.spec.Params[i]
		tokens, given := a.given(p, a.positional[min(next, len(a.positional)):])
		if !given {
			if p.Flag {
				continue
			}
			return p, len(a.line)
		}
		v, used, r := a.read(p, tokens)
		if p.Flag {
			if r == nil {
				a.values[p.Name] = v
			}
			continue
		}
		if timed := p.Kind.timed(); r != nil && timed && len(tokens) < when.MaxWords && !tokens[0].quoted {
			return p, tokens[0].start
		}
		if p.Rest || p.Kind == KindCommand {
			return p, tokens[0].start
		}
		if r != nil {
			used = 1
		} else {
			a.values[p.Name] = v
		}
		next += used
	}
	return nil, len(a.line)
}

func (a *arguments) offerFlags(o *offers, typed string, start int) {
	for _, flag := range a.entry.flags() {
		if _, given := a.flags[flag[2:]]; !given && hasPrefixFold(flag, typed) {
			o.add(o.line[:start] + flag)
		}
	}
}

// offerValues offers what a parameter may be: what begins as typed, then what contains it, then what is near it.
func (a *arguments) offerValues(o *offers, p *Param, typed, stem string) {
	end := ""
	if a.goesOn(p) {
		end = " "
	}
	for w := range a.likely(p, typed) {
		o.add(stem + quote(w) + end)
	}
}

// likely yields what a parameter may be, the likeliest first; a word may come twice.
func (a *arguments) likely(p *Param, typed string) iter.Seq[string] {
	return func(yield func(string) bool) {
		var words []string
		switch p.Kind {
		case KindTime:
			words = timePhrases
		case KindEnd:
			words = endPhrases
		case KindRange:
			words = rangePhrases
		case KindDuration:
			words = durationPhrases
		default:
			words = a.words(p)
		}
		typed = strings.TrimRight(typed, " ")
		for _, w := range words {
			if hasPrefixFold(w, typed) && !yield(w) {
				return
			}
		}
		if typed == "" {
			return
		}
		low := strings.ToLower(typed)
		for _, w := range words {
			if strings.Contains(strings.ToLower(w), low) && !yield(w) {
				return
			}
		}
		for _, w := range nearest(typed, words, maxSuggest) {
			if !yield(w) {
				return
			}
		}
	}
}

// Suggest lists what one argument of a command can be, the likeliest first and each once, at most limit; given are the
// other arguments as far as they are known. An unknown command or argument has no suggestions.
func (c *Catalogue) Suggest(words, param string, given map[string]string, typed string, at Moment, names Names, limit int) []string {
	if len(typed) > MaxLine || !readable(typed) {
		return nil
	}
	said := strings.Fields(words)
	node, used := c.walk(said)
	if node.entry == nil || used < len(said) {
		return nil
	}
	a := &arguments{catalogue: c, entry: node.entry, at: at, names: names, values: map[string]Value{}}
	for name, text := range given {
		a.values[name] = Value{Text: text}
	}
	i := slices.IndexFunc(node.entry.spec.Params, func(p Param) bool { return p.Name == param })
	if i < 0 {
		return nil
	}
	var out []string
	for w := range a.likely(&node.entry.spec.Params[i], typed) {
		if len(out) >= limit {
			break
		}
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// goesOn reports whether the line can't end with a parameter's value, since another must follow: the offer then ends in a
// space, ready for it. Times go on by themselves.
func (a *arguments) goesOn(p *Param) bool {
	if p.Flag || p.Kind.timed() {
		return false
	}
	at := slices.IndexFunc(a.entry.spec.Params, func(q Param) bool { return q.Name == p.Name })
	return slices.ContainsFunc(a.entry.spec.Params[at+1:], func(q Param) bool { return !q.Flag && !q.Optional })
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
