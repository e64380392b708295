package when_test

import (
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/when"
)

func TestRange(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for said, want := range map[string][2]string{
		"Sat 02:00-04:00 Europe/Berlin":           {"2026-11-28T02:00:00+01:00", "2026-11-28T04:00:00+01:00"},
		"sat 02:00–04:00":                         {"2026-11-28T02:00:00+01:00", "2026-11-28T04:00:00+01:00"},
		"Sat 02:00 - 04:00 UTC":                   {"2026-11-28T02:00:00Z", "2026-11-28T04:00:00Z"},
		"Sat 02:00 UTC - 04:00":                   {"2026-11-28T02:00:00Z", "2026-11-28T04:00:00Z"},
		"Sat 02:00 UTC - 04:00 Europe/Berlin":     {"2026-11-28T02:00:00Z", "2026-11-28T04:00:00+01:00"},
		"tomorrow 22:00-02:00":                    {"2026-11-26T22:00:00+01:00", "2026-11-27T02:00:00+01:00"},
		"tomorrow 22:00-24:00":                    {"2026-11-26T22:00:00+01:00", "2026-11-27T00:00:00+01:00"},
		"22:00-02:00":                             {"2026-11-25T22:00:00+01:00", "2026-11-26T02:00:00+01:00"},
		"11:00-12:00":                             {"2026-11-26T11:00:00+01:00", "2026-11-26T12:00:00+01:00"},
		"2026-12-24 18:00 - 2026-12-26 08:00":     {"2026-12-24T18:00:00+01:00", "2026-12-26T08:00:00+01:00"},
		"2026-12-24 18:00-2026-12-26 08:00":       {"2026-12-24T18:00:00+01:00", "2026-12-26T08:00:00+01:00"},
		"2026-12-24 - 2026-12-27":                 {"2026-12-24T00:00:00+01:00", "2026-12-27T00:00:00+01:00"},
		"2026-12-24T18:00Z - 2026-12-24T20:00Z":   {"2026-12-24T19:00:00+01:00", "2026-12-24T21:00:00+01:00"},
		"Sat 02:00 to Sun 04:00":                  {"2026-11-28T02:00:00+01:00", "2026-11-29T04:00:00+01:00"},
		"now until 14:00":                         {"2026-11-25T11:30:00+01:00", "2026-11-25T14:00:00+01:00"},
		"now until tomorrow 10:00":                {"2026-11-25T11:30:00+01:00", "2026-11-26T10:00:00+01:00"},
		"now - +2h":                               {"2026-11-25T11:30:00+01:00", "2026-11-25T13:30:00+01:00"},
		"+1h - +2h":                               {"2026-11-25T12:30:00+01:00", "2026-11-25T14:30:00+01:00"},
		"Sat 02:00 for 2h":                        {"2026-11-28T02:00:00+01:00", "2026-11-28T04:00:00+01:00"},
		"2026-10-25 02:30 CEST - 02:30 CET":       {"2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"},
		"2026-10-25 01:00-02:30+02:00":            {"2026-10-25T01:00:00+02:00", "2026-10-25T02:30:00+02:00"},
		"2026-11-26 02:00-06:00 America/New_York": {"2026-11-26T02:00:00-05:00", "2026-11-26T06:00:00-05:00"},
	} {
		from, to, err := when.Range(said, wednesday, berlin)
		if err != nil {
			t.Errorf("%q: %v", said, refusal(t, err).Text)
			continue
		}
		if f, u := from.Format(time.RFC3339), to.Format(time.RFC3339); f != want[0] || u != want[1] {
			t.Errorf("%q is %s to %s, want %v", said, f, u, want)
		}
	}
}

func TestRangeRefuses(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for said, want := range map[string]chat.Code{
		"":                               when.CodeRange,
		"Sat 02:00":                      when.CodeRange,
		"Sat 02:00 04:00":                when.CodeRange,
		"02:00 - 03:00 - 04:00":          when.CodeRange,
		"02:00 to 03:00 to 04:00":        when.CodeRange,
		"2026-12-24T18:00-2026-12-26":    when.CodeRange,
		"- 04:00":                        when.CodeTime,
		"02:00 -":                        when.CodeTime,
		"Sat 02:00-":                     when.CodeTime,
		"Sat 02:00-sometime":             when.CodeTime,
		"02:00-04:00-06:00":              when.CodeMinus,
		"Sat 02:00 for 04:00":            when.CodeDuration,
		"Sat 02:00 for":                  when.CodeDuration,
		"Sat - Sun":                      when.CodeNeedsClock,
		"Sat 02:00-25:00":                when.CodeClock,
		"24:00-02:00":                    when.CodeMidnight,
		"2026-12-26 - 2026-12-24":        when.CodeBackwards,
		"2026-12-24 18:00 - now":         when.CodeBackwards,
		"2026-12-24 - 2026-12-24":        when.CodeBackwards,
		"Sat 02:00-04:00 Eurpoe/Berlin":  when.CodeZone,
		"2026-03-29 01:00-02:30":         when.CodeGap,
		"2026-10-25 02:30-03:30":         when.CodeTwice,
		"2026-10-25 01:00 - 02:30":       when.CodeTwice,
		"2026-12-24 02:00-04:00 EST":     when.CodeAbbreviation,
		"2026-12-24 00:00 - +400d":       when.CodeDurationBound,
		"2026-12-24 00:00 - 2200-01-01":  when.CodeYear,
		"2026-12-24 00:00 - 2026-12-240": when.CodeTime,
	} {
		from, to, err := when.Range(said, wednesday, berlin)
		if err == nil {
			t.Errorf("%q is taken for %v to %v", said, from, to)
		} else if r := refusal(t, err); r.Text.Code != want {
			t.Errorf("%q: %s, want %s", said, r.Text.Code, want)
		}
	}
}

