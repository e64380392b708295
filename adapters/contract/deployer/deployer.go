// Package deployer is the contract suite that every port.Deployer passes: what the bot counts on whatever runs the
// pipelines.
package deployer

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Behaviour says how a run is to go on the other side.
type Behaviour string

// The behaviours of runs.
const (
	Succeeds Behaviour = "succeeds"
	Fails    Behaviour = "fails"
	Holds    Behaviour = "holds" // runs until Side.Release, then succeeds
)

// Side is the other side under test, made afresh for each test. Functions left nil stand for what can't happen there.
type Side struct {
	// New makes an adapter on the side's state. Called again it stands for a restarted bot.
	New func(t *testing.T) port.Deployer
	// Ask returns a deployment under key whose run behaves so.
	Ask func(t *testing.T, key string, b Behaviour) port.Deployment
	// Release lets a held run go on to its success.
	Release func(t *testing.T, key string)
	// Started counts how often the other side began a run for key.
	Started func(t *testing.T, key string) int
	// LoseAnswer makes the side accept the next start and its answer get lost. If nil, the answer is dropped by the suite,
	// as a bot does that is killed while it waits.
	LoseAnswer func(t *testing.T)
	// Garble makes what the side says about run from now on malformed.
	Garble func(t *testing.T, run port.Run)
	// Lose makes the side forget how run went.
	Lose func(t *testing.T, run port.Run)
	// Fail makes the side meet every request with trouble until Heal; nil where it can't.
	Fail func(t *testing.T, k trouble.Kind)
	Heal func(t *testing.T)
	// Stages are the stage and percent that a run which succeeds has announced at its end.
	Stage   string
	Percent int
}

// patience bounds each test, in real time: runs are real processes, or talk over loopback.
const patience = 60 * time.Second

// Test runs the suite; each test gets a side of its own.
func Test(t *testing.T, side func(t *testing.T) Side) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *bench)
	}{
		{"a run succeeds", succeeds},
		{"a run fails", fails},
		{"an unknown key is not found", unknownKey},
		{"a repeated key starts nothing", repeated},
		{"concurrent starts of one key start one run", concurrent},
		{"a lost answer is found by its key", lostAnswer},
		{"a restarted bot follows the run on", restarted},
		{"a cancelled run ends as cancelled", cancelled},
		{"cancelling an ended run changes nothing", cancelledLate},
		{"an unknown pipeline is refused for good", unknownPipeline},
		{"a start whose context is done starts nothing unseen", startDone},
		{"following ends with its context", followDone},
		{"malformed answers are never a success", malformed},
		{"a run the other side forgot is lost", lost},
		{"no trouble is taken for an answer", troubled},
		{"a start that met trouble starts one run", startTroubled},
		{"a run goes on through trouble", followTroubled},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			s := side(t)
			c.test(t, &bench{Side: s, ctx: ctx, d: s.New(t)})
		})
	}
}

type bench struct {
	Side
	ctx context.Context
	d   port.Deployer
}

func (b *bench) start(t *testing.T, key string, how Behaviour) port.Run {
	t.Helper()
	run, err := b.d.Start(b.ctx, b.Ask(t, key, how))
	if err != nil {
		t.Fatalf("Start(%s): %v", key, err)
	}
	if run.ID == "" {
		t.Fatalf("Start(%s) gave a run without an id", key)
	}
	return run
}

// end follows a run until it ended, and checks that no step repeats what was seen.
func (b *bench) end(t *testing.T, run port.Run) port.Progress {
	t.Helper()
	var seen port.Progress
	for !seen.State.Ended() {
		p, err := b.d.Follow(b.ctx, run, seen)
		if err != nil {
			t.Fatalf("Follow: %v", err)
		}
		if b.ctx.Err() != nil {
			t.Fatalf("the run did not end; last seen %+v", seen)
		}
		if same(p, seen) {
			t.Fatalf("Follow returned what had been seen: %+v", p)
		}
		if p.Percent < 0 || p.Percent > 100 || len(p.Tail) > port.TailLines {
			t.Fatalf("progress out of bounds: %+v", p)
		}
		seen = p
	}
	return seen
}

func (b *bench) untilRunning(t *testing.T, run port.Run) port.Progress {
	t.Helper()
	var seen port.Progress
	for seen.State != port.RunRunning {
		p, err := b.d.Follow(b.ctx, run, seen)
		if err != nil || b.ctx.Err() != nil || p.State.Ended() {
			t.Fatalf("waiting for the run to be under way: %+v, %v", p, err)
		}
		seen = p
	}
	return seen
}

func (b *bench) wantState(t *testing.T, run port.Run, want port.RunState) port.Progress {
	t.Helper()
	p := b.end(t, run)
	if p.State != want {
		t.Fatalf("the run ended as %q, want %q: %+v", p.State, want, p)
	}
	return p
}

func (b *bench) wantStarted(t *testing.T, key string, want int) {
	t.Helper()
	if n := b.Started(t, key); n != want {
		t.Fatalf("the other side began %d runs for %s, want %d", n, key, want)
	}
}

func same(a, b port.Progress) bool {
	a.At, b.At = time.Time{}, time.Time{}
	return reflect.DeepEqual(a, b)
}

func succeeds(t *testing.T, b *bench) {
	run := b.start(t, "D-1", Succeeds)
	p := b.wantState(t, run, port.RunSucceeded)
	if p.Stage != b.Stage || p.Percent != b.Percent {
		t.Errorf("ended at stage %q %d %%, want %q %d %%", p.Stage, p.Percent, b.Stage, b.Percent)
	}
	again, err := b.d.Follow(b.ctx, run, p)
	if err != nil || again.State != port.RunSucceeded {
		t.Errorf("following an ended run: %+v, %v", again, err)
	}
	b.wantStarted(t, "D-1", 1)
}

