package state

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// The writer decides turns one after another over what earlier ones decided, while the committer makes the group before
// durable: the two overlap, so a commit's wait is spent deciding the next group. Nobody is answered before their commit.

// request is one turn on its way to the writer.
type request struct {
	decide func(*Tx) error
	done   chan error
}

func newRequest() any { return &request{done: make(chan error, 1)} }

// group is a number of decided turns that share one commit.
type group struct {
	ops     []kv.Op
	bytes   int
	writes  []write
	waiters []*request
	hooks   []func()
	head    head
	number  uint64
}

func (g *group) fits(limits kv.Limits, ops []kv.Op, size, turns int) bool {
	return len(g.waiters) < turns && len(g.ops)+len(ops) <= limits.Ops && g.bytes+size <= limits.Bytes
}

func (s *Store) write() {
	defer close(s.closed)
	commits := make(chan *group)
	results := make(chan error)
	go func() {
		for g := range commits {
			err := s.engine.Apply(s.epoch, g.ops)
			if err == nil {
				s.answer(g)
			}
			results <- err
		}
	}()
	defer close(commits)

	w := writer{Store: s, next: &group{number: 1}}
	closing := s.closing
	for {
		if closing == nil && w.idle() && len(s.requests) == 0 {
			return
		}
		requests := s.requests
		if w.full() {
			requests = nil
		}
		if w.inFlight == nil && len(w.next.ops) > 0 && (w.full() || len(s.requests) == 0) {
			w.inFlight, w.next = w.next, w.spare()
			commits <- w.inFlight
			continue
		}
		if w.inFlight == nil && len(w.next.waiters) > 0 && len(w.next.ops) == 0 {
			s.answer(w.next) // turns that wrote nothing wait only for those before them
			w.next = w.spare()
			continue
		}
		select {
		case r := <-requests:
			w.turn(r)
		case err := <-results:
			w.finished(err)
		case <-closing:
			closing = nil
		}
	}
}

// writer is the deciding side's state.
type writer struct {
	*Store
	next     *group
	inFlight *group
	held     *request // decided turn's request that waits because its ops did not fit
	numbers  uint64
}

func (w *writer) spare() *group {
	w.numbers++
	return &group{number: w.numbers + 1}
}

func (w *writer) full() bool { return w.held != nil || len(w.next.waiters) >= w.options.Group }

func (w *writer) idle() bool {
	return w.inFlight == nil && w.held == nil && len(w.next.waiters) == 0
}

// turn decides one request and puts it into the next group.
func (w *writer) turn(r *request) {
	if err := w.Broken(); err != nil {
		r.done <- err
		return
	}
	tx := &Tx{store: w.Store, head: w.head, start: w.head}
	err := r.decide(tx)
	var ops []kv.Op
	if err == nil {
		ops, err = tx.seal()
	}
	if err != nil {
		r.done <- err
		return
	}
	size := 0
	for i := range ops {
		size += ops[i].Size()
	}
	if err := w.limits.Check(ops); err != nil { // here, so that it is not the engine that refuses the turns beside it
		r.done <- fmt.Errorf("turn of %d operations, %d bytes: %w", len(ops), size, err)
		return
	}
	if !w.next.fits(w.limits, ops, size, w.options.Group) {
		w.held = r // decided again once the group has room: deciding does nothing else
		return
	}
	w.head = tx.head
	for _, accept := range tx.accept {
		accept()
	}
	g := w.next
	for i := range tx.writes {
		x := &tx.writes[i]
		if !x.memo {
			w.pending.put(x, g.number)
		}
		w.cache.put(x)
	}
	g.writes = append(g.writes, tx.writes...)
	g.ops = append(g.ops, ops...)
	g.bytes += size
	g.waiters = append(g.waiters, r)
	g.hooks = append(g.hooks, tx.hooks...)
	g.head = tx.head
}

// answer tells the callers of a group that it is durable.
func (s *Store) answer(g *group) {
	if len(g.ops) > 0 {
		h := g.head
		s.committed.Store(&h)
		s.recent.committed(g.writes)
	}
	for _, hook := range g.hooks {
		hook()
	}
	for _, r := range g.waiters {
		r.done <- nil
	}
}

// finished takes the outcome of the commit under way.
func (w *writer) finished(err error) {
	g := w.inFlight
	w.inFlight = nil
	if err == nil {
		w.pending.settle(g.writes, g.number)
	} else {
		w.abandon(g, err)
	}
	if r := w.held; r != nil && w.roomy() {
		w.held = nil
		w.turn(r)
	}
}

// roomy hands the next group over first when a held turn waits for its place.
func (w *writer) roomy() bool { return len(w.next.ops) == 0 }

// abandon answers everybody whose turn rests on a group that was not committed, and starts again from what was.
func (w *writer) abandon(g *group, err error) {
	refused := slices.Concat(g.waiters, w.next.waiters)
	w.next = w.spare()
	nothingChanged := errors.Is(err, kv.ErrNoSpace) || errors.Is(err, kv.ErrReadOnly)
	if !nothingChanged || w.load() != nil {
		broken := fmt.Errorf("%w: %w", ErrBroken, err)
		w.broken.Store(&broken)
	}
	refusal := fmt.Errorf("commit a group of %d turns: %w", len(g.waiters), err)
	for _, r := range refused { // last: whoever is answered finds the store as it then is
		r.done <- refusal
	}
}

func sumOf(b []byte) audit.Sum {
	var s audit.Sum
	if len(b) == 32 {
		for i := range s {
			for j := range 8 {
				s[i] |= uint64(b[8*i+j]) << (8 * j)
			}
		}
	}
	return s
}
