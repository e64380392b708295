package when

import (
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// exampleDay is shown where a whole day is wanted.
const exampleDay = "2026-12-24"

// ReadZone finds an IANA time zone by its name as people write it; one that there is not is refused with CodeZone.
func ReadZone(name string) (*time.Location, error) {
	if looksLikeZone(name) {
		if zone, ok := location(name); ok {
			return zone, nil
		}
	}
	return nil, reject(CodeZone, name, "Europe/Berlin", chat.Word("zone", clip(name)))
}

// Day reads a whole day against now: "2026-12-24", "today", "tomorrow" or "Sat", the next one, each with or without a zone behind.
// The result is the day's first instant in its zone, which need not be midnight: clocks may skip it.
func Day(s string, now time.Time, zone *time.Location) (time.Time, error) {
	p, r := parseDay(s)
	if r != nil {
		return time.Time{}, r
	}
	in := p.in(zone)
	return firstOf(p.day(now.In(in)), in), nil
}

// DayEnd reads the last whole day of what begins at start, itself a day's first instant: a day as Day reads it, the first such
// weekday from start on, or a length like "+2d". The result is the first instant of the day after, in start's zone. A day before
// start's is refused.
func DayEnd(s string, start, now time.Time) (time.Time, error) {
	text := strings.TrimSpace(s)
	if word, behind, _ := strings.Cut(text, " "); strings.EqualFold(word, "until") {
		text = behind
	}
	p, r := parseDay(text)
	if r != nil {
		if length, bad := parseEnd(s); bad == nil && length.anchor == fromBase && length.length%(24*time.Hour) == 0 {
			days := int(length.length / (24 * time.Hour)) // whole days on the calendar, whatever the clocks do
			return firstOf(dateOf(start.AddDate(0, 0, days)), start.Location()), nil
		}
		return time.Time{}, r
	}
	from := now.In(start.Location())
	if p.anchor == onWeekday {
		from = start.AddDate(0, 0, -1) // the day that it begins with counts
	}
	last := firstOf(p.day(from), p.in(start.Location()))
	if last.Before(start) {
		return time.Time{}, reject(CodeBackwards, s, "+1d", chat.Time("start", start), chat.Time("end", last))
	}
	return firstOf(dateOf(last.AddDate(0, 0, 1)), last.Location()), nil
}

// parseDay reads a day without hour.
func parseDay(s string) (phrase, *chat.Refusal) {
	words := strings.Fields(s)
	if len(words) == 0 || len(s) > MaxLength {
		return phrase{}, reject(CodeTime, s, exampleDay)
	}
	for _, w := range words {
		if looksLikeClock(w) || strings.EqualFold(w, "now") || strings.EqualFold(w, "in") || w[0] == '+' || len(w) > dateLength && looksLikeDate(strings.ToLower(w)) {
			return phrase{}, reject(CodeTime, s, exampleDay)
		}
	}
	day := append([]string{words[0], "00:00"}, words[1:]...)
	p, r := parse(strings.Join(day, " "))
	if p.said = s; r == nil && (p.anchor == onClock || p.offset != nil || p.abbreviation != "") {
		r = reject(CodeTime, s, exampleDay)
	}
	return p, r
}

// day is the date that a day without hour means, seen from an instant in its zone; a weekday is the next after that.
func (p phrase) day(from time.Time) date {
	switch p.anchor {
	case onDate:
		return p.date
	case onDay:
		return dateOf(from.AddDate(0, 0, p.days))
	}
	ahead := (int(p.weekday) - int(from.Weekday()) + 7) % 7
	if ahead == 0 {
		ahead = 7
	}
	return dateOf(from.AddDate(0, 0, ahead))
}

// firstOf is the first instant of a date in a zone: its midnight, the first of two, or where the clocks skip it what they show next.
func firstOf(d date, zone *time.Location) time.Time {
	found, skipped := instants(time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC), zone)
	if len(found) > 0 {
		return found[0]
	}
	return skipped.at // a wall time that no clock shows is skipped
}
