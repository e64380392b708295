package train_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/train"
)

// planned is a train of services in a graph, on its way.
func planned(t interface{ Fatalf(string, ...any) }, g train.Graph, services []string, p train.Policy) train.Train {
	members := make([]train.Member, len(services))
	for i, s := range services {
		members[i] = train.Member{Release: fmt.Sprintf("R-%d", i+1), Service: s, Version: "2.0.0"}
	}
	tr, refusal := train.Train{ID: "T-1", State: train.Planned}.Plan(members, g)
	if refusal != nil {
		t.Fatalf("plan: %v", refusal)
	}
	tr, refusal = tr.Begin("prod", "p1", p, noon).Apply(train.Depart, noon)
	if refusal != nil {
		t.Fatalf("depart: %v", refusal)
	}
	return tr
}

func TestPlan(t *testing.T) {
	t.Parallel()
	tr := planned(t, shop, []string{"web", "ledger", "search", "pay"}, train.Policy{Parallel: 2})
	var got []string
	for _, m := range tr.Members {
		got = append(got, fmt.Sprint(m.Layer, m.Service, m.After))
	}
	if diff := cmp.Diff([]string{"1ledger[]", "1search[]", "2pay[ledger]", "3web[pay search]"}, got); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(tr.Missing, []string{"store"}) {
		t.Errorf("missing %v", tr.Missing)
	}
	_, refusal := train.Train{}.Plan([]train.Member{{Release: "R-1", Service: "a"}, {Release: "R-2", Service: "a"}}, shop)
	if refusal == nil || refusal.Text.Code != "train.service_twice" {
		t.Errorf("two of a service: %v", refusal)
	}
	_, refusal = train.Train{}.Plan([]train.Member{{Service: "a"}, {Service: "b"}}, train.Graph{"a": {"b"}, "b": {"a"}})
	if refusal == nil || refusal.Text.Code != "train.circle" {
		t.Errorf("a circle: %v", refusal)
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	const (
		w, g, a, p, b, f = train.Waiting, train.Going, train.Asking, train.Passed, train.Blocked, train.Failed
		back, gone, bad  = train.GoingBack, train.Gone, train.Fallen
	)
	// The members are ledger, search, pay after ledger, web after pay and search.
	for _, tt := range []struct {
		name   string
		state  train.State
		policy train.OnFailure
		at     []train.Standing
		want   train.Step
	}{
		{"the first layer goes", train.Underway, train.HoldOn, []train.Standing{w, w, w, w}, train.Step{Start: []int{0, 1}}},
		{"no more at once than may", train.Underway, train.HoldOn, []train.Standing{p, g, g, w}, train.Step{}},
		{"a branch goes ahead of another", train.Underway, train.HoldOn, []train.Standing{p, g, w, w}, train.Step{Start: []int{2}}},
		{"all passed", train.Underway, train.HoldOn, []train.Standing{p, p, p, p}, train.Step{Event: train.Arrive}},
		{"hold: what does not need it goes on", train.Underway, train.HoldOn, []train.Standing{p, f, w, w}, train.Step{Start: []int{2}}},
		{"hold: nothing more can go", train.Underway, train.HoldOn, []train.Standing{p, f, p, w}, train.Step{Event: train.Hold}},
		{"a gate was closed", train.Underway, train.RollBack, []train.Standing{p, b, w, w}, train.Step{Start: []int{2}}},
		{"a person must say", train.Underway, train.HoldOn, []train.Standing{a, p, w, w}, train.Step{}},
		{"stop: what goes ends first", train.Underway, train.StopAll, []train.Standing{gone, g, w, w}, train.Step{}},
		{"stop", train.Underway, train.StopAll, []train.Standing{gone, p, w, w}, train.Step{Event: train.Halt}},
		{"roll back: it ends first", train.Underway, train.RollBack, []train.Standing{p, p, back, w}, train.Step{}},
		{"roll back: turn round", train.Underway, train.RollBack, []train.Standing{p, p, gone, w}, train.Step{Event: train.Reverse}},
		{"roll back: nothing to take back", train.Underway, train.RollBack, []train.Standing{gone, w, w, w}, train.Step{Event: train.Halt}},
		{"dependants first", train.Returning, train.RollBack, []train.Standing{p, p, p, gone}, train.Step{Back: []int{1, 2}}},
		{"then what they needed", train.Returning, train.RollBack, []train.Standing{p, gone, back, gone}, train.Step{}},
		{"and so on", train.Returning, train.RollBack, []train.Standing{p, gone, gone, gone}, train.Step{Back: []int{0}}},
		{"all taken back", train.Returning, train.RollBack, []train.Standing{gone, gone, gone, f}, train.Step{Event: train.TakeBack}},
		{"what is needed stays", train.Returning, train.RollBack, []train.Standing{p, gone, bad, f}, train.Step{Event: train.Hold}},
		{"stopped", train.Stopped, train.HoldOn, []train.Standing{w, w, w, w}, train.Step{}},
	} {
		tr := planned(t, shop, []string{"web", "ledger", "search", "pay"}, train.Policy{Parallel: 2, OnFailure: tt.policy})
		tr.State = tt.state
		if diff := cmp.Diff(tt.want, tr.Next(tt.at)); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

func TestWhatWasThereBeforeIsNotTakenBack(t *testing.T) {
	t.Parallel()
	tr := planned(t, shop, []string{"ledger", "pay"}, train.Policy{Parallel: 2, OnFailure: train.RollBack})
	tr.Members[0].Before = true
	at := []train.Standing{train.Passed, train.Gone}
	if got := tr.Next(at); got.Event != train.Halt {
		t.Errorf("%+v", got)
	}
	tr.State = train.Returning
	if got := tr.Next(at); got.Event != train.TakeBack {
		t.Errorf("%+v", got)
	}
}

func TestHeldByAndAgain(t *testing.T) {
	t.Parallel()
	tr := planned(t, shop, []string{"web", "ledger", "search", "pay"}, train.Policy{Parallel: 2})
	at := []train.Standing{train.Failed, train.Passed, train.Waiting, train.Waiting}
	if got := tr.HeldBy(3, at); !slices.Equal(got, []int{0}) {
		t.Errorf("web is held by %v", got)
	}
	if got := tr.HeldBy(1, at); len(got) > 0 {
		t.Errorf("search is held by %v", got)
	}
	tr.Members[0].Deployment, tr.Members[1].Deployment = "D-1", "D-2"
	again := tr.Again(at)
	if again.Members[0].Deployment != "" || again.Members[1].Deployment != "D-2" || tr.Members[0].Deployment == "" {
		t.Errorf("again: %+v", again.Members)
	}
}

// However deployments end, and in whatever order: nothing goes before what it needs has passed, or beside more than may go at once;
// nothing is taken back while something stands on it; and the train comes to an end that is true.
func TestTrainLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g, services := drawn(t, false)
		if len(services) == 0 {
			return
		}
		p := train.Policy{Parallel: rapid.IntRange(1, 4).Draw(t, "parallel"),
			OnFailure: rapid.SampledFrom([]train.OnFailure{train.HoldOn, train.StopAll, train.RollBack}).Draw(t, "policy")}
		tr := planned(t, g, services, p)
		at := make([]train.Standing, len(tr.Members))
		for i := range at {
			at[i] = train.Waiting
			tr.Members[i].Before = rapid.IntRange(0, 9).Draw(t, "before") == 0
			if tr.Members[i].Before {
				at[i] = train.Passed
			}
		}
		busy := func() (list []int) {
			for i, s := range at {
				if s == train.Going || s == train.GoingBack || s == train.Asking {
					list = append(list, i)
				}
			}
			return list
		}
		standing := func(service string) train.Standing {
			return at[slices.IndexFunc(tr.Members, func(m train.Member) bool { return m.Service == service })]
		}
		broken := false
		for range 10 * len(at) {
			s := tr.Next(at)
			for _, i := range s.Start {
				for _, need := range tr.Members[i].After {
					if standing(need) != train.Passed {
						t.Fatalf("%s goes and needs %s, which is %s", tr.Members[i].Service, need, standing(need))
					}
				}
				if broken && p.OnFailure != train.HoldOn || at[i] != train.Waiting {
					t.Fatalf("%s goes, %s", tr.Members[i].Service, at[i])
				}
				at[i] = train.Going
			}
			for _, i := range s.Back {
				for j, m := range tr.Members {
					if slices.Contains(m.After, tr.Members[i].Service) && !m.Before && at[j] != train.Gone && at[j] != train.Failed && at[j] != train.Waiting && at[j] != train.Blocked {
						t.Fatalf("%s is taken back under %s, which is %s", tr.Members[i].Service, m.Service, at[j])
					}
				}
				if at[i] != train.Passed || tr.Members[i].Before {
					t.Fatalf("%s is taken back, %s", tr.Members[i].Service, at[i])
				}
				at[i] = train.GoingBack
			}
			if n := len(busy()); n > p.Parallel+len(at) || len(s.Start)+len(s.Back) > p.Parallel {
				t.Fatalf("%d at once", n)
			}
			if s.Event != "" {
				next, refusal := tr.Apply(s.Event, noon)
				if refusal != nil {
					t.Fatalf("%v", refusal)
				}
				if tr = next; !tr.State.Moves() {
					break
				}
				continue
			}
			under := busy()
			if len(under) == 0 {
				t.Fatalf("nothing is under way and nothing follows: %v, %+v", at, s)
			}
			i := rapid.SampledFrom(under).Draw(t, "ends")
			switch {
			case at[i] == train.GoingBack:
				at[i] = rapid.SampledFrom([]train.Standing{train.Gone, train.Gone, train.Fallen}).Draw(t, "back")
			default:
				at[i] = rapid.SampledFrom([]train.Standing{train.Passed, train.Passed, train.Passed, train.Failed, train.GoingBack, train.Blocked, train.Asking}).Draw(t, "as")
			}
			broken = broken || at[i] == train.Failed || at[i] == train.GoingBack
			if at[i] == train.Asking { // a person says
				at[i] = rapid.SampledFrom([]train.Standing{train.Passed, train.Failed}).Draw(t, "said")
				broken = broken || at[i] == train.Failed
			}
		}
		left := slices.ContainsFunc(tr.Members, func(m train.Member) bool { return !m.Before && standing(m.Service) == train.Passed })
		waiting := slices.ContainsFunc(tr.Members, func(m train.Member) bool {
			return standing(m.Service) == train.Waiting && !slices.ContainsFunc(m.After, func(n string) bool { return standing(n) != train.Passed })
		})
		passed := !slices.ContainsFunc(at, func(s train.Standing) bool { return s != train.Passed })
		switch {
		case tr.State.Moves():
			t.Fatalf("it never comes to an end: %s, %v", tr.State, at)
		case (tr.State == train.Arrived) != passed:
			t.Fatalf("%s with %v", tr.State, at)
		case tr.State == train.Held && waiting:
			t.Fatalf("held, and something could go: %v", at)
		case tr.State == train.Returned && left:
			t.Fatalf("returned, and something is left: %v", at)
		}
	})
}
