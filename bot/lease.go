package bot

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// NotYet is what a guard returns when it can't be said yet whether an effect may begin: it waits, and is asked again.
type NotYet struct{ Why string }

// Error implements error.
func (n NotYet) Error() string { return n.Why }

// notYetPause is how long an effect waits until its gates are asked again.
const notYetPause = 15 * time.Second

// lease marks an effect as being performed, before it is. The gates of a guarded one are asked again.
func (b *Bot) lease(ctx context.Context, e effect.Effect) (effect.Effect, error) {
	guard, gated := b.behaviour.Guards[e.Kind]
	var facts Facts
	if e.Guarded && gated && guard.Gather != nil {
		gatherCtx, cancel := context.WithTimeout(ctx, FactsTimeout)
		defer cancel()
		err := b.Read(func(r *Reading) (err error) {
			facts, err = guarded(func() (Facts, error) { return guard.Gather(gatherCtx, r, e) })
			return err
		})
		if err != nil {
			return e, fmt.Errorf("gather facts: %w", err)
		}
	}
	stopped := false
	leased := e
	err := b.system(ctx, "outbox", fmt.Sprintf("lease:%d:%d", e.ID, e.Attempts), e.Root, func(t *Turn) error {
		stored, ok, err := t.Tx.Effect(e.ID)
		if err != nil {
			return err
		}
		if !ok {
			stopped = true
			return nil
		}
		if e.Guarded && gated {
			refusal, err := guard.Decide(t, e, facts)
			if err != nil {
				return err
			}
			if refusal != nil {
				stopped = true
				t.DropEffect(e.ID)
				b.at(StepAsked, string(e.Kind))
				return nil
			}
		}
		stored.Status = effect.Leased
		stored.Attempts++
		leased = stored
		b.at(StepAsked, string(e.Kind))
		return t.PutEffect(stored)
	})
	if err == nil && stopped {
		err = errStopped
	}
	return leased, err
}

// launches are the guarded effects on their way from their gates to the other system's answer.
type launches struct {
	mu  sync.Mutex
	way map[uint64]chan struct{}
}

// begin says that an effect's gates are about to be asked; what it returns, that the other system has answered, or never
// will. It may be called again.
func (l *launches) begin(e effect.Effect) (landed func()) {
	if !e.Guarded {
		return func() {}
	}
	done := make(chan struct{})
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.way == nil {
		l.way = map[uint64]chan struct{}{}
	}
	l.way[e.ID] = done
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.way, e.ID)
		close(done)
	})
}

// wait returns when everything that was on its way has landed, and at the latest after PerformTimeout: whether something
// that took longer arrived is unknown anyway.
func (l *launches) wait(ctx context.Context) error {
	l.mu.Lock()
	way := make([]chan struct{}, 0, len(l.way))
	for _, done := range l.way {
		way = append(way, done)
	}
	l.mu.Unlock()
	if len(way) == 0 {
		return nil
	}
	alarm := time.NewTimer(PerformTimeout)
	defer alarm.Stop()
	for _, done := range way {
		select {
		case <-done:
		case <-alarm.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
