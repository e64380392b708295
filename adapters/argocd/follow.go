package argocd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// grace is how long auto-sync is given to begin by itself.
const grace = 10 * time.Second

// timers say since when a run has been in its mood.
type timers struct {
	mood  mood
	since time.Time
}

// Follow looks at the Application until the run has come further, and asks for what it needs meanwhile: a sync that nobody began, the end
// of an operation that is in its way.
func (a *Adapter) Follow(ctx context.Context, run port.Run, seen port.Progress) (port.Progress, error) {
	p, key, err := parseRun(run.ID)
	if err != nil {
		return seen, effect.Permanently(err)
	}
	last := seen
	err = a.watch.Until(ctx, run.ID, func(ctx context.Context) (bool, error) {
		now, err := a.look(ctx, p, key, run.ID, seen.State.Ended())
		if err != nil {
			return false, err
		}
		if now.State.Ended() || differs(now, seen) {
			last = now
			return true, nil
		}
		return false, nil
	})
	if err == nil && last.State.Ended() {
		a.forget(run.ID)
	}
	return last, err
}

func differs(a, b port.Progress) bool {
	return a.State != b.State || a.Stage != b.Stage || a.Percent != b.Percent || !slices.Equal(a.Tail, b.Tail)
}

// look looks once, does what the run needs, and decides by time, or at once if the run was seen to have ended.
func (a *Adapter) look(ctx context.Context, p place, key, id string, over bool) (port.Progress, error) {
	now := a.outside.Clock().UTC()
	if other, is := isOther(key); is {
		return a.lookAtOther(ctx, p, other)
	}
	v, err := a.read(ctx, p, false)
	if errors.Is(err, effect.ErrNotFound) {
		return port.Progress{State: port.RunLost, Stage: "the Application is gone", At: now}, nil
	}
	if err != nil {
		return port.Progress{}, err
	}
	j := v.judge(key, a.settings)
	if (j.mood == healthy || j.mood == unsettled) && !j.fresh {
		if v, err = a.read(ctx, p, true); err != nil {
			return port.Progress{}, err
		}
		j = v.judge(key, a.settings)
	}
	j.At = now
	if j.State.Ended() {
		return j.Progress, nil
	}
	since := now.Sub(a.since(id, j.mood, now))
	late := now.Sub(v.record.At) >= a.settings.Limit
	switch {
	case j.mood == healthy && (over || since >= a.settings.Settle):
		j.State, j.Percent = port.RunSucceeded, 100
		return j.Progress, nil
	case j.mood == unsettled && (over || since >= a.settings.DegradedFor):
		j.State = port.RunFailed
		return j.Progress, nil
	case late:
		j.State, j.Stage = port.RunFailed, fmt.Sprintf("given up after %s: %s", a.settings.Limit, j.Stage)
		return j.Progress, nil
	case j.mood == idle && since < grace:
		return j.Progress, nil
	}
	if err := a.act(ctx, v, j.act); errors.Is(err, errWindow) {
		j.Stage = "held back by a sync window of Argo CD"
	} else if err != nil {
		return port.Progress{}, err
	}
	return j.Progress, nil
}

// act does what a run needs. What somebody else began or changed meanwhile is seen at the next look.
func (a *Adapter) act(ctx context.Context, v view, what action) error {
	var err error
	switch what {
	case syncApp:
		err = a.sync(ctx, v.place.app, v.app, v.record.Key, nil)
	case syncParent:
		err = a.sync(ctx, v.place.parent, v.parent, v.record.Key, v.app)
	case terminateApp:
		err = a.terminate(ctx, v.place.app)
	case terminateParent:
		err = a.terminate(ctx, v.place.parent)
	}
	if errors.Is(err, errBusy) || errors.Is(err, errChanged) {
		return nil
	}
	return err
}

// since is when the run came into its mood.
func (a *Adapter) since(id string, m mood, now time.Time) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.watched[id]
	if t == nil {
		t = &timers{mood: m, since: now}
		a.watched[id] = t
	}
	if t.mood != m {
		*t = timers{m, now}
	}
	return t.since
}

func (a *Adapter) forget(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.watched, id)
}

// Cancel notes beside what is declared that the run is cancelled, and ends its operation. What is declared stays: only another run changes
// that, and under auto-sync Argo CD may still bring it.
func (a *Adapter) Cancel(ctx context.Context, run port.Run) error {
	p, key, err := parseRun(run.ID)
	if err != nil {
		return effect.Permanently(err)
	}
	if _, is := isOther(key); is {
		return a.terminate(ctx, p.app)
	}
	unlock, err := a.hold(ctx, p.holder())
	if err != nil {
		return effect.Retryable(err, 0)
	}
	defer unlock()
	defer a.watch.Nudge(run.ID)
	for range triesMost {
		v, err := a.read(ctx, p, false)
		if errors.Is(err, effect.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if a.over(v, key) {
			return nil
		}
		if !v.record.Cancelled {
			v.record.Cancelled = true
			ops, err := annotate(v, v.record)
			if err != nil {
				return effect.Permanently(fmt.Errorf("argocd: %w", err))
			}
			if err = a.patch(ctx, p.holder(), ops); errors.Is(err, errChanged) {
				continue
			} else if err != nil {
				return err
			}
		}
		return a.act(ctx, v, v.judge(key, a.settings).act)
	}
	return effect.Retryable(fmt.Errorf("argocd: %s is changed by somebody else all the time", p.holder().name), 0)
}

// over reports whether the run has ended, however long it has been so.
func (a *Adapter) over(v view, key string) bool {
	j := v.judge(key, a.settings)
	return j.State.Ended() || j.mood == healthy && j.fresh
}
