package command

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Usage writes a command in one line: "/release plan <service> <version> [--dry-run]".
func Usage(s *Spec) string {
	var b strings.Builder
	b.WriteString("/" + strings.Join(s.Words, " "))
	for _, flags := range []bool{false, true} {
		for _, p := range s.Params {
			if p.Flag != flags {
				continue
			}
			b.WriteByte(' ')
			if p.Optional {
				b.WriteString("[" + shape(p) + "]")
			} else {
				b.WriteString(shape(p))
			}
		}
	}
	if s.DryRun {
		b.WriteString(" [--" + dryRun + "]")
	}
	return b.String()
}

// shape writes one argument. A few choices are spelled out, more are named.
func shape(p Param) string {
	const few = 5
	value := "<" + p.Name + ">"
	if p.Kind == KindChoice && len(p.Choices) <= few {
		value = strings.Join(p.Choices, "|")
		if !p.Optional {
			value = "<" + value + ">"
		}
	}
	if p.Rest || p.Many {
		value = "<" + p.Name + "…>"
	}
	switch {
	case p.Kind == KindBool:
		return "--" + p.Name
	case p.Flag:
		return "--" + p.Name + " " + value
	}
	return value
}

// Print writes a call as a line that parses to the same call at the same moment: names and ids as they are configured,
// everything that might be read otherwise in quotes.
func Print(c Call) string {
	var b strings.Builder
	b.WriteString("/" + strings.Join(c.Spec.Words, " "))
	for _, flags := range []bool{false, true} {
		for _, p := range c.Spec.Params {
			v, given := c.Values[p.Name]
			if p.Flag != flags || !given {
				continue
			}
			if p.Flag {
				b.WriteString(" --" + p.Name)
			}
			if p.Kind != KindBool {
				b.WriteString(" " + quote(v.Text))
			}
		}
	}
	if c.DryRun {
		b.WriteString(" --" + dryRun)
	}
	return b.String()
}

// Line writes a command with its arguments as people gave them, by name, in the fields of a form: what is empty is left out. A
// flag without value is given as "true".
func Line(s *Spec, given map[string]string) string {
	c := Call{Spec: s, Values: map[string]Value{}}
	for _, p := range s.Params {
		text := strings.TrimSpace(given[p.Name])
		if text == "" || p.Kind == KindBool && text != "true" {
			continue
		}
		c.Values[p.Name] = Value{Text: text}
	}
	c.DryRun = s.DryRun && given[dryRun] == "true"
	return Print(c)
}

// quote writes a text as one token.
func quote(s string) string {
	first, _ := utf8.DecodeRuneInString(s)
	plain := s != "" && first != '-' && !isDash(first) && classOf(first) == noQuote && strings.IndexFunc(s, unicode.IsSpace) < 0
	if plain {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r == '\\' || classOf(r) == doubleQuote {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	b.WriteByte('"')
	return b.String()
}
