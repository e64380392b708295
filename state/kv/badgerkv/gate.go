package badgerkv

import (
	"sync"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// gate counts the calls under way, so that closing waits for them: Badger unmaps
// its files on close, and a reader still in them would crash the process. Unlike
// a read lock it lets a visitor read again while a close is waiting.
type gate struct {
	mu     sync.Mutex
	calls  int
	closed bool
	idle   chan struct{} // closed when the last call leaves a closed gate
}

func (g *gate) enter() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return kv.ErrClosed
	}
	g.calls++
	return nil
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.calls--; g.calls == 0 && g.closed {
		close(g.idle)
	}
}

// close refuses further calls and waits for those under way. It reports whether
// this call was the one that closed the gate.
func (g *gate) close() bool {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return false
	}
	g.closed = true
	g.idle = make(chan struct{})
	if g.calls == 0 {
		close(g.idle)
	}
	g.mu.Unlock()
	<-g.idle
	return true
}
