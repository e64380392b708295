// Package recur is time that comes again: recurrence rules of RFC 5545, and stretches of time as a clock on a wall shows them. It is
// the one place where freezes, windows and trains get their instants from.
//
// A [Rule] says when; with a start it becomes a [Set] of instants, as calendars exchange them, or a [Schedule] of stretches between
// two times of a wall clock, which a [Timetable] reads in its zone. Times are computed in the zone that they were said in. All intervals
// are half open: they hold from their first instant up to, and not including, their end.
package recur

import "time"

// Interval is a stretch of time, half open.
type Interval struct{ From, To time.Time }

// Contains reports whether an instant is in the interval.
func (i Interval) Contains(at time.Time) bool { return !at.Before(i.From) && at.Before(i.To) }
