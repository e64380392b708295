package when

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// resolve places a phrase on the calendar of a zone. Lengths count from base or now, named days from now, and the next
// clock or weekday is the first strictly later than after.
func (p phrase) resolve(now, base, after time.Time, zone *time.Location) (time.Time, *chat.Refusal) {
	switch p.anchor {
	case fromNow:
		return now.Round(0).Add(p.length).In(zone), nil
	case fromBase:
		return base.Round(0).Add(p.length).In(zone), nil
	case onDate:
		return p.on(p.date, 0, zone)
	case onDay:
		return p.on(dateOf(now.In(zone)), p.days, zone)
	}
	return p.next(after, zone)
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

// wall writes the wall time on a day, or some days later, as if it were UTC.
func (p phrase) wall(d date, later int) time.Time {
	return time.Date(d.year, d.month, d.day+later, p.clock.hour, p.clock.minute, p.clock.second, 0, time.UTC)
}

// next finds the first time strictly later than after. A day on which the wall time is skipped, or shown twice, is not
// passed over when it is still ahead: it is what the speaker will have meant.
func (p phrase) next(after time.Time, zone *time.Location) (time.Time, *chat.Refusal) {
	day, first, step := dateOf(after.In(zone)), 0, 1
	if p.anchor == onWeekday {
		first, step = (int(p.weekday)-int(after.In(zone).Weekday())+7)%7, 7
	}
	// Two are enough unless a zone changes calendars; the bound is for instants at the end of what time.Time can hold.
	for later := first; later <= first+3*step; later += step {
		if p.over(p.wall(day, later), after, zone) {
			continue
		}
		t, r := p.on(day, later, zone)
		if r != nil || t.After(after) {
			return t, r
		}
	}
	return time.Time{}, reject(CodeTime, p.said, exampleTime)
}

// over reports whether the last time that a zone shows a wall time, or skips it, is past.
func (p phrase) over(wall, after time.Time, zone *time.Location) bool {
	found, skipped := instants(wall, zone)
	switch {
	case len(found) > 0:
		return !found[len(found)-1].After(after)
	case skipped != nil:
		return !skipped.at.After(after)
	}
	return false
}

// on finds the one instant of a wall time on a day.
func (p phrase) on(d date, later int, zone *time.Location) (time.Time, *chat.Refusal) {
	wall := p.wall(d, later)
	found, skipped := instants(wall, zone)
	if p.offset != nil {
		return p.atOffset(wall, found, zone)
	}
	if len(found) == 0 {
		if skipped == nil { // can't be: a wall time that is not skipped is shown
			return time.Time{}, reject(CodeTime, p.said, exampleTime)
		}
		return time.Time{}, skipped.refuse(p, zone)
	}
	if p.abbreviation != "" {
		for _, t := range found {
			if name, _ := t.Zone(); name == p.abbreviation {
				return t, nil
			}
		}
		return time.Time{}, reject(CodeAbbreviation, p.said, p.exact(found[0]),
			chat.Word("zone", zone.String()), chat.Word("abbreviation", p.abbreviation))
	}
	if len(found) > 1 {
		return time.Time{}, p.twice(found, zone)
	}
	return found[0], nil
}

// atOffset takes the offset to choose among what the zone shows. A full date with an offset and no zone beside it needs
// no zone at all; anything else that contradicts the zone is refused, since one of the two is wrong.
func (p phrase) atOffset(wall time.Time, found []time.Time, zone *time.Location) (time.Time, *chat.Refusal) {
	east := time.Duration(*p.offset) * time.Second
	for _, t := range found {
		if offsetOf(t) == east {
			return t, nil
		}
	}
	if p.anchor == onDate && p.zone == nil {
		return wall.Add(-east).In(zone), nil
	}
	example := wall.In(time.FixedZone("", *p.offset)).Add(-east).Format(minutesOffset)
	return time.Time{}, reject(CodeOffset, p.said, example,
		chat.Word("zone", zone.String()), chat.Word("offset", wall.In(time.FixedZone("", *p.offset)).Format("-07:00")))
}
