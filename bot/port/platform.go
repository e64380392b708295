package port

import (
	"context"
	"encoding/json"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Platform posts to a chat platform. Posting carries a key: a platform that can't find it may post twice after a crash.
type Platform interface {
	// Name is the platform's name in accounts and places: "local", "slack".
	Name() string
	// Post says something in a place. The key is unique to the message: one that was posted under it before is found and
	// returned, where the platform can.
	Post(ctx context.Context, to chat.Place, key string, m Worded) (chat.Ref, error)
	// Update puts a new message in the place of one that was posted. effect.ErrNotFound: it is gone, and a card is posted anew.
	Update(ctx context.Context, ref chat.Ref, m Worded) error
}

// Threaded is a platform that may have threads: messages then come with what they belong under.
type Threaded interface {
	Platform
	Threads() bool
}

// Answerer is a platform whose requests are accepted before they are decided: see Door.Accept.
type Answerer interface {
	Platform
	// Answer tells whoever asked what came of it, nobody else. It may be called again for the same delivery after a crash.
	// A permanent error (an expired handle) gives it up.
	Answer(ctx context.Context, a Answer) error
}

// Answer is the reply to an accepted delivery.
type Answer struct {
	Delivery Delivery
	Reply    chat.Reply
	Reader   Reader
	At       time.Time
}

// Delivery is a request that a platform must acknowledge before it is decided: a line, or a pressed button's token.
type Delivery struct {
	// Key is unique to the request and the same when it is delivered again.
	Key     string       `json:"key"`
	Account chat.Account `json:"account"`
	Place   chat.Place   `json:"place"`
	Text    string       `json:"text,omitempty"`
	Token   string       `json:"token,omitempty"`
	// Handle is what the platform needs to answer with; it is stored sealed, and deleted once answered.
	Handle json.RawMessage `json:"handle,omitempty"`
	At     time.Time       `json:"at"`
}

// Worded is a message with what the edge needs to word it for its readers.
type Worded struct {
	Message chat.Message `json:"message"`
	Reader  Reader       `json:"-"`
	At      time.Time    `json:"at"`
	// Under is the message whose thread this one belongs in; zero for none.
	Under chat.Ref `json:"-"`
}

// Reader turns opaque things into words at the edge.
type Reader interface {
	// PersonName is the display name of a person, or a stand-in for one erased or unknown.
	PersonName(id string) string
	// Accounts are a person's accounts, on whatever platform: how a platform mentions them. The list is shared.
	Accounts(id string) []chat.Account
	// Unseal returns what a person wrote, or false once their key is erased.
	Unseal(s chat.Sealed) (string, bool)
	// Zone is the zone that times are shown in.
	Zone() *time.Location
}

// Clock is a Reader for a platform that shows times in each reader's own zone.
type Clock interface {
	Reader
	// Instant returns what stands for a time; worded is how it would read in Zone.
	Instant(t time.Time, worded string) string
}

// Examiner is an adapter that can say whether it is set up right.
type Examiner interface {
	// Examine asks the other system; every finding that is not OK says what to do.
	Examine(ctx context.Context) []Finding
}

// Finding is one thing that was examined.
type Finding struct {
	OK   bool      `json:"ok"`
	What chat.Text `json:"what"`        // what was found
	Do   chat.Text `json:"do,omitzero"` // what to do about it
}

// Roll is what a platform says of its people.
type Roll struct {
	Platform  string `json:"platform"`
	Workspace string `json:"workspace"`
	// Complete says that Members are everybody: an account that was known and is not among them is closed.
	Complete bool     `json:"complete,omitempty"`
	Members  []Member `json:"members,omitempty"`
	// Groups are the configured groups that the platform's own groups or roles are mapped to, each with everybody in it now.
	Groups map[string][]chat.Account `json:"groups,omitempty"`
}

// Member is somebody on a platform.
type Member struct {
	Account chat.Account `json:"account"`
	Email   string       `json:"email,omitempty"` // verified by the platform, and only where linking by it is allowed
	Closed  bool         `json:"closed,omitempty"`
}
