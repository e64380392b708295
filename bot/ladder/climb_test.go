package ladder_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/ladder"
)

// TestEveryStateAndEvent walks the whole product, with one rung above and with more.
func TestEveryStateAndEvent(t *testing.T) {
	t.Parallel()
	life := map[ladder.State]map[ladder.Event][2]ladder.State{
		ladder.Climbing: {ladder.TimeOver: {ladder.Top, ladder.Climbing}, ladder.Escalated: {ladder.Top, ladder.Climbing}, ladder.Decided: {ladder.Settled, ladder.Settled}},
		ladder.Top:      {ladder.TimeOver: {ladder.Over, ladder.Over}, ladder.Decided: {ladder.Settled, ladder.Settled}},
		ladder.Over:     {ladder.Decided: {ladder.Settled, ladder.Settled}},
		ladder.Settled:  {},
	}
	for _, s := range ladder.States() {
		for _, e := range ladder.Events() {
			for i, above := range []int{1, 2} {
				got, ok := ladder.Next(s, e, above)
				want, allowed := life[s][e]
				if ok != allowed || ok && got != want[i] {
					t.Errorf("%s + %s with %d above = %q, %v", s, e, above, got, ok)
				}
			}
		}
	}
}

func always(_ string, start time.Time, length time.Duration) time.Time { return start.Add(length) }

// TestClimbs: whatever happens in whatever order, rungs are reached one after the other and nobody who was asked is forgotten; once
// decided nothing moves.
func TestClimbs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var rungs []ladder.Rung
		for i := range rapid.IntRange(1, 5).Draw(t, "rungs") {
			rungs = append(rungs, ladder.Rung{Ask: []string{string(rune('a' + i))}, Within: time.Duration(rapid.IntRange(1, 9).Draw(t, "within")) * time.Hour})
		}
		at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		c := ladder.Begin("B-1", "R-1", "lines", rungs, at, always)
		end := at
		for _, r := range rungs {
			end = end.Add(r.Within)
		}
		if got := c.End(always); !got.Equal(end) {
			t.Fatalf("it ends %s, want %s", got, end)
		}
		for range rapid.IntRange(0, 12).Draw(t, "events") {
			e := rapid.SampledFrom(ladder.Events()).Draw(t, "event")
			at = at.Add(time.Minute)
			was := c
			next, refusal := c.Apply(e, at, "p1", nil, always)
			if _, ok := ladder.Next(was.State, e, len(rungs)-1-was.At); ok != (refusal == nil) {
				t.Fatalf("%s in %s: %v", e, was.State, refusal)
			}
			if c = next; refusal != nil {
				if c.At != was.At || c.State != was.State || refusal.Outcome != chat.Refused {
					t.Fatalf("refused, and %+v", c)
				}
				continue
			}
			if c.At < was.At || c.At > was.At+1 || len(c.Steps) != c.At+1 {
				t.Fatalf("from rung %d to %d with %d steps", was.At, c.At, len(c.Steps))
			}
			if !slices.Equal(c.Reached()[:len(was.Reached())], was.Reached()) {
				t.Fatalf("reached %v, then %v", was.Reached(), c.Reached())
			}
			if asked := c.Asked(); (len(asked) == 0) != (c.State == ladder.Over || c.State == ladder.Settled) {
				t.Fatalf("in %s asked are %v", c.State, asked)
			}
			if (c.State == ladder.Top) != (c.At == len(rungs)-1) && c.State != ladder.Over && c.State != ladder.Settled {
				t.Fatalf("on rung %d of %d it is %s", c.At, len(rungs), c.State)
			}
			if c.Due.IsZero() != (len(c.Asked()) == 0) {
				t.Fatalf("in %s due is %s", c.State, c.Due)
			}
		}
	})
}
