package approval_test

import (
	"slices"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/approval"
)

func TestGroupsThatARuleIsAskedWithout(t *testing.T) {
	t.Parallel()
	r := approval.Rule{Electorate: []string{"cab", "ladder:lines"}, Veto: []string{"security"},
		Seats: []approval.Seat{{Name: "a", From: approval.Circle{"ladder:lines"}}, {Name: "b", AnyOf: []approval.Circle{{"ladder:lines"}, {"board"}}}}}
	if got := r.Groups(); !slices.Equal(got, []string{"cab", "ladder:lines", "board", "security"}) {
		t.Errorf("it names %v", got)
	}
	ladder := func(g string) bool { return g == "ladder:lines" }
	next := r.Without(ladder)
	if slices.ContainsFunc(next.Groups(), ladder) || len(next.Seats) != 1 || next.Seats[0].Name != "b" || len(next.Electorate) != 1 {
		t.Errorf("without a ladder it is %+v", next)
	}
	if len(r.Seats) != 2 || len(r.Electorate) != 2 || len(r.Seats[1].AnyOf) != 2 {
		t.Errorf("the rule itself is %+v", r)
	}
	// A rule that asks a ladder alone stays: nobody is asked is no way to pass.
	alone := approval.Rule{Electorate: []string{"ladder:lines"}}
	if got := alone.Without(ladder); len(got.Electorate) != 1 {
		t.Errorf("a rule of a ladder alone becomes %+v", got)
	}
	staged := approval.Rule{Stages: []approval.Stage{{Name: "one", Seats: r.Seats[:1]}, {Name: "two", Seats: r.Seats[1:]}}}
	if got := staged.Without(ladder); len(got.Stages) != 1 || got.Stages[0].Name != "two" {
		t.Errorf("in stages: %+v", got)
	}
}
