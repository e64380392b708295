package recur_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/recur"
	"pgregory.net/rapid"
)

// edges are days around changes of the clocks: gaps and overlaps of an hour, of half an hour, at midnight, of a whole day, and zones that
// go back for a month.
var edges = []struct {
	zone string
	day  recur.Wall
}{
	{"America/New_York", recur.On(2024, 3, 10, 0, 0, 0)},
	{"America/New_York", recur.On(2024, 11, 3, 0, 0, 0)},
	{"Europe/London", recur.On(2025, 3, 30, 0, 0, 0)},
	{"Europe/Berlin", recur.On(2025, 3, 30, 0, 0, 0)},
	{"Europe/Berlin", recur.On(2025, 10, 26, 0, 0, 0)},
	{"Australia/Sydney", recur.On(2023, 4, 2, 0, 0, 0)},
	{"Australia/Sydney", recur.On(2022, 10, 2, 0, 0, 0)},
	{"Australia/Lord_Howe", recur.On(2024, 4, 7, 0, 0, 0)},
	{"Australia/Lord_Howe", recur.On(2024, 10, 6, 0, 0, 0)},
	{"Pacific/Apia", recur.On(2011, 12, 30, 0, 0, 0)},
	{"Pacific/Chatham", recur.On(2024, 4, 7, 0, 0, 0)},
	{"Africa/Cairo", recur.On(2024, 4, 26, 0, 0, 0)},
	{"Africa/Cairo", recur.On(2024, 11, 1, 0, 0, 0)},
	{"America/Santiago", recur.On(2024, 9, 8, 0, 0, 0)},
	{"America/Santiago", recur.On(2024, 4, 7, 0, 0, 0)},
	{"Africa/Casablanca", recur.On(2024, 3, 10, 0, 0, 0)},
	{"Asia/Kolkata", recur.On(2024, 3, 10, 0, 0, 0)},
	{"UTC", recur.On(2024, 3, 10, 0, 0, 0)},
	{"Europe/Berlin", recur.On(2040, 12, 31, 0, 0, 0)}, // where Go's bounds of a zone are wrong
	{"America/New_York", recur.On(2060, 3, 14, 0, 0, 0)},
}

// drawn is a schedule near a change of the clocks, with the wall times at which it begins, found by asking every minute.
type drawn struct {
	recur.Schedule
	zone   *time.Location
	starts []recur.Wall
	from   time.Time // what is looked at, minute by minute
	to     time.Time
	hourly bool
}

func draw(t *rapid.T) drawn {
	edge := rapid.SampledFrom(edges).Draw(t, "edge")
	start := edge.day.Add(time.Duration(rapid.IntRange(-3*24*60, 30*60).Draw(t, "start")) * time.Minute)
	long := rapid.SampledFrom([]int{60, 180, 1440, 4000}).Draw(t, "longest")
	length := time.Duration(rapid.IntRange(1, long).Draw(t, "length")) * time.Minute
	allDay := rapid.Bool().Draw(t, "all day")
	if allDay {
		start, length = start.Midnight(), time.Duration(rapid.IntRange(1, 3).Draw(t, "days"))*24*time.Hour
	}
	begins := map[string]func(w recur.Wall) bool{ // for each rule, which minutes it takes
		"":                      func(w recur.Wall) bool { return w == start },
		"FREQ=DAILY":            func(w recur.Wall) bool { return w.Sub(w.Midnight()) == start.Sub(start.Midnight()) },
		"FREQ=DAILY;INTERVAL=2": func(w recur.Wall) bool { return w.Sub(start)%(48*time.Hour) == 0 },
		"FREQ=WEEKLY;BYDAY=SA,SU": func(w recur.Wall) bool {
			return w.Sub(start)%(24*time.Hour) == 0 && (w.Weekday() == time.Saturday || w.Weekday() == time.Sunday)
		},
		"FREQ=DAILY;BYHOUR=0,1,2;BYMINUTE=0,30": func(w recur.Wall) bool {
			hour, minute, _ := w.Clock()
			return hour < 3 && minute%30 == 0
		},
		"FREQ=HOURLY": func(w recur.Wall) bool { return w.Sub(start)%time.Hour == 0 },
	}
	text := rapid.SampledFrom([]string{"", "FREQ=DAILY", "FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=SA,SU", "FREQ=DAILY;BYHOUR=0,1,2;BYMINUTE=0,30", "FREQ=HOURLY"}).Draw(t, "rule")
	d := drawn{Schedule: recur.Schedule{Zone: edge.zone, Start: start, End: start.Add(length), AllDay: allDay}}
	if err := d.Rule.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	d.zone, d.hourly = zone(t, edge.zone), text == "FREQ=HOURLY"
	last := edge.day.Add(4 * 24 * time.Hour)
	for w := start; w.Before(last); w = w.Add(time.Minute) {
		if !begins[text](w) {
			continue
		}
		if len(d.starts) > 0 && rapid.IntRange(0, 20).Draw(t, "except") == 0 {
			d.Except = append(d.Except, w)
			continue
		}
		d.starts = append(d.starts, w)
	}
	year, month, day := edge.day.Date()
	noon := time.Date(year, month, day, 12, 0, 0, 0, d.zone)
	d.from, d.to = noon.Add(-40*time.Hour), noon.Add(30*time.Hour)
	return d
}

