package recur

import (
	"math/bits"
	"slices"
	"time"
)

// pattern is a rule with its start, made ready to be computed with: what a rule leaves open, its start says.
type pattern struct {
	frequency Frequency
	interval  int
	start     Wall
	weekStart int // days from Monday

	// What a day must be. Empty sets hold every day; from counts from the end of the month or year.
	months              uint16
	monthDays, fromEnd  uint32 // bit 1 is the first, and the last
	weekNos, fromLast   uint64
	yearDays            []int // sorted, negative from the end
	weekdays            uint8 // bit 0 is Monday
	numbered            []Day // weekdays with a number
	inYear              bool  // numbers of weekdays count within the year
	hours, mins, secs   []int // the times of day: what longer periods expand to
	hourSet             uint32
	minSet, secSet      uint64 // what shorter periods are limited to; empty: all
	positions           []int
	cycleDays, dryLimit int // after so many days, or periods, without any, there are none
}

func newPattern(r Rule, start Wall) *pattern {
	p := &pattern{
		frequency: r.frequency, interval: r.Interval(), start: start, weekStart: fromMonday(r.weekStart),
		yearDays: r.numbers[byYearDay], positions: r.numbers[bySetPos],
	}
	p.readDays(r)
	p.readTimes(r)
	p.bound()
	return p
}

// readDays sets what a day must be. Where the rule says nothing of days within its period, they are those of the start.
func (p *pattern) readDays(r Rule) {
	months, monthDays, days := r.numbers[byMonth], r.numbers[byMonthDay], r.days
	if len(days) == 0 && len(monthDays) == 0 && len(r.numbers[byYearDay]) == 0 && len(r.numbers[byWeekNo]) == 0 {
		_, month, day := p.start.Date()
		switch r.frequency {
		case Yearly:
			if len(months) == 0 {
				months = []int{int(month)}
			}
			monthDays = []int{day}
		case Monthly:
			monthDays = []int{day}
		case Weekly:
			days = []Day{{Weekday: p.start.Weekday()}}
		}
	}
	for _, m := range months {
		p.months |= 1 << m
	}
	for _, n := range monthDays {
		if n > 0 {
			p.monthDays |= 1 << n
		} else {
			p.fromEnd |= 1 << -n
		}
	}
	for _, n := range r.numbers[byWeekNo] {
		if n > 0 {
			p.weekNos |= 1 << n
		} else {
			p.fromLast |= 1 << -n
		}
	}
	for _, d := range days {
		if d.N == 0 {
			p.weekdays |= 1 << fromMonday(d.Weekday)
		} else {
			p.numbered = append(p.numbered, d)
		}
	}
	p.inYear = r.frequency == Yearly && len(months) == 0
}

// readTimes sets the times of day. A part shorter than the period expands it, one as long or longer limits it.
func (p *pattern) readTimes(r Rule) {
	hour, minute, second := p.start.Clock()
	seconds := r.numbers[bySecond]
	if n := len(seconds); n > 0 && seconds[n-1] == 60 { // 3.3.12: who knows no leap seconds reads 60 as 59
		seconds = slices.Compact(append(slices.Clone(seconds[:n-1]), 59))
	}
	p.hours, p.mins, p.secs = orStart(r.numbers[byHour], hour), orStart(r.numbers[byMinute], minute), orStart(seconds, second)
	switch {
	case p.frequency >= Secondly:
		p.secSet = set(seconds)
		fallthrough
	case p.frequency >= Minutely:
		p.minSet = set(r.numbers[byMinute])
		fallthrough
	case p.frequency >= Hourly:
		p.hourSet = uint32(set(r.numbers[byHour]))
	}
}

func orStart(list []int, start int) []int {
	if len(list) == 0 {
		return []int{start}
	}
	return list
}

func set(list []int) (s uint64) {
	for _, n := range list {
		s |= 1 << n
	}
	return s
}

// units are the seconds of the periods shorter than a day.
var units = [...]int64{Hourly: 3600, Minutely: 60, Secondly: 1}

