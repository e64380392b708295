package recur

import "time"

// shown goes through the instants at which a clock in a zone shows the wall times of a pattern, in order, by RFC 5545: what falls into a
// gap is ignored (3.3.10), and of a time that is shown twice the first is meant (3.3.5). Only periods shorter than a day go on through the
// hour that comes twice: every hour means every hour.
type shown struct {
	p    *pattern
	zone *time.Location
	in   segment
	low  Wall // the first wall time that counts in the segment
	c    *cursor
}

// shownFrom goes through them from an instant on.
func shownFrom(p *pattern, zone *time.Location, at int64) *shown {
	// Nothing is shown long before the start, and the time zones of year 1 are nobody's business.
	at = max(at, p.start.seconds-farthest)
	s := &shown{p: p, zone: zone}
	s.enter(segmentAt(zone, at), Wall{at + segmentAt(zone, at).east})
	return s
}

// enter goes on in a segment, from a wall time on.
func (s *shown) enter(in segment, from Wall) {
	s.in = in
	s.low = from
	if in.from > always && s.p.frequency < Hourly {
		if before := shownUntil(s.zone, in.from-1); !before.Before(from) {
			s.low = Wall{before.seconds + 1}
		}
	}
	s.c = s.p.from(s.low)
}

// take returns the next instant, and what the clock shows then.
func (s *shown) take() (int64, Wall, bool) {
	for {
		w, ok := s.c.take()
		for ok && w.seconds < s.in.last() {
			if !w.Before(s.low) {
				return w.seconds - s.in.east, w, true
			}
			w, ok = s.c.take()
		}
		if s.in.to == never || !ok && s.in.last() > horizon*daySecs {
			return 0, Wall{}, false
		}
		if !s.leave(w, ok) {
			return 0, Wall{}, false
		}
	}
}

// leave goes to the segment that the next wall time may be shown in.
func (s *shown) leave(w Wall, ok bool) bool {
	next := segmentAt(s.zone, s.in.to)
	// What is years ahead needs no walk through the summers between.
	if ok && w.seconds-farthest > next.to && (s.p.frequency < Hourly || next.from+next.east >= s.in.last()) {
		next = segmentAt(s.zone, w.seconds-farthest)
	}
	if !ok && next.from+next.east >= s.in.last() {
		return false // nothing more, and nothing comes twice
	}
	s.enter(next, Wall{next.from + next.east})
	return true
}
