package config

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
)

// field is a key that a struct declares.
type field struct {
	index int
	key   string
	doc   string
	rule  rule

	required   bool
	def        string // YAML; meaningful if hasDefault
	hasDefault bool
}

// rule bounds the scalars of a field, those within its lists included.
type rule struct {
	enum     []string
	pattern  *pattern
	min, max *float64
	keys     *pattern // of a map's keys
	filled   bool     // may not be empty
}

// pattern is a form that a text must have, with its name in sentences.
type pattern struct {
	expr *regexp.Regexp
	says string
}

// patterns are the forms that a pattern or keys tag may name.
var patterns = map[string]*pattern{
	"name": {regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`),
		"a name: letters, digits, dots, dashes and underscores, at most 64, the first a letter or digit"},
	"handle": {regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`),
		"a handle: small letters, digits, dots, dashes and underscores, at most 64"},
	"clock":    {regexp.MustCompile(`^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$`), "a time of day like 09:00"},
	"tier":     {regexp.MustCompile(`^(low|medium|high)$`), "one of low, medium and high"},
	"url":      {regexp.MustCompile(`^https?://[^\s/]`), "an http:// or https:// URL"},
	"template": {regexp.MustCompile(`^(https?://[^\s/]|\{address\})`), "an http:// or https:// URL, or one that begins with {address}"},
	"address":  {regexp.MustCompile(`^https?://[^\s/]+$`), "an http:// or https:// URL without a path, like https://gonogo.example.org"},
	"host":     {regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`), "a host name in lower case without port, like chat.example.org"},
	"key":      {regexp.MustCompile(`^ed25519:[A-Za-z0-9+/]{43}=$`), "a public key: ed25519: and its 32 bytes in base64"},
	"listen":   {regexp.MustCompile(`^[^\s]*:[0-9]{1,5}$`), "an address with a port, like 127.0.0.1:7474"},
}

// fields lists the keys of a struct type, in order. Fields without a yaml tag, and those tagged "-", are no keys.
func fields(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if key == "" || key == "-" || !f.IsExported() {
			continue
		}
		def, hasDefault := f.Tag.Lookup("default")
		required := f.Tag.Get("required") == "true"
		out = append(out, field{index: i, key: key, doc: f.Tag.Get("doc"), required: required, def: def, hasDefault: hasDefault,
			rule: rule{
				enum: words(f.Tag.Get("enum")), pattern: patterns[f.Tag.Get("pattern")], keys: patterns[f.Tag.Get("keys")],
				min: bound(f.Tag.Get("min")), max: bound(f.Tag.Get("max")), filled: required,
			}})
	}
	return out
}

func words(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func bound(text string) *float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil
	}
	return &f
}

// nearest returns the known word that is most like the one written, or "" where none is near enough to be meant.
func nearest(written string, known []string) string {
	best, distance := "", max(2, len([]rune(written))/3)+1
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := levenshtein.ComputeDistance(strings.ToLower(clip(written)), strings.ToLower(k)); d < distance && d < len(k) {
			best, distance = k, d
		}
	}
	return best
}

// meant is the end of a sentence about an unknown word: the nearest known one, or all of them.
func meant(written string, known []string) string {
	if n := nearest(written, known); n != "" {
		return "; did you mean " + n + "?"
	}
	if len(known) == 0 {
		return ""
	}
	return "; known are " + enumerate(known)
}

func enumerate(list []string) string {
	switch n := len(list); n {
	case 0:
		return "none"
	case 1:
		return list[0]
	default:
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
}
