package commands

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
)

// CalendarPath is where feeds are served, each under its token and CalendarSuffix.
const (
	CalendarPath   = "/calendar/"
	CalendarSuffix = ".ics"
)

// CalendarLink is a person's private way to their calendar. The token itself is told once and kept nowhere.
type CalendarLink struct {
	V int `json:"v"`
	// Selector is the beginning of the token, by which the person is found; Hash is the SHA-256 of the whole in hex.
	Selector string    `json:"selector"`
	Hash     string    `json:"hash"`
	At       time.Time `json:"at"`
}

var (
	calendarLinks     = state.Governed[CalendarLink]("calendar-link")        // by person
	calendarSelectors = state.Ungoverned[calendarOwner]("calendar-selector") // by selector
)

type calendarOwner struct {
	Person string `json:"person"`
}

// selectorLength is how much of a token is looked up by: the rest, of 130 bits, is compared.
const selectorLength = 10

func newCalendarToken() string { return rand.Text()[:selectorLength] + rand.Text() }

func hashCalendarToken(token string) string {
	sum := sha256.Sum256([]byte("gonogo calendar link\n" + token))
	return hex.EncodeToString(sum[:])
}

func calendarLink() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"calendar", "link"}, Summary: "Get a private address at which calendar programs subscribe to the calendar; an earlier one ends.",
			Examples: []command.Example{{Line: "/calendar link", Does: "tells you your address, nobody else"}},
		},
		Decide: func(t *bot.Turn, _ command.Call, _ bot.Facts) (chat.Reply, error) {
			if refusal := resting(t); refusal != nil {
				return chat.Reply{}, refusal
			}
			replaced, err := forgetCalendarLink(t)
			if err != nil {
				return chat.Reply{}, err
			}
			token := newCalendarToken()
			link := CalendarLink{V: 1, Selector: token[:selectorLength], Hash: hashCalendarToken(token), At: t.Now.UTC()}
			if err := calendarLinks.Put(t.Tx, t.Person, link); err != nil {
				return chat.Reply{}, err
			}
			if err := calendarSelectors.Put(t.Tx, link.Selector, calendarOwner{t.Person}); err != nil {
				return chat.Reply{}, err
			}
			address, err := t.Seal(t.Address() + CalendarPath + token + CalendarSuffix)
			if err != nil {
				return chat.Reply{}, err
			}
			m := chat.Message{Title: chat.Say("calendar.link"), Private: true, Sections: []chat.Section{
				{Fields: []chat.Field{{Label: "label.address", Value: chat.Say("quote", chat.Quote("text", address))}}},
				{Lines: []chat.Line{{Text: chat.Say("calendar.link_secret")}}},
			}}
			if t.Address() == "" {
				m.Sections[1].Lines = append(m.Sections[1].Lines, chat.Line{Text: chat.Say("calendar.link_relative")})
			}
			if replaced {
				m.Sections[1].Lines = append(m.Sections[1].Lines, chat.Line{Text: chat.Say("calendar.link_replaced")})
			}
			return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, Messages: []chat.Message{m}}, nil
		},
	}
}

func calendarRevoke() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"calendar", "revoke"}, Summary: "End the private address of your calendar.",
			Examples: []command.Example{{Line: "/calendar revoke", Does: "ends it: programs that know it get nothing any more"}},
		},
		Decide: func(t *bot.Turn, _ command.Call, _ bot.Facts) (chat.Reply, error) {
			had, err := forgetCalendarLink(t)
			switch {
			case err != nil:
				return chat.Reply{}, err
			case !had:
				return chat.Reply{}, chat.Refuse("calendar.no_link")
			}
			return quietly(chat.Say("calendar.revoked"), nil), nil
		},
	}
}

// forgetCalendarLink ends the speaker's link, and says whether there was one.
func forgetCalendarLink(t *bot.Turn) (bool, error) {
	was, ok, err := calendarLinks.Get(t, t.Person)
	if err != nil || !ok {
		return false, err
	}
	calendarSelectors.Delete(t.Tx, was.Selector)
	calendarLinks.Delete(t.Tx, t.Person)
	return true, nil
}

// Calendar answers pages and feeds from what is committed.
type Calendar struct {
	// View gives a consistent moment, Reader words for somebody in a zone; nil is the organisation's.
	View   func(func(*bot.Reading) error) error
	Reader func(*time.Location) port.Reader
}

var _ port.Calendar = Calendar{}

// Occasions lists what is on the calendar.
func (c Calendar) Occasions(_ context.Context, q port.CalendarQuery) (all []port.Occasion, err error) {
	err = c.View(func(r *bot.Reading) (err error) {
		all, err = occasions(r, q)
		return err
	})
	return all, err
}

// How far a feed reaches back and ahead.
const (
	feedBack  = 31 * 24 * time.Hour
	feedAhead = 366 * 24 * time.Hour
)

// Feed is the calendar of whoever a token belongs to; of somebody who is configured no more, or whose rights rest, nobody's.
func (c Calendar) Feed(_ context.Context, token string) (feed port.Feed, err error) {
	err = c.View(func(r *bot.Reading) error {
		if !ownsCalendar(r, token) {
			return effect.ErrNotFound
		}
		// Whole days, so that the same things are in the feed all day long.
		today := r.Now.UTC().Truncate(24 * time.Hour)
		feed = port.Feed{Organisation: r.Org.Name, Reader: c.Reader(nil), At: r.Now}
		var failure error
		feed.Occasions, failure = occasions(r, port.CalendarQuery{From: today.Add(-feedBack), To: today.Add(feedAhead)})
		return failure
	})
	return feed, err
}

// ownsCalendar compares in constant time, a token that is nobody's too.
func ownsCalendar(r *bot.Reading, token string) bool {
	kept := CalendarLink{Hash: hashCalendarToken("")}
	owner, known := calendarOwner{}, false
	if len(token) > selectorLength {
		var err error
		if owner, known, err = calendarSelectors.Get(r, token[:selectorLength]); err != nil {
			known = false
		}
	}
	if known {
		if link, ok, err := calendarLinks.Get(r, owner.Person); err == nil && ok {
			kept = link
		} else {
			known = false
		}
	}
	same := subtle.ConstantTimeCompare([]byte(kept.Hash), []byte(hashCalendarToken(token))) == 1
	_, person := r.Org.Directory.Person(owner.Person)
	return same && known && person && !r.Org.Directory.Resting(owner.Person)
}
