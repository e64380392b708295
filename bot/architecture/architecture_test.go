package architecture_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/architecture"
)

// TestCompare: the board is asked exactly when the sets differ, or when nothing is known of before; what was added to and removed from
// the one makes the other.
func TestCompare(t *testing.T) {
	t.Parallel()
	services := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), rapid.ID[string])
	rapid.Check(t, func(t *rapid.T) {
		was, now := services.Draw(t, "was"), services.Draw(t, "now")
		n := architecture.Compare(&architecture.Edges{DependsOn: was}, now)
		same := slices.Equal(slices.Sorted(slices.Values(was)), slices.Sorted(slices.Values(now)))
		if n.Needed() == same || (len(n.Texts()) > 0) == same || same != (architecture.Value(was) == architecture.Value(now)) {
			t.Fatalf("from %v to %v: %+v", was, now, n)
		}
		made := slices.Concat(slices.DeleteFunc(slices.Clone(was), func(s string) bool { return slices.Contains(n.Removed, s) }), n.Added)
		slices.Sort(made)
		if want := slices.Sorted(slices.Values(now)); !slices.Equal(made, want) {
			t.Fatalf("from %v to %v: %+v makes %v", was, now, n, made)
		}
		if first := architecture.Compare(nil, now); !first.Needed() || len(first.Texts()) != 1 {
			t.Fatalf("for the first time: %+v", first)
		}
	})
}

func TestWhatIsNotKnownNeedsTheBoard(t *testing.T) {
	t.Parallel()
	for _, n := range []architecture.Need{{Marked: true}, {Unknown: []string{"budget.spent"}}} {
		if !n.Needed() || len(n.Texts()) != 1 {
			t.Errorf("%+v: %v", n, n.Texts())
		}
	}
	if n := (architecture.Need{}); n.Needed() || len(n.Texts()) != 0 {
		t.Errorf("nothing needs the board: %v", n.Texts())
	}
	if b := (architecture.Review{Ballots: []string{"B-1", "B-4"}}).Ballot(); b != "B-4" || (architecture.Review{}).Ballot() != "" {
		t.Errorf("the ballot that counts is %s", b)
	}
}
