package main

import (
	"context"
	"sync"
	"time"
)

const (
	firstBackoff = 250 * time.Millisecond
	maxBackoff   = 5 * time.Second
	settledAfter = 10 * time.Second // a process that lived so long starts over with the first backoff
)

// slot is one service in one environment.
type slot struct {
	service, env string
	front        *front
	turn         chan struct{} // holds one token: runs on a slot go one after another

	mu      sync.Mutex
	current *tenure
}

// tenure is the time of one placement in a slot: the process that plays it,
// and its successors when it dies.
type tenure struct {
	placement placement
	front     *front
	start     func(context.Context) (*process, error)
	cancel    context.CancelFunc
	tried     chan struct{} // closed after the first start, whether or not it worked
	done      chan struct{} // closed when supervision has ended

	mu       sync.Mutex
	proc     *process // nil while none runs
	restarts int
}

// install makes a placement the slot's own, played by p or, when p is nil, by
// a process still to be started. It returns what ends the tenure before it.
func (s *slot) install(pl placement, p *process, start func(context.Context) (*process, error)) (retireOld func()) {
	ctx, cancel := context.WithCancel(context.Background())
	t := &tenure{
		placement: pl, front: s.front, start: start, cancel: cancel, proc: p,
		tried: make(chan struct{}), done: make(chan struct{}),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.current
	s.current = t
	addr := ""
	if p != nil {
		addr = p.addr
	}
	backend := s.front.take(t, addr)
	go t.supervise(ctx, p)
	return func() { old.retire(backend) }
}

// supervise keeps a process of the tenure running until ctx ends.
func (t *tenure) supervise(ctx context.Context, p *process) {
	defer close(t.done)
	first := sync.OnceFunc(func() { close(t.tried) })
	defer first()
	backoff := time.Duration(0)
	for {
		if p != nil {
			first()
			select {
			case <-ctx.Done():
				return
			case <-p.exited:
			}
			t.front.point(t, "")
			t.lost()
			backoff = max(backoff, firstBackoff)
			if time.Since(p.begun) > settledAfter {
				backoff = firstBackoff
			}
			p = nil
		}
		if !pause(ctx, backoff) {
			return
		}
		backoff = min(max(2*backoff, firstBackoff), maxBackoff)
		next, err := t.start(ctx)
		if err != nil {
			first()
			continue
		}
		p = next
		t.mu.Lock()
		t.proc = p
		t.mu.Unlock()
		t.front.point(t, p.addr)
	}
}

func (t *tenure) lost() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.proc = nil
	t.restarts++
}

// retire ends the tenure: requests under way finish, then its process stops.
func (t *tenure) retire(b *backend) {
	if t == nil {
		return
	}
	t.cancel()
	<-t.done
	b.drain()
	t.mu.Lock()
	p := t.proc
	t.mu.Unlock()
	if p != nil {
		p.stop()
	}
}

// close ends the slot's tenure and leaves it empty.
func (s *slot) close() {
	s.mu.Lock()
	t := s.current
	s.current = nil
	b := s.front.take(nil, "")
	s.mu.Unlock()
	t.retire(b)
}

// standing is what status says about a slot.
type standing struct {
	Service  string    `json:"service"`
	Env      string    `json:"env"`
	URL      string    `json:"url"`
	State    string    `json:"state"` // running, restarting or empty
	Version  string    `json:"version,omitempty"`
	SHA256   string    `json:"sha256,omitempty"`
	Since    time.Time `json:"since,omitzero"` // of the placement
	PID      int       `json:"pid,omitempty"`
	Restarts int       `json:"restarts"`
}

func (s *slot) standing() standing {
	out := standing{Service: s.service, Env: s.env, URL: s.front.url, State: "empty"}
	s.mu.Lock()
	t := s.current
	s.mu.Unlock()
	if t == nil {
		return out
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	out.Version, out.SHA256, out.Since, out.Restarts = t.placement.Version, t.placement.SHA256, t.placement.Since, t.restarts
	out.State = "restarting"
	if t.proc != nil && t.proc.alive() {
		out.State, out.PID = "running", t.proc.pid()
	}
	return out
}

// pause waits for d; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
