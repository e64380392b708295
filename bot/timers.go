package bot

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/state"
)

// timers wakes the turns that the bot owes itself.
type timers struct {
	bot   *Bot
	mu    sync.Mutex
	byID  map[string]state.Timer
	moved chan struct{}
}

// timerRetry is the wait after a timer's turn failed: the turn stays owed.
const timerRetry = 5 * time.Second

// longestSleep bounds how late a timer is when the clock was set, or the machine slept: alarms count neither.
const longestSleep = time.Minute

func newTimers(b *Bot) *timers {
	return &timers{bot: b, byID: map[string]state.Timer{}, moved: make(chan struct{}, 1)}
}

func (t *timers) set(timer state.Timer) {
	t.mu.Lock()
	t.byID[timer.ID] = timer
	t.mu.Unlock()
	select {
	case t.moved <- struct{}{}:
	default:
	}
}

// owe brings a timer whose turn failed back, unless it was set anew meanwhile.
func (t *timers) owe(timer state.Timer) {
	t.mu.Lock()
	_, anew := t.byID[timer.ID]
	t.mu.Unlock()
	if !anew {
		t.set(timer)
	}
}

// next is the earliest timer.
func (t *timers) next() (first state.Timer, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, timer := range t.byID {
		if !ok || timer.At.Before(first.At) || timer.At.Equal(first.At) && timer.ID < first.ID {
			first, ok = timer, true
		}
	}
	return first, ok
}

func (t *timers) run(ctx context.Context) {
	for {
		wait := longestSleep
		first, ok := t.next()
		if ok {
			left := first.At.Sub(t.bot.now())
			if left <= 0 {
				t.wake(ctx, first)
				continue
			}
			wait = min(left, longestSleep)
		}
		alarm := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			alarm.Stop()
			return
		case <-t.moved:
		case <-alarm.C:
		}
		alarm.Stop()
	}
}

// wake makes a timer's turn. The stored timer decides: one that was moved or cancelled since is left alone.
func (t *timers) wake(ctx context.Context, timer state.Timer) {
	b := t.bot
	t.mu.Lock()
	if t.byID[timer.ID].At.Equal(timer.At) {
		delete(t.byID, timer.ID)
	}
	t.mu.Unlock()
	key := fmt.Sprintf("timer:%s:%d", timer.ID, timer.At.UnixNano())
	b.at(StepWoken, timer.Kind)
	err := b.system(ctx, "timer", key, "", func(turn *Turn) error {
		stored, ok, err := turn.Timer(timer.ID)
		if err != nil || !ok || stored.At.After(turn.Now) {
			return err
		}
		react := b.behaviour.Timers[stored.Kind]
		if react == nil {
			return fmt.Errorf("no turn for timers of kind %q", stored.Kind)
		}
		turn.CancelTimer(stored.ID)
		err = react(turn, stored)
		b.at(StepTimed, timer.Kind)
		return err
	})
	if err == nil {
		b.at(StepSlept, timer.Kind)
	}
	if err != nil && ctx.Err() == nil {
		b.log.Error("a timer's turn failed", "timer", timer.ID, "kind", timer.Kind, "error", err)
		timer.At = b.now().Add(timerRetry)
		t.owe(timer)
	}
}
