// Package freeze holds the times at which nothing may be deployed, and the exceptions to them.
//
// All intervals are half open: a freeze holds from its first instant up to, and not including, its end.
package freeze

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Version is the schema version of a stored Freeze or Exception.
const Version = 1

// Freeze is a time at which nothing in its scope may be deployed.
type Freeze struct {
	V        int            `json:"v"`
	ID       string         `json:"id"` // "F-1"
	Scope    calendar.Scope `json:"scope"`
	From     time.Time      `json:"from"`
	To       time.Time      `json:"to,omitzero"`    // the first instant at which it no longer holds; zero: until lifted
	Zone     string         `json:"zone,omitempty"` // that it was said in
	Reason   *chat.Sealed   `json:"reason,omitempty"`
	By       string         `json:"by"` // opaque person id
	At       time.Time      `json:"at"`
	Lifted   time.Time      `json:"lifted,omitzero"` // the first instant at which it no longer held
	LiftedBy string         `json:"lifted_by,omitempty"`
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
	switch {
	case !f.Lifted.IsZero() && !at.Before(f.Lifted):
		return Lifted
	case at.Before(f.From):
		return Announced
	case f.To.IsZero() || at.Before(f.To):
		return Active
	}
	return Ended
}

// Text words the state.
func (s State) Text() chat.Text { return chat.Say("freeze.state." + chat.Code(s)) }

// End is the first instant at which it no longer holds; false while it has none.
func (f Freeze) End() (time.Time, bool) {
	end := f.To
	if !f.Lifted.IsZero() && (end.IsZero() || f.Lifted.Before(end)) {
		end = f.Lifted
	}
	return end, !end.IsZero()
}

// Check refuses a freeze that would hold at no instant from now on.
func (f Freeze) Check(now time.Time) *chat.Refusal {
	switch {
	case f.From.IsZero():
		return chat.Reject("freeze.no_start")
	case f.To.IsZero():
		return nil
	case !f.To.After(f.From):
		return chat.Reject("freeze.empty", chat.Time("from", f.From), chat.Time("to", f.To))
	case !f.To.After(now):
		return chat.Reject("freeze.past", chat.Time("to", f.To))
	}
	return nil
}

// Lift ends the freeze now; one that has not begun never will. Refused when it is over.
func (f Freeze) Lift(person string, at time.Time) (Freeze, *chat.Refusal) {
	switch f.State(at) {
	case Lifted:
		return f, chat.Refuse("freeze.lifted", chat.Word("freeze", f.ID), chat.Person("by", f.LiftedBy), chat.Time("at", f.Lifted))
	case Ended:
		return f, chat.Refuse("freeze.ended", chat.Word("freeze", f.ID), chat.Time("at", f.To))
	}
	f.Lifted, f.LiftedBy = at.UTC(), person
	return f, nil
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

// NextOpen is the first instant, from at on, at which no freeze covers the target: freezes that overlap or touch are
// chained. False when one of them has no end.
func NextOpen(freezes []Freeze, t calendar.Target, at time.Time) (time.Time, bool) {
	// Every pass moves past the end of at least one freeze, none of which can hold again.
	for {
		next := at
		for _, f := range freezes {
			if f.State(at) != Active || !f.Scope.Covers(t) {
				continue
			}
			end, ends := f.End()
			if !ends {
				return time.Time{}, false
			}
			if end.After(next) {
				next = end
			}
		}
		if next.Equal(at) {
			return at, true
		}
		at = next
	}
}

// Text says what the freeze covers, until when, who declared it and why.
func (f Freeze) Text() chat.Text {
	args := []chat.Arg{chat.Word("freeze", f.ID), chat.Nested("scope", f.Scope.Text()), f.time("from", f.From), chat.Person("by", f.By)}
	if end, ends := f.End(); ends {
		args = append(args, f.time("until", end))
	}
	if f.Reason != nil {
		args = append(args, chat.Quote("reason", *f.Reason))
	}
	return chat.Say("freeze.freeze", args...)
}

// time words an instant in the zone that the freeze was said in.
func (f Freeze) time(name string, t time.Time) chat.Arg {
	a := chat.Time(name, t)
	if f.Zone != "" {
		a.Zone = f.Zone
	}
	return a
}
