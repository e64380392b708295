package when

import (
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Duration reads "90m", "2h30m", "1d", "1w", "1d12h", or what time.ParseDuration reads without a sign. Weeks and days are
// whole and come first. Outside MinDuration to MaxDuration it is refused. The error is a *chat.Refusal.
func Duration(s string) (time.Duration, error) {
	d, r := duration(s)
	if r != nil {
		return 0, r
	}
	return d, nil
}

// longUnits are the units that the standard library lacks, in the order they are written.
var longUnits = []struct {
	letter byte
	length time.Duration
}{{'w', 7 * 24 * time.Hour}, {'d', 24 * time.Hour}}

func duration(s string) (time.Duration, *chat.Refusal) {
	rest := strings.TrimSpace(s)
	if rest == "" || len(rest) > MaxLength || !digit(rest[0]) {
		return 0, reject(CodeDuration, s, exampleDuration)
	}
	var sum time.Duration
	tooLong := false
	for _, u := range longUnits {
		n, after := number(rest)
		if after == 0 || after == len(rest) || rest[after] != u.letter {
			continue
		}
		if n > int(MaxDuration/u.length) {
			tooLong = true
		} else {
			sum += time.Duration(n) * u.length
		}
		rest = rest[after+1:]
	}
	if rest != "" {
		// A sign is refused by its first byte: the library takes one.
		d, err := time.ParseDuration(rest)
		switch {
		case err == nil && digit(rest[0]):
			tooLong = tooLong || d > MaxDuration
			sum += min(d, MaxDuration)
		case digit(rest[0]) && overflows(rest):
			tooLong = true
		default:
			return 0, reject(CodeDuration, s, exampleDuration)
		}
	}
	if tooLong || sum < MinDuration || sum > MaxDuration {
		return 0, reject(CodeDurationBound, s, exampleDuration,
			chat.Duration("min", MinDuration), chat.Duration("max", MaxDuration))
	}
	return sum, nil
}

// number reads the digits at the start of s; after is how many bytes they take. It stops growing at a million, which is
// beyond every bound here.
func number(s string) (n, after int) {
	for after < len(s) && digit(s[after]) {
		if n < 1_000_000 {
			n = n*10 + int(s[after]-'0')
		}
		after++
	}
	return n, after
}

// overflows reports whether s is whole numbers with known units, so that only their size can be wrong.
func overflows(s string) bool {
	for s != "" {
		_, after := number(s)
		s = s[after:]
		unit := 0
		for _, u := range []string{"ms", "us", "µs", "ns", "h", "m", "s"} {
			if strings.HasPrefix(s, u) {
				unit = len(u)
				break
			}
		}
		if after == 0 || unit == 0 {
			return false
		}
		s = s[unit:]
	}
	return true
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
