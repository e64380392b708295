package poll_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/poll"
	"github.com/gonogo-chat/gonogo/bot/effect"
)

// looks notes when it was looked, in seconds since it began.
type looks struct {
	began time.Time
	at    []int
}

func begin() *looks { return &looks{began: time.Now()} }

func (l *looks) look() { l.at = append(l.at, int(time.Since(l.began)/time.Second)) }

func (l *looks) want(t *testing.T, at ...int) {
	t.Helper()
	if !slices.Equal(l.at, at) {
		t.Errorf("looked at %v, want %v", l.at, at)
	}
}

func TestUntilLooksFurtherApart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var w poll.Watch
		l := begin()
		ctx, cancel := context.WithTimeout(t.Context(), 59*time.Second)
		defer cancel()
		err := w.Until(ctx, "a", func(context.Context) (bool, error) { l.look(); return false, nil })
		if err != nil || ctx.Err() == nil {
			t.Errorf("ended with %v after %v", err, time.Since(l.began))
		}
		l.want(t, 0, 1, 3, 7, 15, 30, 45)
	})
}

func TestUntilEndsWhenThereIsSomething(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var w poll.Watch
		l := begin()
		if err := w.Until(t.Context(), "a", func(context.Context) (bool, error) { l.look(); return len(l.at) == 3, nil }); err != nil {
			t.Error(err)
		}
		l.want(t, 0, 1, 3)
		fault := errors.New("broken")
		if err := w.Until(t.Context(), "a", func(context.Context) (bool, error) { return false, fault }); !errors.Is(err, fault) {
			t.Errorf("a failed look gave %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		if err := w.Until(ctx, "a", func(ctx context.Context) (bool, error) { cancel(); return false, ctx.Err() }); err != nil {
			t.Errorf("the context's own end gave %v", err)
		}
	})
}

func TestANudgeLooksAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var w poll.Watch
		l := begin()
		time.AfterFunc(20*time.Second, func() { w.Nudge("a") })
		time.AfterFunc(20*time.Second+time.Millisecond, func() { w.Nudge("a") }) // within a second of the look: after it
		time.AfterFunc(24*time.Second, func() { w.Nudge("b") })
		time.AfterFunc(26*time.Second, w.NudgeAll)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		if err := w.Until(ctx, "a", func(context.Context) (bool, error) { l.look(); return false, nil }); err != nil {
			t.Error(err)
		}
		l.want(t, 0, 1, 3, 7, 15, 20, 21, 22, 24, 26, 27, 29)
	})
}

// What happens while it is being looked at is not overlooked.
func TestANudgeWhileLooking(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := poll.Watch{Pace: poll.Pace{Least: time.Second, Most: time.Hour}}
		l := begin()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_ = w.Until(ctx, "a", func(context.Context) (bool, error) {
			l.look()
			if len(l.at) == 3 {
				w.Nudge("a")
			}
			return false, nil
		})
		l.want(t, 0, 1, 3, 4, 5, 7)
	})
}

func TestCallsAreApart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var w poll.Watch
		l := begin()
		for range 3 { // a busy run: there is something new each time
			if err := w.Until(t.Context(), "a", func(context.Context) (bool, error) { l.look(); return true, nil }); err != nil {
				t.Error(err)
			}
		}
		if err := w.Until(t.Context(), "b", func(context.Context) (bool, error) { l.look(); return true, nil }); err != nil {
			t.Error(err)
		}
		time.Sleep(10 * time.Second)
		_ = w.Until(t.Context(), "a", func(context.Context) (bool, error) { l.look(); return true, nil })
		l.want(t, 0, 1, 2, 2, 12)
	})
}

func TestLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var w poll.Watch
		l := begin()
		time.AfterFunc(70*time.Second, func() { w.Nudge("runs") })
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Second)
		defer cancel()
		w.Loop(ctx, "runs", time.Minute, func(context.Context) error { l.look(); return nil })
		l.want(t, 0, 60, 70, 130, 190)
	})
}

func TestLoopBacksOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var w poll.Watch
		l := begin()
		ctx, cancel := context.WithTimeout(t.Context(), 2000*time.Second)
		defer cancel()
		w.Loop(ctx, "runs", time.Minute, func(context.Context) error {
			l.look()
			w.Nudge("runs") // not heard while it fails
			switch len(l.at) {
			case 6:
				return effect.Retryable(errors.New("limited"), 10*time.Minute)
			case 7:
				return nil
			}
			return errors.New("broken")
		})
		l.want(t, 0, 60, 180, 420, 720, 1020, 1620, 1621, 1681, 1801)
	})
}
