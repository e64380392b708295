package recur_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/recur"
	"pgregory.net/rapid"
)

func set(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string) recur.Set {
	t.Helper()
	s, err := recur.ParseSet(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}

func TestSets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"never", "DTSTART:20260101T090000 RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", nil},
		{"never a place", "DTSTART:20260101T090000 RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", nil},
		{"never in step", "DTSTART:20260101T090000 RRULE:FREQ=MINUTELY;INTERVAL=2;BYMINUTE=1", nil},
		{"never that weekday", "DTSTART:20260101T090000 RRULE:FREQ=HOURLY;INTERVAL=168;BYDAY=MO", nil},
		{"never that day of a year", "DTSTART:20260101T090000 RRULE:FREQ=YEARLY;INTERVAL=4;BYYEARDAY=366", nil},
		{"after the last year", "DTSTART:99980101T090000 RRULE:FREQ=YEARLY", []string{"99980101T090000", "99990101T090000"}},
		{"all taken out", "DTSTART:20260101T090000 RRULE:FREQ=SECONDLY EXRULE:FREQ=SECONDLY", nil},
		{"a leap day", "DTSTART:20240229T090000 RRULE:FREQ=YEARLY;COUNT=2", []string{"20240229T090000", "20280229T090000"}},
		{"a leap second", "DTSTART:20260101T000000 RRULE:FREQ=MINUTELY;BYSECOND=60;COUNT=2", []string{"20260101T000059", "20260101T000159"}},
		{"a rule and a date", "DTSTART:20260101T090000 RRULE:FREQ=DAILY;COUNT=2 RDATE:20260102T090000,20260101T120000",
			[]string{"20260101T090000", "20260101T120000", "20260102T090000"}},
		{"an exception out of nothing", "DTSTART;TZID=Europe/Berlin:20260328T023000 RRULE:FREQ=DAILY;COUNT=2 EXDATE;TZID=Europe/Berlin:20260329T023000",
			[]string{"20260328T023000", "20260330T023000"}},
		{"alone", "DTSTART;VALUE=DATE:20260328", []string{"20260328T000000"}},
		{"folded", "DTSTART;TZID=Europe/\r\n Berlin:20260328T010000\r\nRRULE:FREQ=DAI\r\n LY;COUNT=1", []string{"20260328T010000"}},
		// The hour that comes twice: hours go on, days mean the first.
		{"hours", "DTSTART;TZID=Europe/Berlin:20261025T010000 RRULE:FREQ=HOURLY;COUNT=4",
			[]string{"20261025T010000", "20261025T020000", "20261025T020000", "20261025T030000"}},
		{"a day's hours", "DTSTART;TZID=Europe/Berlin:20261025T010000 RRULE:FREQ=DAILY;BYHOUR=1,2,3;COUNT=3",
			[]string{"20261025T010000", "20261025T020000", "20261025T030000"}},
		// A week that begins elsewhere: RFC 5545, the example of WKST.
		{"weeks from Monday", "DTSTART:19970805T090000 RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
			[]string{"19970805T090000", "19970810T090000", "19970819T090000", "19970824T090000"}},
		{"weeks across New Year", "DTSTART:20260101T090000 RRULE:FREQ=YEARLY;BYWEEKNO=-1;BYDAY=FR;COUNT=2", []string{"20260101T090000", "20261231T090000"}[:0]},
	} {
		if c.name == "weeks across New Year" { // 2026 has 53 weeks: its last Friday is in 2027
			c.want = []string{"20270101T090000", "20271231T090000"}
		}
		s := set(t, c.text)
		if got := first(s, len(c.want)+2, local); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

var setRules = []string{
	"FREQ=YEARLY", "FREQ=YEARLY;INTERVAL=3;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;BYDAY=20MO,-1SU", "FREQ=YEARLY;BYWEEKNO=1,53,-1;WKST=SU",
	"FREQ=YEARLY;BYYEARDAY=1,-1;BYHOUR=2,3;BYSETPOS=-1,2", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=7",
	"FREQ=MONTHLY;INTERVAL=5;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,MO;WKST=SU", "FREQ=WEEKLY;COUNT=40",
	"FREQ=DAILY;INTERVAL=10", "FREQ=DAILY;BYMONTH=3,10;BYHOUR=1,2;BYMINUTE=0,30", "FREQ=DAILY;UNTIL=20270401T010000Z",
	"FREQ=HOURLY;INTERVAL=7", "FREQ=HOURLY;BYHOUR=1,2,3;BYMONTH=3,10", "FREQ=HOURLY;COUNT=3000;BYMINUTE=0,30", "FREQ=MINUTELY;INTERVAL=1441",
	"FREQ=MINUTELY;INTERVAL=15;BYHOUR=2;BYDAY=SU", "FREQ=SECONDLY;INTERVAL=90061",
}

// What lies between two instants is all of the set that does, wherever the look begins; After says the same.
func TestBetweenIsAllThatLiesBetween(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		edge := rapid.SampledFrom(edges).Draw(t, "edge")
		start := edge.day.Add(time.Duration(rapid.IntRange(-40*24*60, 24*60).Draw(t, "start")) * time.Minute)
		rule, err := recur.Parse(rapid.SampledFrom(setRules).Draw(t, "rule"))
		if err != nil {
			t.Fatal(err)
		}
		s := recur.Set{Start: start, Zone: zone(t, edge.zone), Rules: []recur.Rule{rule}}
		var all []time.Time
		for at := range s.All() {
			if all = append(all, at); len(all) == 400 {
				break
			}
		}
		if !slices.IsSortedFunc(all, time.Time.Compare) {
			t.Fatalf("%s: out of order", s)
		}
		if len(all) == 0 {
			return
		}
		from := all[rapid.IntRange(0, len(all)-1).Draw(t, "from")].Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "off")))
		to := all[rapid.IntRange(0, len(all)-1).Draw(t, "to")]
		var want []time.Time
		for _, at := range all {
			if !at.Before(from) && at.Before(to) {
				want = append(want, at)
			}
		}
		if got := slices.Collect(s.Between(from, to)); !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Fatalf("%s from %s to %s:\n got %v\nwant %v", s, from, to, got, want)
		}
		next, ok := s.After(from, true)
		if i := slices.IndexFunc(all, func(at time.Time) bool { return !at.Before(from) }); i >= 0 && (!ok || !next.Equal(all[i])) {
			t.Fatalf("%s after %s: %v, want %v", s, from, next, all[i])
		}
		for range 2 { // an instant of the set is not after itself
			if later, ok := s.After(next, false); ok && !later.After(next) {
				t.Fatalf("%s: %s is not after %s", s, later, next)
			}
		}
	})
}
