package ladder_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/ladder"
)

func in(t testing.TB, zone string) *time.Location {
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func office(t testing.TB) ladder.Hours {
	return ladder.Hours{Zone: in(t, "Europe/Berlin"), Days: []time.Weekday{1, 2, 3, 4, 5}, From: 9 * time.Hour, To: 17 * time.Hour,
		Holidays: []string{"2026-12-25", "2027-01-01"}}
}

func TestDue(t *testing.T) {
	t.Parallel()
	h := office(t)
	night := ladder.Hours{Zone: h.Zone, From: 0, To: 6 * time.Hour}
	for _, c := range []struct {
		name   string
		hours  ladder.Hours
		start  string
		length time.Duration
		want   string
	}{
		{"within a day", h, "2026-11-23 10:00", 4 * time.Hour, "2026-11-23 14:00"},
		{"to its end", h, "2026-11-23 13:00", 4 * time.Hour, "2026-11-23 17:00"},
		{"over a night", h, "2026-11-23 15:00", 4 * time.Hour, "2026-11-24 11:00"},
		{"over a weekend", h, "2026-11-27 16:00", 2 * time.Hour, "2026-11-30 10:00"},
		{"over a holiday and a weekend", h, "2026-12-24 16:00", 2 * time.Hour, "2026-12-28 10:00"},
		{"begun before work", h, "2026-11-23 03:00", time.Hour, "2026-11-23 10:00"},
		{"begun on a Saturday", h, "2026-11-28 12:00", time.Hour, "2026-11-30 10:00"},
		{"around the clock", ladder.Hours{}, "2026-11-28 12:00", 30 * time.Hour, "2026-11-29 18:00"},
		{"a night that loses an hour", night, "2026-03-29 00:00", 5 * time.Hour, "2026-03-29 06:00"},
		// Past the zone database's table, Go says of the last day of a leap year that the clocks changed before it.
		{"over the end of a leap year far ahead", h, "2040-12-31 16:00", 2 * time.Hour, "2041-01-01 10:00"},
		{"a night that has one twice", night, "2026-10-25 00:00", 7 * time.Hour, "2026-10-25 06:00"},
	} {
		start, err := time.ParseInLocation("2006-01-02 15:04", c.start, h.Zone)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := c.hours.Due(start, c.length)
		if !ok || got.In(h.Zone).Format("2006-01-02 15:04") != c.want {
			t.Errorf("%s: %s of work after %s end %s, want %s", c.name, c.length, c.start, got.In(h.Zone), c.want)
		}
	}
	if _, ok := (ladder.Hours{Days: []time.Weekday{1}, Holidays: mondays()}).Due(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), time.Minute); ok {
		t.Error("hours without a working day have an end")
	}
}

// mondays are all of the years that are looked through.
func mondays() (days []string) {
	for d := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC); d.Year() < 2033; d = d.AddDate(0, 0, 7) {
		days = append(days, d.Format(time.DateOnly))
	}
	return days
}

// TestDeadlinesMinuteByMinute compares deadlines with a count of the minutes at which the region's clock shows working hours,
// about the changes of clocks in several zones.
func TestDeadlinesMinuteByMinute(t *testing.T) {
	t.Parallel()
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Beirut"}
	starts := []time.Time{ // shortly before clocks changed somewhere
		time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC), time.Date(2026, 3, 7, 18, 0, 0, 0, time.UTC),
		time.Date(2026, 10, 31, 18, 0, 0, 0, time.UTC), time.Date(2017, 10, 14, 12, 0, 0, 0, time.UTC), time.Date(2026, 4, 4, 6, 0, 0, 0, time.UTC),
		time.Date(2011, 12, 29, 12, 0, 0, 0, time.UTC), time.Date(2018, 2, 17, 12, 0, 0, 0, time.UTC), time.Date(2026, 12, 23, 12, 0, 0, 0, time.UTC),
	}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		h := ladder.Hours{Zone: zone}
		if from := rapid.IntRange(0, 47).Draw(t, "from"); from > 0 {
			h.From = time.Duration(from) * 30 * time.Minute
			h.To = h.From + time.Duration(rapid.IntRange(1, 48-from).Draw(t, "long"))*30*time.Minute
		}
		for d := range time.Saturday + 1 {
			if rapid.Bool().Draw(t, "works") {
				h.Days = append(h.Days, d)
			}
		}
		start := rapid.SampledFrom(starts).Draw(t, "near").Add(time.Duration(rapid.IntRange(0, 36*60).Draw(t, "minutes")) * time.Minute)
		if rapid.Bool().Draw(t, "holiday") {
			h.Holidays = []string{start.In(zone).AddDate(0, 0, rapid.IntRange(0, 3).Draw(t, "off")).Format(time.DateOnly)}
		}
		if err := h.Check(); err != nil {
			t.Fatal(err)
		}
		length := time.Duration(rapid.IntRange(1, 30*60).Draw(t, "length")) * time.Minute
		got, ok := h.Due(start, length)
		if !ok {
			t.Fatalf("no end of %s from %s", length, start)
		}
		left, at := length, start
		for ; left > 0; at = at.Add(time.Minute) {
			if worksAt(h, at) {
				left -= time.Minute
			}
			if h.Open(at) != worksAt(h, at) {
				t.Fatalf("%s counts: %v", at.In(zone), h.Open(at))
			}
		}
		if !got.Equal(at) {
			t.Fatalf("%s of work from %s end %s, counted %s", length, start.In(zone), got.In(zone), at.In(zone))
		}
		if worked := h.Worked(start, got); worked != length {
			t.Fatalf("until then %s are worked, not %s", worked, length)
		}
	})
}

// worksAt is what working hours mean, said once more.
func worksAt(h ladder.Hours, at time.Time) bool {
	local := at.In(h.Zone)
	clock := local.Format("15:04")
	base := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	from, to := base.Add(h.From).Format("15:04"), base.Add(h.To).Format("15:04")
	if h.To == 24*time.Hour || h.To == 0 {
		to = "24:00"
	}
	return (len(h.Days) == 0 || slices.Contains(h.Days, local.Weekday())) && !slices.Contains(h.Holidays, local.Format(time.DateOnly)) &&
		clock >= from && clock < to
}

func TestHoursCheck(t *testing.T) {
	t.Parallel()
	for want, h := range map[string]ladder.Hours{
		"from must":  {From: 17 * time.Hour, To: 9 * time.Hour},
		"times of":   {From: 9 * time.Hour, To: 25 * time.Hour},
		"days: Mon":  {Days: []time.Weekday{1, 1}},
		"holidays: ": {Holidays: []string{"2026-2-3"}},
	} {
		if err := h.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", h, err, want)
		}
	}
	if !(ladder.Hours{}).Around() || office(t).Around() {
		t.Error("around the clock is told wrongly")
	}
}
