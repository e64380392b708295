package when_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/when"
)

func TestDuration(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]time.Duration{
		"90m": 90 * time.Minute, "2h30m": 150 * time.Minute, "1d": 24 * time.Hour, "1w": 168 * time.Hour,
		"1d12h": 36 * time.Hour, "1w2d3h4m5s": (7+2)*24*time.Hour + 3*time.Hour + 4*time.Minute + 5*time.Second,
		"1.5h": 90 * time.Minute, "1500ms": 1500 * time.Millisecond, "1s": time.Second, " 2h ": 2 * time.Hour,
		"366d": when.MaxDuration, "8784h": when.MaxDuration, "0d1h": time.Hour,
	} {
		if got, err := when.Duration(said); err != nil || got != want {
			t.Errorf("%q is %v (%v), want %v", said, got, err, want)
		}
	}
	for said, want := range map[string]chat.Code{
		"": when.CodeDuration, "2": when.CodeDuration, "h": when.CodeDuration, "-2h": when.CodeDuration,
		"+2h": when.CodeDuration, "2 h": when.CodeDuration, "2h 30m": when.CodeDuration, "two hours": when.CodeDuration,
		"1.5d": when.CodeDuration, "1d1w": when.CodeDuration, "1d1d": when.CodeDuration, "1d-2h": when.CodeDuration,
		"1d+2h": when.CodeDuration, "2M": when.CodeDuration, "1y": when.CodeDuration, ".5h": when.CodeDuration,
		"1dh": when.CodeDuration, "2h30": when.CodeDuration, "٣h": when.CodeDuration,
		"999999999999999999999999999x": when.CodeDuration,
		"0s":                           when.CodeDurationBound, "0d": when.CodeDurationBound, "999ms": when.CodeDurationBound,
		"367d": when.CodeDurationBound, "53w": when.CodeDurationBound, "366d1s": when.CodeDurationBound,
		"9999999999999999999999d": when.CodeDurationBound, "99999999999999999999h": when.CodeDurationBound,
		"366d99999999999999999999h": when.CodeDurationBound,
		strings.Repeat("9", 1000):   when.CodeDuration,
	} {
		got, err := when.Duration(said)
		if err == nil {
			t.Errorf("%q is taken for %v", said, got)
		} else if r := refusal(t, err); r.Text.Code != want {
			t.Errorf("%q: %s, want %s", said, r.Text.Code, want)
		}
	}
}

// What Go prints, and what people make of it with weeks and days, reads back as the same length.
func TestDurationReadsWhatGoPrints(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(int64(when.MinDuration), int64(when.MaxDuration)).Draw(t, "d"))
		if got, err := when.Duration(d.String()); err != nil || got != d {
			t.Fatalf("%s is %v, %v", d, got, err)
		}
		days := rapid.IntRange(0, 300).Draw(t, "days")
		rest := time.Duration(rapid.Int64Range(int64(time.Second), int64(24*time.Hour)).Draw(t, "rest"))
		said := time.Duration(days).String()
		said = strings.TrimSuffix(said, "ns") + "d" + rest.String()
		if days == 0 {
			said = rest.String()
		}
		if got, err := when.Duration(said); err != nil || got != time.Duration(days)*24*time.Hour+rest {
			t.Fatalf("%s is %v, %v", said, got, err)
		}
	})
}

func FuzzDuration(f *testing.F) {
	for _, s := range []string{"90m", "2h30m", "1d12h", "1w", "0", "-1h", "1.5h", "9223372036854775807ns", "1µs", "99999999w"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := when.Duration(s)
		if err != nil {
			refusal(t, err)
			if d != 0 {
				t.Fatalf("%q is refused and is %v", s, d)
			}
			return
		}
		if d < when.MinDuration || d > when.MaxDuration {
			t.Fatalf("%q is %v, out of bounds", s, d)
		}
		if again, err := when.Duration(d.String()); err != nil || again != d {
			t.Fatalf("%q is %v, which reads as %v, %v", s, d, again, err)
		}
	})
}
