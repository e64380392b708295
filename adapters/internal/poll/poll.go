// Package poll is how adapters ask a system that tells nothing by itself, or not reliably: again and again, further apart while nothing
// changes or the system fails, and at once when a webhook says that there is something to see.
//
// An adapter holds one Watch. Follow looks through Until under its run's id, Run looks through Loop, and the webhook's handler calls Nudge
// with whichever of these it concerns. Nothing runs in the background: both return when their context is done.
package poll

import (
	"context"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// The usual bounds.
const (
	Least   = time.Second      // between two looks at the same
	Most    = 15 * time.Second // between two looks at what does not change
	Failing = 5 * time.Minute  // between two looks at a system that fails
)

// Pace is how far apart looks are: Least after the first, then twice as far each time, up to Most.
type Pace struct{ Least, Most time.Duration }

// Watch lets looks wait for each other's nudges. The zero value is ready to use; it must not be copied.
type Watch struct {
	// Pace of Until; zero for the usual bounds.
	Pace Pace

	mu      sync.Mutex
	waiting map[string]map[chan struct{}]bool // those that look, by what they look at
	looked  map[string]time.Time              // when somebody last looked at it, if that may matter still
}

// Nudge lets those who wait with this id look at once. A nudge given while one of them looks makes it look again; with nobody there it is
// forgotten, as whoever comes begins with a look.
func (w *Watch) Nudge(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.waiting[id] {
		nudge(c)
	}
}

// NudgeAll lets everybody look at once.
func (w *Watch) NudgeAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, all := range w.waiting {
		for c := range all {
			nudge(c)
		}
	}
}

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is going to look already
	}
}

// Until looks until look says that it is done, and returns nil then, and as well once ctx is done. An error of look ends it, unless the
// context's end is its cause: errors are classed, and whoever follows knows how to wait. Neither a nudge nor another call brings two looks
// with the same id within Pace.Least: whoever follows a busy run calls again at once.
func (w *Watch) Until(ctx context.Context, id string, look func(context.Context) (done bool, err error)) error {
	nudged, stop := w.join(id)
	defer stop()
	pace := w.Pace
	if pace == (Pace{}) {
		pace = Pace{Least, Most}
	}
	pause(ctx, pace.Least-w.since(id, pace.Least))
	wait := pace.Least
	for ctx.Err() == nil {
		done, err := look(ctx)
		w.note(id)
		if done && err == nil {
			return nil
		}
		if err != nil && ctx.Err() == nil {
			return err
		}
		if pause(ctx, pace.Least) && await(ctx, wait-pace.Least, nudged) {
			wait = pace.Least // something happens there
			continue
		}
		wait = min(2*wait, pace.Most)
	}
	return nil
}

// Loop looks at once and then every interval until ctx is done. A look that fails is repeated after the interval doubled each time, up to
// Failing, and never before its error wants it (effect.Retryable's after); nudges are not heard meanwhile.
func (w *Watch) Loop(ctx context.Context, id string, every time.Duration, look func(context.Context) error) {
	nudged, stop := w.join(id)
	defer stop()
	wait := every
	for ctx.Err() == nil {
		err := look(ctx)
		if err == nil {
			wait = every
			_ = pause(ctx, min(Least, every)) && await(ctx, every-Least, nudged)
			continue
		}
		_, after := effect.Classify(err)
		pause(ctx, max(wait, after))
		wait = max(every, min(2*wait, Failing))
	}
}

// since is how long ago somebody looked, at most most.
func (w *Watch) since(id string, most time.Duration) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	for other, at := range w.looked {
		if time.Since(at) >= most {
			delete(w.looked, other)
		}
	}
	if at, ok := w.looked[id]; ok {
		return time.Since(at)
	}
	return most
}

func (w *Watch) note(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.looked == nil {
		w.looked = map[string]time.Time{}
	}
	w.looked[id] = time.Now()
}

// join makes a place to be nudged at, until stop.
func (w *Watch) join(id string) (nudged chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting == nil {
		w.waiting = map[string]map[chan struct{}]bool{}
	}
	if w.waiting[id] == nil {
		w.waiting[id] = map[chan struct{}]bool{}
	}
	w.waiting[id][c] = true
	return c, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if delete(w.waiting[id], c); len(w.waiting[id]) == 0 {
			delete(w.waiting, id)
		}
	}
}

// pause waits for d, and reports whether ctx is not done.
func pause(ctx context.Context, d time.Duration) bool {
	_ = await(ctx, d, nil)
	return ctx.Err() == nil
}

// await waits for d or a nudge, and reports whether that came.
func await(ctx context.Context, d time.Duration, nudged <-chan struct{}) bool {
	if d <= 0 { // a nudge given meanwhile comes first
		select {
		case <-nudged:
			return true
		default:
			return false
		}
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-nudged:
		return true
	case <-ctx.Done():
	case <-t.C:
	}
	return false
}
