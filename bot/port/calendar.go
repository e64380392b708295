package port

import (
	"context"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Calendar says what is on the bot's calendar: slots of trains, freezes, windows, tests, planned releases, milestones.
type Calendar interface {
	// Occasions lists what has an instant in [From, To), in the order in which it begins.
	Occasions(ctx context.Context, q CalendarQuery) ([]Occasion, error)
	// Feed is the calendar of whoever a private token belongs to. effect.ErrNotFound: nobody's, or revoked.
	Feed(ctx context.Context, token string) (Feed, error)
}

// CalendarQuery is what is asked of a calendar.
type CalendarQuery struct {
	From, To time.Time
	Service  string // empty for all
}

// Occasion is one thing on the calendar.
type Occasion struct {
	// ID is the same whenever the calendar is asked: the subject's short id, with what tells its occurrences apart.
	ID    string    `json:"id"`
	Kind  string    `json:"kind"`
	Title chat.Text `json:"title"`
	// Services are those that it is about, in Environment, where it is about some and not about a scope of its own.
	Services    []string `json:"services,omitempty"`
	Environment string   `json:"environment,omitempty"`
	// Details are sentences beneath the title; Conflicts are what gets in the way.
	Details   []chat.Text `json:"details,omitempty"`
	Conflicts []chat.Text `json:"conflicts,omitempty"`
	From      time.Time   `json:"from"`
	To        time.Time   `json:"to,omitzero"` // zero: no end is known, or it is a moment
	// AllDay says that whole days are meant, of the organisation's zone: From is the first instant of one, and so is To.
	AllDay bool `json:"all_day,omitempty"`
	// Tentative has not been agreed to yet; Cancelled will not be.
	Tentative bool `json:"tentative,omitempty"`
	Cancelled bool `json:"cancelled,omitempty"`
	// Changed is when it last was, and Sequence grows each time.
	Changed  time.Time `json:"changed"`
	Sequence int       `json:"sequence,omitempty"`
}

// Feed is a calendar for programs that subscribe to one.
type Feed struct {
	Organisation string
	Occasions    []Occasion
	Reader       Reader
	At           time.Time
}
