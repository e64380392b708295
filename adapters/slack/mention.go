package slack

import (
	"crypto/rand"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack/blockkit"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// wording words one message for a workspace: people as mentions, times in each reader's own zone. While the words are made, both
// are placeholders that hold a secret of this message alone, so that nobody can type one.
type wording struct {
	port.Reader
	workspace string
	// calls are the people that mentions may call; nil for everybody, where a mention calls nobody: private answers, Home.
	calls map[string]bool
	name  string // of the placeholders
	items []item
}

// item is what stands for a placeholder.
type item struct{ marked, plain string }

// The runes that placeholders begin and end with, of a private use area: they mean nothing to anybody, and are left out elsewhere.
const opening, closing = '\uE0A1', '\uE0A2'

// userID is an account that Slack's markup can mention.
var userID = regexp.MustCompile(`^[UW][A-Z0-9]{1,30}$`)

// word words a message for a public place: it calls those whose attention it needs, and names others.
func word(m chat.Message, r port.Reader, workspace string, at time.Time) (words.Message, blockkit.Look) {
	w := newWording(r, workspace)
	w.calls = map[string]bool{}
	for _, id := range m.Mentions {
		w.calls[id] = true
	}
	return w.word(m, at)
}

// wordPrivately words a message that one person sees: a mention is then a link to somebody, and calls nobody.
func wordPrivately(m chat.Message, r port.Reader, workspace string, at time.Time) (words.Message, blockkit.Look) {
	return newWording(r, workspace).word(m, at)
}

func newWording(r port.Reader, workspace string) *wording {
	return &wording{Reader: r, workspace: workspace, name: rand.Text()}
}

func (w *wording) word(m chat.Message, at time.Time) (words.Message, blockkit.Look) {
	if w.Reader == nil {
		return words.WordMessage(m, nil, at), w
	}
	return words.WordMessage(m, w, at), w
}

// PersonName is a placeholder for somebody who has an account here, else their name.
func (w *wording) PersonName(id string) string {
	name := w.Reader.PersonName(id)
	if w.calls != nil && !w.calls[id] {
		return name
	}
	for _, a := range w.Reader.Accounts(id) {
		if a.Platform == PlatformName && a.Workspace == w.workspace && userID.MatchString(a.ID) {
			return w.stand(item{marked: "<@" + a.ID + ">", plain: name})
		}
	}
	return name
}

// Instant is a placeholder for a time. https://docs.slack.dev/messaging/formatting-message-text#date-formatting
func (w *wording) Instant(t time.Time, worded string) string {
	fallback := blockkit.Escape(strings.Map(func(r rune) rune {
		if r == '|' || r == '^' {
			return -1
		}
		return r
	}, worded))
	if fallback == "" || t.Unix() <= 0 {
		return worded
	}
	return w.stand(item{marked: fmt.Sprintf("<!date^%d^{date_short_pretty} {time}|%s>", t.Unix(), fallback), plain: worded})
}

func (w *wording) stand(i item) string {
	w.items = append(w.items, i)
	return string(opening) + w.name + "." + strconv.Itoa(len(w.items)-1) + string(closing)
}

// Mrkdwn implements blockkit.Look.
func (w *wording) Mrkdwn(text string) string {
	return w.resolve(blockkit.Escape(text), func(i item) string { return i.marked })
}

// Plain implements blockkit.Look.
func (w *wording) Plain(text string) string {
	return w.resolve(text, func(i item) string { return i.plain })
}

// resolve puts what placeholders stand for in their place.
func (w *wording) resolve(text string, face func(item) string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, string(opening))
		b.WriteString(strings.ReplaceAll(before, string(closing), ""))
		if !found {
			return b.String()
		}
		text = rest
		number, after, closed := strings.Cut(rest, string(closing))
		number, own := strings.CutPrefix(number, w.name+".")
		n, err := strconv.Atoi(number)
		if closed && own && err == nil && n >= 0 && n < len(w.items) {
			b.WriteString(face(w.items[n]))
			text = after
		}
	}
}
