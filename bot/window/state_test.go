package window_test

import (
	"testing"

	"github.com/gonogo-chat/gonogo/bot/window"
)

// TestTransitions walks the whole product: what is not written here is refused.
func TestTransitions(t *testing.T) {
	t.Parallel()
	const p, c, a, r, w, x = window.Proposed, window.Countered, window.Accepted, window.Refused, window.Withdrawn, window.Expired
	want := map[window.State]map[window.Event]window.State{
		p: {window.Accept: p, window.Complete: a, window.Refuse: r, window.Counter: c, window.Withdraw: w, window.Expire: x},
		c: {window.Accept: c, window.Complete: a, window.Refuse: r, window.Counter: c, window.Withdraw: w, window.Expire: x},
		a: {window.Withdraw: w},
		r: {}, w: {}, x: {},
	}
	if len(want) != len(window.States) {
		t.Fatalf("%d states, %d known here", len(window.States), len(want))
	}
	for _, s := range window.States {
		for _, e := range window.Events {
			to, ok := want[s][e]
			if got, can := window.Next(s, e); can != ok || got != to {
				t.Errorf("%s of %s: %q %v, want %q %v", e, s, got, can, to, ok)
			}
		}
		if _, can := window.Next(s, "unheard of"); can {
			t.Errorf("%s takes an event that there is none of", s)
		}
		if s.Ended() != (len(want[s]) == 0) {
			t.Errorf("%s has ended: %v", s, s.Ended())
		}
		if s.Negotiated() && s.Ended() {
			t.Errorf("%s is both", s)
		}
	}
}
