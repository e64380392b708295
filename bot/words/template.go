package words

import (
	"strings"
)

// A template is a sentence with places for arguments:
//
//	{name}                 the argument, worded by its kind
//	{name|or}              a list, as alternatives: "a, b or c"
//	{name|vote|votes}      the first word when the argument counts one, else the second
//	[[ until {name} ]]     left out whole unless every argument in it is there and not empty
//
// Spaces around an optional part may stand on either side of its brackets: they are closed up when it is left out.
// A brace or bracket that fits none of these is shown as it is.
type template []part

// part is a literal, a place for an argument, or an optional run of parts; the first field that is set decides.
type part struct {
	optional template
	arg      string
	one, few string // with arg: plural forms
	or       bool   // with arg: a list of alternatives
	literal  string
}

// compile reads a template; every string is one.
func compile(s string) template {
	var t template
	for s != "" {
		open := strings.Index(s, "[[")
		if open < 0 {
			break
		}
		length := strings.Index(s[open:], "]]")
		if length < 0 {
			break
		}
		t = append(t, places(s[:open])...)
		t = append(t, part{optional: places(s[open+2 : open+length])})
		s = s[open+length+2:]
	}
	return append(t, places(s)...)
}

// places reads the part of a template that has no optional parts.
func places(s string) template {
	var t template
	literal := ""
	for s != "" {
		open := strings.IndexByte(s, '{')
		if open < 0 {
			break
		}
		length := strings.IndexByte(s[open:], '}')
		if length < 0 {
			break
		}
		p, ok := place(s[open+1 : open+length])
		if !ok {
			literal += s[:open+1]
			s = s[open+1:]
			continue
		}
		if literal += s[:open]; literal != "" {
			t = append(t, part{literal: literal})
			literal = ""
		}
		t = append(t, p)
		s = s[open+length+1:]
	}
	if literal += s; literal != "" {
		t = append(t, part{literal: literal})
	}
	return t
}

// place reads what stands between braces.
func place(s string) (part, bool) {
	name, forms, plural := strings.Cut(s, "|")
	if name == "" || strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-')
	}) {
		return part{}, false
	}
	if !plural {
		return part{arg: name}, true
	}
	if forms == "or" {
		return part{arg: name, or: true}, true
	}
	one, few, two := strings.Cut(forms, "|")
	if !two || one == "" && few == "" {
		return part{}, false
	}
	return part{arg: name, one: one, few: few}, true
}
