package approval_test

import (
	"testing"

	"github.com/gonogo-chat/gonogo/bot/approval"
)

func TestTransitions(t *testing.T) {
	t.Parallel()
	// One row a state, one column an event, in the order of States and Events; "" is refused.
	want := [][]approval.State{
		{"open", "passed", "rejected", "rejected", "void", "expired", "withdrawn", "open"},
		{"", "", "", "", "void", "", "", ""},
		{"", "", "", "", "", "", "", ""},
		{"", "", "", "", "", "", "", ""},
		{"", "", "", "", "", "", "", ""},
		{"", "", "", "", "", "", "", ""},
	}
	if len(approval.States) != len(want) || len(approval.Events) != len(want[0]) {
		t.Fatal("a state or event is not walked")
	}
	for i, s := range approval.States {
		for j, e := range approval.Events {
			to, ok := approval.Next(s, e)
			if to != want[i][j] || ok != (want[i][j] != "") {
				t.Errorf("%s on %s: %q %t, want %q", s, e, to, ok, want[i][j])
			}
		}
		if s.Closed() != (s != approval.StateOpen) {
			t.Errorf("%s: closed %t", s, s.Closed())
		}
	}
	if _, ok := approval.Next("", approval.EventVote); ok {
		t.Error("a ballot without state took a vote")
	}
}
