package words

import (
	"math"
	"strconv"
	"time"
)

// unknown stands for a figure or argument that is not there.
const unknown = "?"

var units = []struct {
	size time.Duration
	name string
}{
	{24 * time.Hour, " d"}, {time.Hour, " h"}, {time.Minute, " min"}, {time.Second, " s"},
}

// appendDuration words a length of time by its two largest units, "1 h 30 min", and one below ten seconds with a
// decimal, "8.4 s": what is left out is less than people act on.
func appendDuration(b []byte, d time.Duration) []byte {
	if d < 0 {
		b = append(b, "-"...)
		if d == math.MinInt64 {
			d++
		}
		d = -d
	}
	switch {
	case d == 0:
		return append(b, "0 s"...)
	case d < time.Millisecond:
		return append(strconv.AppendInt(b, max(1, int64(d.Round(time.Microsecond)/time.Microsecond)), 10), " µs"...)
	case d < time.Second-500*time.Microsecond:
		return append(strconv.AppendInt(b, int64(d.Round(time.Millisecond)/time.Millisecond), 10), " ms"...)
	case d < 9950*time.Millisecond:
		return append(appendFigure(b, d.Seconds(), 1), " s"...)
	}
	last := len(units) - 1
	for i, u := range units {
		// What rounds up to a whole unit is worded in it: never "24 h" or "60 s".
		if i < last && d.Round(units[min(i+2, last)].size) < u.size {
			continue
		}
		next := units[min(i+1, last)]
		d = d.Round(next.size)
		b = append(strconv.AppendInt(b, int64(d/u.size), 10), u.name...)
		if rest := d % u.size / next.size; rest > 0 {
			b = append(b, ' ')
			b = append(strconv.AppendInt(b, int64(rest), 10), next.name...)
		}
		break
	}
	return b
}

// appendPercent words a share of one, "12.5 %".
func appendPercent(b []byte, share float64) []byte {
	f := share * 100
	digits := 1
	switch a := math.Abs(f); {
	case a < 0.1:
		digits = 4
	case a < 10:
		digits = 2
	}
	return append(appendFigure(b, f, digits), " %"...)
}

// appendNumber words a figure: whole as it is, else with at most three decimals, more when it is small.
func appendNumber(b []byte, f float64) []byte {
	if a := math.Abs(f); a > 0 && a < 0.01 {
		return strconv.AppendFloat(b, f, 'g', 3, 64)
	}
	return appendFigure(b, f, 3)
}

// appendFigure writes f with at most the given decimals, without trailing zeros.
func appendFigure(b []byte, f float64, decimals int) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(b, unknown...)
	}
	scale := math.Pow10(decimals)
	if r := math.Round(f*scale) / scale; !math.IsInf(r, 0) {
		f = r
	}
	if f == 0 {
		return append(b, '0')
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64)
}

// appendTime words an instant in a zone: "today 14:05 CET" for the days around now, else "Sat 28 Nov 02:00 CET", with
// the year when it is another one.
func appendTime(b []byte, t, now time.Time, zone *time.Location) []byte {
	t, now = t.In(zone), now.In(zone)
	layout := "Mon 2 Jan 15:04 "
	if now.Year() != t.Year() {
		layout = "Mon 2 Jan 2006 15:04 "
	}
	switch day(t) - day(now) {
	case -1:
		b, layout = append(b, "yesterday "...), "15:04 "
	case 0:
		b, layout = append(b, "today "...), "15:04 "
	case 1:
		b, layout = append(b, "tomorrow "...), "15:04 "
	}
	b = t.AppendFormat(b, layout)
	// Zones without a name of their own are abbreviated by their offset alone.
	if name, _ := t.Zone(); name != "" && (name[0] == '+' || name[0] == '-') {
		b = append(b, "UTC"...)
	}
	return t.AppendFormat(b, "MST")
}

// day numbers the calendar days of t's zone.
func day(t time.Time) int64 {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
}
