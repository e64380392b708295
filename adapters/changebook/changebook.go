// Package changebook is the change register of an organisation that has no ticket system: an append-only file of JSON
// lines, which people can read and the bot never rewrites.
package changebook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/journal"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Settings of the change book.
type Settings struct {
	File string `yaml:"file" doc:"the book: one JSON object a line, only ever appended to" required:"true"`
}

// Validate names every fault of the settings.
func (s Settings) Validate() error {
	if s.File == "" {
		return errors.New("file: a path is needed")
	}
	return nil
}

// Adapter is a port.Ticketer that keeps its tickets in a file.
type Adapter struct {
	clock   func() time.Time
	journal *journal.Journal
	tickets map[string]*port.Ticket
	ids     map[string]string // by key
}

var _ port.Ticketer = (*Adapter)(nil)

// entry is a line of the book.
type entry struct {
	Ticket string            `json:"ticket"`
	Event  string            `json:"event"` // opened, amended, noted, attached or moved
	At     time.Time         `json:"at"`
	Change *port.Change      `json:"change,omitempty"`
	Note   *port.Note        `json:"note,omitempty"`
	File   *port.Evidence    `json:"file,omitempty"`
	Status port.TicketStatus `json:"status,omitempty"`
}

// New opens the book and reads it. A malformed line is an error that names it: a register with a hole is none.
func New(s Settings, clock func() time.Time) (*Adapter, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if clock == nil {
		return nil, errors.New("the change book needs a clock")
	}
	a := &Adapter{clock: clock, tickets: map[string]*port.Ticket{}, ids: map[string]string{}}
	j, err := journal.Open(s.File, a.apply)
	a.journal = j
	return a, err
}

// Open opens the ticket of a change, or returns the one that its key has.
func (a *Adapter) Open(ctx context.Context, c port.Change) (port.Ticket, error) {
	if c.Key == "" {
		return port.Ticket{}, effect.Permanently(errors.New("the change has no key"))
	}
	var t port.Ticket
	err := a.journal.Append(ctx, func() (any, error) {
		id, there := a.ids[c.Key]
		if there {
			t = a.copyOf(id)
			return nil, nil
		}
		id = fmt.Sprintf("CHG-%d", len(a.tickets)+1)
		t = port.Ticket{ID: id, Status: port.TicketOpen, Link: LinkPrefix + id, Change: c}
		return entry{Ticket: id, Event: "opened", At: a.clock().UTC(), Change: &c}, nil
	})
	if err != nil {
		return port.Ticket{}, err
	}
	return t, nil
}

// Find returns the ticket of a key.
func (a *Adapter) Find(ctx context.Context, key string) (port.Ticket, error) {
	return a.look(ctx, func() string { return a.ids[key] })
}

// Ticket returns a ticket by its id.
func (a *Adapter) Ticket(ctx context.Context, id string) (port.Ticket, error) {
	return a.look(ctx, func() string { return id })
}

func (a *Adapter) look(ctx context.Context, id func() string) (port.Ticket, error) {
	var t port.Ticket
	err := a.journal.View(ctx, func() error {
		if _, there := a.tickets[id()]; !there {
			return effect.ErrNotFound
		}
		t = a.copyOf(id())
		return nil
	})
	return t, err
}

// Note adds a note unless the ticket has one with its key.
func (a *Adapter) Note(ctx context.Context, ticket string, n port.Note) error {
	if n.Key == "" {
		return effect.Permanently(errors.New("the note has no key"))
	}
	return a.change(ctx, ticket, func(t *port.Ticket) *entry {
		if slices.ContainsFunc(t.Notes, func(o port.Note) bool { return o.Key == n.Key }) {
			return nil
		}
		return &entry{Event: "noted", Note: &n}
	})
}

// Amend writes down what is known of the change by now. Its key and what it is about stay as they were opened.
func (a *Adapter) Amend(ctx context.Context, ticket string, c port.Change) error {
	return a.change(ctx, ticket, func(t *port.Ticket) *entry {
		c.Key, c.Release, c.Digest, c.At = t.Change.Key, t.Change.Release, t.Change.Digest, t.Change.At
		if reflect.DeepEqual(c, t.Change) {
			return nil
		}
		return &entry{Event: "amended", Change: &c}
	})
}

// Attach adds a file unless the ticket has one of its name.
func (a *Adapter) Attach(ctx context.Context, ticket string, f port.Evidence) error {
	if f.Name == "" || len(f.Body) > port.EvidenceMost {
		return effect.Permanently(fmt.Errorf("the file %q has no name, or is over %d bytes", f.Name, port.EvidenceMost))
	}
	return a.change(ctx, ticket, func(t *port.Ticket) *entry {
		if slices.Contains(t.Files, f.Name) {
			return nil
		}
		return &entry{Event: "attached", File: &f}
	})
}

// Move sets the status. The book takes any status from any other: what may follow what is for the bot's rules.
func (a *Adapter) Move(ctx context.Context, ticket string, status port.TicketStatus) error {
	if !slices.Contains(statuses, status) {
		return effect.Permanently(fmt.Errorf("%q is no status of a change", status))
	}
	return a.change(ctx, ticket, func(t *port.Ticket) *entry {
		if t.Status == status {
			return nil
		}
		return &entry{Event: "moved", Status: status}
	})
}

var statuses = []port.TicketStatus{
	port.TicketOpen, port.TicketApproved, port.TicketImplementing, port.TicketDone, port.TicketBackedOut, port.TicketCancelled,
}

func (a *Adapter) change(ctx context.Context, ticket string, decide func(*port.Ticket) *entry) error {
	return a.journal.Append(ctx, func() (any, error) {
		t, there := a.tickets[ticket]
		if !there {
			return nil, effect.Permanently(fmt.Errorf("ticket %q: %w", ticket, effect.ErrNotFound))
		}
		e := decide(t)
		if e == nil {
			return nil, nil
		}
		e.Ticket, e.At = ticket, a.clock().UTC()
		return e, nil
	})
}

func (a *Adapter) apply(line []byte) error {
	var e entry
	if err := json.Unmarshal(line, &e); err != nil {
		return err
	}
	t, there := a.tickets[e.Ticket]
	switch {
	case e.Event == "opened" && e.Change != nil && e.Ticket != "" && !there:
		a.tickets[e.Ticket] = &port.Ticket{
			ID: e.Ticket, Status: port.TicketOpen, Link: LinkPrefix + e.Ticket, Change: *e.Change,
		}
		a.ids[e.Change.Key] = e.Ticket
	case e.Event == "amended" && e.Change != nil && there:
		t.Change = *e.Change
	case e.Event == "attached" && e.File != nil && there:
		t.Files = append(t.Files, e.File.Name)
	case e.Event == "noted" && e.Note != nil && there:
		t.Notes = append(t.Notes, *e.Note)
	case e.Event == "moved" && slices.Contains(statuses, e.Status) && there:
		t.Status = e.Status
	default:
		return fmt.Errorf("%q of ticket %q makes no sense here", e.Event, e.Ticket)
	}
	return nil
}

func (a *Adapter) copyOf(id string) port.Ticket {
	t := *a.tickets[id]
	t.Notes, t.Files = slices.Clone(t.Notes), slices.Clone(t.Files)
	return t
}