// watched is what the clock shows each minute of what is looked at, and days around it.
func (d drawn) watched() []recur.Wall {
	var list []recur.Wall
	for at := d.from.Add(-96 * time.Hour); at.Before(d.to.Add(96 * time.Hour)); at = at.Add(time.Minute) {
		list = append(list, recur.Shown(at))
	}
	return list
}

// widest finds the stretches by what the definition says: from the first minute at which the clock shows a time in it to the last.
func (d drawn) widest(shows []recur.Wall) (list []recur.Interval) {
	for _, w := range d.starts {
		first, last := -1, -1
		for i, shown := range shows {
			if !shown.Before(w) && shown.Before(w.Add(d.End.Sub(d.Start))) {
				if first < 0 {
					first = i
				}
				last = i
			}
		}
		if first >= 0 {
			list = append(list, d.interval(first, last+1))
		}
	}
	return list
}

// strict does the same for what happens: at the first of two, in every pass of an hourly rule, and until the clock shows the end.
func (d drawn) strict(shows []recur.Wall) (list []recur.Interval) {
	for _, w := range d.starts {
		for i, shown := range shows {
			if shown != w {
				continue
			}
			end := i
			for end < len(shows) && shows[end].Before(w.Add(d.End.Sub(d.Start))) {
				end++
			}
			list = append(list, d.interval(i, end))
			if !d.hourly {
				break
			}
		}
	}
	slices.SortStableFunc(list, func(a, b recur.Interval) int { return a.From.Compare(b.From) })
	return list
}

// skipped asks for what the clock never shows, which begins no stretch of what happens.
func (d drawn) skipped(t *rapid.T, table *recur.Timetable, shows []recur.Wall) {
	want := map[recur.Wall]time.Time{}
	for _, w := range d.starts {
		after := slices.IndexFunc(shows, func(shown recur.Wall) bool { return !shown.Before(w) })
		if at := d.interval(max(after, 0), 0).From; after > 0 && shows[after] != w && !slices.Contains(shows, w) && !at.Before(d.from) && at.Before(d.to) && !d.hourly {
			want[w] = at
		}
	}
	for w, at := range table.Skipped(d.from, d.to) {
		if !want[w].Equal(at) || at.IsZero() {
			t.Fatalf("%s: %s is skipped at %s, want %v", d.say(), w, at, want)
		}
		delete(want, w)
	}
	if len(want) > 0 {
		t.Fatalf("%s: %v are skipped, and not said to be", d.say(), want)
	}
}

func (d drawn) interval(from, to int) recur.Interval {
	base := d.from.Add(-96 * time.Hour)
	return recur.Interval{From: base.Add(time.Duration(from) * time.Minute), To: base.Add(time.Duration(to) * time.Minute)}
}

// Every minute of what is looked at is asked; nothing may leak, and nothing be held that is not in the definition.
func TestTimetableIsWhatTheClockShows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		shows := d.watched()
		for as, want := range [][]recur.Interval{recur.Widest: d.widest(shows), recur.Strict: d.strict(shows)} {
			table, err := d.Read(recur.Reading(as))
			if err != nil {
				t.Fatal(err)
			}
			for at := d.from; at.Before(d.to); at = at.Add(time.Minute) {
				d.ask(t, table, want, at)
			}
			d.between(t, table, want)
			d.skipped(t, table, shows)
		}
	})
}

// ask compares what the table says of an instant with what it should.
func (d drawn) ask(t *rapid.T, table *recur.Timetable, want []recur.Interval, at time.Time) {
	var covering, next recur.Interval
	for _, i := range want {
		if i.Contains(at) {
			covering = i
		}
		if next.To.IsZero() && !i.From.Before(at) {
			next = i
		}
	}
	got, ok := table.Interval(at)
	if ok != !covering.To.IsZero() || ok && !got.To.Equal(covering.To) {
		t.Fatalf("%s: at %s: interval %v, want %v", d.say(), at, got, covering)
	}
	if got, ok = table.Next(at); ok && got.From.Before(d.to) && (!got.From.Equal(next.From) || !got.To.Equal(next.To)) {
		t.Fatalf("%s: at %s: next %v, want %v", d.say(), at, got, next)
	}
	if !next.To.IsZero() && !ok {
		t.Fatalf("%s: at %s: no next, want %v", d.say(), at, next)
	}
}

func (d drawn) between(t *rapid.T, table *recur.Timetable, want []recur.Interval) {
	n := rapid.IntRange(0, 70*60).Draw(t, "from")
	m := rapid.IntRange(n, 70*60).Draw(t, "to")
	from, to := d.from.Add(time.Duration(n)*time.Minute), d.from.Add(time.Duration(m)*time.Minute)
	want = slices.DeleteFunc(slices.Clone(want), func(i recur.Interval) bool { return !from.Before(to) || !i.To.After(from) || !i.From.Before(to) })
	got := slices.Collect(table.Between(from, to))
	same := func(a, b recur.Interval) bool { return a.From.Equal(b.From) && a.To.Equal(b.To) }
	if !slices.EqualFunc(got, want, same) {
		t.Fatalf("%s: between %s and %s:\n got %v\nwant %v", d.say(), from, to, got, want)
	}
}

func (d drawn) say() string {
	return fmt.Sprintf("%s %s–%s %s except %v", d.Zone, d.Start, d.End, d.Rule, d.Except)
}
