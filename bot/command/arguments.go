package command

import (
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// arguments reads what stands behind the command words.
type arguments struct {
	catalogue *Catalogue
	entry     *entry
	line      string
	at        Moment
	names     Names

	positional []token
	flags      map[string]string // values as typed
	values     map[string]Value
	dryRun     bool
}

// divide sorts the tokens into flags and positional arguments; it reuses their memory.
func (a *arguments) divide(tokens []token) *chat.Refusal {
	a.positional = tokens[:0]
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		name, value, hasValue, dashed, ok := cutFlag(t)
		if ok && name == "" && !hasValue {
			a.positional = append(a.positional, tokens[i+1:]...)
			return nil
		}
		name = strings.ToLower(name)
		param := a.flag(name)
		if !ok || dashed && param == nil {
			a.positional = append(a.positional, t)
			continue
		}
		if param == nil {
			flags := a.entry.flags()
			return a.entry.fail(CodeFlag, said(t.text), suggest("--"+name, flags), known(flags))
		}
		if _, twice := a.flags[name]; twice {
			return a.entry.fail(CodeFlagTwice, chat.Word("param", "--"+name))
		}
		if param.Kind == KindBool && hasValue {
			return a.entry.fail(CodeFlagNoValue, chat.Word("param", "--"+name))
		}
		if param.Kind != KindBool && !hasValue {
			if i++; i == len(tokens) || !tokens[i].quoted && strings.HasPrefix(tokens[i].text, "--") {
				return a.entry.fail(CodeFlagValue, chat.Word("param", "--"+name))
			}
			value = tokens[i].text
		}
		if a.flags == nil {
			a.flags = map[string]string{}
		}
		a.flags[name] = value
	}
	return nil
}

var dryRunParam = Param{Name: dryRun, Kind: KindBool, Flag: true, Optional: true}

func (a *arguments) flag(name string) *Param {
	if name == dryRun && a.entry.spec.DryRun {
		return &dryRunParam
	}
	for i := range a.entry.spec.Params {
		if p := &a.entry.spec.Params[i]; p.Flag && p.Name == name {
			return p
		}
	}
	return nil
}

// flags lists the flags of a command as they are typed.
func (e *entry) flags() []string {
	var out []string
	for _, p := range e.spec.Params {
		if p.Flag {
			out = append(out, "--"+p.Name)
		}
	}
	if e.spec.DryRun {
		out = append(out, "--"+dryRun)
	}
	return out
}

// readAll reads every parameter in the order declared.
func (a *arguments) readAll() *chat.Refusal {
	_, a.dryRun = a.flags[dryRun]
	a.values = make(map[string]Value, len(a.entry.spec.Params))
	for i := range a.entry.spec.Params { // every time of the line is read in its zone, wherever that is declared
		p := &a.entry.spec.Params[i]
		if tokens, given := a.given(p, nil); given && p.Kind == KindZone {
			if _, _, r := a.read(p, tokens); r != nil {
				return r
			}
		}
	}
	next := 0
	for i := range a.entry.spec.Params {
		p := &a.entry.spec.Params[i]
		tokens, given := a.given(p, a.positional[next:])
		if !given {
			if p.Optional {
				continue
			}
			return a.missing(p)
		}
		v, used, r := a.read(p, tokens)
		if r != nil {
			return r
		}
		a.values[p.Name] = v
		if !p.Flag {
			next += used
		}
	}
	if next < len(a.positional) {
		return a.entry.fail(CodeExtra, said(a.positional[next].text))
	}
	return nil
}

// given finds the tokens that a parameter may take.
func (a *arguments) given(p *Param, positional []token) ([]token, bool) {
	if !p.Flag {
		return positional, len(positional) > 0
	}
	value, ok := a.flags[p.Name]
	if !ok {
		return nil, false
	}
	return []token{{text: value, quoted: true}}, true
}

func (a *arguments) missing(p *Param) *chat.Refusal {
	args := []chat.Arg{chat.Word("param", p.Name), chat.Word("help", p.Help)}
	if p.Flag {
		args[0] = chat.Word("param", "--"+p.Name)
	}
	if words := a.words(p); len(words) > 0 {
		args = append(args, known(words))
	}
	return a.entry.fail(CodeMissing, args...)
}

// words are what a parameter may be, or is likely to be.
func (a *arguments) words(p *Param) []string {
	switch {
	case p.Kind == KindChoice:
		return p.Choices
	case p.Kind == KindCommand:
		return a.catalogue.names
	case a.names == nil:
		return nil
	}
	words, _ := a.names.Known(p.Kind, a.values)
	return slices.Concat(words, p.Also)
}

// rest joins tokens to one text: as it was typed, where nothing was taken out between them.
func (a *arguments) rest(tokens []token) string {
	if len(tokens) == 1 {
		return tokens[0].text
	}
	var b strings.Builder
	from := tokens[0].start
	for i := 1; i < len(tokens); i++ {
		if between := a.line[tokens[i-1].end:tokens[i].start]; spaces(between) < len(between) {
			b.WriteString(a.line[from:tokens[i-1].end] + " ")
			from = tokens[i].start
		}
	}
	if b.Len() == 0 {
		return a.line[from:tokens[len(tokens)-1].end]
	}
	b.WriteString(a.line[from:tokens[len(tokens)-1].end])
	return b.String()
}
