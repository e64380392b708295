package when_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/when"
)

// reference finds a file of shared reference data beside or above the repository.
func reference(t *testing.T, name string) []byte {
	t.Helper()
	dirs := []string{os.Getenv("GONOGO_REFERENCE"), "../../../shared/reference"}
	for _, dir := range dirs {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil && dir != "" {
			return b
		}
	}
	t.Skipf("reference data %s is not here (GONOGO_REFERENCE names its folder)", name)
	return nil
}

// Wall times as the zone database has them: one that exists once is read, one skipped or shown twice is refused with
// suggestions that are the very instants.
func TestReferenceWallClocks(t *testing.T) {
	t.Parallel()
	var file struct {
		WallClockCases []struct {
			ID, TZ    string
			WallClock []struct {
				Local              string
				Exists, Ambiguous  bool
				UTCFirst           time.Time
				UTCSecond          time.Time
				UTCGapOffsetBefore time.Time
			}
		}
	}
	if err := json.Unmarshal(reference(t, "rrule/dst.json"), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.WallClockCases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range file.WallClockCases {
		loc := zone(t, c.TZ)
		for _, w := range c.WallClock {
			local, err := time.Parse("20060102T150405", w.Local)
			if err != nil {
				t.Fatal(err)
			}
			said := local.Format("2006-01-02 15:04:05")
			got, err := when.Time(said, wednesday, loc)
			switch {
			case w.Exists && !w.Ambiguous:
				if err != nil || !got.Equal(w.UTCFirst) {
					t.Errorf("%s %s: %v, %v, want %v", c.ID, said, got, err, w.UTCFirst)
				}
			case w.Ambiguous:
				text := refusal(t, err).Text
				for name, want := range map[string]time.Time{"first": w.UTCFirst, "second": w.UTCSecond} {
					a, _ := text.Arg(name)
					if got, err := when.Time(a.Word, wednesday, loc); text.Code != when.CodeTwice || err != nil || !got.Equal(want) {
						t.Errorf("%s %s: %s %s %q is %v, %v; want %v", c.ID, said, text.Code, name, a.Word, got, err, want)
					}
				}
			default:
				text := refusal(t, err).Text
				before, _ := text.Arg("before")
				after, _ := text.Arg("after")
				low, err1 := when.Time(before.Word, wednesday, loc)
				high, err2 := when.Time(after.Word, wednesday, loc)
				if text.Code != when.CodeGap || err1 != nil || err2 != nil || high.Sub(low) != time.Minute || w.UTCGapOffsetBefore.Before(high) {
					t.Errorf("%s %s: %v between %v (%v) and %v (%v)", c.ID, said, text, low, err1, high, err2)
				}
			}
		}
	}
}

func TestGapNamesItself(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for _, c := range []struct {
		name, said string
		now        string
	}{
		{"dated", "2026-03-29 02:30", "2026-01-01T00:00:00Z"},
		{"the next clock", "02:30", "2026-03-28T12:00:00Z"},
		{"the next clock, on the day", "02:30", "2026-03-29T00:30:00Z"},
		{"tomorrow", "tomorrow 02:30", "2026-03-28T12:00:00Z"},
		{"weekday", "Sun 02:30", "2026-03-27T12:00:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		_, err = when.Time(c.said, now, berlin)
		text := refusal(t, err).Text
		for name, want := range map[string]string{
			"zone": "Europe/Berlin", "from": "2026-03-29 02:00", "to": "2026-03-29 03:00",
			"before": "2026-03-29 01:59", "after": "2026-03-29 03:00",
		} {
			if a, _ := text.Arg(name); text.Code != when.CodeGap || a.Word != want {
				t.Errorf("%s: %s %s is %q, want %q", c.name, text.Code, name, a.Word, want)
			}
		}
	}
	// Once the skipped hour is over, the next 02:30 is another day's.
	got, err := when.Time("02:30", time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), berlin)
	if err != nil || got.Format(time.RFC3339) != "2026-03-30T02:30:00+02:00" {
		t.Errorf("after the gap: %v, %v", got, err)
	}
	got, err = when.Time("sun 02:30", time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), berlin)
	if err != nil || got.Format(time.RFC3339) != "2026-04-05T02:30:00+02:00" {
		t.Errorf("after the gap: %v, %v", got, err)
	}
}

func TestTwiceNamesBoth(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	early, between, late := time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 25, 0, 45, 0, 0, time.UTC), time.Date(2026, 10, 25, 2, 0, 0, 0, time.UTC)
	for _, now := range []time.Time{early, between} {
		_, err := when.Time("02:30", now, berlin)
		text := refusal(t, err).Text
		first, _ := text.Arg("first")
		second, _ := text.Arg("second")
		if text.Code != when.CodeTwice || first.Word != "2026-10-25 02:30 CEST" || second.Word != "2026-10-25 02:30 CET" {
			t.Errorf("at %v: %v", now, text)
		}
	}
	got, err := when.Time("02:30", late, berlin)
	if err != nil || got.Format(time.RFC3339) != "2026-10-26T02:30:00+01:00" {
		t.Errorf("afterwards: %v, %v", got, err)
	}
	got, err = when.Time("02:30 CET", between, berlin)
	if err != nil || got.Format(time.RFC3339) != "2026-10-25T02:30:00+01:00" {
		t.Errorf("the second: %v, %v", got, err)
	}
	// The first is over, and on no later day in reach is 02:30 in summer time.
	_, err = when.Time("02:30 CEST", between, berlin)
	if text := refusal(t, err).Text; text.Code != when.CodeAbbreviation {
		t.Errorf("the first, too late: %v", text)
	}
}

var zoneNames = []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia"}

// Whatever a zone's clock shows at an instant reads back as that instant, or is refused because it is shown twice; and
// the next clock time is later than now by no more than the longest day.
func TestWallClockRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zoneNames).Draw(t, "zone"))
		if err != nil {
			t.Skip("no zone database here")
		}
		at := time.Unix(rapid.Int64Range(946684800+86400, 4102444800).Draw(t, "at"), 0).In(loc)
		got, err := when.Time(at.Format("2006-01-02 15:04:05"), wednesday, loc)
		if err != nil {
			text := refusal(t, err).Text
			if text.Code != when.CodeTwice {
				t.Fatalf("%v: %v", at, text)
			}
		} else if !got.Equal(at) {
			t.Fatalf("%v reads as %v", at, got)
		}
		if got, err := when.Time(at.Format(time.RFC3339), wednesday, time.UTC); err != nil || !got.Equal(at) {
			t.Fatalf("%v reads as %v, %v", at, got, err)
		}
		clock := time.Duration(rapid.IntRange(0, 1439).Draw(t, "clock")) * time.Minute
		said := time.Time{}.Add(clock).Format("15:04")
		if next, err := when.Time(said, at, loc); err == nil {
			if ahead := next.Sub(at); ahead <= 0 || ahead > 49*time.Hour || next.Format("15:04") != said {
				t.Fatalf("%s after %v is %v", said, at, next)
			}
		}
	})
}
