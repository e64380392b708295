package rehearsal_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/rehearsal"
	"github.com/gonogo-chat/gonogo/bot/rollout"
)

var noon = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

func done(from, to string, ago time.Duration) rehearsal.Rehearsal {
	return rehearsal.Rehearsal{V: rehearsal.Version, From: rollout.Build{Digest: from}, To: rollout.Build{Digest: to}, At: noon.Add(-ago)}
}

func TestLook(t *testing.T) {
	t.Parallel()
	list := []rehearsal.Rehearsal{done("b", "a", 3*time.Hour), done("b", "a", time.Hour), done("b", "z", time.Minute), done("c", "a", 0), done("", "a", 0), done("b", "", 0)}
	week := rehearsal.Policy{Tiers: []string{"high"}, Within: time.Hour}
	for _, tt := range []struct {
		name          string
		pair          rehearsal.Pair
		newest, other time.Duration // ago; -1 for none
		fresh         bool
	}{
		{"the newest of the pair", rehearsal.Pair{From: "b", To: "a"}, time.Hour, 0, true},
		{"another way round", rehearsal.Pair{From: "a", To: "b"}, -1, -1, false},
		{"back to another", rehearsal.Pair{From: "c", To: "b"}, -1, 0, false},
		{"nothing runs", rehearsal.Pair{From: "b"}, -1, 0, false},
		{"nothing is known of either", rehearsal.Pair{}, -1, -1, false},
	} {
		s := rehearsal.Look(list, tt.pair)
		if got := ago(s.Newest); got != tt.newest || s.Fresh(week, noon) != tt.fresh {
			t.Errorf("%s: newest %v ago, fresh %v", tt.name, got, s.Fresh(week, noon))
		}
		if got := ago(s.Other); got != tt.other {
			t.Errorf("%s: another %v ago", tt.name, got)
		}
		if s.Fresh(week, noon.Add(time.Nanosecond)) {
			t.Errorf("%s: counts longer than it may", tt.name)
		}
		if want := s.Newest != nil; want == s.Expires(week).IsZero() {
			t.Errorf("%s: expires %v", tt.name, s.Expires(week))
		}
	}
}

func ago(r *rehearsal.Rehearsal) time.Duration {
	if r == nil {
		return -1
	}
	return noon.Sub(r.At)
}

// Whatever was rehearsed, only exactly the pair counts, and only as long as it may.
func TestOnlyThePairCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		digest := rapid.SampledFrom([]string{"", "a", "b", "c"})
		list := rapid.SliceOf(rapid.Custom(func(t *rapid.T) rehearsal.Rehearsal {
			return done(digest.Draw(t, "from"), digest.Draw(t, "to"), time.Duration(rapid.IntRange(0, 9).Draw(t, "hours"))*time.Hour)
		})).Draw(t, "rehearsals")
		pair := rehearsal.Pair{From: digest.Draw(t, "pair from"), To: digest.Draw(t, "pair to")}
		within := time.Duration(rapid.IntRange(1, 9).Draw(t, "within")) * time.Hour
		want := false
		for _, r := range list {
			want = want || pair.From != "" && pair.To != "" && r.Pair() == pair && noon.Sub(r.At) <= within
		}
		if got := rehearsal.Look(list, pair).Fresh(rehearsal.Policy{Within: within}, noon); got != want {
			t.Fatalf("%v of %v within %v: %v", pair, list, within, got)
		}
	})
}
