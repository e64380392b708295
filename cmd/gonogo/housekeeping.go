package main

import (
	"context"
	"fmt"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
)

// How often what is kept in order.
const (
	signEvery  = 10 * time.Second
	tidyEvery  = time.Hour
	sweepEvery = 24 * time.Hour
)

// Bounds of one step of tidying: a step is a turn, and turns wait for each other.
const (
	forgetStep = 500
	trimStep   = 200
	// timelineKeep is how many messages of a channel are kept.
	timelineKeep = 5000
)

// keepHouse signs checkpoints and drops what is no longer needed, until ctx ends. It stops everything once the store must
// be reopened.
func (i *instance) keepHouse(ctx context.Context, stop context.CancelCauseFunc) {
	quiet := &quietude{}
	sign, tidy, sweep := time.NewTicker(signEvery), time.NewTicker(tidyEvery), time.NewTicker(sweepEvery)
	defer sign.Stop()
	defer tidy.Stop()
	defer sweep.Stop()
	report := func(what string, err error) {
		if err != nil && ctx.Err() == nil {
			i.log.Warn(what, "error", err)
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-sign.C:
			if err := i.store.Broken(); err != nil {
				stop(fmt.Errorf("start again to recover: %w", err))
				return
			}
			report("a checkpoint was not signed or published, which is tried again", i.sign(ctx))
			if quiet.compactNow(i.store.Seq(), time.Now()) {
				report("the store was not compacted", i.engine.Compact(ctx))
			}
		case <-tidy.C:
			report("old records were not dropped", i.tidy(ctx))
		case <-sweep.C:
			for _, s := range i.outside.sweepers {
				_, err := s(ctx)
				report("the output of old runs was not dropped", err)
			}
		}
	}
}

// When the store is compacted: in the first quiet moment after the least time, and at last in any.
const (
	compactAfter    = time.Hour
	compactAtLatest = 24 * time.Hour
)

// quietude finds moments in which nothing is decided.
type quietude struct {
	seq       uint64 // when asked last
	compacted uint64 // entry at the last compaction
	at        time.Time
}

// compactNow reports whether the store is to be compacted now.
func (q *quietude) compactNow(seq uint64, now time.Time) bool {
	quiet := seq == q.seq
	q.seq = seq
	if q.at.IsZero() {
		q.at, q.compacted = now, seq
	}
	since := now.Sub(q.at)
	if seq == q.compacted || since < compactAfter || !quiet && since < compactAtLatest {
		return false
	}
	q.at, q.compacted = now, seq
	return true
}

// published is the newest checkpoint that the sink has.
var published = state.Ungoverned[uint64]("published")

// sign signs the end of the trail if it grew, and publishes what the sink does not have. A sink that fails gets it with the
// next one: publishing twice is no error.
func (i *instance) sign(ctx context.Context) error {
	if err := i.store.Checkpoint(ctx); err != nil {
		return fmt.Errorf("sign a checkpoint: %w", err)
	}
	last, err := i.publish(ctx)
	if err != nil || last == 0 {
		return err
	}
	return i.store.Update(ctx, func(tx *state.Tx) error { return published.Put(tx, "last", last) })
}

// publishStep bounds how many checkpoints are published at once.
const publishStep = 100

// publish returns the newest checkpoint that it published, 0 if there was nothing to.
func (i *instance) publish(ctx context.Context) (last uint64, err error) {
	var after uint64
	err = i.store.View(func(v *state.View) (err error) {
		after, _, err = published.Get(v, "last")
		return err
	})
	if err != nil {
		return 0, err
	}
	var checkpoints []port.Checkpoint
	err = i.store.View(func(v *state.View) (err error) {
		checkpoints, err = v.Checkpoints(after, publishStep)
		return err
	})
	ctx, cancel := context.WithTimeout(ctx, sinkTime)
	defer cancel()
	for _, c := range checkpoints {
		if err := i.sink.Publish(ctx, c); err != nil {
			return last, fmt.Errorf("publish a checkpoint: %w", err)
		}
		last = c.Seq
	}
	return last, err
}

// tidy drops delivery records and messages that are older than is worth keeping, step by step.
func (i *instance) tidy(ctx context.Context) error {
	before := time.Now().Add(-i.bot.Organisation().Retention)
	for after, more := "", true; more; more = after != "" {
		err := i.store.Update(ctx, func(tx *state.Tx) (err error) {
			after, err = tx.Forget(before, after, forgetStep)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, c := range channels(i.bot.Organisation()) {
		for more := true; more; {
			var err error
			if more, err = i.store.Timeline().Trim(ctx, c.Name, timelineKeep, trimStep); err != nil {
				return err
			}
		}
	}
	return nil
}
