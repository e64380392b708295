package command

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// token is a word of a line, or several in quotes.
type token struct {
	text       string
	start, end int  // bytes of the line, quotes included
	quoted     bool // never a command word or flag
	open       bool // its quote is not closed; the last token only
}

// readable refuses what no keyboard types and a reader can't see: control characters, broken UTF-8, and the characters
// that reverse the direction of what follows, which make a line look like another.
func readable(line string) bool {
	ascii := true
	for i := range len(line) {
		if c := line[i]; c < ' ' || c == 0x7f {
			return false
		} else if c >= utf8.RuneSelf {
			ascii = false
		}
	}
	if ascii {
		return true
	}
	if !utf8.ValidString(line) {
		return false
	}
	for _, r := range line {
		if unicode.IsControl(r) || 0x202a <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069 || r == 0x2028 || r == 0x2029 {
			return false
		}
	}
	return true
}

// quoteClass groups quotation marks that close each other: phones choose the shape, and keyboards of other languages the
// order.
type quoteClass int

const (
	noQuote quoteClass = iota
	singleQuote
	doubleQuote
)

func classOf(r rune) quoteClass {
	switch r {
	case '"', '“', '”', '„', '«', '»':
		return doubleQuote
	case '\'', '‘', '’', '‚':
		return singleQuote
	}
	return noQuote
}

// scan cuts a readable line into tokens, appended to into. A quotation mark opens at the start of a token (or behind the
// = of a flag) and closes where a space or the end follows, so that an apostrophe within does neither. In double quotes a
// backslash before a double quotation mark or a backslash stands for that character.
func scan(line string, into []token) ([]token, chat.Code) {
	for i := 0; ; {
		i += spaces(line[i:])
		if i == len(line) {
			return into, ""
		}
		if len(into) == MaxArguments {
			return into, CodeTooMany
		}
		t := scanOne(line, i)
		into = append(into, t)
		if t.open {
			return into, CodeUnclosed
		}
		i = t.end
	}
}

func spaces(s string) int {
	for i, r := range s {
		if r != ' ' && !(r >= utf8.RuneSelf && unicode.IsSpace(r)) {
			return i
		}
	}
	return len(s)
}

func scanOne(line string, start int) token {
	first, size := utf8.DecodeRuneInString(line[start:])
	if class := classOf(first); class != noQuote {
		text, end, open := scanQuoted(line, start+size, class)
		return token{text: text, start: start, end: end, quoted: true, open: open}
	}
	flag := first == '-' || isDash(first)
	for i, r := range line[start:] {
		at := start + i
		if r == ' ' || r >= utf8.RuneSelf && unicode.IsSpace(r) {
			return token{text: line[start:at], start: start, end: at}
		}
		if flag && r == '=' {
			next, size := utf8.DecodeRuneInString(line[at+1:])
			if class := classOf(next); class != noQuote {
				text, end, open := scanQuoted(line, at+1+size, class)
				return token{text: line[start:at+1] + text, start: start, end: end, open: open}
			}
			flag = false
		}
	}
	return token{text: line[start:], start: start, end: len(line)}
}

// scanQuoted reads from behind the opening mark.
func scanQuoted(line string, start int, class quoteClass) (text string, end int, open bool) {
	escaped := false
	for i := start; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		if r == '\\' && class == doubleQuote {
			if next, n := utf8.DecodeRuneInString(line[i+1:]); next == '\\' || classOf(next) == doubleQuote {
				escaped = true
				i += 1 + n
				continue
			}
		}
		i += size
		if classOf(r) == class && (i == len(line) || spaces(line[i:]) > 0) {
			return unescape(line[start:i-size], escaped), i, false
		}
	}
	return unescape(line[start:], escaped), len(line), true
}

func unescape(s string, escaped bool) string {
	if !escaped {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == '\\' {
			if next, n := utf8.DecodeRuneInString(s[i+1:]); next == '\\' || classOf(next) == doubleQuote {
				r, size = next, 1+n
			}
		}
		b.WriteRune(r)
		i += size
	}
	return b.String()
}

// isDash takes the dashes that phones make of two hyphens.
func isDash(r rune) bool { return r == '—' || r == '–' }

// cutFlag splits "--name" and "--name=value"; dashed says that a phone's dash stood for the hyphens, which may also begin
// plain text.
func cutFlag(t token) (name, value string, hasValue, dashed, ok bool) {
	if t.quoted {
		return "", "", false, false, false
	}
	text, ok := strings.CutPrefix(t.text, "--")
	if !ok {
		r, size := utf8.DecodeRuneInString(t.text)
		if !isDash(r) || len(t.text) == size {
			return "", "", false, false, false
		}
		text, dashed = t.text[size:], true
	}
	name, value, hasValue = strings.Cut(text, "=")
	return name, value, hasValue, dashed, true
}
