package fiscal_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/fiscal"
)

func day(t testing.TB, text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var (
	january = fiscal.Calendar{}
	april   = fiscal.Calendar{Start: time.April, Named: fiscal.ByStart} // Japan's
	october = fiscal.Calendar{Start: time.October}                      // the United States government's
	// Retailers of the National Retail Federation: 4-5-4, the Saturday nearest to the end of January.
	retail = fiscal.Calendar{Named: fiscal.ByStart, Weeks: [3]int{4, 5, 4}, Close: fiscal.Close{Weekday: time.Saturday, Month: time.January, Nearest: true}}
	// A year that ends on the last Saturday of September, its 53rd week in the first quarter.
	september = fiscal.Calendar{Weeks: [3]int{4, 4, 5}, Close: fiscal.Close{Weekday: time.Saturday, Month: time.September}, Leap: 1}
	december  = fiscal.Calendar{Weeks: [3]int{5, 4, 4}, Close: fiscal.Close{Weekday: time.Sunday, Month: time.December, Nearest: true}}
)

// TestPublishedYears compares with years that companies and governments published.
func TestPublishedYears(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		calendar    fiscal.Calendar
		quarter     string
		first, last string
		long        bool
	}{
		{"calendar", january, "2026Q4", "2026-10-01", "2026-12-31", false},
		{"federal 2027", october, "2027Q1", "2026-10-01", "2026-12-31", false},
		{"federal 2027", october, "2027Q4", "2027-07-01", "2027-09-30", false},
		{"Japan 2026", april, "2026Q1", "2026-04-01", "2026-06-30", false},
		{"Japan 2026", april, "2026Q4", "2027-01-01", "2027-03-31", false},
		// The retail calendar of 2023 had 53 weeks: 29 January 2023 to 3 February 2024.
		{"retail 2023", retail, "2023Q1", "2023-01-29", "2023-04-29", true},
		{"retail 2023", retail, "2023Q4", "2023-10-29", "2024-02-03", true},
		{"retail 2024", retail, "2024Q1", "2024-02-04", "2024-05-04", false},
		{"retail 2024", retail, "2024Q4", "2024-11-03", "2025-02-01", false},
		{"retail 2017", retail, "2017Q4", "2017-10-29", "2018-02-03", true},
		// Fiscal 2023 of a phone maker: 25 September 2022 to 30 September 2023, a first quarter of 14 weeks to 31 December 2022.
		{"September 2023", september, "2023Q1", "2022-09-25", "2022-12-31", true},
		{"September 2023", september, "2023Q2", "2023-01-01", "2023-04-01", true},
		{"September 2023", september, "2023Q4", "2023-07-02", "2023-09-30", true},
		{"September 2024", september, "2024Q1", "2023-10-01", "2023-12-30", false},
		{"September 2024", september, "2024Q4", "2024-06-30", "2024-09-28", false},
	} {
		q, err := fiscal.ParseQuarter(c.quarter)
		if err != nil {
			t.Fatal(err)
		}
		first, last := c.calendar.Days(q)
		if !first.Equal(day(t, c.first)) || !last.Equal(day(t, c.last)) {
			t.Errorf("%s %s is %s to %s, want %s to %s", c.name, q, first.Format(time.DateOnly), last.Format(time.DateOnly), c.first, c.last)
		}
		if c.calendar.LongYear(q.Year) != c.long {
			t.Errorf("%s: 53 weeks is %v", c.name, !c.long)
		}
	}
}

// TestWeeklyYearsByCounting finds every end of a year by looking at each day of it.
func TestWeeklyYearsByCounting(t *testing.T) {
	t.Parallel()
	for year := 1990; year < 2090; year++ {
		_, last := september.Days(fiscal.Quarter{Year: year, Number: 4})
		want := time.Time{}
		for d := time.Date(year, time.September, 1, 0, 0, 0, 0, time.UTC); d.Month() == time.September; d = d.AddDate(0, 0, 1) {
			if d.Weekday() == time.Saturday {
				want = d
			}
		}
		if !last.Equal(want) {
			t.Errorf("the last Saturday of September %d is %s, not %s", year, want, last)
		}
		_, last = december.Days(fiscal.Quarter{Year: year, Number: 4})
		end, near := time.Date(year, time.December, 31, 0, 0, 0, 0, time.UTC), time.Time{}
		for off := -3; off <= 3; off++ {
			if d := end.AddDate(0, 0, off); d.Weekday() == time.Sunday {
				near = d
			}
		}
		if !last.Equal(near) {
			t.Errorf("the Sunday nearest to the end of %d is %s, not %s", year, near, last)
		}
	}
}

var zones = []string{
	"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Pacific/Apia", "Africa/Cairo",
	"Australia/Lord_Howe", "America/Asuncion", "Atlantic/Azores",
}

