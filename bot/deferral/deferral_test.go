package deferral_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/deferral"
)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// TestEveryStateAndEvent walks the whole product.
func TestEveryStateAndEvent(t *testing.T) {
	t.Parallel()
	life := map[deferral.State]map[deferral.Event]deferral.State{
		deferral.Clear:   {deferral.Hit: deferral.Fresh},
		deferral.Fresh:   {deferral.Gone: deferral.Clear},
		deferral.Settled: {deferral.Gone: deferral.Clear, deferral.Lifted: deferral.Clear},
	}
	for _, s := range deferral.States() {
		for _, e := range deferral.Events() {
			want, moves := life[s][e]
			if !moves {
				want = s
			}
			if got := deferral.Next(s, e); got != want {
				t.Errorf("%s + %s = %s, want %s", s, e, got, want)
			}
		}
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for _, c := range []struct {
		when, until *bool
		want        deferral.Event
	}{
		{&yes, &yes, deferral.Hit}, {&yes, &no, deferral.Hit}, {&yes, nil, deferral.Hit},
		{&no, &yes, deferral.Lifted}, {&no, &no, deferral.Between}, {&no, nil, deferral.Unknown},
		{nil, &yes, deferral.Unknown}, {nil, &no, deferral.Unknown}, {nil, nil, deferral.Unknown},
	} {
		if got := deferral.Judge(c.when, c.until); got != c.want {
			t.Errorf("%v, %v: %s, want %s", c.when, c.until, got, c.want)
		}
	}
}

// TestNoFlapping: however a figure wavers, and whenever it is not known, a rule begins only when its figure is above the one bound,
// ends only when it is below the other, and never sooner than its hold after it began.
func TestNoFlapping(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rule := deferral.Rule{Name: "budget", Hold: time.Duration(rapid.IntRange(0, 90).Draw(t, "hold")) * time.Minute}
		d, now := deferral.Deferral{Release: "R-1"}, monday
		var began time.Time
		for range rapid.IntRange(1, 60).Draw(t, "looks") {
			now = now.Add(time.Duration(rapid.IntRange(1, 20).Draw(t, "later")) * time.Minute)
			spent, known := rapid.Float64Range(0, 1.2).Draw(t, "spent"), rapid.IntRange(0, 4).Draw(t, "known") > 0
			var when, until *bool
			if known {
				over, under := spent > 0.9, spent < 0.7
				when, until = &over, &under
			}
			next, change := d.Hear(rule, deferral.Judge(when, until), nil, now)
			switch change {
			case deferral.Began:
				if !known || spent <= 0.9 || d.Holds(now) || !next.Holds(now) {
					t.Fatalf("began at %v, known %v", spent, known)
				}
				began = now
			case deferral.Ended:
				if !known || spent >= 0.7 || now.Before(began.Add(rule.Hold)) || next.Holds(now) {
					t.Fatalf("ended at %v, known %v, after %s of %s", spent, known, now.Sub(began), rule.Hold)
				}
			default:
				if known && spent > 0.9 && !next.Holds(now) || next.Holds(now) != d.Holds(now) {
					t.Fatalf("at %v it holds: %v", spent, next.Holds(now))
				}
			}
			d = next
		}
	})
}

func TestPeopleAndRulesStandBesideEachOther(t *testing.T) {
	t.Parallel()
	rule := deferral.Rule{Name: "budget", Why: "too little left", Hold: time.Hour}
	d := deferral.Deferral{V: deferral.Version, Release: "R-1"}
	if _, refusal := d.Resume(monday); refusal == nil || refusal.Text.Code != "deferral.none" {
		t.Errorf("nothing is resumed: %v", refusal)
	}
	d, _ = d.Hear(rule, deferral.Hit, nil, monday)
	if _, refusal := d.Resume(monday); refusal == nil || refusal.Text.Code != "deferral.by_rules" || len(refusal.Reasons) != 1 {
		t.Errorf("a rule is resumed: %v", refusal)
	}
	d, refusal := d.Defer(deferral.Cause{By: "p1", Until: monday.Add(2 * time.Hour)}, monday)
	if refusal != nil || len(d.Standing(monday)) != 2 || !d.Ends(monday).IsZero() || !d.Wakes(monday).Equal(monday.Add(time.Hour)) {
		t.Errorf("%+v, %v", d, refusal)
	}
	if _, refusal := d.Defer(deferral.Cause{By: "p2"}, monday); refusal == nil || refusal.Text.Code != "deferral.already" {
		t.Errorf("deferred twice: %v", refusal)
	}
	// The person's is over by itself; the rule's is not.
	later := monday.Add(2 * time.Hour)
	if len(d.Standing(later)) != 1 || !d.Holds(later) {
		t.Errorf("two hours later stand %v", d.Standing(later))
	}
	resumed, refusal := d.Resume(monday)
	if refusal != nil || len(resumed.Standing(monday)) != 1 || len(d.Causes) != 2 {
		t.Errorf("resumed: %+v, %v", resumed, refusal)
	}
	if gone, change := resumed.Hear(rule, deferral.Gone, nil, monday); change != deferral.Ended || gone.Holds(monday) {
		t.Errorf("a rule that is no more holds: %+v", gone)
	}
}
