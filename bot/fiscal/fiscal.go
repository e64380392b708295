// Package fiscal divides time into the years and quarters that an organisation reports by: calendar quarters, years that
// begin in another month, and years of 52 or 53 whole weeks. It reads no clock; days begin and end in the calendar's zone.
package fiscal

import (
	"errors"
	"fmt"
	"time"
)

// Calendar is how an organisation counts its years. Its zero value is the calendar year in UTC.
type Calendar struct {
	Zone *time.Location // nil: UTC
	// Start is the first month of a year made of months; 0 is January. It is not looked at when there are Weeks.
	Start time.Month
	// Named says which calendar year a fiscal year is called after.
	Named Naming
	// Weeks are the lengths in weeks of the three periods of a quarter, 13 together; zero for a year made of months.
	Weeks [3]int
	// Close is the last day of a year made of weeks.
	Close Close
	// Leap is the quarter, 1 to 4, whose last period has the 53rd week when there is one; 0 is the fourth.
	Leap int
}

// Naming says which calendar year a fiscal year is called after.
type Naming string

// The namings. The zero value is ByEnd.
const (
	ByEnd   Naming = "end"   // the one it ends in: a year from October 2026 on is 2027
	ByStart Naming = "start" // the one it begins in
)

// Close is the day on which a year made of weeks ends: the last such weekday of a month, or the one nearest to the month's end.
type Close struct {
	Weekday time.Weekday
	Month   time.Month
	Nearest bool
}

// weeksOfQuarter is how many weeks a quarter has, but for the one with the 53rd.
const weeksOfQuarter = 13

// Check lists what is wrong with the calendar.
func (c Calendar) Check() error {
	var errs []error
	if c.Start < 0 || c.Start > time.December {
		errs = append(errs, fmt.Errorf("start: there is no month %d", c.Start))
	}
	if c.Named != "" && c.Named != ByEnd && c.Named != ByStart {
		errs = append(errs, fmt.Errorf("named: must be %s or %s, is %q", ByEnd, ByStart, c.Named))
	}
	if c.Leap < 0 || c.Leap > 4 {
		errs = append(errs, fmt.Errorf("leap: must be a quarter from 1 to 4, is %d", c.Leap))
	}
	if !c.weekly() {
		return errors.Join(errs...)
	}
	for _, n := range c.Weeks {
		if n < 1 {
			errs = append(errs, errors.New("weeks: every period has at least one"))
			break
		}
	}
	if c.Weeks[0]+c.Weeks[1]+c.Weeks[2] != weeksOfQuarter {
		errs = append(errs, fmt.Errorf("weeks: a quarter has %d, not %d", weeksOfQuarter, c.Weeks[0]+c.Weeks[1]+c.Weeks[2]))
	}
	if c.Close.Month < time.January || c.Close.Month > time.December {
		errs = append(errs, fmt.Errorf("close: there is no month %d", c.Close.Month))
	}
	return errors.Join(errs...)
}

// Period is a third of a quarter: a month, or the 4 or 5 weeks that stand for one.
type Period struct {
	Quarter
	Month int // 1 to 3
}

// Of is the quarter of an instant.
func (c Calendar) Of(at time.Time) Quarter { return c.Period(at).Quarter }

// Period is the period of an instant.
func (c Calendar) Period(at time.Time) Period {
	day := dayOf(at.In(c.zone()))
	year := c.yearOf(day)
	for q := 4; q > 1; q-- {
		if !day.before(c.first(Period{Quarter{year, q}, 1})) {
			return c.periodIn(Quarter{year, q}, day)
		}
	}
	return c.periodIn(Quarter{year, 1}, day)
}

func (c Calendar) periodIn(q Quarter, day date) Period {
	for month := 3; month > 1; month-- {
		if p := (Period{q, month}); !day.before(c.first(p)) {
			return p
		}
	}
	return Period{q, 1}
}

// Span is a quarter's first instant and the first instant after it.
func (c Calendar) Span(q Quarter) (from, to time.Time) {
	return c.begin(c.first(Period{q, 1})), c.begin(c.first(Period{q.Next(), 1}))
}

// PeriodSpan is a period's first instant and the first instant after it.
func (c Calendar) PeriodSpan(p Period) (from, to time.Time) {
	next := Period{p.Quarter, p.Month + 1}
	if p.Month == 3 {
		next = Period{p.Next(), 1}
	}
	return c.begin(c.first(p)), c.begin(c.first(next))
}

// Days are a quarter's first day and its last, as midnights in UTC.
func (c Calendar) Days(q Quarter) (first, last time.Time) {
	return c.first(Period{q, 1}).utc(), c.first(Period{q.Next(), 1}).utc().AddDate(0, 0, -1)
}

// LongYear reports whether a year has 53 weeks.
func (c Calendar) LongYear(year int) bool {
	return c.weekly() && c.opening(year+1).utc().Sub(c.opening(year).utc()) == 53*7*24*time.Hour
}

func (c Calendar) weekly() bool { return c.Weeks != [3]int{} }

func (c Calendar) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// first is the first day of a period.
func (c Calendar) first(p Period) date {
	open := c.opening(p.Year)
	if !c.weekly() {
		return dayOf(time.Date(open.year, open.month+time.Month(3*(p.Number-1)+p.Month-1), 1, 0, 0, 0, 0, time.UTC))
	}
	weeks := weeksOfQuarter * (p.Number - 1)
	for _, n := range c.Weeks[:p.Month-1] {
		weeks += n
	}
	if leap := c.leap(); p.Number > leap && c.LongYear(p.Year) {
		weeks++
	}
	return dayOf(open.utc().AddDate(0, 0, 7*weeks))
}

func (c Calendar) leap() int {
	if c.Leap == 0 {
		return 4
	}
	return c.Leap
}

// opening is the first day of a year.
func (c Calendar) opening(year int) date {
	if c.weekly() {
		return dayOf(c.closing(year-1).utc().AddDate(0, 0, 1))
	}
	start := max(c.Start, time.January)
	if start != time.January && c.Named != ByStart {
		year--
	}
	return date{year, start, 1}
}

// closing is the last day of a year made of weeks. One that ends about the end of December is called after that December's year
// either way.
func (c Calendar) closing(year int) date {
	if c.Named == ByStart && c.Close.Month != time.December {
		year++
	}
	end := time.Date(year, c.Close.Month+1, 0, 0, 0, 0, 0, time.UTC) // the month's last day
	back := (int(end.Weekday()) - int(c.Close.Weekday) + 7) % 7
	if c.Close.Nearest && back > 3 {
		back -= 7
	}
	return dayOf(end.AddDate(0, 0, -back))
}

// yearOf is the year of a day: about that of the calendar, and looked for from there.
func (c Calendar) yearOf(day date) int {
	year := day.year + 1
	for day.before(c.opening(year)) {
		year--
	}
	return year
}
