package port

import (
	"context"
	"time"
)

// Ticketer keeps the change ticket of a release in the organisation's change register.
type Ticketer interface {
	// Open opens the change ticket. Key is unique to the release: the ticket must be findable by it.
	Open(ctx context.Context, c Change) (Ticket, error)
	// Find returns the ticket opened under key, or effect.ErrNotFound. Where the register's search lags behind what was opened, it
	// answers ErrNotFound only once the lag is over, and an unclassed error before.
	Find(ctx context.Context, key string) (Ticket, error)
	// Amend writes what is known of the change by now into the ticket's fields; fields that hold it already stay as they are.
	Amend(ctx context.Context, ticket string, c Change) error
	// Note appends a dated line; a note whose key is already there is not added twice.
	Note(ctx context.Context, ticket string, n Note) error
	// Move sets the status; setting the same status twice is no error.
	Move(ctx context.Context, ticket string, status TicketStatus) error
	// Attach adds a file to the ticket; one of the same name that is already there is not added twice.
	Attach(ctx context.Context, ticket string, f Evidence) error
	// Ticket reads a ticket as it is now, or effect.ErrNotFound.
	Ticket(ctx context.Context, id string) (Ticket, error)
}

// Change is what a change ticket says. Sentences are worded already.
type Change struct {
	Key         string   `json:"key"`
	Release     string   `json:"release"`
	Service     string   `json:"service"`
	Version     string   `json:"version"`
	Environment string   `json:"environment,omitempty"` // where the change is made
	Digest      string   `json:"digest"`
	Commit      string   `json:"commit,omitempty"`
	Tier        string   `json:"tier"`
	Risk        string   `json:"risk,omitempty"` // the rule that gave the tier, and why
	Summary     string   `json:"summary"`
	Rollback    string   `json:"rollback"`            // how it is undone
	By          string   `json:"by"`                  // opaque person id of the requester
	Requester   Party    `json:"requester,omitzero"`  // who that is
	Approvers   []Party  `json:"approvers,omitempty"` // whose go counted, so far
	Items       []string `json:"items,omitempty"`     // texts of the build that may name work items: keys, commit subjects
	Window      Window   `json:"window,omitzero"`
	// Link leads to the release.
	Link string    `json:"link,omitempty"`
	At   time.Time `json:"at"`
}

// Party is a person as another system may know them.
type Party struct {
	Name string `json:"name,omitempty"`
	// Account is the id of the person's account there, empty if none is linked.
	Account string `json:"account,omitempty"`
}

// Window is when a change is made: planned until it has ended, then as it was.
type Window struct {
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"` // exclusive
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
	// TicketOther is a status that the register has and the configuration maps to none of these: Native says which.
	TicketOther TicketStatus = "other"
)

// Note is one line added to a ticket.
type Note struct {
	Key  string    `json:"key"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// Evidence is a file for a ticket.
type Evidence struct {
	Name string `json:"name"` // unique within the ticket
	Type string `json:"type"` // media type
	Body []byte `json:"body"` // at most EvidenceMost
}

// EvidenceMost bounds a file for a ticket, in bytes: a tenth of what Jira takes by default.
const EvidenceMost = 1 << 20

// Ticket is a change ticket as the register holds it.
type Ticket struct {
	ID     string       `json:"id"` // as people say it: "CHG-12"
	Status TicketStatus `json:"status"`
	// Native is the register's own word for the status, where it has one.
	Native string   `json:"native,omitempty"`
	Link   string   `json:"link,omitempty"`
	Change Change   `json:"change"`
	Notes  []Note   `json:"notes,omitempty"`
	Files  []string `json:"files,omitempty"` // names of attached evidence
}

// WorkItem is an issue, story or bug that a release brings.
type WorkItem struct {
	ID     string `json:"id"` // as people say it: "PAY-812"
	Title  string `json:"title,omitempty"`
	Status string `json:"status,omitempty"` // the register's own word
	Done   bool   `json:"done,omitempty"`
	Link   string `json:"link,omitempty"`
}

// WorkItems is a register that also holds the work items that releases bring.
type WorkItems interface {
	// WorkItems finds what a change brings, by the texts of its build and by the register's configured search, and links them to
	// the ticket. Texts that name nothing are left out; done twice it is the same.
	WorkItems(ctx context.Context, ticket string, c Change) ([]WorkItem, error)
}
