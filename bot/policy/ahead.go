package policy

import (
	"slices"
	"time"
)

// Bounds of the look ahead: at every full hour of UTC, and once an hour is found, at every minute before it.
const (
	lookAhead = 8 * 24
	minutes   = 60
)

// NextFalse finds the first moment after the context's at which the condition, which holds now, no longer does if nothing but time
// goes on. It looks at full hours up to 8 days ahead, and back from the first that it finds to the minute; false where the
// expression does not name the time, or where no hour is found. A shorter gap between two full hours is passed over: the moment
// given may be later than the first, never earlier.
func (c *Condition) NextFalse(in Context) (time.Time, bool) {
	if !slices.ContainsFunc(c.fields, func(at int) bool { return fields[at].moves }) {
		return time.Time{}, false
	}
	open := func(at time.Time) bool {
		then := in
		then.Now = at
		a := c.Holds(then)
		return !a.True && !a.Unknown
	}
	hour := in.Now.UTC().Truncate(time.Hour)
	for range lookAhead {
		hour = hour.Add(time.Hour)
		if !open(hour) {
			continue
		}
		first := hour
		for range minutes - 1 {
			if before := first.Add(-time.Minute); before.After(in.Now) && open(before) {
				first = before
				continue
			}
			break
		}
		return first, true
	}
	return time.Time{}, false
}
