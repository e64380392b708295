package train

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Version is the schema version of a stored Train.
const Version = 1

// MembersMost bounds the releases of a train: its record is written with every step of each.
const MembersMost = 500

// OnFailure says what becomes of a train of which a member fails.
type OnFailure string

// The policies. Whatever they say, nothing goes that needs what failed.
const (
	HoldOn   OnFailure = "hold"      // what does not need it goes on
	StopAll  OnFailure = "stop"      // nothing more goes; what is under way ends
	RollBack OnFailure = "roll_back" // the same, and then what passed is taken back, dependants first
)

// Policy is how trains go.
type Policy struct {
	Parallel  int // how many members go at once, at least 1
	OnFailure OnFailure
}

// Train is several releases that go together, each after those that its service needs.
type Train struct {
	V       int          `json:"v"`
	ID      string       `json:"id"` // "T-1"
	State   State        `json:"state"`
	By      string       `json:"by"` // opaque person id
	At      time.Time    `json:"at"`
	Reason  *chat.Sealed `json:"reason,omitempty"`
	Members []Member     `json:"members"` // layer after layer
	// Missing are services that some members need and that are not among them.
	Missing []string `json:"missing,omitempty"`

	// Environment is where it goes, or went last; Executor is the person who said so, and deploys every member.
	Environment string    `json:"environment,omitempty"`
	Executor    string    `json:"executor,omitempty"`
	DepartedAt  time.Time `json:"departed_at,omitzero"`
	EndedAt     time.Time `json:"ended_at,omitzero"` // when it last came to where nothing moves
	Parallel    int       `json:"parallel,omitempty"`
	OnFailure   OnFailure `json:"on_failure,omitempty"`
	// Passed are the environments where it arrived, in that order.
	Passed []string   `json:"passed,omitempty"`
	Why    *chat.Text `json:"why,omitempty"` // why it is in its state, when that needs saying
}

// Member is a release of a train.
type Member struct {
	Release string `json:"release"`
	Service string `json:"service"`
	Version string `json:"version"`
	Layer   int    `json:"layer"` // from 1
	// After are the services of the train that its own needs.
	After []string `json:"after,omitempty"`
	// Called says that its turn has come, and that its gates are being asked.
	Called bool `json:"called,omitempty"`
	// Deployment takes it to where the train goes now; empty until it is its turn.
	Deployment string `json:"deployment,omitempty"`
	// Before says that it had passed there before the train came: it is not the train's to take back.
	Before bool `json:"before,omitempty"`
	// Blocked is why it could not go when it was its turn, every reason; Kept, why it could not be taken back.
	Blocked []chat.Text `json:"blocked,omitempty"`
	Kept    []chat.Text `json:"kept,omitempty"`
}

// Subject names what goes: "checkout 2.4.0".
func (m Member) Subject() string { return m.Service + " " + m.Version }

// Apply moves the train by an event at an instant; refused, and unchanged, when the event can't happen in its state.
func (t Train) Apply(e Event, at time.Time) (Train, *chat.Refusal) {
	to, ok := Next(t.State, e)
	if !ok {
		return t, chat.Refuse("train.not_now", chat.Word("train", t.ID), chat.Nested("state", t.State.Text()), chat.Nested("event", e.Text()))
	}
	t.State, t.Why = to, nil
	t.EndedAt = time.Time{}
	if !to.Moves() {
		t.EndedAt = at.UTC()
	}
	return t, nil
}

// Plan puts releases into the order of the graph, in place of whatever order they had. A circle is refused with its path, and two
// releases of a service.
func (t Train) Plan(members []Member, graph Graph) (Train, *chat.Refusal) {
	services := make([]string, len(members))
	by := make(map[string]Member, len(members))
	for i, m := range members {
		if other, twice := by[m.Service]; twice {
			return t, chat.Refuse("train.service_twice", chat.Word("service", m.Service), chat.Word("release", other.Release), chat.Word("other", m.Release))
		}
		services[i], by[m.Service] = m.Service, m
	}
	layers, refusal := graph.Layers(services)
	if refusal != nil {
		return t, refusal
	}
	needs := graph.Needs(services)
	t.Members = make([]Member, 0, len(members))
	for i, layer := range layers {
		for _, service := range layer {
			m := by[service]
			m.Layer, m.After = i+1, needs[service]
			t.Members = append(t.Members, m)
		}
	}
	t.Missing = graph.Missing(services)
	return t, nil
}

// Begin makes the train ready for its way to an environment, with nothing done there.
func (t Train) Begin(environment, executor string, p Policy, at time.Time) Train {
	t.Environment, t.Executor, t.DepartedAt = environment, executor, at.UTC()
	t.Parallel, t.OnFailure = max(1, p.Parallel), p.OnFailure
	t.Members = slices.Clone(t.Members)
	for i := range t.Members {
		m := &t.Members[i]
		m.Called, m.Deployment, m.Before, m.Blocked, m.Kept = false, "", false, nil, nil
	}
	return t
}

// Again lets those members try once more that did not pass; where a train returns, those that could not be taken back.
func (t Train) Again(at []Standing) Train {
	t.Members = slices.Clone(t.Members)
	for i := range t.Members {
		m := &t.Members[i]
		m.Blocked, m.Kept = nil, nil
		if t.State != Returning && at[i].Bad() && at[i] != GoingBack {
			m.Deployment = ""
		}
	}
	return t
}
