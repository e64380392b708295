package github

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// attempt is what this process knows of a dispatch under a key.
type attempt struct {
	repo repository
	at   time.Time // when it was asked for
	run  port.Run  // zero while it is not known what came of it
}

// place is where a start happens: the same key in two places is two starts.
type place struct {
	client *http.Client // tests have several networks within a process
	url    string
	repo   repository
	key    string
}

// begun is shared by the adapters of one process, and holds only what is under way: GitHub starts a workflow as often as it is asked to.
// Across processes the bot's own lease keeps starts apart.
var begun starts

// starts let one start of a key happen at a time; those who waited are told what came of it.
type starts struct {
	mu    sync.Mutex
	under map[place]*turn
}

type turn struct {
	free  chan struct{} // holds one token while nobody is at it
	users int
	last  attempt
}

// enter waits until nobody else starts there, or ctx is done. leave tells those who wait what came of it.
func (s *starts) enter(ctx context.Context, at place) (last attempt, leave func(attempt), err error) {
	s.mu.Lock()
	if s.under == nil {
		s.under = map[place]*turn{}
	}
	t := s.under[at]
	if t == nil {
		t = &turn{free: make(chan struct{}, 1)}
		t.free <- struct{}{}
		s.under[at] = t
	}
	t.users++
	s.mu.Unlock()
	gone := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if t.users--; t.users == 0 {
			delete(s.under, at)
		}
	}
	select {
	case <-t.free:
	case <-ctx.Done():
		gone()
		return attempt{}, nil, ctx.Err()
	}
	return t.last, func(a attempt) {
		t.last = a
		t.free <- struct{}{}
		gone()
	}, nil
}
