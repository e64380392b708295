package recur

import (
	"slices"
	"sort"
)

// cursor goes through the wall times of a pattern in order. What a period holds is the product of its days, hours, minutes and seconds, and
// is counted, not written out: a year may hold 31 million.
type cursor struct {
	p                       *pattern
	days, hours, mins, secs []int
	picked                  []int // with BYSETPOS: the places in the product
	size, at                int   // of the product, or of picked
	next                    int64 // the day, or for short periods the second, that the next period is looked for from
	done                    bool
}

// from goes through the pattern from a wall time on.
func (p *pattern) from(w Wall) *cursor {
	if w.Before(p.start) {
		w = p.start
	}
	c := &cursor{p: p, hours: p.hours, mins: p.mins, secs: p.secs, next: int64(w.day())}
	if p.frequency >= Hourly {
		c.next = w.seconds
		c.days, c.hours = make([]int, 1), make([]int, 1)
	}
	for c.load() {
		c.at = sort.Search(c.size, func(i int) bool { return !c.wall(i).Before(w) })
		if c.at < c.size {
			break
		}
	}
	return c
}

// take returns the next wall time and goes on.
func (c *cursor) take() (Wall, bool) {
	if c.done || c.at >= c.size && !c.load() {
		return Wall{}, false
	}
	w := c.wall(c.at)
	c.at++
	return w, true
}

// wall is the ith of the period.
func (c *cursor) wall(i int) Wall {
	if c.picked != nil {
		i = c.picked[i]
	}
	second := c.secs[i%len(c.secs)]
	i /= len(c.secs)
	minute := c.mins[i%len(c.mins)]
	i /= len(c.mins)
	hour := c.hours[i%len(c.hours)]
	return Wall{int64(c.days[i/len(c.hours)])*daySecs + int64(hour*3600+minute*60+second)}
}

// load goes to the next period that holds anything.
func (c *cursor) load() bool {
	load := c.long
	if c.p.frequency >= Hourly {
		load = c.short
	}
	last := min(int(c.next), horizon) + c.p.cycleDays
	if c.p.frequency >= Hourly {
		last = min(int(c.next/daySecs), horizon) + c.p.cycleDays
	}
	for range c.p.dryLimit {
		if !load(last) {
			break
		}
		if c.pick(); c.size > 0 {
			return true
		}
		if c.p.frequency >= Hourly {
			break // all hours hold as many
		}
	}
	c.done, c.size = true, 0
	return false
}

// pick applies BYSETPOS and starts over.
func (c *cursor) pick() {
	c.at, c.picked = 0, nil
	c.size = len(c.days) * len(c.hours) * len(c.mins) * len(c.secs)
	if len(c.p.positions) == 0 {
		return
	}
	c.picked = make([]int, 0, len(c.p.positions))
	for _, n := range c.p.positions {
		if n < 0 {
			n += c.size + 1
		}
		if n >= 1 && n <= c.size {
			c.picked = append(c.picked, n-1)
		}
	}
	slices.Sort(c.picked)
	c.picked = slices.Compact(c.picked)
	c.size = len(c.picked)
}

// long loads the next period of a day or more.
func (c *cursor) long(last int) bool {
	for range 2 * c.p.dryLimit { // each period is met twice at most: from a day before it, and from its own
		day, ok := c.p.nextDay(int(c.next), last)
		if !ok {
			return false
		}
		from, to := c.p.period(day)
		if from > day {
			c.next = int64(from)
			continue
		}
		if from >= horizon {
			return false
		}
		c.days = c.days[:0]
		for day, ok = c.p.nextDay(from, to); ok; day, ok = c.p.nextDay(day+1, to) {
			c.days = append(c.days, day)
		}
		c.next = int64(to)
		return len(c.days) > 0
	}
	return false
}

// short loads the next hour, minute or second.
func (c *cursor) short(last int) bool {
	p := c.p
	unit := units[p.frequency]
	first, step := p.start.seconds/unit*unit, unit*int64(p.interval)
	for range p.dryLimit {
		at := max(c.next, first)
		if ahead := (at/unit*unit - first) % step; ahead != 0 {
			at += step - ahead
		}
		at = at / unit * unit
		day := int(at / daySecs)
		if next, ok := p.nextDay(day, last); !ok {
			return false
		} else if next > day {
			c.next = int64(next) * daySecs
			continue
		}
		second := int(at % daySecs)
		if skip := p.skip(second); skip > second {
			c.next = at + int64(skip-second)
			continue
		}
		c.days[0], c.hours[0] = day, second/3600
		if p.frequency >= Minutely {
			c.mins = []int{second / 60 % 60}
		}
		if p.frequency >= Secondly {
			c.secs = []int{second % 60}
		}
		c.next = at + unit
		return true
	}
	return false
}

// skip is the first second of the day, from one on, whose hour, minute and second the pattern is limited to, or the end of the day.
func (p *pattern) skip(second int) int {
	for second < daySecs {
		switch hour, minute := second/3600, second/60%60; {
		case p.hourSet != 0 && p.hourSet&(1<<hour) == 0:
			second = (hour + 1) * 3600
		case p.minSet != 0 && p.minSet&(1<<minute) == 0:
			second = (second/60 + 1) * 60
		case p.secSet != 0 && p.secSet&(1<<(second%60)) == 0:
			second++
		default:
			return second
		}
	}
	return daySecs
}
