package when_test

import (
	"errors"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/when"
)

func zoned(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := when.ReadZone(name)
	if err != nil {
		t.Skip("no time zone database")
	}
	return zone
}

func codeOf(err error) chat.Code {
	var r *chat.Refusal
	if errors.As(err, &r) {
		return r.Text.Code
	}
	return ""
}

func TestDays(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) // a Monday
	for _, tt := range []struct {
		zone, from, until    string
		wantFrom, wantBefore string // RFC 3339
		refused              chat.Code
	}{
		{zone: "Europe/Berlin", from: "2026-12-24", until: "2026-12-26", wantFrom: "2026-12-24T00:00:00+01:00", wantBefore: "2026-12-27T00:00:00+01:00"},
		{zone: "Europe/Berlin", from: "2026-12-24", until: "2026-12-24", wantFrom: "2026-12-24T00:00:00+01:00", wantBefore: "2026-12-25T00:00:00+01:00"},
		{zone: "Europe/Berlin", from: "2026-12-24", until: "+3d", wantFrom: "2026-12-24T00:00:00+01:00", wantBefore: "2026-12-27T00:00:00+01:00"},
		{zone: "Europe/Berlin", from: "2026-12-24 America/New_York", until: "until 2026-12-24", wantFrom: "2026-12-24T00:00:00-05:00", wantBefore: "2026-12-25T00:00:00-05:00"},
		{zone: "UTC", from: "today", until: "tomorrow", wantFrom: "2026-11-23T00:00:00Z", wantBefore: "2026-11-25T00:00:00Z"},
		{zone: "UTC", from: "Fri", until: "Sun", wantFrom: "2026-11-27T00:00:00Z", wantBefore: "2026-11-30T00:00:00Z"},
		{zone: "UTC", from: "Mon", until: "Mon", wantFrom: "2026-11-30T00:00:00Z", wantBefore: "2026-12-01T00:00:00Z"},
		// The clocks go forward on 29 March: 23 hours.
		{zone: "Europe/Berlin", from: "2026-03-29", until: "2026-03-29", wantFrom: "2026-03-29T00:00:00+01:00", wantBefore: "2026-03-30T00:00:00+02:00"},
		// Midnight is skipped, and the day begins at one.
		{zone: "Africa/Cairo", from: "2026-04-24", until: "2026-04-24", wantFrom: "2026-04-24T01:00:00+03:00", wantBefore: "2026-04-25T00:00:00+03:00"},
		// Midnight comes twice: the clocks go back from 00:00 to 23:00 or from 01:00 to 00:00.
		{zone: "Atlantic/Azores", from: "2026-10-25", until: "2026-10-25", wantFrom: "2026-10-25T00:00:00Z", wantBefore: "2026-10-26T00:00:00-01:00"},
		{zone: "UTC", from: "2026-12-24 18:00", refused: when.CodeTime},
		{zone: "UTC", from: "now", refused: when.CodeTime},
		{zone: "UTC", from: "+1d", refused: when.CodeTime},
		{zone: "UTC", from: "2026-02-30", refused: when.CodeDate},
		{zone: "UTC", from: "", refused: when.CodeTime},
		{zone: "UTC", from: "2026-12-24", until: "2026-12-23", refused: when.CodeBackwards},
		{zone: "UTC", from: "2026-12-24", until: "+2h", refused: when.CodeTime},
	} {
		from, err := when.Day(tt.from, now, zoned(t, tt.zone))
		var before time.Time
		if err == nil {
			before, err = when.DayEnd(tt.until, from, now)
		}
		if got := codeOf(err); got != tt.refused {
			t.Errorf("%q to %q: refused with %q, want %q", tt.from, tt.until, got, tt.refused)
			continue
		}
		if err == nil && (from.Format(time.RFC3339) != tt.wantFrom || before.Format(time.RFC3339) != tt.wantBefore) {
			t.Errorf("%q to %q: %s, %s", tt.from, tt.until, from.Format(time.RFC3339), before.Format(time.RFC3339))
		}
	}
}

func TestZone(t *testing.T) {
	t.Parallel()
	if zone := zoned(t, "europe/berlin"); zone.String() != "Europe/Berlin" {
		t.Errorf("found %s", zone)
	}
	for _, name := range []string{"", "Berlin", "Europe/Nowhere", "EST", "../../etc/passwd", "posix/Europe/Berlin"} {
		if _, err := when.ReadZone(name); codeOf(err) != when.CodeZone {
			t.Errorf("%q: %v", name, err)
		}
	}
}
