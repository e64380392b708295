package fiscal

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/when"
)

// date is a day of the calendar, in no zone.
type date struct {
	year  int
	month time.Month
	day   int
}

func dayOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

// utc is the day's midnight in UTC, for arithmetic with days of 24 hours.
func (d date) utc() time.Time { return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC) }

func (d date) before(other date) bool { return d.utc().Before(other.utc()) }

// begin is the first instant of a day in the calendar's zone.
func (c Calendar) begin(d date) time.Time { return Begin(d.utc(), c.zone()) }

// Begin is the first instant of a day in a zone; only the date of day is looked at. Where the clocks skip midnight the day begins
// after the gap, and where they show it twice it begins the first time. A day that a zone skips whole begins with the next one.
func Begin(day time.Time, zone *time.Location) time.Time {
	y, m, d := day.Date()
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	wall := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if dayOf(t).before(dayOf(wall)) { // read with the offset before a gap over midnight
		_, after := when.Bounds(t)
		return after
	}
	from, _ := when.Bounds(t)
	switch {
	case from.IsZero():
		return t
	case t.Hour() != 0 || t.Minute() != 0 || t.Second() != 0 || t.Day() != d: // read with the offset after it
		return from
	}
	// Midnight may have been shown once before the clocks were set back.
	_, before := from.Add(-time.Nanosecond).Zone()
	if first := wall.Add(-time.Duration(before) * time.Second).In(zone); first.Before(from) && dayOf(first) == dayOf(wall) {
		return first
	}
	return t
}

// Day is the day that an instant falls on in the calendar's zone, as a midnight in UTC.
func (c Calendar) Day(at time.Time) time.Time { return dayOf(at.In(c.zone())).utc() }

// EndOfDay is the first instant after a day in the calendar's zone.
func (c Calendar) EndOfDay(day time.Time) time.Time { return c.begin(dayOf(day.AddDate(0, 0, 1))) }

// Late is how many days after a day an instant falls, in the calendar's zone; negative when it falls before.
func (c Calendar) Late(day, at time.Time) int {
	return int(c.Day(at).Sub(dayOf(day).utc()) / (24 * time.Hour))
}
