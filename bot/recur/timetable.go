package recur

import (
	"iter"
	"slices"
	"time"
)

// Timetable is a schedule in a reading, ready to be asked. It never changes, so any number may ask at once.
//
// Of a Widest reading, a stretch from wall time s up to wall time e is from the first instant at which the clock shows s or later up to the
// instant from which on it shows nothing before e again.
type Timetable struct {
	p       *pattern
	zone    *time.Location
	reading Reading
	length  int64 // of a stretch, in seconds of the clock
	except  []Wall
	until   Until
	latest  Wall  // the last start, as the clock shows it
	last    int64 // the last start, as an instant
}

// Interval is the stretch that covers an instant: of several, the one that ends last.
func (t *Timetable) Interval(at time.Time) (Interval, bool) {
	now := seconds(at)
	// Stretches that began long ago are looked for last: the latest that covers is the one that ends last.
	const near, wider = 3600, 8
	for span := int64(near); ; span *= wider {
		span = min(span, t.length+2*farthest)
		var found stretch
		for s := range t.stretches(now - span) {
			if s.from > now {
				break
			}
			if s.to > now {
				found = s
			}
		}
		if found.to > now {
			return found.in(t.zone), true
		}
		if span == t.length+2*farthest {
			return Interval{}, false
		}
	}
}

// Next is the first stretch that begins at an instant or later.
func (t *Timetable) Next(at time.Time) (Interval, bool) {
	now := secondsUp(at)
	for s := range t.stretches(now) {
		if s.from >= now {
			return s.in(t.zone), true
		}
	}
	return Interval{}, false
}

// Between goes through the stretches of which any part lies between two instants, by their start.
func (t *Timetable) Between(from, to time.Time) iter.Seq[Interval] {
	first, end := seconds(from), secondsUp(to)
	return func(yield func(Interval) bool) {
		if !from.Before(to) {
			return
		}
		for s := range t.stretches(first - t.length - 2*farthest) {
			if s.from >= end {
				return
			}
			if s.to > first && !yield(s.in(t.zone)) {
				return
			}
		}
	}
}

// Skipped goes through the starts that the clock skips between two instants, of a rule of days or longer: what the clock would show, and the
// first instant after the gap. A Strict reading has no stretch there.
func (t *Timetable) Skipped(from, to time.Time) iter.Seq2[Wall, time.Time] {
	first, end := seconds(from), secondsUp(to)
	return func(yield func(Wall, time.Time) bool) {
		if t.p.frequency >= Hourly {
			return
		}
		for in := segmentAt(t.zone, first-1); in.to < end; {
			next := segmentAt(t.zone, in.to)
			c := t.p.from(Wall{in.last()})
			for w, ok := c.take(); ok && w.seconds < in.to+next.east; w, ok = c.take() {
				comes := in.to <= t.last && !t.latest.Before(w) && t.until.includes(in.to, w)
				if comes && !w.Before(t.p.start) && !t.excepted(w) && !yield(w, instant(in.to, t.zone)) {
					return
				}
			}
			in = next
		}
	}
}

// stretch is an interval in seconds.
type stretch struct{ from, to int64 }

func (s stretch) in(zone *time.Location) Interval {
	return Interval{instant(s.from, zone), instant(s.to, zone)}
}

// stretches goes through those that begin at an instant or later, and maybe some that began before; none is empty.
func (t *Timetable) stretches(at int64) iter.Seq[stretch] {
	at = max(at, t.p.start.seconds-2*farthest)
	if t.reading == Strict {
		return t.strict(at)
	}
	return t.widest(at)
}

func (t *Timetable) widest(at int64) iter.Seq[stretch] {
	return func(yield func(stretch) bool) {
		// What the clock has not shown before begins at the instant or later.
		c := t.p.from(Wall{shownUntil(t.zone, at-1).seconds + 1})
		for w, ok := c.take(); ok && !t.latest.Before(w); w, ok = c.take() {
			s := stretch{firstShowing(t.zone, w), lastBefore(t.zone, Wall{w.seconds + t.length})}
			if !t.until.includes(s.from, w) {
				return
			}
			if s.from < s.to && !t.excepted(w) && !yield(s) {
				return
			}
		}
	}
}

func (t *Timetable) strict(at int64) iter.Seq[stretch] {
	return func(yield func(stretch) bool) {
		starts := shownFrom(t.p, t.zone, at)
		for from, w, ok := starts.take(); ok && from <= t.last && !t.latest.Before(w); from, w, ok = starts.take() {
			if !t.until.includes(from, w) {
				return
			}
			s := stretch{from, nextShowing(t.zone, Wall{w.seconds + t.length}, from)}
			if !t.excepted(w) && !yield(s) {
				return
			}
		}
	}
}

func (t *Timetable) excepted(w Wall) bool {
	_, ok := slices.BinarySearchFunc(t.except, w, Wall.Compare)
	return ok
}
