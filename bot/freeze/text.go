package freeze

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Text says, as of an instant, what the freeze covers, when it holds or next will, who declared it and why.
func (f Freeze) Text(at time.Time) chat.Text {
	code, args := chat.Code("freeze.freeze"), []chat.Arg{chat.Word("freeze", f.ID), chat.Nested("scope", f.Scope.Text())}
	from, until := f.Times(at)
	if f.Schedule != nil {
		code = "freeze.recurring"
		args = append(args, chat.Nested("every", f.Schedule.Text()))
	}
	if f.AllDay && f.Schedule == nil { // a schedule says so itself
		args = append(args, chat.Nested("days", chat.Say("freeze.days")))
	}
	args = append(args, f.time("from", from))
	if f.Standing != "" {
		args = append(args, chat.Word("standing", f.Standing))
	} else {
		args = append(args, chat.Person("by", f.By))
	}
	if !until.IsZero() {
		args = append(args, f.time("until", until))
	}
	if f.Reason != nil {
		args = append(args, chat.Quote("reason", *f.Reason))
	}
	if f.Why != "" {
		args = append(args, chat.Word("why", f.Why))
	}
	return chat.Say(code, args...)
}

// Times are the start and the end of what holds at an instant or will next, of the last that did once it is over; until is zero where
// there is no end.
func (f Freeze) Times(at time.Time) (from, until time.Time) {
	if stretch, ok := f.Current(at); ok {
		if !Ends(stretch) {
			return stretch.From, time.Time{}
		}
		return stretch.From, stretch.To
	}
	until = f.To
	if !f.Lifted.IsZero() && (until.IsZero() || f.Lifted.Before(until)) {
		until = f.Lifted
	}
	if !until.After(f.From) { // lifted before it began: as it was to be
		until = f.To
	}
	return f.From, until
}

// time words an instant in the zone that the freeze was said in.
func (f Freeze) time(name string, t time.Time) chat.Arg {
	a := chat.Time(name, t)
	if f.Zone != "" {
		a.Zone = f.Zone
	}
	return a
}
