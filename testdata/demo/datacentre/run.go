package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// run is one deployment under way, or settled long ago and told again.
type run struct {
	order  order
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	lines   []string
	changed chan struct{} // closed and replaced at each new line and at the end
	over    bool
	outcome string
}

// keyReused refuses a key that already names another run.
type keyReused struct{ was order }

func (e keyReused) Error() string {
	return fmt.Sprintf("key %s already names %s %s to %s", e.was.Key, e.was.Service, e.was.Version, e.was.Env)
}

// deploy begins the run that o asks for, or finds the one its key names.
func (c *centre) deploy(o order) (*run, error) {
	if !c.isReady() {
		return nil, errStarting
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if r, ok := c.runs[o.Key]; ok {
		if r.order != o {
			return nil, keyReused{r.order}
		}
		return r, nil
	}
	past := c.memory.view()
	if rec, ok := past.run(o.Key); ok {
		if rec.order != o {
			return nil, keyReused{rec.order}
		}
		return settled(*rec), nil
	}
	if c.stopped {
		return nil, errStopping
	}
	rec := record{order: o, Outcome: outcomeRunning, Begun: time.Now().UTC()}
	if err := c.memory.update(func(b *book) { b.Runs = append(b.Runs, rec) }); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(c.ctx)
	r := &run{order: o, cancel: cancel, changed: make(chan struct{})}
	c.runs[o.Key] = r
	c.tasks.Go(func() {
		defer cancel(nil)
		c.execute(ctx, r)
		c.mu.Lock()
		delete(c.runs, o.Key)
		c.mu.Unlock()
	})
	return r, nil
}

// cancelRun asks the run of a key to stop; false when none is under way.
func (c *centre) cancelRun(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.runs[key]
	if ok {
		r.cancel(errCancelled)
	}
	return ok
}

func settled(rec record) *run {
	return &run{
		order: rec.order, cancel: func(error) {}, over: true, outcome: rec.Outcome,
		lines: []string{"this key was used before, its outcome stands", rec.Message},
	}
}

// execute takes the run to its outcome.
func (c *centre) execute(ctx context.Context, r *run) {
	o := r.order
	begun := time.Now()
	err := c.perform(ctx, r)
	if err == nil {
		r.end(outcomeSucceeded, deployed(o))
		c.log.Info("deployed", "key", o.Key, "slot", o.slot(), "version", o.Version, "took", time.Since(begun))
		return
	}
	outcome, message := outcomeFailed, "failed: "+err.Error()
	if errors.Is(err, errCancelled) {
		outcome, message = outcomeCancelled, "cancelled: nothing was switched"
	}
	if uerr := c.settle(o.Key, outcome, message); uerr != nil {
		c.log.Error("outcome not kept", "key", o.Key, "err", uerr)
	}
	c.log.Warn("not deployed", "key", o.Key, "slot", o.slot(), "version", o.Version, "outcome", outcome, "err", err)
	r.end(outcome, message)
}

func deployed(o order) string {
	return fmt.Sprintf("deployed %s %s to %s", o.Service, o.Version, o.Env)
}

func (c *centre) settle(key, outcome, message string) error {
	return c.memory.update(func(b *book) {
		if rec, ok := b.run(key); ok {
			rec.Outcome, rec.Message, rec.Ended = outcome, message, time.Now().UTC()
		}
	})
}

// perform does the work of a run. Until the switch is on disk an error leaves
// the old version as it was; after that the run has succeeded.
func (c *centre) perform(ctx context.Context, r *run) error {
	o := r.order
	s := c.slots[o.slot()]
	stage := func(name string, percent int) error {
		r.say(fmt.Sprintf("::stage %s %d", name, percent))
		if !pause(ctx, c.settings.pace) {
			return context.Cause(ctx)
		}
		return nil
	}
	select {
	case s.turn <- struct{}{}:
	default:
		r.say("waiting for another deployment of " + o.slot())
		select {
		case s.turn <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	defer func() { <-s.turn }()

	if err := stage("fetch", 10); err != nil {
		return err
	}
	if err := stage("verify", 30); err != nil {
		return err
	}
	path, err := c.store.fetch(o.Service, o.Version, o.SHA256)
	if err != nil {
		return err
	}
	r.say("checksum " + o.SHA256 + " verified")
	if err := stage("start", 50); err != nil {
		return err
	}
	// Counted before it happens: a count on disk can't miss a start.
	err = c.memory.update(func(b *book) {
		if rec, ok := b.run(o.Key); ok {
			rec.Started++
		}
	})
	if err != nil {
		return err
	}
	start := c.starter(s, path)
	p, err := start(ctx)
	if err != nil {
		return err
	}
	r.say(fmt.Sprintf("process %d listens on %s", p.pid(), p.addr))
	if err := stage("switch", 80); err != nil {
		p.stop()
		return err
	}
	retireOld, err := c.switchOver(ctx, o, s, p, start)
	if err != nil {
		p.stop()
		return err
	}
	_ = stage("stop-old", 90) // the switch is made: a cancellation comes too late
	retireOld()
	r.say("::stage done 100")
	return nil
}

// switchOver commits the new placement with the outcome of its run and points
// the front at the new process.
func (c *centre) switchOver(ctx context.Context, o order, s *slot, p *process, start func(context.Context) (*process, error)) (retireOld func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if !p.alive() {
		return nil, fmt.Errorf("the new process ended before the switch: %s", p.cmd.ProcessState)
	}
	now := time.Now().UTC()
	pl := placement{Version: o.Version, SHA256: o.SHA256, Since: now}
	err = c.memory.update(func(b *book) {
		b.Placements[o.slot()] = pl
		if rec, ok := b.run(o.Key); ok {
			rec.Outcome, rec.Message, rec.Ended = outcomeSucceeded, deployed(o), now
		}
	})
	if err != nil {
		return nil, err
	}
	return s.install(pl, p, start), nil
}

func (r *run) say(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, line)
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *run) end(outcome, message string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, message)
	r.over, r.outcome = true, outcome
	close(r.changed)
}

// follow hands every line of the run to say, from the first, and returns the
// outcome. It gives up when ctx ends or say fails; the run goes on.
func (r *run) follow(ctx context.Context, say func(string) error) (string, error) {
	for told := 0; ; {
		r.mu.Lock()
		lines, over, outcome, changed := r.lines[told:], r.over, r.outcome, r.changed
		r.mu.Unlock()
		for _, line := range lines {
			if err := say(line); err != nil {
				return "", err
			}
		}
		told += len(lines)
		if over {
			return outcome, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}
