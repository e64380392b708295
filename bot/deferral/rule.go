package deferral

import (
	"slices"
	"time"
)

// Rule is a rule that defers by itself, without its conditions: those are judged elsewhere.
type Rule struct {
	Name  string
	Why   string
	Tiers []string      // it holds back releases of these risk tiers
	Hold  time.Duration // not taken back sooner
}

// DefaultHold is how long a rule holds at least when nothing else is said: long enough that no figure that wavers moves a release to
// and fro.
const DefaultHold = 30 * time.Minute

// State is where a rule stands towards a release.
type State string

// The states of a rule.
const (
	Clear   State = "clear"   // it does not hold
	Fresh   State = "fresh"   // it holds, and not for long enough to be taken back
	Settled State = "settled" // it holds
)

// Event is what the conditions of a rule say when they are looked at.
type Event string

// The events of a rule.
const (
	Hit     Event = "hit"     // the condition that defers holds
	Between Event = "between" // neither holds: hysteresis
	Lifted  Event = "lifted"  // the condition that takes it back holds
	Unknown Event = "unknown" // a figure is not known: nothing new is deferred, and nothing lifted
	Gone    Event = "gone"    // the rule is no more, or not for such releases
)

// States and Events list them all.
func States() []State { return []State{Clear, Fresh, Settled} }

// Events lists every event.
func Events() []Event { return []Event{Hit, Between, Lifted, Unknown, Gone} }

// transitions is the whole life of a rule towards a release; time alone makes a fresh one settled.
var transitions = map[State]map[Event]State{
	Clear:   {Hit: Fresh, Between: Clear, Lifted: Clear, Unknown: Clear, Gone: Clear},
	Fresh:   {Hit: Fresh, Between: Fresh, Lifted: Fresh, Unknown: Fresh, Gone: Clear},
	Settled: {Hit: Settled, Between: Settled, Lifted: Clear, Unknown: Settled, Gone: Clear},
}

// Next is the state that an event leads to. Nothing is refused: figures come as they come.
func Next(s State, e Event) State { return transitions[s][e] }

// Judge says what the answers of a rule's conditions mean; nil is not known. The condition that defers goes before the other.
func Judge(when, until *bool) Event {
	switch {
	case when != nil && *when:
		return Hit
	case when == nil || until == nil:
		return Unknown
	case *until:
		return Lifted
	}
	return Between
}

// StateOf is where a rule stands at an instant.
func (d Deferral) StateOf(rule string, at time.Time) State {
	i := d.index(rule)
	switch {
	case i < 0:
		return Clear
	case at.Before(d.Causes[i].Rest):
		return Fresh
	}
	return Settled
}

func (d Deferral) index(rule string) int {
	return slices.IndexFunc(d.Causes, func(c Cause) bool { return rule != "" && c.Rule == rule })
}

// Change is what became of a rule.
type Change int

// The changes.
const (
	Nothing Change = iota
	Began
	Ended
)

// Hear takes what a rule's conditions say at an instant, with the figures that they read.
func (d Deferral) Hear(r Rule, e Event, figures []Figure, at time.Time) (Deferral, Change) {
	was := d.StateOf(r.Name, at)
	next := Next(was, e)
	switch {
	case was == Clear && next != Clear:
		d.Causes = append(slices.Clone(d.Causes), Cause{Rule: r.Name, Why: r.Why, At: at.UTC(), Rest: at.Add(r.Hold).UTC(), Figures: figures})
		return d, Began
	case was != Clear && next == Clear:
		d.Causes = slices.Delete(slices.Clone(d.Causes), d.index(r.Name), d.index(r.Name)+1)
		return d, Ended
	}
	return d, Nothing
}

// Wakes is when a rule's hold is next over, or a person's deferral; zero if neither lies ahead.
func (d Deferral) Wakes(at time.Time) time.Time {
	var first time.Time
	for _, c := range d.Causes {
		for _, t := range []time.Time{c.Rest, c.Until} {
			if t.After(at) && (first.IsZero() || t.Before(first)) {
				first = t
			}
		}
	}
	return first
}
