package recur

import (
	"math"
	"time"

	"github.com/gonogo-chat/gonogo/bot/when"
)

// segment is a stretch of time through which the clocks of a zone do not change. Seconds are counted as in Wall: instants as if the wall
// hung in Greenwich.
type segment struct {
	from, to int64 // instants
	east     int64
}

// farthest is more than any zone is or ever was from Greenwich, in seconds.
const farthest = 16 * 3600

const (
	always = math.MinInt64 / 2
	never  = math.MaxInt64 / 2
)

// segmentAt is the segment that an instant is in.
func segmentAt(zone *time.Location, at int64) segment {
	t := time.Unix(at-epoch, 0).In(zone)
	start, end := when.Bounds(t)
	_, east := t.Zone()
	s := segment{always, never, int64(east)}
	if !start.IsZero() {
		s.from = start.Unix() + epoch
	}
	if !end.IsZero() {
		s.to = end.Unix() + epoch
	}
	return s
}

// last is what the clock would show at the end of the segment.
func (s segment) last() int64 { return s.to + s.east }

// firstShowing is the first instant at which the clock shows w or later: the first of two, and the end of a gap that swallows w.
func firstShowing(zone *time.Location, w Wall) int64 {
	for s := segmentAt(zone, w.seconds-farthest); ; s = segmentAt(zone, s.to) {
		if s.last() > w.seconds {
			return max(s.from, w.seconds-s.east)
		}
	}
}

// nextShowing is the first instant from another on at which the clock shows w or later.
func nextShowing(zone *time.Location, w Wall, from int64) int64 {
	for s := segmentAt(zone, from); ; s = segmentAt(zone, s.to) {
		if s.last() > w.seconds {
			return max(from, s.from, w.seconds-s.east)
		}
	}
}

// lastBefore is the first instant from which on the clock never shows anything before w again.
func lastBefore(zone *time.Location, w Wall) int64 {
	at := int64(always)
	for s := segmentAt(zone, w.seconds-farthest); s.from <= w.seconds+farthest; s = segmentAt(zone, s.to) {
		if s.from+s.east < w.seconds {
			at = min(s.to, w.seconds-s.east)
		}
		if s.to == never {
			break
		}
	}
	return at
}

// single is the instant of a date and time by RFC 5545 section 3.3.5: the first of two, and in a gap by the offset before it.
func single(zone *time.Location, w Wall) int64 {
	before := segmentAt(zone, w.seconds-farthest)
	for {
		if before.last() > w.seconds {
			return w.seconds - before.east
		}
		next := segmentAt(zone, before.to)
		if next.from+next.east > w.seconds {
			return w.seconds - before.east
		}
		before = next
	}
}

// shownUntil is the latest that the clock has shown by an instant, which is more than it shows after it was set back.
func shownUntil(zone *time.Location, at int64) Wall {
	s := segmentAt(zone, at)
	latest := at + s.east
	for limit := at - 2*farthest; s.from > limit; {
		s = segmentAt(zone, s.from-1)
		latest = max(latest, s.last()-1)
	}
	return Wall{latest}
}

// instant makes a time of seconds, in a zone.
func instant(at int64, zone *time.Location) time.Time { return time.Unix(at-epoch, 0).In(zone) }

// seconds counts an instant down to the second.
func seconds(t time.Time) int64 { return t.Unix() + epoch }

// secondsUp counts an instant up to the second.
func secondsUp(t time.Time) int64 {
	s := seconds(t)
	if t.Nanosecond() > 0 {
		s++
	}
	return s
}