func drawCalendar(t *rapid.T) fiscal.Calendar {
	zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	c := fiscal.Calendar{Zone: zone, Named: rapid.SampledFrom([]fiscal.Naming{"", fiscal.ByEnd, fiscal.ByStart}).Draw(t, "named"),
		Leap: rapid.IntRange(0, 4).Draw(t, "leap")}
	month := time.Month(rapid.IntRange(1, 12).Draw(t, "month"))
	if rapid.Bool().Draw(t, "months") {
		c.Start = month
		return c
	}
	c.Weeks = rapid.SampledFrom([][3]int{{4, 4, 5}, {4, 5, 4}, {5, 4, 4}}).Draw(t, "weeks")
	c.Close = fiscal.Close{Weekday: time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")), Month: month, Nearest: rapid.Bool().Draw(t, "nearest")}
	return c
}

// TestQuartersTileTime: every instant is in exactly one period of one quarter; where one ends the next begins.
func TestQuartersTileTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		at := time.Unix(rapid.Int64Range(1e8, 4e9).Draw(t, "at"), 0)
		p := c.Period(at)
		from, to := c.Span(p.Quarter)
		if at.Before(from) || !at.Before(to) || c.Of(at) != p.Quarter {
			t.Fatalf("%s is said to be in %s, which is %s to %s", at.In(c.Zone), p, from, to)
		}
		next, after := c.Span(p.Next())
		if !next.Equal(to) || !after.After(to) {
			t.Fatalf("%s ends %s, the next begins %s", p.Quarter, to, next)
		}
		if got := c.Of(to.Add(-time.Nanosecond)); got != p.Quarter {
			t.Fatalf("the last instant of %s is in %s", p.Quarter, got)
		}
		if got := c.Of(to); got != p.Next() {
			t.Fatalf("the first instant after %s is in %s", p.Quarter, got)
		}
		edge, weeks := from, 0
		for month := 1; month <= 3; month++ {
			begin, end := c.PeriodSpan(fiscal.Period{Quarter: p.Quarter, Month: month})
			if !begin.Equal(edge) || !end.After(begin) {
				t.Fatalf("period %d of %s begins %s, want %s", month, p.Quarter, begin, edge)
			}
			if got := c.Period(begin); got.Month != month || got.Quarter != p.Quarter {
				t.Fatalf("the start of period %d of %s is said to be in %v", month, p.Quarter, got)
			}
			edge = end
		}
		if !edge.Equal(to) {
			t.Fatalf("the periods of %s end %s, it ends %s", p.Quarter, edge, to)
		}
		first, last := c.Days(p.Quarter)
		if weeks = int(last.Sub(first)/(24*time.Hour)+1) / 7; c.Weeks != [3]int{} && weeks != 13 && weeks != 14 {
			t.Fatalf("%s has %d weeks", p.Quarter, weeks)
		}
		if again, err := fiscal.ParseQuarter(p.Quarter.String()); err != nil || again != p.Quarter {
			t.Fatalf("%s reads back as %v, %v", p.Quarter, again, err)
		}
	})
}

// TestDaysBeginAtTheirFirstInstant compares with a walk over the minutes around midnight.
func TestDaysBeginAtTheirFirstInstant(t *testing.T) {
	t.Parallel()
	for _, name := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for d := day(t, "2010-01-01"); d.Year() < 2020; d = d.AddDate(0, 0, 1) {
			got := fiscal.Begin(d, zone)
			want := d.Add(-16 * time.Hour)
			for want.In(zone).Format(time.DateOnly) < d.Format(time.DateOnly) {
				want = want.Add(30 * time.Minute)
			}
			if !got.Equal(want) {
				t.Errorf("%s begins %s in %s, want %s", d.Format(time.DateOnly), got, name, want.In(zone))
			}
		}
	}
}

func TestQuartersAsTheyAreTyped(t *testing.T) {
	t.Parallel()
	want := fiscal.Quarter{Year: 2026, Number: 4}
	for _, said := range []string{"2026Q4", "2026q4", "2026-Q4", "2026 Q4", "FY2026Q4", "fy 2026 q4", "Q4 2026", "q4-2026", "Q4 FY2026", "2026/Q4"} {
		if q, err := fiscal.ParseQuarter(said); err != nil || q != want {
			t.Errorf("%q reads as %v, %v", said, q, err)
		}
	}
	for _, said := range []string{"", "2026", "2026Q5", "2026Q0", "Q4", "26Q4", "2026Q44", "x2026Q4", "2026Q4 ", "1969Q1", "9999Q1", strings.Repeat("9", 400)} {
		_, err := fiscal.ParseQuarter(said)
		var r *chat.Refusal
		if !errors.As(err, &r) || r.Text.Code != fiscal.CodeQuarter {
			t.Errorf("%q is not refused: %v", said, err)
		}
	}
	for _, said := range []string{"", "2026-13-01", "2026-02-30", "15.12.2026", "26-12-15", "0001-01-01"} {
		if _, err := fiscal.ParseDay(said); err == nil {
			t.Errorf("the day %q is not refused", said)
		}
	}
}

func TestLate(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c := fiscal.Calendar{Zone: berlin}
	for at, want := range map[string]int{"2026-12-15T22:59:59Z": 0, "2026-12-15T23:00:00Z": 1, "2026-12-10T12:00:00Z": -5, "2027-01-02T12:00:00Z": 18} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Late(day(t, "2026-12-15"), instant); got != want {
			t.Errorf("%s is %d days late, want %d", at, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]fiscal.Calendar{
		"start":           {Start: 13},
		"named":           {Named: "middle"},
		"leap":            {Leap: 5},
		"weeks: a":        {Weeks: [3]int{4, 4, 4}, Close: fiscal.Close{Month: time.January}},
		"weeks: every":    {Weeks: [3]int{0, 8, 5}, Close: fiscal.Close{Month: time.January}},
		"close: there is": {Weeks: [3]int{4, 4, 5}},
	} {
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", c, err, want)
		}
	}
}

func FuzzParseQuarter(f *testing.F) {
	f.Add("2026Q4")
	f.Fuzz(func(t *testing.T, said string) {
		q, err := fiscal.ParseQuarter(said)
		if err != nil {
			return
		}
		if again, err := fiscal.ParseQuarter(q.String()); err != nil || again != q {
			t.Errorf("%q reads as %s, which reads as %v, %v", said, q, again, err)
		}
	})
}
