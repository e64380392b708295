// Package bot is the bot itself: it takes a request, decides it in one turn, and after the commit delivers what follows.
// What there is to say and to do is given to it as a Behaviour.
package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// Options are what the bot is made of.
type Options struct {
	Store        *state.Store
	Organisation *organisation.Organisation
	Behaviour    Behaviour
	Platforms    []port.Platform
	Now          func() time.Time
	Log          *slog.Logger
	// Address is where people reach the bot's own pages, "https://gonogo.example.org"; empty if they can't from elsewhere.
	Address string
	// Redact takes configured secrets out of what other systems said; nil if there are none.
	Redact func(string) string
	// Sample gives a version of a service for examples to name; nil for one that only looks like a version.
	Sample func(service string) string
	// Attempted is told of every attempt at an effect, the bot's own messages and cards included; nil for nobody.
	Attempted func(kind effect.Kind, failure error)
	// Heard is told how long an accepted request took to be decided, and what came of it; nil for nobody.
	Heard func(d port.Delivery, took time.Duration, reply chat.Reply, failure error)
	// Step is told of every step, on the goroutine that takes it, so that tests can end the bot there; nil otherwise.
	Step func(s Step, what string)
}

// Bot is a running bot. It implements port.Door.
type Bot struct {
	store     *state.Store
	behaviour Behaviour
	commands  map[*command.Spec]*Command
	catalogue *command.Catalogue
	platforms map[string]port.Platform
	now       func() time.Time
	log       *slog.Logger
	redact    func(string) string
	step      func(Step, string)
	address   string
	attempted func(effect.Kind, error)
	heard     func(port.Delivery, time.Duration, chat.Reply, error)
	org       atomic.Pointer[organisation.Organisation] // in force: as configured, under what was learned since
	base      atomic.Pointer[organisation.Organisation] // as configured
	overlaid  sync.Mutex                                // held while org is made from base

	outbox   *outbox
	accepted *accepted
	roots    roots
	launches launches
	timers   *timers
	chains   *chains
	pauses   pauses
	partly   partly
	showing  map[string]chan struct{} // one for each card being shown on a platform
	refusal  atomic.Pointer[error]    // why nothing new is accepted, nil while it is

	ctx    context.Context
	stop   context.CancelFunc
	active sync.WaitGroup
}

var _ port.Door = (*Bot)(nil)

// ErrStopping says that the bot is shutting down and takes nothing new.
var ErrStopping = errors.New("the bot is stopping")

// New puts a bot together and makes the start turn; Run makes it work.
func New(o Options) (*Bot, error) {
	b := &Bot{
		store: o.Store, behaviour: o.Behaviour, now: o.Now, log: o.Log, redact: o.Redact, step: o.Step,
		address:   strings.TrimSuffix(o.Address, "/"),
		showing:   map[string]chan struct{}{},
		platforms: map[string]port.Platform{}, commands: map[*command.Spec]*Command{},
	}
	if b.attempted = o.Attempted; b.attempted == nil {
		b.attempted = func(effect.Kind, error) {}
	}
	if b.heard = o.Heard; b.heard == nil {
		b.heard = func(port.Delivery, time.Duration, chat.Reply, error) {}
	}
	if b.redact == nil {
		b.redact = func(s string) string { return s }
	}
	b.ctx, b.stop = context.WithCancel(context.Background())
	for _, p := range o.Platforms {
		b.platforms[p.Name()] = p
		b.showing[p.Name()] = make(chan struct{}, repeatableAtOnce)
	}
	b.behaviour.Performers = maps.Clone(b.behaviour.Performers) // the caller's stay as they are
	if b.behaviour.Performers == nil {
		b.behaviour.Performers = map[effect.Kind]Performer{}
	}
	b.behaviour.Performers[kindCard] = Performer{Perform: b.showCard}
	b.behaviour.Performers[kindPost] = Performer{Perform: b.post, Find: b.findPost}
	b.behaviour.Reactions = maps.Clone(b.behaviour.Reactions)
	if b.behaviour.Reactions == nil {
		b.behaviour.Reactions = map[effect.Kind]Reaction{}
	}
	b.behaviour.Reactions[kindCard] = shown
	specs := make([]command.Spec, len(o.Behaviour.Commands))
	for i, c := range o.Behaviour.Commands {
		specs[i] = c.Spec
		specs[i].Examples = slices.Clone(c.Examples)
		for j, e := range c.Examples {
			specs[i].Examples[j] = command.Example{Line: o.Organisation.Example(e.Line, o.Sample), Does: o.Organisation.Example(e.Does, o.Sample)}
		}
	}
	var err error
	if b.catalogue, err = command.New(specs); err != nil {
		return nil, fmt.Errorf("command catalogue: %w", err)
	}
	byWords := map[string]*Command{}
	for i := range o.Behaviour.Commands {
		c := &o.Behaviour.Commands[i]
		byWords[strings.Join(c.Words, " ")] = c
	}
	for _, topic := range b.catalogue.Topics() {
		for _, spec := range topic.Commands {
			b.commands[spec] = byWords[strings.Join(spec.Words, " ")]
		}
	}
	b.chains = newChains()
	b.outbox = newOutbox(b)
	b.accepted = newAccepted(b)
	b.timers = newTimers(b)
	b.org.Store(o.Organisation)
	b.base.Store(o.Organisation)
	if err := b.overlay(); err != nil {
		return nil, err
	}
	return b, b.begin()
}