// bound says how long to look before giving up. Dates come again after 400 years, and so does, with an interval, what both share.
func (p *pattern) bound() {
	cycle := [...]int{Yearly: 400, Monthly: 4800, Weekly: gregorian / 7, Daily: gregorian}
	if p.frequency < Hourly {
		n := cycle[p.frequency]
		rounds := p.interval / gcd(n, p.interval) // of 400 years each
		p.cycleDays, p.dryLimit = min(rounds, horizon/gregorian+1)*gregorian, n+1
		return
	}
	step := int64(p.interval) * units[p.frequency]
	rounds := step / int64(gcd(gregorian*daySecs, int(step)))
	p.cycleDays, p.dryLimit = int(min(rounds, horizon/gregorian+1))*gregorian, 2*gregorian
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// holds reports whether a day is one of the pattern's.
func (p *pattern) holds(day int) bool {
	if p.weekdays != 0 && len(p.numbered) == 0 && p.weekdays&(1<<(day%7)) == 0 {
		return false
	}
	if p.months == 0 && p.monthDays|p.fromEnd == 0 && p.weekNos|p.fromLast == 0 && len(p.yearDays) == 0 && len(p.numbered) == 0 {
		return true
	}
	date := midnight(day).civil()
	year, month, dom := date.Date()
	if p.months != 0 && p.months&(1<<month) == 0 {
		return false
	}
	if p.monthDays|p.fromEnd != 0 && p.monthDays&(1<<dom) == 0 && p.fromEnd&(1<<(daysIn(year, month)-dom+1)) == 0 {
		return false
	}
	if len(p.yearDays) > 0 && !p.holdsYearDay(date.YearDay(), year) {
		return false
	}
	if p.weekNos|p.fromLast != 0 && !p.holdsWeek(day, year) {
		return false
	}
	return len(p.numbered) == 0 || p.weekdays&(1<<(day%7)) != 0 || p.holdsNumbered(date)
}

func (p *pattern) holdsYearDay(n, year int) bool {
	_, ok := slices.BinarySearch(p.yearDays, n)
	if !ok {
		_, ok = slices.BinarySearch(p.yearDays, n-daysOf(year)-1)
	}
	return ok
}

// holdsWeek asks for the number of the week: the first of a year is the first with at least four days in it, so the days around New Year
// may belong to a week of the other year.
func (p *pattern) holdsWeek(day, year int) bool {
	first, next := p.firstWeek(year), p.firstWeek(year+1)
	switch {
	case day < first:
		first, next = p.firstWeek(year-1), first
	case day >= next:
		first, next = next, p.firstWeek(year+2)
	}
	n, weeks := (day-first)/7+1, (next-first)/7
	return p.weekNos&(1<<n) != 0 || p.fromLast&(1<<(weeks-n+1)) != 0
}

func (p *pattern) firstWeek(year int) int { return p.weekOf(dayOf(year, time.January, 4)) }

// weekOf is the first day of the week that a day is in.
func (p *pattern) weekOf(day int) int { return day - (day%7-p.weekStart+7)%7 }

func (p *pattern) holdsNumbered(date time.Time) bool {
	year, month, n := date.Date()
	length := daysIn(year, month)
	if p.inYear {
		n, length = date.YearDay(), daysOf(year)
	}
	for _, d := range p.numbered {
		if d.Weekday == date.Weekday() && (d.N == (n-1)/7+1 || -d.N == (length-n)/7+1) {
			return true
		}
	}
	return false
}

// nextDay is the first day of the pattern from a day on and before an end.
func (p *pattern) nextDay(day, end int) (int, bool) {
	for end = min(day+gregorian, end, horizon); day < end; day++ {
		if p.holds(day) {
			return day, true
		}
		if p.months == 0 {
			continue
		}
		year, month, _ := midnight(day).Date()
		if p.months&(1<<month) != 0 {
			continue
		}
		later := p.months >> (month + 1)
		if later != 0 {
			day = dayOf(year, month+1+time.Month(bits.TrailingZeros16(later)), 1) - 1
		} else {
			day = dayOf(year+1, time.Month(bits.TrailingZeros16(p.months)), 1) - 1
		}
	}
	return 0, false
}

// period is the first period in step with the start that contains a day or follows it, for periods of a day or more.
func (p *pattern) period(day int) (from, to int) {
	startYear, startMonth, _ := p.start.Date()
	start := p.start.day()
	year, month, _ := midnight(max(day, start)).Date()
	switch p.frequency {
	case Yearly:
		year = p.inStep(startYear, year)
		return dayOf(year, time.January, 1), dayOf(year+1, time.January, 1)
	case Monthly:
		n := time.Month(p.inStep(startYear*12+int(startMonth), year*12+int(month)) - startYear*12)
		return dayOf(startYear, n, 1), dayOf(startYear, n+1, 1)
	case Weekly:
		first := p.weekOf(start)
		from = first + 7*p.inStep(0, (max(day, start)-first)/7)
		return from, from + 7
	}
	from = p.inStep(start, max(day, start))
	return from, from + 1
}

// inStep is the first number not before n that is whole intervals from the first.
func (p *pattern) inStep(first, n int) int {
	return first + (n-first+p.interval-1)/p.interval*p.interval
}

func daysIn(year int, month time.Month) int {
	if month == time.February && daysOf(year) == 366 {
		return 29
	}
	return int([...]int8{1: 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month])
}

func daysOf(year int) int {
	if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return 366
	}
	return 365
}
