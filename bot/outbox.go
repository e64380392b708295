package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/state"
)

// outbox performs effects, lane by lane: those of one lane in the order of decision, lanes beside each other.
type outbox struct {
	faulty   map[uint64]effect.Effect // whose last attempt failed
	bot      *Bot
	mu       sync.Mutex
	lanes    map[string]*lane
	running  bool
	draining chan struct{} // closed once nothing new is begun
	active   sync.WaitGroup
	cards    chan struct{} // bounds how many cards are rendered, and other repeatable effects performed, at once
}

type lane struct {
	queue []effect.Effect // by id
	busy  bool
}

// Waits between attempts: doubling from the first to the longest.
const (
	firstRetry   = time.Second
	longestRetry = time.Minute
)

// unknownLimit is how often an effect whose outcome can't be found out is looked for before a person is asked.
const unknownLimit = 5

// repeatableAtOnce bounds repeatable effects performed at once, and cards shown on each platform: cards must not starve decisions of
// processor time, nor one platform another.
const repeatableAtOnce = 4

func newOutbox(b *Bot) *outbox {
	return &outbox{bot: b, lanes: map[string]*lane{}, faulty: map[uint64]effect.Effect{}, cards: make(chan struct{}, repeatableAtOnce), draining: make(chan struct{})}
}

func (o *outbox) add(e effect.Effect) {
	o.mu.Lock()
	defer o.mu.Unlock()
	l := o.lanes[e.Lane]
	if l == nil {
		l = &lane{}
		o.lanes[e.Lane] = l
	}
	at, _ := slices.BinarySearchFunc(l.queue, e, func(a, b effect.Effect) int { return cmp.Compare(a.ID, b.ID) })
	l.queue = slices.Insert(l.queue, at, e)
	if e.Fault != "" { // taken over from an earlier process
		o.faulty[e.ID] = e
	}
	o.start(e.Lane, l)
}

// Waiting lists the effects on a subject whose last attempt failed, as of the moment that is read.
func (b *Bot) Waiting(r state.Reader, subject string) ([]effect.Effect, error) {
	b.outbox.mu.Lock()
	var ids []uint64
	for id, e := range b.outbox.faulty {
		if e.Subject == subject {
			ids = append(ids, id)
		}
	}
	b.outbox.mu.Unlock()
	slices.Sort(ids)
	var list []effect.Effect
	for _, id := range ids {
		// An effect that has just been settled, or began anew, is forgotten here a moment later than in the store.
		e, ok, err := state.EffectOf(r, id)
		if err != nil {
			return nil, err
		}
		if ok && e.Fault != "" {
			list = append(list, e)
		}
	}
	return list, nil
}

// start works a lane off if nobody does.
func (o *outbox) start(name string, l *lane) {
	if l.busy || !o.running || o.leaving() || len(l.queue) == 0 {
		return
	}
	l.busy = true
	o.active.Go(func() { o.work(name, l) })
}

func (o *outbox) run() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.running = true
	for name, l := range o.lanes {
		o.start(name, l)
	}
}

// drain starts nothing new and waits for what is under way, at most grace; then it is cut off, and a restart takes it over.
func (o *outbox) drain(grace time.Duration) {
	o.mu.Lock()
	close(o.draining)
	o.mu.Unlock()
	done := make(chan struct{})
	go func() { o.active.Wait(); close(done) }()
	alarm := time.AfterFunc(grace, o.bot.stop)
	defer alarm.Stop()
	<-done
}

func (o *outbox) leaving() bool {
	select {
	case <-o.draining:
		return true
	default:
		return false
	}
}

func (o *outbox) work(name string, l *lane) {
	for {
		o.mu.Lock()
		if len(l.queue) == 0 || o.leaving() {
			if l.busy = false; len(l.queue) == 0 {
				delete(o.lanes, name)
			}
			o.mu.Unlock()
			return
		}
		e := l.queue[0]
		o.mu.Unlock()
		again, done := o.attempt(o.bot.ctx, e)
		o.mu.Lock()
		if done {
			l.queue = l.queue[1:]
		} else {
			l.queue[0] = again
		}
		if done {
			delete(o.faulty, e.ID)
		}
		o.mu.Unlock()
		if done {
			o.bot.chains.add(e.Root, -1)
		}
	}
}

