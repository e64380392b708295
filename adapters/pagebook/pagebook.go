// Package pagebook stands in where no paging service is configured: an append-only file of pages and of what changed, and
// a command line of the organisation's own that wakes somebody.
package pagebook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/journal"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Settings of the page book.
type Settings struct {
	File   string        `yaml:"file" doc:"the book: one JSON object a line, only ever appended to" required:"true"`
	Notify []string      `yaml:"notify" doc:"command line run for each new page; {key} {service} {title} are filled in, no shell is involved, the page is on its standard input as JSON"`
	Limit  time.Duration `yaml:"limit" doc:"time that the command may take; 30s if not given"`
}

// DefaultLimit is how long the notify command may take.
const DefaultLimit = 30 * time.Second

// Validate names every fault of the settings.
func (s Settings) Validate() error {
	var faults []error
	if s.File == "" {
		faults = append(faults, errors.New("file: a path is needed"))
	}
	if len(s.Notify) > 0 && (s.Notify[0] == "" || strings.ContainsAny(s.Notify[0], "{}")) {
		faults = append(faults, fmt.Errorf("notify: %q is no program", s.Notify[0]))
	}
	if s.Limit < 0 {
		faults = append(faults, fmt.Errorf("limit: %s is negative", s.Limit))
	}
	return errors.Join(faults...)
}

// State is where a page stands.
type State string

// The states of a page, in their order: a page never goes back.
const (
	Triggered    State = "triggered"
	Acknowledged State = "acknowledged"
	Resolved     State = "resolved"
)

var order = map[State]int{Triggered: 1, Acknowledged: 2, Resolved: 3}

// Record is a page as the book holds it. Notified says that the notify command was run for it and succeeded.
type Record struct {
	Page     port.Page
	State    State
	Notified bool
}

// Adapter is a port.Pager that keeps its pages in a file.
type Adapter struct {
	settings Settings
	clock    func() time.Time
	journal  *journal.Journal
	pages    map[string]*Record
	waking   sync.Mutex // one trigger at a time, so that concurrent ones of one key wake once
}

var (
	_ port.Pager      = (*Adapter)(nil)
	_ port.ChangeFeed = (*Adapter)(nil)
)

// entry is a line of the book: a page's change of state, that it was notified, or a deployment or rollback.
type entry struct {
	Key      string        `json:"key"`
	Event    State         `json:"event,omitempty"`
	Notified bool          `json:"notified,omitempty"`
	At       time.Time     `json:"at"`
	Page     *port.Page    `json:"page,omitempty"`
	Changed  *port.Changed `json:"changed,omitempty"`
}

// New opens the book and reads it. A malformed line is an error that names it.
func New(s Settings, clock func() time.Time) (*Adapter, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if clock == nil {
		return nil, errors.New("the page book needs a clock")
	}
	if s.Limit == 0 {
		s.Limit = DefaultLimit
	}
	a := &Adapter{settings: s, clock: clock, pages: map[string]*Record{}}
	j, err := journal.Open(s.File, a.apply)
	a.journal = j
	return a, err
}

// Trigger writes the page down and runs the notify command. A page whose command did not succeed is notified again when
// its trigger is repeated: waking somebody twice is better than not at all.
func (a *Adapter) Trigger(ctx context.Context, p port.Page) error {
	if p.Key == "" {
		return effect.Permanently(errors.New("the page has no key"))
	}
	a.waking.Lock()
	defer a.waking.Unlock()
	var notified bool
	err := a.journal.Append(ctx, func() (any, error) {
		if r := a.pages[p.Key]; r != nil {
			notified = r.Notified || r.State != Triggered
			p = r.Page
			return nil, nil
		}
		return entry{Key: p.Key, Event: Triggered, At: a.clock().UTC(), Page: &p}, nil
	})
	if err != nil || notified || len(a.settings.Notify) == 0 {
		return err
	}
	if err := a.notify(ctx, p); err != nil {
		return fmt.Errorf("running the notify command: %w", err)
	}
	return a.journal.Append(ctx, func() (any, error) {
		return entry{Key: p.Key, Notified: true, At: a.clock().UTC()}, nil
	})
}

func (a *Adapter) notify(ctx context.Context, p port.Page) error {
	ctx, cancel := context.WithTimeout(ctx, a.settings.Limit)
	defer cancel()
	page, err := json.Marshal(p)
	if err != nil {
		return err
	}
	r := strings.NewReplacer("{key}", plain(p.Key), "{service}", plain(p.Service), "{title}", plain(p.Title))
	argv := make([]string, len(a.settings.Notify))
	for i, arg := range a.settings.Notify {
		argv[i] = r.Replace(arg)
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdin = bytes.NewReader(page)
	cmd.WaitDelay = time.Second
	return cmd.Run()
}

// plain keeps a value from being taken for an option, and from ending the argument.
func plain(v string) string {
	return strings.TrimLeft(strings.ReplaceAll(v, "\x00", ""), "-")
}

// Acknowledge notes that somebody took the page on.
func (a *Adapter) Acknowledge(ctx context.Context, key string) error {
	return a.move(ctx, key, Acknowledged)
}

// Resolve notes that the page's cause is gone.
func (a *Adapter) Resolve(ctx context.Context, key string) error { return a.move(ctx, key, Resolved) }

func (a *Adapter) move(ctx context.Context, key string, to State) error {
	return a.journal.Append(ctx, func() (any, error) {
		r := a.pages[key]
		if r == nil {
			return nil, effect.Permanently(fmt.Errorf("page %q: %w", key, effect.ErrNotFound))
		}
		if order[r.State] >= order[to] {
			return nil, nil
		}
		return entry{Key: key, Event: to, At: a.clock().UTC()}, nil
	})
}

// Changed writes a deployment or a rollback down, for whoever is woken to read. It runs no command.
func (a *Adapter) Changed(ctx context.Context, c port.Changed) error {
	if c.Key == "" {
		return effect.Permanently(errors.New("the change has no key"))
	}
	return a.journal.Append(ctx, func() (any, error) {
		return entry{Key: c.Key, At: a.clock().UTC(), Changed: &c}, nil
	})
}

// Lookup returns a page by its key, or effect.ErrNotFound.
func (a *Adapter) Lookup(ctx context.Context, key string) (Record, error) {
	var found Record
	err := a.journal.View(ctx, func() error {
		r := a.pages[key]
		if r == nil {
			return effect.ErrNotFound
		}
		found = *r
		return nil
	})
	return found, err
}

func (a *Adapter) apply(line []byte) error {
	var e entry
	if err := json.Unmarshal(line, &e); err != nil {
		return err
	}
	r := a.pages[e.Key]
	switch {
	case e.Changed != nil && e.Key != "" && e.Event == "" && !e.Notified: // for people to read
	case e.Event == Triggered && e.Page != nil && e.Key != "" && r == nil:
		a.pages[e.Key] = &Record{Page: *e.Page, State: Triggered}
	case e.Event == "" && e.Notified && r != nil:
		r.Notified = true
	case r != nil && order[e.Event] > order[r.State]:
		r.State = e.Event
	default:
		return fmt.Errorf("%q of page %q makes no sense here", e.Event, e.Key)
	}
	return nil
}
