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
	// head is the next wall time of the cursor; false once there is none.
	head Wall
	ok   bool
}

// shownFrom goes through them from an instant on.
func shownFrom(p *pattern, zone *time.Location, at int64) *shown {
	// Nothing is shown long before the start, and the time zones of year 1 are nobody's business.
	at = max(at, p.start.seconds-farthest)
	s := &shown{p: p, zone: zone}
	in := segmentAt(zone, at)
	s.enter(in, Wall{at + in.east})
	s.seek()
	return s
}

// enter goes on in a segment, from a wall time on.
func (s *shown) enter(in segment, from Wall) {
	s.in, s.low = in, from
	if in.from > always && s.p.frequency < Hourly {
		if before := shownUntil(s.zone, in.from-1); !before.Before(from) {
			s.low = Wall{before.seconds + 1}
		}
	}
}

func (s *shown) seek() {
	s.c = s.p.from(s.low)
	s.head, s.ok = s.c.take()
}

// take returns the next instant, and what the clock shows then.
func (s *shown) take() (int64, Wall, bool) {
	for {
		for s.ok && s.head.seconds < s.in.last() {
			w := s.head
			s.head, s.ok = s.c.take()
			if !w.Before(s.low) {
				return w.seconds - s.in.east, w, true
			}
		}
		if !s.leave() {
			return 0, Wall{}, false
		}
	}
}

// leave goes to the segment that the next wall time may be shown in.
func (s *shown) leave() bool {
	if s.in.to == never {
		return false
	}
	next := segmentAt(s.zone, s.in.to)
	next.from = s.in.to // which may be within a segment
	if again := next.from + next.east; again < s.in.last() && s.p.frequency >= Hourly {
		s.enter(next, Wall{again})
		s.seek()
		return true
	}
	// What is years ahead needs no walk through the summers between.
	if s.ok && s.head.seconds-farthest > next.to {
		next = segmentAt(s.zone, s.head.seconds-farthest)
	}
	s.enter(next, Wall{next.from + next.east})
	return s.ok
}
