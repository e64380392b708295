package discordtest

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// tag is something in angle brackets that Discord's client shows as something else.
var tag = regexp.MustCompile(`^<(?:(@!?|@&|#)(\d+)|t:(-?\d+)(?::[tTdDfFR])?|a?(:\w+:)\d+|(/[^:>]+):\d+)>`)

// link is a masked link: [text](address).
var masked = regexp.MustCompile(`^\[((?:\\.|[^\]\\\n])+)\]\(<?(https?://[^)\s>]+)>?\)`)

// lineStart is what makes a line a heading, small print or a quotation.
var lineStart = regexp.MustCompile(`^(?:#{1,3} |-# |>>> |> )`)

// reading is how somebody reads: in a zone, at a time.
type reading struct {
	server *Server
	zone   *time.Location
	at     time.Time
}

// plain undoes Discord's markdown as its client renders it: what remains are the characters that a person sees.
func (r reading) plain(s string) string {
	var b strings.Builder
	for i, newLine := 0, true; i < len(s); {
		rest := s[i:]
		if newLine {
			if mark := lineStart.FindString(rest); mark != "" {
				i += len(mark)
				newLine = false
				continue
			}
		}
		newLine = false
		if text, n := r.span(rest, i > 0 && wordy(lastRune(s[:i]))); n > 0 {
			b.WriteString(text)
			i += n
			continue
		}
		c, n := utf8.DecodeRuneInString(rest)
		b.WriteRune(c)
		i += n
		newLine = c == '\n'
	}
	return b.String()
}

// span renders the markup that a text begins with, and says how long it is; 0 for none. inWord says that a letter stands before.
func (r reading) span(s string, inWord bool) (string, int) {
	switch s[0] {
	case '\\':
		if len(s) > 1 && s[1] < utf8.RuneSelf && !isAlnum(rune(s[1])) && s[1] != ' ' && s[1] != '\n' {
			return s[1:2], 2
		}
	case '`':
		return code(s)
	case '<':
		if m := tag.FindStringSubmatch(s); m != nil {
			return r.tag(m), len(m[0])
		}
	case '[':
		if m := masked.FindStringSubmatch(s); m != nil {
			return r.plain(m[1]) + " (" + m[2] + ")", len(m[0])
		}
	case '*', '_', '~', '|':
		for _, mark := range []string{"***", "**", "__", "~~", "||", "*", "_"} {
			if !strings.HasPrefix(s, mark) || mark == "_" && inWord {
				continue
			}
			if end := closes(s, mark); end > 0 {
				return r.plain(s[len(mark):end]), end + len(mark)
			}
		}
	}
	return "", 0
}

// code is a block or span of code, in which nothing else is markup.
func code(s string) (string, int) {
	fence := s[:len(s)-len(strings.TrimLeft(s, "`"))]
	if len(fence) > 3 {
		fence = "```"
	}
	end := strings.Index(s[len(fence):], fence)
	if end <= 0 {
		return "", 0
	}
	text := s[len(fence) : len(fence)+end]
	if fence == "```" {
		if first, rest, ok := strings.Cut(text, "\n"); ok && !strings.ContainsAny(first, " \t") {
			text = rest
		}
		text = strings.TrimSuffix(text, "\n")
	}
	return text, end + 2*len(fence)
}

// closes finds where emphasis that begins a text ends; 0 if it does not.
func closes(s, mark string) int {
	inner := s[len(mark):]
	if inner == "" || (mark == "*" || mark == "_") && unicode.IsSpace(firstRune(inner)) {
		return 0
	}
	for i := 0; i < len(inner); {
		switch {
		case inner[i] == '\\' && i+1 < len(inner):
			i += 2
			continue
		case inner[i] == '`':
			if _, n := code(inner[i:]); n > 0 {
				i += n
				continue
			}
		case i > 0 && strings.HasPrefix(inner[i:], mark):
			after := inner[i+len(mark):]
			single := len(mark) == 1
			switch {
			case single && strings.HasPrefix(after, mark): // a double mark is another's
				i += 2
				continue
			case mark == "_" && after != "" && wordy(firstRune(after)), mark == "*" && unicode.IsSpace(lastRune(inner[:i])):
			default:
				return len(mark) + i
			}
		}
		i++
	}
	return 0
}

func (r reading) tag(m []string) string {
	switch {
	case m[1] == "#":
		if c := r.server.channels[m[2]]; c != nil {
			return "#" + c.Name
		}
		return "#unknown"
	case m[1] == "@&":
		for _, g := range r.server.guilds {
			for _, role := range g.roles {
				if role.ID == m[2] {
					return "@" + role.Name
				}
			}
		}
		return "@unknown-role"
	case m[1] != "":
		if u := r.server.users[m[2]]; u != nil {
			return "@" + u.name()
		}
		return "@unknown-user"
	case m[3] != "":
		seconds, _ := strconv.ParseInt(m[3], 10, 64)
		return r.time(time.Unix(seconds, 0))
	case m[4] != "":
		return m[4]
	}
	return m[5]
}

// time words an instant as the bot words it elsewhere, so that a card reads the same on every platform.
func (r reading) time(t time.Time) string {
	return words.Text(chat.Say("value.time", chat.Time("at", t.In(r.zone))), nil, r.at.In(r.zone))
}

func isAlnum(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func wordy(r rune) bool { return isAlnum(r) || r == '_' }

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}
