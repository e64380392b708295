package milestone

import (
	"cmp"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/fiscal"
)

// Standing is what is to be said of a milestone in a report.
type Standing string

// The standings of a milestone in the report of a quarter.
const (
	OnTime     Standing = "on-time"  // reached by the end of its day
	Late       Standing = "late"     // reached after it
	Overdue    Standing = "overdue"  // not reached, and its day is over
	Ahead      Standing = "ahead"    // its day is still to come
	PutOff     Standing = "deferred" // to no day, or held back with its release
	MovedAway  Standing = "moved"    // to another quarter
	GivenUp    Standing = "dropped"  // will not be
	notInThere Standing = ""         // not in the quarter at all
)

// Standings lists them in the order in which a report counts them.
func Standings() []Standing {
	return []Standing{OnTime, Late, Overdue, Ahead, PutOff, MovedAway, GivenUp}
}

// Row is one milestone in a report.
type Row struct {
	Milestone
	Standing Standing
	// Period is the third of the quarter that its day falls into, or fell into before it was moved away.
	Period int
	// Days are how many it is late by; negative for early ones.
	Days int
	// Promised is the day in this quarter that the row is about: for what was moved away the last one before.
	Promised time.Time
	// Change is what deferred, moved or dropped it; nil for the rest, and where its release is held back.
	Change *Change
}

// Report lists the milestones of a quarter as they stand at an instant, by day: those whose day is in it, and those whose day was in it
// before they were moved to another quarter. Held says which releases are held back; only milestones that are still to be reached ask.
func Report(all []Milestone, q fiscal.Quarter, c fiscal.Calendar, now time.Time, held func(release string) bool) []Row {
	var rows []Row
	for _, m := range all {
		r := Row{Milestone: m}
		if r.Standing = r.judge(q, c, now, held); r.Standing != notInThere {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(a.Promised.Compare(b.Promised), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return rows
}

// quarterOf is the period that a day falls into.
func quarterOf(c fiscal.Calendar, day time.Time) fiscal.Period {
	noon := fiscal.Begin(day, zoneOf(c)).Add(time.Minute)
	return c.Period(noon)
}

func zoneOf(c fiscal.Calendar) *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

func (r *Row) judge(q fiscal.Quarter, c fiscal.Calendar, now time.Time, held func(string) bool) Standing {
	period := quarterOf(c, r.Day)
	r.Promised, r.Period = r.Day, period.Month
	if period.Quarter != q {
		return r.movedFrom(q, c)
	}
	change := func(events ...Event) {
		if last, ok := r.last(events...); ok {
			r.Change = &last
		}
	}
	switch r.State {
	case Reached:
		if r.Days = c.Late(r.Day, r.Milestone.Reached); r.Days > 0 {
			return Late
		}
		return OnTime
	case Deferred:
		change(Defer)
		return PutOff
	case Dropped:
		change(Drop)
		return GivenUp
	}
	r.Days = c.Late(r.Day, now)
	switch {
	case held(r.Release):
		return PutOff
	case r.Days > 0:
		return Overdue
	}
	return Ahead
}

// movedFrom finds the last day in the quarter before the milestone was moved out of it.
func (r *Row) movedFrom(q fiscal.Quarter, c fiscal.Calendar) Standing {
	for i := len(r.History) - 1; i >= 0; i-- {
		h := r.History[i]
		if h.Event != Move {
			continue
		}
		if was := quarterOf(c, h.Was); was.Quarter == q {
			r.Promised, r.Period, r.Change = h.Was, was.Month, &h
			return MovedAway
		}
	}
	return notInThere
}

// Text words the standing.
func (s Standing) Text(r Row) chat.Text {
	args := []chat.Arg{chat.Count("days", r.Days), chat.Word("to", r.Day.Format(time.DateOnly))}
	return chat.Say("milestone.standing."+chat.Code(s), args...)
}
