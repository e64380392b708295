package recur

import (
	"cmp"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Wall is a date and time of day as a clock on a wall shows it, to the second, in no zone: an instant only once a zone is given. The
// zero Wall is none.
type Wall struct{ seconds int64 } // since the beginning of year 1, as if every day had 86,400

// Bounds of what is computed: RFC 5545 writes years with four digits.
const (
	epoch     = 62135596800 // seconds from the beginning of year 1 to that of 1970
	daySecs   = 86400
	lastYear  = 9999
	horizon   = 3652059 // days from the beginning of year 1 to the end of lastYear
	gregorian = 146097  // days after which dates, weekdays and week numbers all come again: 400 years
)

// On is the wall time of a date and a clock; what is out of range carries over, as in [time.Date].
func On(year int, month time.Month, day, hour, minute, second int) Wall {
	return Wall{time.Date(year, month, day, hour, minute, second, 0, time.UTC).Unix() + epoch}
}

// Shown is what a clock shows at an instant, in the zone that the instant carries.
func Shown(t time.Time) Wall {
	_, east := t.Zone()
	return Wall{t.Unix() + epoch + int64(east)}
}

// wallLayouts are the forms of a wall time: that of JSON first.
var wallLayouts = []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"}

// ParseWall reads "2026-12-24T18:00:00", "2026-12-24T18:00" or "2026-12-24", which is its midnight.
func ParseWall(s string) (Wall, error) {
	for _, layout := range wallLayouts {
		if t, err := time.Parse(layout, s); err == nil && len(s) == len(layout) && t.Unix() > -epoch {
			return Wall{t.Unix() + epoch}, nil
		}
	}
	return Wall{}, chat.Reject("recur.wall", chat.Word("said", clip(s)))
}

// IsZero reports whether there is no time.
func (w Wall) IsZero() bool { return w == Wall{} }

// civil is the wall time written as if it were UTC.
func (w Wall) civil() time.Time { return time.Unix(w.seconds-epoch, 0).UTC() }

// Date is the date shown.
func (w Wall) Date() (year int, month time.Month, day int) { return w.civil().Date() }

// Clock is the time of day shown.
func (w Wall) Clock() (hour, minute, second int) { return w.civil().Clock() }

// Weekday is the day of the week of the date.
func (w Wall) Weekday() time.Weekday { return time.Weekday((w.day() + 1) % 7) } // the first day of year 1 is a Monday

// Midnight is the beginning of the date, as the clock counts.
func (w Wall) Midnight() Wall { return midnight(w.day()) }

// Add moves the hands of the clock; a day is 24 hours here, whatever the clocks do.
func (w Wall) Add(d time.Duration) Wall { return Wall{w.seconds + int64(d/time.Second)} }

// Sub is how far the hands of the clock moved since u.
func (w Wall) Sub(u Wall) time.Duration { return time.Duration(w.seconds-u.seconds) * time.Second }

// Compare is negative when w is before u, and positive when it is after.
func (w Wall) Compare(u Wall) int { return cmp.Compare(w.seconds, u.seconds) }

// Before reports whether w is before u.
func (w Wall) Before(u Wall) bool { return w.seconds < u.seconds }

// String writes the wall time like "2026-12-24T18:00:00".
func (w Wall) String() string { return w.civil().Format(wallLayouts[0]) }

// MarshalText writes the wall time as String does, and none as nothing.
func (w Wall) MarshalText() ([]byte, error) {
	if w.IsZero() {
		return nil, nil
	}
	return []byte(w.String()), nil
}

// UnmarshalText reads what ParseWall reads, and nothing as none.
func (w *Wall) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*w = Wall{}
		return nil
	}
	*w, err = ParseWall(string(b))
	return err
}

// day is the date as the number of days since the beginning of year 1.
func (w Wall) day() int { return int(floorDiv(w.seconds, daySecs)) }

// ofDay is the time of day in seconds.
func (w Wall) ofDay() int { return int(w.seconds - int64(w.day())*daySecs) }

func midnight(day int) Wall { return Wall{int64(day) * daySecs} }

func dayOf(year int, month time.Month, day int) int { return On(year, month, day, 0, 0, 0).day() }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
