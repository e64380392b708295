package train

import (
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/rollout"
)

// Standing is where a member stands on the train's way.
type Standing string

// The standings of a member.
const (
	Waiting   Standing = "waiting" // for those that it needs, or for its turn
	Going     Standing = "going"
	Asking    Standing = "asking" // a person must say how it stands
	Passed    Standing = "passed"
	Blocked   Standing = "blocked" // its gates were closed when it was its turn
	Failed    Standing = "failed"
	GoingBack Standing = "going-back"
	Gone      Standing = "gone"   // taken back
	Fallen    Standing = "fallen" // could not be taken back: a person must see to it
)

// byDeployment is where a member stands whose deployment is in a state.
var byDeployment = map[rollout.State]Standing{
	rollout.Queued: Going, rollout.Starting: Going, rollout.Running: Going, rollout.Cancelling: Going, rollout.Watching: Going,
	rollout.Held: Asking, rollout.Lost: Asking, rollout.Succeeded: Passed, rollout.Failed: Failed, rollout.Cancelled: Failed,
	rollout.Refused: Blocked, rollout.RollingBack: GoingBack, rollout.RolledBack: Gone, rollout.RollbackFailed: Fallen,
}

// Stands says where a member stands, by the deployment that takes it; the zero one for none.
func (m Member) Stands(d rollout.Deployment) Standing {
	switch {
	case len(m.Blocked) > 0:
		return Blocked
	case m.Called:
		return Going
	case m.Deployment == "":
		return Waiting
	}
	s := byDeployment[d.State]
	if s == Passed && len(m.Kept) > 0 {
		return Fallen
	}
	return s
}

// Bad reports whether the member did not pass and won't by itself.
func (s Standing) Bad() bool {
	switch s {
	case Blocked, Failed, GoingBack, Gone, Fallen:
		return true
	}
	return false
}

// broke reports whether the member failed; one that its gates stopped did not.
func (s Standing) broke() bool { return s.Bad() && s != Blocked }

// busy reports whether something happens with the member.
func (s Standing) busy() bool { return s == Going || s == GoingBack }

// Text words the standing.
func (s Standing) Text() chat.Text { return chat.Say("train.member." + chat.Code(s)) }

// Step is what a train does next.
type Step struct {
	Start []int // members to start, by their index
	Back  []int // members to take back
	Event Event // what happened to the train; empty for nothing
}

// Next says what to do as the members stand, in their order. A train that does not move by itself does nothing.
func (t Train) Next(at []Standing) Step {
	switch t.State {
	case Underway:
		return t.forward(at)
	case Returning:
		return t.back(at)
	}
	return Step{}
}

func (t Train) forward(at []Standing) Step {
	n := t.tally(at)
	switch {
	case n.passed == len(at):
		return Step{Event: Arrive}
	case n.broke > 0 && t.OnFailure != HoldOn:
		return t.giveUp(n)
	}
	stands := t.byService(at)
	var s Step
	for i, m := range t.Members {
		if room := t.Parallel - n.busy - len(s.Start); room <= 0 {
			break
		}
		if at[i] == Waiting && all(m.After, func(need string) bool { return stands[need] == Passed }) {
			s.Start = append(s.Start, i)
		}
	}
	if len(s.Start) == 0 && n.busy == 0 && n.asking == 0 {
		s.Event = Hold
	}
	return s
}

// giveUp lets what is under way end, and then stops or turns round.
func (t Train) giveUp(n count) Step {
	switch {
	case n.busy > 0 || n.asking > 0:
		return Step{}
	case t.OnFailure == RollBack && n.returnable > 0:
		return Step{Event: Reverse}
	}
	return Step{Event: Halt}
}

// back takes back what passed, each after everything of the train that needs it.
func (t Train) back(at []Standing) Step {
	n := t.tally(at)
	needed := map[string]bool{} // by something that is still there, or may be
	for i, m := range t.Members {
		if m.Before { // it was well before any of this came
			continue
		}
		if at[i] == Passed || at[i] == Fallen || at[i] == Asking || at[i].busy() {
			for _, need := range m.After {
				needed[need] = true
			}
		}
	}
	var s Step
	left := 0
	for i, m := range t.Members {
		if at[i] != Passed || m.Before {
			continue
		}
		left++
		if !needed[m.Service] && n.busy+len(s.Back) < t.Parallel {
			s.Back = append(s.Back, i)
		}
	}
	switch {
	case len(s.Back) > 0 || n.busy > 0:
	case left == 0 && n.fallen == 0:
		s.Event = TakeBack
	default:
		s.Event = Hold
	}
	return s
}

// count is how many members stand where.
type count struct{ passed, returnable, busy, asking, broke, fallen int }

func (t Train) tally(at []Standing) (n count) {
	for i, s := range at {
		switch {
		case s == Passed:
			n.passed++
			if !t.Members[i].Before {
				n.returnable++
			}
		case s == Asking:
			n.asking++
		}
		if s.busy() {
			n.busy++
		}
		if s.broke() {
			n.broke++
		}
		if s == Fallen {
			n.fallen++
		}
	}
	return n
}

// HeldBy lists the members, by their index, that keep one from going: those of what it needs, directly or not, that did not pass
// and won't by themselves.
func (t Train) HeldBy(member int, at []Standing) []int {
	index := make(map[string]int, len(t.Members))
	for i, m := range t.Members {
		index[m.Service] = i
	}
	var list []int
	seen := map[int]bool{}
	var look func(i int)
	look = func(i int) {
		for _, need := range t.Members[i].After {
			j := index[need]
			if seen[j] {
				continue
			}
			seen[j] = true
			if at[j].Bad() || at[j] == Asking {
				list = append(list, j)
			}
			look(j)
		}
	}
	look(member)
	return list
}

func (t Train) byService(at []Standing) map[string]Standing {
	m := make(map[string]Standing, len(at))
	for i, s := range at {
		m[t.Members[i].Service] = s
	}
	return m
}

func all(list []string, holds func(string) bool) bool {
	for _, s := range list {
		if !holds(s) {
			return false
		}
	}
	return true
}
