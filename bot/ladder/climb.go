package ladder

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Rung is who is asked together, and for how long.
type Rung struct {
	Ask    []string      `json:"ask"`             // groups, or roles
	Within time.Duration `json:"within"`          // of working time
	Hours  string        `json:"hours,omitempty"` // name of the hours in which it counts; empty: always
}

// Version is the schema version of a stored Climb.
const Version = 1

// Climb is one ballot's way up a ladder. The rungs are those of the ladder when it began: who was promised time keeps it.
type Climb struct {
	V       int    `json:"v"`
	Ballot  string `json:"ballot"`
	Release string `json:"release"`
	Ladder  string `json:"ladder"`
	Rungs   []Rung `json:"rungs"`
	State   State  `json:"state"`
	// At is the rung that is asked, from 0.
	At int `json:"at"`
	// Due is when its time is over; zero when nobody is asked any more, or the hours have no end.
	Due   time.Time `json:"due,omitzero"`
	Steps []Step    `json:"steps"` // the rungs reached, in order
}

// Step is a rung reached.
type Step struct {
	At  time.Time    `json:"at"`
	Due time.Time    `json:"due,omitzero"`
	By  string       `json:"by,omitempty"` // who escalated; empty for the bot, because the time was over
	Why *chat.Sealed `json:"why,omitempty"`
}

// State is where a climb stands.
type State string

// The states of a climb.
const (
	Climbing State = "climbing" // a rung is asked, and another comes after it
	Top      State = "top"      // the last rung is asked
	Over     State = "over"     // the last rung's time is over: nobody is next
	Settled  State = "settled"  // the ballot was decided, or ended otherwise
)

// Event is what can happen to a climb.
type Event string

// The events of a climb.
const (
	TimeOver  Event = "time-over" // of the rung that is asked
	Escalated Event = "escalated" // by a person
	Decided   Event = "decided"   // the ballot ended
)

// States and Events list them all.
func States() []State { return []State{Climbing, Top, Over, Settled} }

// Events lists every event.
func Events() []Event { return []Event{TimeOver, Escalated, Decided} }

// transitions is the whole life of a climb. From Climbing a step leads to Climbing or, if it reaches the last rung, to Top.
var transitions = map[State]map[Event]State{
	Climbing: {TimeOver: Climbing, Escalated: Climbing, Decided: Settled},
	Top:      {TimeOver: Over, Decided: Settled},
	Over:     {Decided: Settled},
	Settled:  {},
}

// Next is the state that an event leads to, from a rung with so many above it; false if the event can't happen there.
func Next(s State, e Event, above int) (State, bool) {
	to, ok := transitions[s][e]
	if ok && to == Climbing && above <= 1 {
		to = Top
	}
	return to, ok
}

// Clock says when a length of working time in named hours that begins at an instant is over; zero if it has no end.
type Clock func(hours string, start time.Time, length time.Duration) time.Time

// Begin puts a ballot on the first rung. There must be one.
func Begin(ballot, release, name string, rungs []Rung, at time.Time, due Clock) Climb {
	c := Climb{V: Version, Ballot: ballot, Release: release, Ladder: name, Rungs: slices.Clone(rungs), State: Climbing}
	if len(rungs) == 1 {
		c.State = Top
	}
	return c.reach(0, Step{At: at.UTC()}, due)
}

func (c Climb) reach(rung int, s Step, due Clock) Climb {
	r := c.Rungs[rung]
	if s.Due = due(r.Hours, s.At, r.Within); !s.Due.IsZero() {
		s.Due = s.Due.UTC()
	}
	c.At, c.Due, c.Steps = rung, s.Due, append(slices.Clone(c.Steps), s)
	return c
}

// Apply moves the climb by an event. By and why are a person's and their reason, when somebody escalates.
func (c Climb) Apply(e Event, at time.Time, by string, why *chat.Sealed, due Clock) (Climb, *chat.Refusal) {
	to, ok := Next(c.State, e, len(c.Rungs)-1-c.At)
	if !ok {
		return c, chat.Refuse("ladder.not_now", chat.Word("release", c.Release), chat.Word("ladder", c.Ladder), chat.Nested("state", c.State.Text()))
	}
	c.State = to
	if to == Over || to == Settled {
		c.Due = time.Time{}
		return c, nil
	}
	return c.reach(c.At+1, Step{At: at.UTC(), By: by, Why: why}, due), nil
}

// Reached are the groups of every rung reached so far, each once: they may vote.
func (c Climb) Reached() []string {
	var groups []string
	for _, r := range c.Rungs[:c.At+1] {
		for _, g := range r.Ask {
			if !slices.Contains(groups, g) {
				groups = append(groups, g)
			}
		}
	}
	return groups
}

// Asked are the groups of the rung that is asked now; none once nobody is.
func (c Climb) Asked() []string {
	if c.State == Over || c.State == Settled {
		return nil
	}
	return c.Rungs[c.At].Ask
}

// End is when the last rung's time is over if nobody escalates and nobody decides; zero if that has no end.
func (c Climb) End(due Clock) time.Time {
	at := c.Due
	for _, r := range c.Rungs[c.At+1:] {
		if at.IsZero() {
			return at
		}
		at = due(r.Hours, at, r.Within)
	}
	return at
}

// Text words the state.
func (s State) Text() chat.Text { return chat.Say("ladder.state." + chat.Code(s)) }