// attempt performs one effect once; done when it needs no further attempt in this process.
func (o *outbox) attempt(ctx context.Context, e effect.Effect) (effect.Effect, bool) {
	if !o.sleep(e.NotBefore.Sub(o.bot.now())) {
		return e, false
	}
	if e.Class == effect.Repeatable && e.Kind != kindCard { // a card's time is mostly its platforms'
		o.cards <- struct{}{}
		defer func() { <-o.cards }()
	}
	next, done, err := o.bot.perform(ctx, e)
	if err != nil {
		if ctx.Err() != nil {
			return e, false
		}
		o.bot.log.Error("an effect's turn failed", "effect", e.Kind, "key", e.Key, "error", o.bot.redact(err.Error()))
		done = false // next is as far as it came: one that was handed over is looked for before it is handed over again
		next.NotBefore = o.bot.now().Add(firstRetry)
	}
	return next, done
}

// sleep waits; false when the outbox stops meanwhile.
func (o *outbox) sleep(d time.Duration) bool {
	if d <= 0 {
		return !o.leaving()
	}
	alarm := time.NewTimer(d)
	defer alarm.Stop()
	select {
	case <-alarm.C:
		return true
	case <-o.draining:
		return false
	}
}

// errStopped says that a guard stopped an effect.
var errStopped = errors.New("stopped by its gates")

// perform leases, performs and settles an effect.
func (b *Bot) perform(ctx context.Context, e effect.Effect) (effect.Effect, bool, error) {
	seen := b.store.Touched(e.Key)
	p, ok := b.behaviour.Performers[e.Kind]
	if !ok {
		return b.settle(ctx, e, seen, nil, effect.Permanently(fmt.Errorf("nothing performs %q", e.Kind)))
	}
	b.at(StepTaken, string(e.Kind))
	if e.Status == effect.Parked { // by an earlier process: a person was asked, and what they say is decided elsewhere
		return e, true, b.system(ctx, "outbox", fmt.Sprintf("parked:%d", e.ID), e.Root, func(t *Turn) error {
			t.DropEffect(e.ID)
			return nil
		})
	}
	uncertain := e.Status == effect.Leased
	if uncertain && e.Class == effect.Expiring {
		return b.settle(ctx, e, seen, nil, effect.Permanently(errors.New("lost: the process ended while it was under way")))
	}
	if uncertain && p.Find != nil {
		value, err := b.call(ctx, p.Timeout, e, p.Find)
		b.at(StepSought, string(e.Kind))
		if err == nil || !errors.Is(err, effect.ErrNotFound) {
			return b.settle(ctx, e, seen, value, unknownUnless(err))
		}
	}
	landed := b.launches.begin(e)
	defer landed()
	if e.Class != effect.Repeatable {
		leased, err := b.lease(ctx, e)
		if errors.Is(err, errStopped) {
			return e, true, nil
		}
		var notYet NotYet
		if errors.As(err, &notYet) {
			return b.settle(ctx, e, seen, nil, effect.Retryable(notYet, notYetPause))
		}
		if err != nil {
			return e, false, err
		}
		e = leased
		b.at(StepLeased, string(e.Kind))
	}
	value, err := b.call(ctx, p.Timeout, e, p.Perform)
	landed()
	b.attempted(e.Kind, err)
	b.at(StepPerformed, string(e.Kind))
	if ctx.Err() != nil {
		return e, false, ctx.Err() // left as it is: the next start looks for it
	}
	if err == nil && e.Class == effect.Repeatable {
		return b.settleShown(ctx, e, seen, value)
	}
	return b.settle(ctx, e, seen, value, err)
}

// unknownUnless keeps the class of a failed look-up away from the effect's own: not being able to look says nothing.
func unknownUnless(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("looking for it: %v", err)
}

func (b *Bot) call(ctx context.Context, timeout time.Duration, e effect.Effect, fn func(context.Context, effect.Effect) (any, error)) (json.RawMessage, error) {
	if timeout == 0 {
		timeout = PerformTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	value, err := guarded(func() (any, error) { return fn(ctx, e) })
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, effect.Permanently(fmt.Errorf("encode the outcome of %s: %w", e.Kind, err))
	}
	return raw, nil
}
