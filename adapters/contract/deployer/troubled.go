package deployer

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func malformed(t *testing.T, b *bench) {
	if b.Garble == nil {
		return // nothing malformed can come from this side
	}
	run := b.start(t, "D-1", Succeeds)
	seen := b.wantState(t, run, port.RunSucceeded)
	b.Garble(t, run)
	p, err := b.New(t).Follow(b.ctx, run, port.Progress{State: port.RunRunning})
	if err == nil && p.State != port.RunLost {
		t.Errorf("after %+v a malformed answer gave %+v, want an error or a lost run", seen, p)
	}
}

func lost(t *testing.T, b *bench) {
	if b.Lose == nil {
		return // this side can't forget
	}
	run := b.start(t, "D-1", Holds)
	b.untilRunning(t, run)
	b.Lose(t, run)
	b.wantState(t, run, port.RunLost)
}

func troubled(t *testing.T, b *bench) {
	if b.Fail == nil {
		return
	}
	run := b.start(t, "D-1", Holds)
	b.untilRunning(t, run)
	for name, request := range map[string]func(context.Context) error{
		"Find":   func(ctx context.Context) error { _, err := b.New(t).Find(ctx, "D-2"); return err },
		"Cancel": func(ctx context.Context) error { return b.d.Cancel(ctx, run) },
	} {
		t.Run(name, func(t *testing.T) { trouble.Meet(t, b.Fail, b.Heal, request) })
	}
	b.Release(t, "D-1")
	b.wantState(t, run, port.RunSucceeded)
}

// startTroubled repeats a start as the bot does: an unknown outcome is sought before it is tried again.
func startTroubled(t *testing.T, b *bench) {
	if b.Fail == nil {
		return
	}
	d := b.Ask(t, "D-1", Succeeds)
	for _, k := range []trouble.Kind{trouble.Limited, trouble.Broken, trouble.Closed, trouble.Garbled} {
		b.Fail(t, k)
		_, err := b.d.Start(b.ctx, d)
		b.Heal(t)
		if verdict, _ := effect.Classify(err); err == nil || verdict == effect.Permanent {
			t.Fatalf("%s: the start returned %v", k, err)
		}
		if _, err := b.d.Find(b.ctx, d.Key); err != nil && !errors.Is(err, effect.ErrNotFound) {
			t.Fatalf("%s: Find: %v", k, err)
		}
	}
	b.wantState(t, b.start(t, "D-1", Succeeds), port.RunSucceeded)
	b.wantStarted(t, "D-1", 1)
}

// followTroubled follows a run whose side fails meanwhile: errors are worth another try, and the run ends as it did.
func followTroubled(t *testing.T, b *bench) {
	if b.Fail == nil {
		return
	}
	run := b.start(t, "D-1", Holds)
	seen := b.untilRunning(t, run)
	for _, k := range trouble.Kinds() {
		b.Fail(t, k)
		ctx, cancel := context.WithTimeout(b.ctx, 200*time.Millisecond)
		p, err := b.d.Follow(ctx, run, seen)
		cancel()
		b.Heal(t)
		if verdict, _ := effect.Classify(err); err != nil && (verdict == effect.Permanent || errors.Is(err, effect.ErrNotFound)) {
			t.Errorf("%s: following is given up: %v", k, err)
		}
		if err == nil && p.State.Ended() {
			t.Errorf("%s: the run is taken for %s", k, p.State)
		}
	}
	b.Release(t, "D-1")
	b.wantState(t, run, port.RunSucceeded)
}
