package recur_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/recur"
	"pgregory.net/rapid"
)

// naive is a rule of days or longer, read as RFC 5545 says it and in no other way: every day is asked, and every weekday, week and day of
// a month or year that a number may mean is counted out.
type naive struct {
	freq, weekStart                                     string
	interval                                            int
	months, monthDays, yearDays, weekNos, hours, setPos []int
	days                                                []string // "MO", "-1FR"
	start                                               time.Time
}

var names = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

func (n naive) String() string {
	parts := []string{"FREQ=" + n.freq, fmt.Sprintf("INTERVAL=%d", n.interval), "WKST=" + n.weekStart}
	for _, p := range []struct {
		name string
		list []int
	}{{"BYMONTH", n.months}, {"BYMONTHDAY", n.monthDays}, {"BYYEARDAY", n.yearDays}, {"BYWEEKNO", n.weekNos}, {"BYHOUR", n.hours}, {"BYSETPOS", n.setPos}} {
		if len(p.list) > 0 {
			parts = append(parts, p.name+"="+strings.Trim(strings.ReplaceAll(fmt.Sprint(p.list), " ", ","), "[]"))
		}
	}
	if len(n.days) > 0 {
		parts = append(parts, "BYDAY="+strings.Join(n.days, ","))
	}
	return strings.Join(parts, ";")
}