func fails(t *testing.T, b *bench) {
	b.wantState(t, b.start(t, "D-1", Fails), port.RunFailed)
}

func unknownKey(t *testing.T, b *bench) {
	b.wantState(t, b.start(t, "D-1", Succeeds), port.RunSucceeded)
	if run, err := b.d.Find(b.ctx, "D-2"); !errors.Is(err, effect.ErrNotFound) {
		t.Errorf("Find of an unknown key: %+v, %v, want effect.ErrNotFound", run, err)
	}
}

func repeated(t *testing.T, b *bench) {
	first := b.start(t, "D-1", Holds)
	if again := b.start(t, "D-1", Holds); again.ID != first.ID {
		t.Errorf("the repeated start gave run %s, want %s", again.ID, first.ID)
	}
	b.Release(t, "D-1")
	b.wantState(t, first, port.RunSucceeded)
	if late := b.start(t, "D-1", Holds); late.ID != first.ID {
		t.Errorf("the start repeated after the end gave run %s, want %s", late.ID, first.ID)
	}
	b.wantState(t, first, port.RunSucceeded)
	b.wantStarted(t, "D-1", 1)
}

func concurrent(t *testing.T, b *bench) {
	d := b.Ask(t, "D-1", Succeeds)
	bots := []port.Deployer{b.d, b.New(t)}
	ids := make([]string, 8)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			run, err := bots[i%len(bots)].Start(b.ctx, d)
			if err != nil {
				t.Errorf("Start: %v", err)
			}
			ids[i] = run.ID
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("the starts gave different runs: %v", ids)
		}
	}
	b.wantState(t, port.Run{ID: ids[0]}, port.RunSucceeded)
	b.wantStarted(t, "D-1", 1)
}

func lostAnswer(t *testing.T, b *bench) {
	d := b.Ask(t, "D-1", Succeeds)
	if b.LoseAnswer != nil {
		b.LoseAnswer(t)
	}
	_, err := b.d.Start(b.ctx, d)
	if v, _ := effect.Classify(err); b.LoseAnswer != nil && (err == nil || v != effect.Unknown) {
		t.Fatalf("a start whose answer was lost returned %v, want an error of unknown outcome", err)
	}
	b.d = b.New(t)
	run, err := b.d.Find(b.ctx, "D-1")
	if err != nil {
		t.Fatalf("Find after the lost answer: %v", err)
	}
	b.wantState(t, run, port.RunSucceeded)
	if again := b.start(t, "D-1", Succeeds); again.ID != run.ID {
		t.Errorf("the repeated start gave run %s, want %s", again.ID, run.ID)
	}
	b.wantStarted(t, "D-1", 1)
}

func restarted(t *testing.T, b *bench) {
	run := b.start(t, "D-1", Holds)
	b.untilRunning(t, run)
	b.d = b.New(t)
	found, err := b.d.Find(b.ctx, "D-1")
	if err != nil || found.ID != run.ID {
		t.Fatalf("Find after the restart: %+v, %v, want run %s", found, err, run.ID)
	}
	b.Release(t, "D-1")
	b.wantState(t, found, port.RunSucceeded)
	b.wantStarted(t, "D-1", 1)
}

func cancelled(t *testing.T, b *bench) {
	run := b.start(t, "D-1", Holds)
	b.untilRunning(t, run)
	for range 2 {
		if err := b.d.Cancel(b.ctx, run); err != nil {
			t.Fatalf("Cancel: %v", err)
		}
	}
	b.wantState(t, run, port.RunCancelled)
}

func cancelledLate(t *testing.T, b *bench) {
	run := b.start(t, "D-1", Succeeds)
	b.wantState(t, run, port.RunSucceeded)
	if err := b.d.Cancel(b.ctx, run); err != nil {
		t.Errorf("Cancel of an ended run: %v", err)
	}
	b.wantState(t, run, port.RunSucceeded)
}

func unknownPipeline(t *testing.T, b *bench) {
	d := b.Ask(t, "D-1", Succeeds)
	d.Pipeline = "no-such-pipeline"
	_, err := b.d.Start(b.ctx, d)
	if v, _ := effect.Classify(err); err == nil || v != effect.Permanent {
		t.Errorf("Start of an unknown pipeline: %v, want a permanent error", err)
	}
	b.wantStarted(t, "D-1", 0)
}

func startDone(t *testing.T, b *bench) {
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	if _, err := b.d.Start(ctx, b.Ask(t, "D-1", Succeeds)); err == nil {
		t.Error("Start succeeded though its context was done")
	}
	b.wantState(t, b.start(t, "D-1", Succeeds), port.RunSucceeded)
	b.wantStarted(t, "D-1", 1)
}

func followDone(t *testing.T, b *bench) {
	run := b.start(t, "D-1", Holds)
	seen := b.untilRunning(t, run)
	ctx, cancel := context.WithTimeout(b.ctx, 50*time.Millisecond)
	defer cancel()
	for ctx.Err() == nil { // output may still come in; then there is nothing new, and only the context ends it
		p, err := b.d.Follow(ctx, run, seen)
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("Follow: %v", err)
		}
		if ctx.Err() == nil && same(p, seen) {
			t.Fatalf("Follow returned early with nothing new: %+v", p)
		}
		if p.State != port.RunRunning {
			t.Fatalf("Follow gave %q of a run under way", p.State)
		}
		seen = p
	}
	b.Release(t, "D-1")
	b.wantState(t, run, port.RunSucceeded)
}
