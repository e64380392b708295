package approval_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/approval"
)

// TestAsked: of the seats that hang on conditions those are asked for of which it is not known that they are not to be, none is lost, and
// to know less never asks fewer people.
func TestAsked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seat := rapid.Custom(func(t *rapid.T) approval.Seat {
			return approval.Seat{Name: rapid.StringMatching(`[a-z]{1,9}`).Draw(t, "name"), From: approval.Circle{"cab"},
				When: rapid.SampledFrom([]string{"", "yes", "no", "unknown"}).Draw(t, "when")}
		})
		r := approval.Rule{Name: "board", Open: time.Hour, Threshold: 1}
		if rapid.Bool().Draw(t, "staged") {
			for range rapid.IntRange(1, 4).Draw(t, "stages") {
				r.Stages = append(r.Stages, approval.Stage{Name: "s", Open: time.Hour, Seats: rapid.SliceOfN(seat, 1, 4).Draw(t, "seats")})
			}
		} else {
			r.Seats = rapid.SliceOfN(seat, 1, 8).Draw(t, "seats")
		}
		before := r.AllSeats()
		asked := r.Asked(func(when string) (bool, bool) { return when == "yes", when != "unknown" })
		for _, s := range asked.AllSeats() {
			if s.When == "no" || s.Unknown != (s.When == "unknown") {
				t.Fatalf("%+v is asked for", s)
			}
		}
		for _, s := range asked.Unasked {
			if s.When != "no" {
				t.Fatalf("%+v is not asked for", s)
			}
		}
		if got := len(asked.AllSeats()) + len(asked.Unasked); got != len(before) {
			t.Fatalf("of %d seats %d are left", len(before), got)
		}
		for _, s := range asked.Stages {
			if len(s.Seats) == 0 {
				t.Fatal("a stage asks for nobody")
			}
		}
		blind := r.Asked(func(string) (bool, bool) { return false, false })
		if len(blind.AllSeats()) != len(before) || len(blind.Unasked) != 0 {
			t.Fatalf("for want of knowing %d of %d seats are asked for", len(blind.AllSeats()), len(before))
		}
		if !slices.EqualFunc(r.AllSeats(), before, func(a, b approval.Seat) bool { return a.Name == b.Name && a.Unknown == b.Unknown }) {
			t.Fatal("the rule itself changed")
		}
	})
}