func drawNaive(t *rapid.T) naive {
	n := naive{
		freq: rapid.SampledFrom([]string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY"}).Draw(t, "freq"), interval: rapid.IntRange(1, 3).Draw(t, "interval"),
		weekStart: rapid.SampledFrom(names).Draw(t, "week start"),
	}
	list := func(name string, least, most int, signed bool, size int) (list []int) {
		for range rapid.IntRange(0, size).Draw(t, name+" size") {
			i := rapid.IntRange(least, most).Draw(t, name)
			if signed && rapid.Bool().Draw(t, name+" from the end") {
				i = -i
			}
			list = append(list, i)
		}
		return list
	}
	n.months = list("month", 1, 12, false, 2)
	if n.freq != "WEEKLY" {
		n.monthDays = list("month day", 1, 31, true, 3)
	}
	if n.freq == "YEARLY" {
		n.yearDays = list("year day", 1, 366, true, 5)
		n.weekNos = list("week", 1, 53, true, 2)
	}
	for range rapid.IntRange(0, 3).Draw(t, "days") {
		day := rapid.SampledFrom(names).Draw(t, "day")
		if (n.freq == "MONTHLY" || n.freq == "YEARLY" && len(n.weekNos) == 0) && rapid.Bool().Draw(t, "numbered") {
			day = fmt.Sprint(rapid.SampledFrom([]int{1, 2, 5, -1, -2, -5, 52, 53, -53}).Draw(t, "number")) + day
		}
		n.days = append(n.days, day)
	}
	n.hours = list("hour", 0, 23, false, 2)
	if n.limited() || len(n.hours) > 0 {
		n.setPos = list("place", 1, 4, true, 2)
	}
	n.start = time.Date(rapid.SampledFrom([]int{1999, 2003, 2004, 2019, 2020, 2026}).Draw(t, "year"), 1, 1, 9, 0, 0, 0, time.UTC).
		AddDate(0, 0, rapid.IntRange(0, 365).Draw(t, "day of the year"))
	return n
}

// limited reports whether the rule itself says which days it takes.
func (n naive) limited() bool {
	return len(n.months)+len(n.monthDays)+len(n.yearDays)+len(n.weekNos)+len(n.days) > 0
}

// in reports whether a list names something, which is the nth of so many.
func in(list []int, nth, of int) bool {
	return len(list) == 0 || slices.Contains(list, nth) || slices.Contains(list, nth-of-1)
}

// nth counts the days of a stretch that a day is one of: which it is, and of how many.
func nth(day time.Time, from, to time.Time, counts func(time.Time) bool) (n, of int) {
	for d := from; d.Before(to); d = d.AddDate(0, 0, 1) {
		if counts(d) {
			if of++; !d.After(day) {
				n++
			}
		}
	}
	return n, of
}

func every(time.Time) bool { return true }

func year(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }

// week is the first day of the week that a day is in.
func (n naive) week(day time.Time) time.Time {
	for names[day.Weekday()] != n.weekStart {
		day = day.AddDate(0, 0, -1)
	}
	return day
}

// weekOne is the first week with at least four days in a year.
func (n naive) weekOne(y int) time.Time { return n.week(time.Date(y, 1, 4, 0, 0, 0, 0, time.UTC)) }

func (n naive) takes(day time.Time) bool {
	y, month, dom := day.Date()
	first := time.Date(y, month, 1, 0, 0, 0, 0, time.UTC)
	if !in(n.months, int(month), 99) {
		return false
	}
	if len(n.monthDays) > 0 {
		if i, of := nth(day, first, first.AddDate(0, 1, 0), every); !in(n.monthDays, i, of) {
			return false
		}
	}
	if len(n.yearDays) > 0 {
		if i, of := nth(day, year(y), year(y+1), every); !in(n.yearDays, i, of) {
			return false
		}
	}
	if len(n.weekNos) > 0 && !n.inWeek(day) {
		return false
	}
	if len(n.days) > 0 && !slices.ContainsFunc(n.days, func(said string) bool { return n.isDay(day, said) }) {
		return false
	}
	if len(n.monthDays)+len(n.yearDays)+len(n.weekNos)+len(n.days) > 0 {
		return true
	}
	switch n.freq { // what the rule leaves open, its start says
	case "YEARLY":
		return dom == n.start.Day() && (len(n.months) > 0 || month == n.start.Month())
	case "MONTHLY":
		return dom == n.start.Day()
	case "WEEKLY":
		return day.Weekday() == n.start.Weekday()
	}
	return true
}

func (n naive) inWeek(day time.Time) bool {
	y := day.Year() // the year that the week is of
	if day.Before(n.weekOne(y)) {
		y--
	} else if !day.Before(n.weekOne(y + 1)) {
		y++
	}
	starts := func(d time.Time) bool { return n.week(d).Equal(d) }
	i, of := nth(day, n.weekOne(y), n.weekOne(y+1), starts)
	return in(n.weekNos, i, of)
}

// isDay reports whether a day is "MO", or "-1MO" of its month or year.
func (n naive) isDay(day time.Time, said string) bool {
	number, name := said[:len(said)-2], said[len(said)-2:]
	if names[day.Weekday()] != name || number == "" {
		return names[day.Weekday()] == name
	}
	from, to := year(day.Year()), year(day.Year()+1)
	if n.freq == "MONTHLY" || len(n.months) > 0 {
		from = day.AddDate(0, 0, 1-day.Day())
		to = from.AddDate(0, 1, 0)
	}
	i, of := nth(day, from, to, func(d time.Time) bool { return d.Weekday() == day.Weekday() })
	return number == fmt.Sprint(i) || number == fmt.Sprint(i-of-1)
}

// period numbers the period that a day is in.
func (n naive) period(day time.Time) int {
	switch n.freq {
	case "YEARLY":
		return day.Year()
	case "MONTHLY":
		return day.Year()*12 + int(day.Month())
	case "WEEKLY":
		return int(n.week(day).Unix() / (7 * 86400))
	}
	return int(day.Unix() / 86400)
}

// occurrences asks every day of so many years.
func (n naive) occurrences(until time.Time) []string {
	hours := slices.Clone(n.hours)
	slices.Sort(hours)
	if hours = slices.Compact(hours); len(hours) == 0 {
		hours = []int{n.start.Hour()}
	}
	first := n.start.Truncate(24 * time.Hour)
	var found []string
	var held []time.Time // of the period
	closes := func() {
		for i, at := range held {
			if in(n.setPos, i+1, len(held)) && !at.Before(n.start) && at.Before(until) {
				found = append(found, local(at))
			}
		}
		held = nil
	}
	for d := year(n.start.Year()).AddDate(0, 0, -7); d.Before(until.AddDate(1, 0, 7)); d = d.AddDate(0, 0, 1) {
		if n.period(d) != n.period(d.AddDate(0, 0, -1)) {
			closes()
		}
		if ahead := n.period(d) - n.period(first); ahead >= 0 && ahead%n.interval == 0 && n.takes(d) {
			for _, h := range hours {
				held = append(held, d.Add(time.Duration(h)*time.Hour))
			}
		}
	}
	return found
}

// Every rule of days or longer gives what asking each day by itself gives.
func TestRulesAreWhatEachDayIsAskedFor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := drawNaive(t)
		until := n.start.AddDate(3, 0, 0)
		if _, err := recur.Parse(n.String()); err != nil {
			t.Fatalf("%s: %v", n, err)
		}
		s := set(t, "DTSTART:"+local(n.start)+" RRULE:"+n.String())
		var got []string
		for at := range s.Between(n.start, until) {
			got = append(got, local(at))
		}
		if want := n.occurrences(until); !slices.Equal(got, want) {
			t.Fatalf("%s from %s:\n got %v\nwant %v", n, local(n.start), got, want)
		}
	})
}
