package port

import (
	"context"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Ticketer keeps the change ticket of a release in the organisation's change register.
type Ticketer interface {
	// Open opens the change ticket. Key is unique to the release: the ticket must be findable by it.
	Open(ctx context.Context, c Change) (Ticket, error)
	// Find returns the ticket opened under key, or effect.ErrNotFound.
	Find(ctx context.Context, key string) (Ticket, error)
	// Note appends a dated line; a note whose key is already there is not added twice.
	Note(ctx context.Context, ticket string, n Note) error
	// Move sets the status; setting the same status twice is no error.
	Move(ctx context.Context, ticket string, status TicketStatus) error
	// Ticket reads a ticket as it is now, or effect.ErrNotFound.
	Ticket(ctx context.Context, id string) (Ticket, error)
}

// Change is what a change ticket says when opened. Sentences are worded already.
type Change struct {
	Key      string    `json:"key"`
	Release  string    `json:"release"`
	Service  string    `json:"service"`
	Version  string    `json:"version"`
	Digest   string    `json:"digest"`
	Tier     string    `json:"tier"`
	Summary  string    `json:"summary"`
	Rollback string    `json:"rollback"` // how it is undone
	By       string    `json:"by"`       // opaque person id of the requester
	At       time.Time `json:"at"`
}

// TicketStatus is where a change stands, in the field's own words.
type TicketStatus string

// The statuses of a change.
const (
	TicketOpen         TicketStatus = "open"
	TicketApproved     TicketStatus = "approved"
	TicketImplementing TicketStatus = "implementing"
	TicketDone         TicketStatus = "done"
	TicketBackedOut    TicketStatus = "backed-out"
	TicketCancelled    TicketStatus = "cancelled"
)

// Note is one line added to a ticket.
type Note struct {
	Key  string    `json:"key"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// Ticket is a change ticket as the register holds it.
type Ticket struct {
	ID     string       `json:"id"` // as people say it: "CHG-12"
	Status TicketStatus `json:"status"`
	Link   string       `json:"link,omitempty"`
	Change Change       `json:"change"`
	Notes  []Note       `json:"notes,omitempty"`
}

// Pager wakes the on-call. A page is keyed: triggering, acknowledging or resolving the same key twice is no error.
type Pager interface {
	Trigger(ctx context.Context, p Page) error
	Acknowledge(ctx context.Context, key string) error
	Resolve(ctx context.Context, key string) error
}

// Page is what the on-call is woken with.
type Page struct {
	Key     string       `json:"key"`
	Service string       `json:"service"`
	Title   string       `json:"title"`
	Message chat.Message `json:"message"`
	At      time.Time    `json:"at"`
}

// Checkpoint is a signed statement that the audit trail had come to a hash at an entry.
type Checkpoint struct {
	Seq       uint64    `json:"seq"`
	Hash      []byte    `json:"hash"`
	State     []byte    `json:"state"` // digest over every governed record at that entry
	At        time.Time `json:"at"`
	Epoch     uint64    `json:"epoch"`
	Key       []byte    `json:"key"`       // Ed25519 public key
	Signature []byte    `json:"signature"` // over the other fields, as audit.SignedBytes lays them out
}

// Sink keeps checkpoints where the bot can't rewrite them. Publishing the same one twice is no error.
type Sink interface {
	Publish(ctx context.Context, c Checkpoint) error
	// Checkpoints returns what the sink holds, oldest first.
	Checkpoints(ctx context.Context) ([]Checkpoint, error)
}
