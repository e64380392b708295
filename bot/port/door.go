package port

import (
	"context"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Door is the one way in for what people say: platforms hand requests to it and get the reply that was committed.
type Door interface {
	// Say takes a line that somebody typed. The error is for the bot's own failures (stopping, disk full): what people did
	// wrong comes back as a Reply. An error of context.DeadlineExceeded leaves the outcome unknown: ask again with the key.
	Say(ctx context.Context, s Said) (chat.Reply, error)
	// Press takes a pressed button.
	Press(ctx context.Context, p Pressed) (chat.Reply, error)
	// Accept takes a request durably before it is decided: once it returns nil, the request takes effect exactly once,
	// whatever happens to the process, and its reply goes to the platform's Answer. A key accepted before is no error.
	Accept(ctx context.Context, d Delivery) error
	// Suggest lists what an argument can be, likeliest first, from local state alone.
	Suggest(ctx context.Context, s Suggestion) []string
	// Enrol takes what a platform says of its people: who is in mapped groups, whose account is closed.
	Enrol(ctx context.Context, r Roll) error
	// Complete lists how a line could go on, best first: whole replacements for the line typed so far.
	Complete(ctx context.Context, s Said) []string
	// Settle waits until the effects that a request caused, and those that follow from them, have ended.
	Settle(ctx context.Context, key string) (Effects, error)
}

// Said is a line with who said it, where.
type Said struct {
	// Key is unique to the delivery: a repeated key gets the first one's reply. An empty key is replaced by a fresh one.
	Key     string
	Account chat.Account
	Place   chat.Place
	Text    string
	Zone    *time.Location // the speaker's, nil if not known
	// Proven says that the request carried the speaker's own token, and not only a session or a platform's word.
	Proven bool
}

// Pressed is a button with who pressed it: Token as the message carried it, or On and Button by their names.
type Pressed struct {
	Key     string
	Account chat.Account
	Place   chat.Place
	Token   string
	On      string // short id of the card's subject, "R-1"
	Button  string
}

// Suggestion is an argument that somebody is about to give.
type Suggestion struct {
	Account chat.Account
	Command string            // its words: "release plan"
	Param   string            // name of the argument
	Given   map[string]string // what is given already, by name
	Typed   string            // of the argument, so far
	Limit   int
}

// Effects says how far a request's effects have come.
type Effects string

// The states of a request's effects.
const (
	Settled Effects = "settled"
	Pending Effects = "pending"
	Failed  Effects = "failed" // ended, and at least one did not do what was asked
)

// Timeline keeps the messages of the local chat: its channels have no server of their own.
type Timeline interface {
	// Append adds a message; a key that is there already returns the id it has.
	Append(ctx context.Context, e Entry) (id string, err error)
	// Replace puts a new message in the place of an old one.
	Replace(ctx context.Context, id string, m Worded) error
	// Entries returns the last n messages of a channel, oldest first.
	Entries(ctx context.Context, channel string, n int) ([]Entry, error)
}

// Entry is a message of the local chat: a card or announcement of the bot's, or a line that somebody said.
type Entry struct {
	ID      string       `json:"id"`
	Key     string       `json:"key"`
	Channel string       `json:"channel"`
	At      time.Time    `json:"at"`
	Person  string       `json:"person,omitempty"` // opaque id of who said Line; empty for the bot
	Line    *chat.Sealed `json:"line,omitempty"`
	Message chat.Message `json:"message,omitzero"`
	Edited  time.Time    `json:"edited,omitzero"`
}
