package embed

import (
	"crypto/rand"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// platform is Discord's name in accounts.
const platform = "discord"

// marker is a Reader that leaves marks where people are mentioned and times are shown, for Discord's own markup to be put there
// once everything else is escaped. The mark holds a random word, so that nobody can type one.
type marker struct {
	port.Reader
	server string
	word   string
	held   []string
}

func newMarker(r port.Reader, server string) *marker {
	return &marker{Reader: r, server: server, word: "\uE000" + rand.Text() + "x"}
}

const markEnd = "\uE001"

func (m *marker) hold(markup string) string {
	m.held = append(m.held, markup)
	return m.word + strconv.Itoa(len(m.held)-1) + markEnd
}

// PersonName mentions somebody who has an account on the server, and names everybody else.
func (m *marker) PersonName(id string) string {
	if m.Reader == nil {
		return ""
	}
	if account := accountOf(m.Reader, m.server, id); account != "" {
		return m.hold("<@" + account + ">")
	}
	return m.Reader.PersonName(id)
}

// Instant implements port.Clock: Discord shows the time in each reader's zone.
func (m *marker) Instant(t time.Time, _ string) string {
	return m.hold("<t:" + strconv.FormatInt(t.Unix(), 10) + ":f>")
}

// Zone implements port.Reader.
func (m *marker) Zone() *time.Location {
	if m.Reader == nil {
		return nil
	}
	return m.Reader.Zone()
}

// Unseal implements port.Reader.
func (m *marker) Unseal(s chat.Sealed) (string, bool) {
	if m.Reader == nil {
		return "", false
	}
	return m.Reader.Unseal(s)
}

// marked reports whether a text holds marks.
func (m *marker) marked(s string) bool { return strings.Contains(s, m.word) }

// markup escapes a text and puts Discord's markup in the place of the marks.
func (m *marker) markup(s string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, m.word)
		b.WriteString(Escape(before))
		if !found {
			return b.String()
		}
		number, after, _ := strings.Cut(rest, markEnd)
		if i, err := strconv.Atoi(number); err == nil && i < len(m.held) {
			b.WriteString(m.held[i])
		}
		s = after
	}
}

// accountOf is the id of somebody's account on a server, empty without one.
func accountOf(r port.Reader, server, person string) string {
	if r == nil {
		return ""
	}
	accounts := r.Accounts(person)
	i := slices.IndexFunc(accounts, func(a chat.Account) bool { return a.Platform == platform && a.Workspace == server && snowflake(a.ID) })
	if i < 0 {
		return ""
	}
	return accounts[i].ID
}

// snowflake reports whether an id is one of Discord's: digits alone.
func snowflake(id string) bool {
	return id != "" && strings.Trim(id, "0123456789") == ""
}

var address = regexp.MustCompile(`https?://[^\s<>"“”\\` + "`" + `|*\[\]]+`)

// Escape makes a text show as it is: without markdown, mentions or line ends; addresses stay links. What is invisible or
// reorders the text beside it goes.
func Escape(s string) string {
	s = clean(s)
	var b strings.Builder
	last := 0
	for _, at := range address.FindAllStringIndex(s, -1) {
		escapeInto(&b, s[last:at[0]], last == 0)
		b.WriteString(s[at[0]:at[1]])
		last = at[1]
	}
	escapeInto(&b, s[last:], last == 0)
	return b.String()
}

func escapeInto(b *strings.Builder, s string, first bool) {
	for _, r := range s {
		switch {
		case strings.ContainsRune("\\*_~`|<>@[]", r), first && strings.ContainsRune("#-", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		first = first && r == ' '
	}
}

// clean leaves out controls, overrides of direction and bytes that are no UTF-8; line ends and tabs become spaces.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case r == unicode.ReplacementChar, unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
}

// Unescape is a text as it shows.
func Unescape(s string) string {
	var b strings.Builder
	escaped := false
	for _, r := range s {
		if escaped = r == '\\' && !escaped; !escaped {
			b.WriteRune(r)
		}
	}
	return b.String()
}
