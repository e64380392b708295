package recur

import "time"

// run is a rule with its start and its end in a zone.
type run struct {
	p     *pattern
	zone  *time.Location
	until Until
	last  int64 // the last instant, where the rule counts
}

func newRun(r Rule, start Wall, zone *time.Location) *run {
	n := &run{p: newPattern(r, start), zone: zone, until: r.until, last: never}
	if r.count > 0 {
		n.last = n.nth(r.count)
	}
	return n
}

// nth is the instant of the nth occurrence, or of the last if there are fewer.
func (n *run) nth(count int) int64 {
	last, s := int64(always), shownFrom(n.p, n.zone, always)
	for range count {
		at, _, ok := s.take()
		if !ok {
			break
		}
		last = at
	}
	return last
}

// from goes through the instants of the run, from one on.
func (n *run) from(at int64) func() (int64, bool) {
	s := shownFrom(n.p, n.zone, at)
	return func() (int64, bool) {
		at, w, ok := s.take()
		return at, ok && at <= n.last && n.until.includes(at, w)
	}
}

// includes reports whether something may still occur at an instant, at which the clock shows w.
func (u Until) includes(at int64, w Wall) bool {
	switch {
	case u.IsZero():
		return true
	case u.Instant:
		return at <= u.At.seconds
	case u.Date:
		return w.day() <= u.At.day()
	}
	return w.seconds <= u.At.seconds
}
