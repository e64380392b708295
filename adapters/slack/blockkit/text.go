package blockkit

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Look turns worded text, which may hold placeholders for people and times, into what Slack shows.
type Look interface {
	// Mrkdwn escapes the text and puts mentions and times in, in Slack's markup.
	Mrkdwn(text string) string
	// Plain puts names and worded times in.
	Plain(text string) string
}

// Bare is the look of text without placeholders.
type Bare struct{}

// Mrkdwn implements Look.
func (Bare) Mrkdwn(text string) string { return Escape(text) }

// Plain implements Look.
func (Bare) Plain(text string) string { return text }

// escapes are the three characters that Slack's markup is made of: https://docs.slack.dev/messaging/formatting-message-text
var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Escape makes typed text mean itself: no mention, no link, no mass mention.
func Escape(text string) string { return escapes.Replace(text) }

// terminalCodes are what programs colour their output with (ECMA-48 control sequences).
var terminalCodes = regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|[@-Z\\\\-_])")

// clean leaves out what is no text: control characters, colours of a terminal, broken UTF-8.
func clean(s string) string {
	if strings.Contains(s, "\x1b") {
		s = terminalCodes.ReplaceAllString(s, "")
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// size counts characters as UTF-16 does.
func size(s string) (n int) {
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// cut shortens a label visibly.
func cut(s string, most int) string {
	if size(s) <= most {
		return s
	}
	n := 0
	for i, r := range s {
		if n += size(string(r)); n > most-1 {
			return strings.TrimRightFunc(s[:i], unicode.IsSpace) + "…"
		}
	}
	return s
}

// split divides text into pieces of at most so many characters: at the end of a line where there is one, else at a space, else
// anywhere but within an escape or a mention. Without marked, nothing is markup.
func split(s string, most int, marked bool) (pieces []string) {
	for size(s) > most {
		at := divide(s, most, marked)
		pieces = append(pieces, strings.TrimRight(s[:at], " \n"))
		s = strings.TrimPrefix(s[at:], "\n")
	}
	if s != "" || len(pieces) == 0 {
		pieces = append(pieces, s)
	}
	return pieces
}

// divide finds where the first piece ends.
func divide(s string, most int, marked bool) int {
	n, line, word, anywhere := 0, 0, 0, 0
	inside := false // a <…> or &…;
	for i, r := range s {
		if !inside && i > 0 {
			anywhere = i
		}
		if n += size(string(r)); n > most {
			break
		}
		switch {
		case marked && (r == '<' || r == '&'):
			inside = true
		case inside && (r == '>' || r == ';'):
			inside = false
		case inside:
		case r == '\n':
			line = i + 1
		case r == ' ':
			word = i + 1
		}
	}
	switch {
	case line > 0:
		return line
	case word > most/2:
		return word
	case anywhere > 0:
		return anywhere
	}
	_, width := utf8.DecodeRuneInString(s)
	return width
}

// pack joins paragraphs into as few texts as the limit allows.
func pack(paragraphs []string, most int) (texts []string) {
	text, n := "", 0
	flush := func() {
		if text != "" {
			texts = append(texts, text)
		}
		text, n = "", 0
	}
	for _, p := range paragraphs {
		for _, piece := range split(p, most, true) {
			if strings.TrimSpace(piece) == "" {
				continue
			}
			long := size(piece)
			if n+1+long > most {
				flush()
			}
			if text != "" {
				text, n = text+"\n", n+1
			}
			text, n = text+piece, n+long
		}
	}
	flush()
	return texts
}

// bold is the text in bold, where Slack's markup can say so.
func bold(s string) string {
	if s = strings.TrimSpace(s); s == "" || strings.ContainsAny(s, "*\n") {
		return s
	}
	return "*" + s + "*"
}
