// Package freeze holds the times at which nothing may be deployed, and the exceptions to them.
//
// All intervals are half open: a freeze holds from its first instant up to, and not including, its end.
package freeze

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/recur"
)

// Version is the schema version of a stored Freeze or Exception.
const Version = 1

// Freeze is a time at which nothing in its scope may be deployed, once or again and again.
type Freeze struct {
	V     int            `json:"v"`
	ID    string         `json:"id"` // "F-1"
	Scope calendar.Scope `json:"scope"`
	From  time.Time      `json:"from"`           // of the first occurrence, if it recurs
	To    time.Time      `json:"to,omitzero"`    // the first instant at which it no longer holds; zero: until lifted, or recurring
	Zone  string         `json:"zone,omitempty"` // that it was said in
	// AllDay says that it was said in whole days.
	AllDay bool `json:"all_day,omitempty"`
	// Schedule says when it holds, if it recurs.
	Schedule *recur.Schedule `json:"schedule,omitempty"`
	// Spared are occurrences that were lifted by themselves.
	Spared []Spared     `json:"spared,omitempty"`
	Reason *chat.Sealed `json:"reason,omitempty"`
	By     string       `json:"by"` // opaque person id; empty for one of the configuration's
	At     time.Time    `json:"at"`
	// Standing is the name under which the configuration declares it, and Why what it says there of the reason.
	Standing string    `json:"standing,omitempty"`
	Why      string    `json:"why,omitempty"`
	Lifted   time.Time `json:"lifted,omitzero"` // the first instant at which it no longer held
	LiftedBy string    `json:"lifted_by,omitempty"`
}

// State is where a freeze stands at an instant: it follows from its times, and is stored nowhere.
type State string

// The states of a freeze.
const (
	Announced State = "announced"
	Active    State = "active"
	Ended     State = "ended"
	Lifted    State = "lifted"
)

// State tells where the freeze stands at an instant.
func (f Freeze) State(at time.Time) State {
	if !f.Lifted.IsZero() && !at.Before(f.Lifted) {
		return Lifted
	}
	for range f.Occurrences(at, at.Add(1)) {
		return Active
	}
	if _, comes := f.Next(at); comes {
		return Announced
	}
	return Ended
}

// Text words the state.
func (s State) Text() chat.Text { return chat.Say("freeze.state." + chat.Code(s)) }

// End is the first instant from at on at which it does not hold, if it holds then; false while there is none in sight.
func (f Freeze) End(at time.Time) (time.Time, bool) {
	stretch, holds := f.Stretch(at)
	return stretch.To, holds && Ends(stretch)
}

// Check refuses a freeze that would hold at no instant from now on.
func (f Freeze) Check(now time.Time) *chat.Refusal {
	if f.From.IsZero() {
		return chat.Reject("freeze.no_start")
	}
	if f.Schedule != nil {
		if _, comes := f.Current(now); !comes {
			return chat.Reject("freeze.never")
		}
		return nil
	}
	switch {
	case f.To.IsZero():
		return nil
	case !f.To.After(f.From):
		return chat.Reject("freeze.empty", chat.Time("from", f.From), chat.Time("to", f.To))
	case !f.To.After(now):
		return chat.Reject("freeze.past", chat.Time("to", f.To))
	}
	return nil
}

// Lift ends the freeze now; one that has not begun never will. Refused when it is over, and for what the configuration declares.
func (f Freeze) Lift(person string, at time.Time) (Freeze, *chat.Refusal) {
	if refusal := f.liftable(at); refusal != nil {
		return f, refusal
	}
	f.Lifted, f.LiftedBy = at.UTC(), person
	return f, nil
}

// LiftOnce ends the occurrence that holds now, or calls off the next one, and says which that was. Where several hold at once, it ends
// them all. Refused like Lift, and for a freeze that does not recur.
func (f Freeze) LiftOnce(person string, at time.Time) (Freeze, recur.Interval, *chat.Refusal) {
	if refusal := f.liftable(at); refusal != nil {
		return f, recur.Interval{}, refusal
	}
	if f.Schedule == nil {
		return f, recur.Interval{}, chat.Refuse("freeze.once_only", chat.Word("freeze", f.ID))
	}
	off := slices.Collect(f.Occurrences(at, at.Add(1)))
	if len(off) == 0 {
		next, _ := f.Next(at) // what is not over has one
		off = append(off, next)
	}
	f.Spared = slices.Clone(f.Spared)
	for _, o := range off {
		f.Spared = append(f.Spared, Spared{From: o.From.UTC(), At: at.UTC(), By: person})
	}
	return f, off[0], nil
}

func (f Freeze) liftable(at time.Time) *chat.Refusal {
	if f.Standing != "" {
		return chat.Refuse("freeze.standing_lift", chat.Word("freeze", f.ID), chat.Word("name", f.Standing))
	}
	switch f.State(at) {
	case Lifted:
		return chat.Refuse("freeze.lifted", chat.Word("freeze", f.ID), chat.Person("by", f.LiftedBy), chat.Time("at", f.Lifted))
	case Ended:
		return chat.Refuse("freeze.ended", chat.Word("freeze", f.ID), f.over(at))
	}
	return nil
}

// over is when the last occurrence before an instant ended.
func (f Freeze) over(at time.Time) chat.Arg {
	last := f.To
	if f.Schedule != nil {
		for o := range f.Occurrences(f.From, at) {
			last = o.To
		}
	}
	return chat.Time("at", last)
}

// Covering lists the freezes that cover the target at an instant, in the order given.
func Covering(freezes []Freeze, t calendar.Target, at time.Time) []Freeze {
	var list []Freeze
	for _, f := range freezes {
		if f.State(at) == Active && f.Scope.Covers(t) {
			list = append(list, f)
		}
	}
	return list
}

// mostSteps bounds how far NextOpen follows freezes of which one begins before another is over: two that take turns need never end.
const mostSteps = 1000

// NextOpen is the first instant, from at on, at which no freeze covers the target: freezes that overlap or touch are
// chained. False when one of them has no end, or none is in sight.
func NextOpen(freezes []Freeze, t calendar.Target, at time.Time) (time.Time, bool) {
	var plans []plan
	for _, f := range freezes {
		if f.Scope.Covers(t) {
			plans = append(plans, f.read())
		}
	}
	for range mostSteps {
		next := at
		for _, p := range plans {
			stretch, holds := p.stretch(at)
			if holds && !Ends(stretch) {
				return time.Time{}, false
			}
			if holds && stretch.To.After(next) {
				next = stretch.To
			}
		}
		if next.Equal(at) {
			return at, true
		}
		at = next
	}
	return time.Time{}, false
}