// begin takes over what an earlier process left: its effects and timers, then the start turn.
func (b *Bot) begin() error {
	err := b.store.View(func(v *state.View) error {
		if err := v.Effects(func(e effect.Effect) error {
			b.chains.add(e.Root, 1)
			b.outbox.add(e)
			return nil
		}); err != nil {
			return err
		}
		if err := b.accepted.takeOver(v); err != nil {
			return err
		}
		return v.Timers(func(t state.Timer) error { b.timers.set(t); return nil })
	})
	if err != nil {
		return fmt.Errorf("take over effects and timers: %w", err)
	}
	if b.behaviour.Start == nil {
		return nil
	}
	return b.system(context.Background(), "start", fmt.Sprintf("start:%d", b.store.Epoch()), "", b.behaviour.Start)
}

// Run performs effects and wakes timers until ctx ends, then lets what is under way finish, within grace.
func (b *Bot) Run(ctx context.Context, grace time.Duration) {
	b.active.Go(func() { b.timers.run(b.ctx) })
	b.outbox.run()
	b.accepted.run()
	<-ctx.Done()
	stopping := ErrStopping
	b.refusal.Store(&stopping)
	b.accepted.leave()
	b.outbox.drain(grace)
	b.stop()
	b.accepted.wait()
	b.active.Wait()
}

// Organisation is the configuration in force.
func (b *Bot) Organisation() *organisation.Organisation { return b.org.Load() }

// Configured is the configuration in force as it was organised, without what was learned of people since.
func (b *Bot) Configured() *organisation.Organisation { return b.base.Load() }

// Organise puts a new configuration in force: from the next turn on.
func (b *Bot) Organise(o *organisation.Organisation) {
	b.base.Store(o)
	if err := b.overlay(); err != nil {
		b.log.Error("what was learned of people can't be read: what was known of them holds on", "error", err)
	}
}

// overlay makes the organisation in force from the configured one and what was learned of people since. What can't be read stays
// as it was known: a closed account is not opened by that.
func (b *Bot) overlay() error {
	if b.behaviour.Overlay == nil {
		b.org.Store(b.base.Load())
		return nil
	}
	b.overlaid.Lock()
	defer b.overlaid.Unlock()
	org := b.base.Load()
	more, err := b.behaviour.Overlay(&Reading{Reader: b.store.Latest(), Org: org, Now: b.now(), Bot: b})
	if err != nil {
		more = b.org.Load().Directory.Learned()
	}
	if !more.IsZero() {
		org = org.With(more)
	}
	b.org.Store(org)
	return err
}

// Catalogue is what can be said.
func (b *Bot) Catalogue() *command.Catalogue { return b.catalogue }

// Store is the bot's memory.
func (b *Bot) Store() *state.Store { return b.store }

// Redact takes the secrets that the process knows out of what another system said.
func (b *Bot) Redact(text string) string { return b.redact(text) }

// Redacted is an error without the secrets that its text may hold, of the same class; nil for nil.
func (b *Bot) Redacted(err error) error {
	if err == nil {
		return nil
	}
	if text := b.redact(err.Error()); text != err.Error() {
		return redacted{text, err}
	}
	return err
}

type redacted struct {
	text string
	error
}

func (r redacted) Error() string { return r.text }
func (r redacted) Unwrap() error { return r.error }

// Accepting returns why the bot takes nothing new, nil while it does.
func (b *Bot) Accepting() error {
	if err := b.store.Broken(); err != nil {
		return err
	}
	if err := b.refusal.Load(); err != nil {
		return *err
	}
	return nil
}

// Reading is what a command or a card is answered from: one committed moment and the configuration in force. Facts are
// gathered from the newest records instead, which may be from different moments: the turn reads them anew.
type Reading struct {
	state.Reader
	Org     *organisation.Organisation
	Now     time.Time
	Person  string // who asks; empty for a card
	Linked  bool
	Account chat.Account
	Bot     *Bot
}

// Read gives a consistent moment to fn.
func (b *Bot) Read(fn func(*Reading) error) error {
	return b.store.View(func(v *state.View) error {
		return fn(&Reading{Reader: v, Org: b.org.Load(), Now: b.now(), Bot: b})
	})
}

// Trail is what is committed at this moment, for reading the audit trail.
func (r *Reading) Trail() kv.Reader {
	if v, ok := r.Reader.(*state.View); ok {
		return v.Reader()
	}
	return r.Bot.store.Engine()
}
