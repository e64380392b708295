package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a length of time, written as numbers with units: "90s", "2h30m", "3d", "2w". A day is 24 hours.
type Duration time.Duration

// MaxDuration bounds every configured length of time: ten years, beyond which a typing mistake is likelier than a wish.
const MaxDuration = 10 * 365 * 24 * time.Hour

// D is the length as the standard library has it.
func (d Duration) D() time.Duration { return time.Duration(d) }

// String writes the length in the fewest units, as it could be configured.
func (d Duration) String() string {
	rest := time.Duration(d)
	if rest == 0 {
		return "0s"
	}
	var b strings.Builder
	for _, u := range []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}} {
		if n := rest / u.size; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			rest -= n * u.size
		}
	}
	return b.String()
}

// MarshalText writes the length as it could be configured.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a length. Negative lengths, unknown units and more than MaxDuration are refused.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := ParseDuration(string(text))
	if err == nil {
		*d = Duration(v)
	}
	return err
}

var durationUnits = map[string]time.Duration{
	"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
}

// ParseDuration reads a length of time: one or more whole or decimal numbers, each with its unit (ms, s, m, h, d, w).
func ParseDuration(text string) (time.Duration, error) {
	bad := fmt.Errorf("%q is not a length of time: write a number with a unit, like 90s, 2h30m or 3d", clip(text))
	rest, total := strings.TrimSpace(text), 0.0
	if rest == "" {
		return 0, bad
	}
	if rest == "0" {
		return 0, nil
	}
	for rest != "" {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789."))
		n, err := strconv.ParseFloat(rest[:digits], 64)
		if err != nil {
			return 0, bad
		}
		rest = rest[digits:]
		letters := len(rest) - len(strings.TrimLeft(rest, "msdhw"))
		unit, ok := durationUnits[rest[:letters]]
		if !ok {
			return 0, bad
		}
		rest = rest[letters:]
		total += n * float64(unit)
	}
	if total > float64(MaxDuration) {
		return 0, fmt.Errorf("%q is longer than ten years", clip(text))
	}
	// Below a millisecond nothing is scheduled; rounding makes String the exact inverse.
	return time.Duration(math.Round(total/float64(time.Millisecond))) * time.Millisecond, nil
}