func TestEnd(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	saturday := time.Date(2026, 11, 28, 2, 0, 0, 0, berlin)
	for said, want := range map[string]string{
		"+2h": "2026-11-28T04:00:00+01:00", "2h": "2026-11-28T04:00:00+01:00", "for 2h": "2026-11-28T04:00:00+01:00",
		"04:00": "2026-11-28T04:00:00+01:00", "until 04:00": "2026-11-28T04:00:00+01:00", "01:00": "2026-11-29T01:00:00+01:00",
		"02:00": "2026-11-29T02:00:00+01:00", "sat 02:00": "2026-12-05T02:00:00+01:00", "24:00": "2026-11-29T00:00:00+01:00",
		"in 7d": "2026-12-02T11:30:00+01:00", "2026-12-01": "2026-12-01T00:00:00+01:00", "2026-11-28 04:00 UTC": "2026-11-28T04:00:00Z",
	} {
		got, err := when.End(said, saturday, wednesday)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q is %v (%v), want %s", said, got, err, want)
		}
	}
	for said, want := range map[string]chat.Code{
		"now": when.CodeBackwards, "tomorrow 04:00": when.CodeBackwards, "in 2h": when.CodeBackwards,
		"2026-11-28 02:00": when.CodeBackwards, "": when.CodeTime, "until": when.CodeTime, "until 2h30": when.CodeTime,
		"for": when.CodeDuration, "for ever": when.CodeDuration, "0m": when.CodeTime, "+0m": when.CodeDurationBound,
	} {
		got, err := when.End(said, saturday, wednesday)
		if err == nil {
			t.Errorf("%q is taken for %v", said, got)
		} else if r := refusal(t, err); r.Text.Code != want || !got.IsZero() {
			t.Errorf("%q: %s, want %s", said, r.Text.Code, want)
		}
	}
}

// A length after a start is that length exactly, whatever the clocks do.
func TestEndIsExact(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for _, start := range []time.Time{
		time.Date(2026, 3, 28, 14, 0, 0, 0, berlin), time.Date(2026, 10, 24, 14, 0, 0, 0, berlin), time.Date(2026, 6, 1, 14, 0, 0, 0, berlin),
	} {
		got, err := when.End("+1d", start, wednesday)
		if err != nil || got.Sub(start) != 24*time.Hour {
			t.Errorf("a day after %v is %v, %v", start, got, err)
		}
	}
}

func FuzzTime(f *testing.F) {
	for _, s := range []string{
		"now", "+2h", "in 2h", "today 14:00", "tomorrow at 02:00", "Sat 02:00", "02:00", "2026-12-24", "2026-12-24 18:00",
		"2026-12-24T18:00:00Z", "2026-12-24T18:00-05:00", "02:30 CEST", "02:30+02:00", "02:00 Europe/Berlin", "24:00",
		"Sat 02:00-04:00 Europe/Berlin", "tomorrow 22:00-02:00", "2026-12-24 18:00 - 2026-12-26 08:00", "until 4:00", "for 2h",
	} {
		f.Add(s, int64(1795689000))
	}
	berlin := zone(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, s string, unix int64) {
		now := time.Unix(unix%(1<<33), 0)
		if got, err := when.Time(s, now, berlin); err != nil {
			refusal(t, err)
		} else if again, err := when.Time(got.Format(time.RFC3339Nano), now, berlin); err == nil && !again.Equal(got) {
			t.Fatalf("%q is %v, which reads as %v", s, got, again)
		}
		if got, err := when.End(s, now, now); err != nil {
			refusal(t, err)
		} else if !got.After(now) {
			t.Fatalf("%q ends %v at %v", s, now, got)
		}
		if from, to, err := when.Range(s, now, berlin); err != nil {
			refusal(t, err)
		} else if !to.After(from) {
			t.Fatalf("%q is from %v to %v", s, from, to)
		}
	})
}
