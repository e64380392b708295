package when

import (
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// zones keeps the locations read, which are some 600 at most: only names that exist are kept.
var zones sync.Map // string to *time.Location

// looksLikeZone takes "Europe/Berlin", "UTC" and "GMT". Names without a slash that the zone database also has, such as
// EST, are fixed offsets that people take for their own zone; they are read as abbreviations.
func looksLikeZone(s string) bool {
	if strings.EqualFold(s, "utc") || strings.EqualFold(s, "gmt") {
		return true
	}
	area, place, ok := strings.Cut(s, "/")
	if !ok || area == "" || place == "" {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || digit(c) || c == '/' || c == '_' || c == '-' || c == '+') {
			return false
		}
	}
	return true
}

// location finds a zone by name; capitals may be missing at the start of its words. The copies of the database that count
// leap seconds ("right/") or repeat it ("posix/") are not zones to people.
func location(name string) (*time.Location, bool) {
	const longest = 40 // "America/Argentina/ComodRivadavia" has 32
	if strings.EqualFold(name, "utc") || strings.EqualFold(name, "gmt") {
		return time.UTC, true
	}
	area, _, _ := strings.Cut(strings.ToLower(name), "/")
	if len(name) > longest || area == "right" || area == "posix" {
		return nil, false
	}
	for _, n := range []string{name, capitals(name)} {
		if known, ok := zones.Load(n); ok {
			return known.(*time.Location), true
		}
		if zone, err := time.LoadLocation(n); err == nil {
			zones.Store(n, zone)
			return zone, true
		}
	}
	return nil, false
}

// capitals writes "europe/berlin" and "AMERICA/NEW_YORK" as the database does.
func capitals(name string) string {
	b := []byte(strings.ToLower(name))
	for i, c := range b {
		if 'a' <= c && c <= 'z' && (i == 0 || b[i-1] == '/' || b[i-1] == '_' || b[i-1] == '-') {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// gap is a stretch of wall time that the clocks skip.
type gap struct {
	at       time.Time // when they do, in the zone: its wall time is the first after the gap
	from, to time.Time // the wall times skipped, from until before to, written as UTC
}

// instants finds when the clocks in a zone show a wall time (given as if it were UTC), in order: usually once, never when
// it falls into a gap, twice when they were set back.
func instants(wall time.Time, zone *time.Location) (found []time.Time, skipped *gap) {
	// No zone has ever been 16 hours or more from Greenwich.
	const farthest = 16 * time.Hour
	last := wall.Add(farthest)
	for t := wall.Add(-farthest).In(zone); ; {
		start, end := Bounds(t)
		east := offsetOf(t)
		at := wall.Add(-east).In(zone)
		if (start.IsZero() || !at.Before(start)) && (end.IsZero() || at.Before(end)) {
			found = append(found, at)
		}
		if end.IsZero() || end.After(last) {
			return found, skipped
		}
		from, to := end.Add(east), end.Add(offsetOf(end))
		if !wall.Before(from) && wall.Before(to) {
			skipped = &gap{at: end, from: from.UTC(), to: to.UTC()}
		}
		t = end
	}
}

// Bounds are the bounds of a stretch around an instant, in its zone, through which the clocks do not change: it begins at start, zero
// for ever, and ends before end, zero for never. They are those of [time.Time.ZoneBounds], and end is always after t: past the end of
// the zone database's table, Go ends leap years a day early, and their last day before it begins.
func Bounds(t time.Time) (start, end time.Time) {
	start, end = t.ZoneBounds()
	if !end.IsZero() && !end.After(t) {
		const day = 24 * time.Hour
		end = t.Truncate(day).Add(day)
	}
	return start, end
}

func offsetOf(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}

// Layouts of suggestions: dated, so that they mean the same whenever they are typed.
const (
	minutes       = "2006-01-02 15:04"
	minutesOffset = "2006-01-02T15:04Z07:00"
)

func (g gap) refuse(p phrase, zone *time.Location) *chat.Refusal {
	before, after := p.plain(g.at.Add(-time.Minute).In(zone)), p.plain(g.at)
	return reject(CodeGap, p.said, after, chat.Word("zone", zone.String()),
		chat.Word("from", g.from.Format(minutes)), chat.Word("to", g.to.Format(minutes)),
		chat.Word("before", before), chat.Word("after", after))
}

func (p phrase) twice(found []time.Time, zone *time.Location) *chat.Refusal {
	first, second := p.exact(found[0]), p.exact(found[1])
	return reject(CodeTwice, p.said, first, chat.Word("zone", zone.String()),
		chat.Word("first", first), chat.Word("second", second))
}

// plain writes a time in the way of the phrase: with the zone if that names it.
func (p phrase) plain(t time.Time) string {
	if p.zone == nil {
		return t.Format(minutes)
	}
	return t.Format(minutes) + " " + p.zone.String()
}

// exact writes a time so that no other is meant: with its abbreviation if it has one in letters, else with its offset.
func (p phrase) exact(t time.Time) string {
	name, _ := t.Zone()
	if !isAbbreviation(name) {
		return t.Format(minutesOffset)
	}
	s := t.Format(minutes) + " " + name
	if p.zone != nil {
		s += " " + p.zone.String()
	}
	return s
}
