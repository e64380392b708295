// Package ladder is who is asked next when nobody decides: rungs of groups, each with its time, which counts in the working
// hours of a region only. It reads no clock.
package ladder

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/when"
)

// Hours are when people of a region work, by the wall clock of their zone: on these weekdays from one time of day to another, but
// for holidays. Its zero value is around the clock, every day.
type Hours struct {
	Zone *time.Location // nil: UTC
	// Days are the weekdays worked; none: every day.
	Days []time.Weekday
	// From and To are times of day since midnight as the clock shows it, From first; both zero: all day.
	From, To time.Duration
	// Holidays are the days off, each 2026-12-25.
	Holidays []string
}

const dayLength = 24 * time.Hour

// Check lists what is wrong with the hours.
func (h Hours) Check() error {
	var errs []error
	from, to := h.clock()
	if from < 0 || to > dayLength {
		errs = append(errs, errors.New("from and to must be times of a day, from 00:00 to 24:00"))
	} else if from >= to {
		errs = append(errs, errors.New("from must come before to"))
	}
	for i, d := range h.Days {
		if slices.Index(h.Days, d) < i {
			errs = append(errs, fmt.Errorf("days: %s is there twice", d))
		}
	}
	for _, d := range h.Holidays {
		if day, err := time.Parse(time.DateOnly, d); err != nil || day.Format(time.DateOnly) != d {
			errs = append(errs, fmt.Errorf("holidays: %q is not a day like 2026-12-25", d))
		}
	}
	return errors.Join(errs...)
}

// Around reports whether every hour of every day counts.
func (h Hours) Around() bool {
	from, to := h.clock()
	return len(h.Days) == 0 && len(h.Holidays) == 0 && from == 0 && to == dayLength
}

func (h Hours) clock() (from, to time.Duration) {
	if h.From == 0 && h.To == 0 {
		return 0, dayLength
	}
	return h.From, h.To
}

func (h Hours) zone() *time.Location {
	if h.Zone == nil {
		return time.UTC
	}
	return h.Zone
}

// Open reports whether an instant counts: what the region's clock shows then lies in its working hours.
func (h Hours) Open(at time.Time) bool {
	local := at.In(h.zone())
	if !h.works(local) {
		return false
	}
	from, to := h.clock()
	shown := shown(local)
	return from <= shown && shown < to
}

// works reports whether a local day is worked.
func (h Hours) works(local time.Time) bool {
	if len(h.Days) > 0 && !slices.Contains(h.Days, local.Weekday()) {
		return false
	}
	return len(h.Holidays) == 0 || !slices.Contains(h.Holidays, local.Format(time.DateOnly))
}

// shown is the time of day that a clock shows.
func shown(local time.Time) time.Duration {
	return time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute +
		time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
}

// MaxSearch bounds how far ahead working time is looked for: beyond it the hours are as good as none.
const MaxSearch = 5 * 366 * dayLength

// Due is when a length of working time that begins to count at an instant is over; false when the hours have not that much
// within MaxSearch.
func (h Hours) Due(start time.Time, length time.Duration) (time.Time, bool) {
	if length <= 0 {
		return start, true
	}
	at, limit := start, start.Add(MaxSearch)
	for at.Before(limit) {
		from, to, end := h.piece(at)
		if worked := to.Sub(from); worked > 0 {
			if worked >= length {
				return from.Add(length), true
			}
			length -= worked
		}
		at = end
	}
	return time.Time{}, false
}

// Worked is how much working time lies between two instants.
func (h Hours) Worked(start, until time.Time) time.Duration {
	var sum time.Duration
	for at := start; at.Before(until); {
		from, to, end := h.piece(at)
		if to.After(until) {
			to = until
		}
		if to.After(from) {
			sum += to.Sub(from)
		}
		at = end
	}
	return sum
}

// piece is the stretch from an instant to the end of its local day, or to where the clocks change within it, and what of it is
// worked. Within a piece the clock runs evenly, so that gaps and hours shown twice need no thought: what the clock shows counts.
func (h Hours) piece(at time.Time) (from, to, end time.Time) {
	local := at.In(h.zone())
	midnight := local.Add(-shown(local)) // as the clock would have shown it
	end = midnight.Add(dayLength)
	if _, changes := when.Bounds(local); !changes.IsZero() && changes.Before(end) {
		end = changes
	}
	if !h.works(local) {
		return at, at, end
	}
	begin, over := h.clock()
	from, to = midnight.Add(begin), midnight.Add(over)
	if from.Before(at) {
		from = at
	}
	if to.After(end) {
		to = end
	}
	return from, to, end
}
