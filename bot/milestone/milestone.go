// Package milestone is what was promised for a day: a release in an environment. It remembers every promise that was changed, by
// whom and why, and judges what became of it.
package milestone

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Version is the schema version of a stored Milestone.
const Version = 1

// Milestone is a release that is to be in an environment by the end of a day.
type Milestone struct {
	V           int         `json:"v"`
	ID          string      `json:"id"` // "M-1"
	Title       chat.Sealed `json:"title"`
	Release     string      `json:"release"`
	Environment string      `json:"environment"`
	Day         time.Time   `json:"day"` // its midnight in UTC; the day is one of the organisation's zone
	State       State       `json:"state"`
	By          string      `json:"by"` // opaque person id
	At          time.Time   `json:"at"`
	// Reached is when the release was found well there, and Deployment by which; zero while it is not.
	Reached    time.Time `json:"reached,omitzero"`
	Deployment string    `json:"deployment,omitempty"`
	History    []Change  `json:"history,omitempty"` // the newest last
}

// Change is one thing that happened to a milestone.
type Change struct {
	Event   Event        `json:"event"`
	At      time.Time    `json:"at"`
	By      string       `json:"by,omitempty"` // empty for the bot
	Why     *chat.Sealed `json:"why,omitempty"`
	Was     time.Time    `json:"was,omitzero"`      // the day before it was moved
	Release string       `json:"release,omitempty"` // the release before it was moved to another
}

// State is where a milestone stands.
type State string

// The states of a milestone.
const (
	Planned  State = "planned"
	Deferred State = "deferred" // to no day yet
	Reached  State = "reached"
	Dropped  State = "dropped"
)

// Event is what can happen to a milestone.
type Event string

// The events of a milestone.
const (
	Move  Event = "move"  // to another day
	Defer Event = "defer" // to no day
	Drop  Event = "drop"
	Reach Event = "reach" // its release is well in its environment
	Lose  Event = "lose"  // it was rolled back there
)

// States lists every state.
func States() []State { return []State{Planned, Deferred, Reached, Dropped} }

// Events lists every event.
func Events() []Event { return []Event{Move, Defer, Drop, Reach, Lose} }

// transitions is the whole life of a milestone.
var transitions = map[State]map[Event]State{
	Planned:  {Move: Planned, Defer: Deferred, Drop: Dropped, Reach: Reached},
	Deferred: {Move: Planned, Drop: Dropped, Reach: Reached},
	Reached:  {Lose: Planned},
	Dropped:  {},
}

// Next is the state that an event leads to; false if it can't happen there.
func Next(s State, e Event) (State, bool) {
	to, ok := transitions[s][e]
	return to, ok
}

// Text words the state.
func (s State) Text() chat.Text { return chat.Say("milestone.state." + chat.Code(s)) }

// Open reports whether the milestone is still to be reached.
func (s State) Open() bool { return s == Planned || s == Deferred }

// Apply moves the milestone by an event, which is kept with who, when and why.
func (m Milestone) Apply(c Change) (Milestone, *chat.Refusal) {
	to, ok := Next(m.State, c.Event)
	if !ok {
		return m, chat.Refuse("milestone.not_now", chat.Word("milestone", m.ID), chat.Nested("state", m.State.Text()))
	}
	c.At = c.At.UTC()
	m.State, m.History = to, append(slices.Clone(m.History), c)
	return m, nil
}

// MoveTo moves the milestone to another day, and to another release if one is named.
func (m Milestone) MoveTo(day time.Time, release string, c Change) (Milestone, *chat.Refusal) {
	if release == "" {
		release = m.Release
	}
	if day.Equal(m.Day) && release == m.Release && m.State == Planned {
		return m, chat.Refuse("milestone.same_day", chat.Word("milestone", m.ID), chat.Word("day", m.Day.Format(time.DateOnly)))
	}
	c.Event, c.Was = Move, m.Day
	if release != m.Release {
		c.Release = m.Release
	}
	next, refusal := m.Apply(c)
	if refusal == nil {
		next.Day, next.Release = day, release
	}
	return next, refusal
}

// ReachedBy notes that a deployment brought the release there.
func (m Milestone) ReachedBy(deployment string, at time.Time) (Milestone, *chat.Refusal) {
	next, refusal := m.Apply(Change{Event: Reach, At: at})
	if refusal == nil {
		next.Reached, next.Deployment = at.UTC(), deployment
	}
	return next, refusal
}

// Lost takes back that the release is there.
func (m Milestone) Lost(at time.Time) (Milestone, *chat.Refusal) {
	next, refusal := m.Apply(Change{Event: Lose, At: at})
	if refusal == nil {
		next.Reached, next.Deployment = time.Time{}, ""
	}
	return next, refusal
}

// First is the day that was promised first.
func (m Milestone) First() time.Time {
	for _, c := range m.History {
		if c.Event == Move {
			return c.Was
		}
	}
	return m.Day
}

// Days are every day that was ever promised, the newest last.
func (m Milestone) Days() []time.Time {
	var days []time.Time
	for _, c := range m.History {
		if c.Event == Move {
			days = append(days, c.Was)
		}
	}
	return append(days, m.Day)
}

// last is the newest change by one of the events.
func (m Milestone) last(events ...Event) (Change, bool) {
	for i := len(m.History) - 1; i >= 0; i-- {
		if slices.Contains(events, m.History[i].Event) {
			return m.History[i], true
		}
	}
	return Change{}, false
}
