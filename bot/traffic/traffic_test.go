package traffic_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/traffic"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// steady has a customer for each hour that has passed of the week: no two hours are alike.
func steady(zone string) port.Curve {
	c := port.Curve{Zone: zone, Hours: map[int]float64{}}
	for h := range port.HoursOfWeek {
		c.Hours[h] = float64(h)
	}
	return c
}

func TestHoursOfTheClock(t *testing.T) {
	t.Parallel()
	// Saturday 01:30 to 03:00 in Berlin: half of hour 121, and all of hour 122.
	hours := traffic.Hours(steady("Europe/Berlin"), at(t, "2026-11-28T00:30:00Z"), at(t, "2026-11-28T02:00:00Z"))
	if len(hours) != 2 || *hours[0].Customers != 121.0/2 || *hours[1].Customers != 122 {
		t.Errorf("%v", hours)
	}
	if sum, known := (traffic.Impact{Hours: hours}).Customers(); !known || sum != 182.5 {
		t.Errorf("%v %v", sum, known)
	}
}

func TestHoursAcrossAChangeOfTheClocks(t *testing.T) {
	t.Parallel()
	// Sunday, 25 October 2026: 02:00 to 03:00 is shown twice in Berlin.
	hours := traffic.Hours(steady("Europe/Berlin"), at(t, "2026-10-25T00:00:00Z"), at(t, "2026-10-25T03:00:00Z"))
	want := []float64{146, 146, 147}
	if len(hours) != len(want) {
		t.Fatalf("%v", hours)
	}
	for i, h := range hours {
		if *h.Customers != want[i] {
			t.Errorf("hour %d: %v", i, *h.Customers)
		}
	}
	// Lord Howe sets its clocks by half an hour: 01:30 becomes 02:00 again at 15:00 UTC.
	half := traffic.Hours(steady("Australia/Lord_Howe"), at(t, "2026-04-04T14:00:00Z"), at(t, "2026-04-04T16:00:00Z"))
	for _, h := range half {
		if h.To.Sub(h.From) > time.Hour || h.Customers == nil {
			t.Errorf("%v", half)
		}
	}
}

// Past the zone database's table, Go says of the last day of a leap year that the clocks changed before it.
func TestHoursOfTheLastDayOfALeapYear(t *testing.T) {
	t.Parallel()
	from := at(t, "2040-12-31T10:30:00Z") // a Monday
	hours := traffic.Hours(steady("Europe/Berlin"), from, from.Add(2*time.Hour))
	if len(hours) != 3 || *hours[0].Customers != 11.0/2 || *hours[1].Customers != 12 || *hours[2].Customers != 13.0/2 {
		t.Errorf("%v", hours)
	}
}

func TestUnknownIsNeverZero(t *testing.T) {
	t.Parallel()
	c := steady("UTC")
	delete(c.Hours, 121)
	from := at(t, "2026-11-28T00:00:00Z") // hour 120
	hours := traffic.Hours(c, from, from.Add(2*time.Hour))
	if hours[0].Customers == nil || hours[1].Customers != nil {
		t.Errorf("%v", hours)
	}
	if _, known := (traffic.Impact{Hours: hours}).Customers(); known {
		t.Error("an hour is not known, and the sum is")
	}
	if _, known := (traffic.Impact{}).Customers(); known {
		t.Error("nothing is known, and the sum is")
	}
	c.Zone = "Nowhere/Never"
	if hours := traffic.Hours(c, from, from.Add(time.Hour)); len(hours) != 1 || hours[0].Customers != nil {
		t.Errorf("of a zone that is not known: %v", hours)
	}
	if got := traffic.Quietest([]port.Curve{{Zone: "UTC"}}, time.Hour, from, from.Add(24*time.Hour), always, 3); len(got) != 0 {
		t.Errorf("nothing is known, and %v is quiet", got)
	}
	if got := traffic.Quietest(nil, time.Hour, from, from.Add(24*time.Hour), always, 3); len(got) != 0 {
		t.Errorf("no curve, and %v is quiet", got)
	}
}

func always(time.Time, time.Time) bool { return true }

func TestQuietest(t *testing.T) {
	t.Parallel()
	from := at(t, "2026-11-23T09:20:00Z") // Monday
	got := traffic.Quietest([]port.Curve{steady("UTC")}, 2*time.Hour, from, from.Add(7*24*time.Hour), func(from, to time.Time) bool {
		return !from.Equal(at(t, "2026-11-30T00:00:00Z"))
	}, 3)
	want := []string{"2026-11-30T01:00:00Z", "2026-11-30T03:00:00Z", "2026-11-30T05:00:00Z"}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i, s := range got {
		if !s.From.Equal(at(t, want[i])) || s.To.Sub(s.From) != 2*time.Hour {
			t.Errorf("%d: %v", i, s)
		}
	}
}

// TestQuietestIsQuietest compares with every stretch that could have been chosen.
func TestQuietestIsQuietest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := port.Curve{Zone: rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"}).Draw(t, "zone"), Hours: map[int]float64{}}
		for h := range port.HoursOfWeek {
			if n := rapid.IntRange(-1, 9).Draw(t, "customers"); n >= 0 {
				c.Hours[h] = float64(n)
			}
		}
		length := time.Duration(rapid.IntRange(1, 8).Draw(t, "half hours")) * 30 * time.Minute
		from := time.Date(2026, 10, 22, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "minutes")) * time.Minute)
		until := from.Add(4 * 24 * time.Hour)
		got := traffic.Quietest([]port.Curve{c}, length, from, until, always, 1)
		least := -1.0
		zone, _ := time.LoadLocation(c.Zone)
		for at := from.Truncate(time.Minute); at.Before(until); at = at.Add(time.Minute) {
			if at.Before(from) || at.In(zone).Minute() != 0 {
				continue
			}
			if n, known := (traffic.Impact{Hours: traffic.Hours(c, at, at.Add(length))}).Customers(); known && (least < 0 || n < least) {
				least = n
			}
		}
		switch {
		case least < 0 && len(got) != 0:
			t.Fatalf("nothing is known whole, and %v is suggested", got)
		case least >= 0 && (len(got) != 1 || got[0].Customers != least):
			t.Fatalf("%v, and the least is %v", got, least)
		}
	})
}
