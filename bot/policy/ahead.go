package policy

import (
	"slices"
	"time"
)

// Bounds of the look ahead: at every full hour of UTC, and once an hour is found, at every minute before it.
const (
	lookAhead = 8 * 24
	minutes   = 60
	// lookCost bounds what all of it may cost, in CEL's own units: it is asked while a decision is made.
	lookCost = MaxCost / 10
)

// NextFalse finds the first moment after the context's at which the condition, which holds now, no longer does if nothing but time
// goes on. It looks at full hours up to 8 days ahead, and back from the first that it finds to the minute; false where the
// expression does not name the time, or where no hour is found. A shorter gap between two full hours is passed over: the moment
// given may be later than the first, never earlier. All that is asked costs at most lookCost together, or little more: an expression of which asking
// once costs much is given up, and false is returned.
func (c *Condition) NextFalse(in Context) (time.Time, bool) {
	if !slices.ContainsFunc(c.fields, func(at int) bool { return fields[at].moves }) {
		return time.Time{}, false
	}
	var spent uint64
	open := func(at time.Time) bool {
		then := in
		then.Now = at
		a, cost := c.ask(then)
		spent += cost
		return !a.True && !a.Unknown
	}
	hour := in.Now.UTC().Truncate(time.Hour)
	for range lookAhead {
		if spent > lookCost {
			break
		}
		hour = hour.Add(time.Hour)
		if !open(hour) {
			continue
		}
		first := hour
		for range minutes - 1 {
			if before := first.Add(-time.Minute); spent <= lookCost && before.After(in.Now) && open(before) {
				first = before
				continue
			}
			break
		}
		return first, true
	}
	return time.Time{}, false
}
