package slack

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	// errandsAtOnce bounds what is done besides requests: filling forms, Home tabs, changes of people.
	errandsAtOnce = 64
	// errandsWaiting bounds what waits for that; beyond it an errand is dropped, which shows somebody something late or not at all.
	errandsWaiting = 1024
	// errandPatience bounds one errand.
	errandPatience = time.Minute
	// leavePatience is how long the end of Run waits for errands under way.
	leavePatience = 2 * time.Second
)

// errands are done beside requests, without anybody waiting for them. What must not be lost is none.
type errands struct {
	log     *slog.Logger
	ctx     context.Context
	cancel  context.CancelFunc
	slots   chan struct{}
	mu      sync.Mutex
	waiting int
	left    bool
	all     sync.WaitGroup
}

func (e *errands) begin(log *slog.Logger) {
	e.log = log
	e.ctx, e.cancel = context.WithCancel(context.Background())
	e.slots = make(chan struct{}, errandsAtOnce)
}

// run does something soon, and reports whether it will.
func (e *errands) run(what func(context.Context)) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.left || e.waiting >= errandsWaiting {
		return false
	}
	e.waiting++
	e.all.Go(func() {
		defer func() {
			e.mu.Lock()
			e.waiting--
			e.mu.Unlock()
		}()
		select {
		case e.slots <- struct{}{}:
		case <-e.ctx.Done():
			return
		}
		defer func() { <-e.slots }()
		ctx, cancel := context.WithTimeout(e.ctx, errandPatience)
		defer cancel()
		if err := guarded(func() error { what(ctx); return nil }); err != nil {
			e.log.Error("something beside the requests failed", "error", err)
		}
	})
	return true
}

// end waits a little for what is under way, and then ends it.
func (e *errands) end() {
	e.mu.Lock()
	e.left = true
	e.mu.Unlock()
	alarm := time.AfterFunc(leavePatience, e.cancel)
	e.all.Wait()
	alarm.Stop()
	e.cancel()
}

// pause waits, and reports whether ctx still goes on.
func pause(ctx context.Context, d time.Duration) bool {
	alarm := time.NewTimer(d)
	defer alarm.Stop()
	select {
	case <-alarm.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
