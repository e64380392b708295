// Package when reads dates, times and durations as people write them: the whole text or nothing. What is not understood
// is refused with an example, never skipped, because a freeze that begins at a guessed hour is worse than none.
//
// A duration is exact: a day is 24 hours and a week seven of them, also across a change of the clocks. A wall time that
// the clocks skip, or show twice, is refused with the times that would do.
package when

import (
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Limits of what is read.
const (
	// MinDuration and MaxDuration bound a duration; what lasts longer than a year is better said by its dates.
	MinDuration = time.Second
	MaxDuration = 366 * 24 * time.Hour
	// MinYear and MaxYear bound a written date: beyond them it is a slip of the finger.
	MinYear = 2000
	MaxYear = 2100
	// MaxWords is the length of the longest time in words: "until 2026-12-24 at 18:00 CEST Europe/Berlin".
	MaxWords = 6
	// MaxLength bounds the text, in bytes; the longest sensible range has about 90.
	MaxLength = 120
)

// Codes of the refusals. All carry "said", as it was written, and "example", what would be right.
const (
	CodeTime          chat.Code = "when.time"            // not a time at all
	CodeRange         chat.Code = "when.range"           // not a range at all
	CodeDuration      chat.Code = "when.duration"        // not a duration at all
	CodeDurationBound chat.Code = "when.duration-bounds" // with min, max
	CodeSign          chat.Code = "when.sign"            // "2h" where a time is wanted
	CodeNeedsClock    chat.Code = "when.needs-clock"     // "tomorrow" without an hour
	CodeClock         chat.Code = "when.clock"           // "25:00"
	CodeMidnight      chat.Code = "when.midnight"        // "24:00" where nothing ends
	CodeDate          chat.Code = "when.date"            // "2026-02-30"
	CodeYear          chat.Code = "when.year"            // with min, max
	CodeMinus         chat.Code = "when.minus"           // "02:00-04:00": a range, or an offset?
	CodeZone          chat.Code = "when.zone"            // with zone
	CodeGap           chat.Code = "when.gap"             // with zone, from, to, before, after
	CodeTwice         chat.Code = "when.twice"           // with zone, first, second
	CodeOffset        chat.Code = "when.offset"          // with zone, offset
	CodeAbbreviation  chat.Code = "when.abbreviation"    // with zone, abbreviation
	CodeBackwards     chat.Code = "when.backwards"       // with start, end
)

// Examples shown with refusals.
const (
	exampleTime     = "tomorrow 02:00"
	exampleRange    = "Sat 02:00-04:00 Europe/Berlin"
	exampleDuration = "2h30m"
)

// Time reads a point in time against now. What names no zone is read in zone (UTC if nil), and the result carries the
// zone it was read in. Forms: "now", "+2h", "in 2h", "today 14:00", "tomorrow 02:00", "Sat 02:00" and "02:00" (the next
// one, strictly later than now), "2026-12-24" (its midnight), "2026-12-24 18:00", "2026-12-24T18:00:00Z" or with an
// offset; each may be followed by an abbreviation or offset, where the clock shows an hour twice, and by "UTC" or an
// IANA zone. A negative offset is read in the T form only: elsewhere it looks like a range. Dates and "today" may lie in
// the past. The error is a *chat.Refusal with one of the codes above.
func Time(s string, now time.Time, zone *time.Location) (time.Time, error) {
	p, r := parse(s)
	if r != nil {
		return time.Time{}, r
	}
	if p.clock.hour == 24 {
		return time.Time{}, reject(CodeMidnight, s, "tomorrow 00:00")
	}
	t, r := p.resolve(now, now, now, p.in(zone))
	if r != nil {
		return time.Time{}, r
	}
	return t, nil
}

// End reads the end of what begins at start: "+2h", "2h" or "for 2h" after start, or a time as Time reads them, with or
// without "until". A clock or weekday alone is the first one after start; "today", "tomorrow" and "in 2h" are said from
// now; 24:00 is the midnight that ends a day. What names no zone is read in start's. An end not after start is refused.
func End(s string, start, now time.Time) (time.Time, error) {
	e, r := parseEnd(s)
	if r != nil {
		return time.Time{}, r
	}
	t, r := e.resolve(start, now, e.in(start.Location()))
	if r != nil {
		return time.Time{}, r
	}
	return t, nil
}

func reject(code chat.Code, said, example string, more ...chat.Arg) *chat.Refusal {
	args := append([]chat.Arg{chat.Word("said", clip(said)), chat.Word("example", example)}, more...)
	return chat.Reject(code, args...)
}

// clip keeps what is repeated to the speaker short.
func clip(s string) string {
	const most = 80
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// Zone finds an IANA time zone by name; capitals may be missing at the start of its words. False where there is none. The zone of the
// machine is none: what is said here must mean the same on the next.
func Zone(name string) (*time.Location, bool) {
	if name == "" || strings.EqualFold(name, "local") {
		return nil, false
	}
	return location(name)
}
