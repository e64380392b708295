package recur

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Frequency is the period that a rule counts in.
type Frequency uint8

// The frequencies, from the longest period to the shortest.
const (
	Yearly Frequency = iota + 1
	Monthly
	Weekly
	Daily
	Hourly
	Minutely
	Secondly
)

// frequencies in the words of RFC 5545, by value.
var frequencies = [...]string{Yearly: "YEARLY", Monthly: "MONTHLY", Weekly: "WEEKLY", Daily: "DAILY",
	Hourly: "HOURLY", Minutely: "MINUTELY", Secondly: "SECONDLY"}

// String is the name in RFC 5545.
func (f Frequency) String() string {
	if int(f) < len(frequencies) {
		return frequencies[f]
	}
	return ""
}

// Limits of a rule. RFC 5545 has none for these two.
const (
	// MaxInterval bounds INTERVAL: over 30 years of seconds.
	MaxInterval = 1_000_000_000
	// MaxCount bounds COUNT: an occurrence of a rule that counts is found by counting from its start.
	MaxCount = 100_000
)

// Day is a weekday in BYDAY: every one of the period where N is zero, else the Nth from its beginning or, negative, from its end.
type Day struct {
	N       int
	Weekday time.Weekday
}

// Rule says how something comes again, by RFC 5545 section 3.3.10. It is made by [Parse] or [ParsePhrase] and valid by construction; the
// zero Rule says that it happens once. In JSON it is its text.
type Rule struct {
	frequency Frequency
	interval  int // 0 and 1: every period
	count     int // 0: without
	until     Until
	weekStart time.Weekday
	days      []Day
	numbers   [numberParts][]int // sorted, each once
}

// The parts that list numbers, by their place in Rule.numbers.
const (
	byMonth = iota
	byWeekNo
	byYearDay
	byMonthDay
	byHour
	byMinute
	bySecond
	bySetPos
	numberParts
)

// Until is the last moment at which a rule may occur: an instant, or a wall time of whatever zone the rule is read in, or the whole of a
// date there. The zero Until is none.
type Until struct {
	At      Wall // of UTC when it is an instant
	Instant bool
	Date    bool // At is the midnight of a date, and all of it is included
}

// IsZero reports whether there is none.
func (u Until) IsZero() bool { return u.At.IsZero() }

// Forms of dates and times in RFC 5545, sections 3.3.4 and 3.3.5.
const (
	dateForm     = "20060102"
	dateTimeForm = "20060102T150405"
)

// String writes it as in UNTIL.
func (u Until) String() string {
	switch {
	case u.Date:
		return u.At.civil().Format(dateForm)
	case u.Instant:
		return u.At.civil().Format(dateTimeForm) + "Z"
	}
	return u.At.civil().Format(dateTimeForm)
}

// Frequency is the period that the rule counts in; zero for what happens once.
func (r Rule) Frequency() Frequency { return r.frequency }

// Interval is how many periods lie between occurrences: at least 1.
func (r Rule) Interval() int { return max(r.interval, 1) }

// Count is after how many occurrences the rule ends; zero when it does not count.
func (r Rule) Count() int { return r.count }

// Until is the last moment at which the rule may occur, if it says so.
func (r Rule) Until() Until { return r.until }

// Ending is the rule with another last moment, in place of any end that it had.
func (r Rule) Ending(u Until) Rule {
	r.count, r.until = 0, u
	return r
}

// IsZero reports whether nothing comes again.
func (r Rule) IsZero() bool { return r.frequency == 0 }

// Equal reports whether both rules say the same in the same words.
func (r Rule) Equal(other Rule) bool { return r.String() == other.String() }

// weekdays in the words of RFC 5545, by value.
var weekdays = [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// String writes the rule canonically: the frequency first, every list sorted, nothing that is so by itself. Parse reads it back.
func (r Rule) String() string {
	if r.IsZero() {
		return ""
	}
	parts := []string{"FREQ=" + r.frequency.String()}
	if r.interval > 1 {
		parts = append(parts, "INTERVAL="+strconv.Itoa(r.interval))
	}
	if r.count > 0 {
		parts = append(parts, "COUNT="+strconv.Itoa(r.count))
	}
	if !r.until.IsZero() {
		parts = append(parts, "UNTIL="+r.until.String())
	}
	for i, name := range numberNames {
		if i == byHour && len(r.days) > 0 {
			parts = append(parts, "BYDAY="+joined(r.days, Day.String))
		}
		if list := r.numbers[i]; len(list) > 0 {
			parts = append(parts, name+"="+joined(list, strconv.Itoa))
		}
	}
	if r.weekStart != time.Monday {
		parts = append(parts, "WKST="+weekdays[r.weekStart])
	}
	return strings.Join(parts, ";")
}

// numberNames are the parts that list numbers, by their place in Rule.numbers.
var numberNames = [numberParts]string{"BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYHOUR", "BYMINUTE", "BYSECOND", "BYSETPOS"}

// String writes the day as in BYDAY.
func (d Day) String() string {
	if d.N == 0 {
		return weekdays[d.Weekday]
	}
	return strconv.Itoa(d.N) + weekdays[d.Weekday]
}

// MarshalText writes the rule as String does.
func (r Rule) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what Parse reads, and nothing as what happens once.
func (r *Rule) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*r = Rule{}
		return nil
	}
	*r, err = Parse(string(b))
	return err
}

func joined[T any](list []T, write func(T) string) string {
	words := make([]string, len(list))
	for i, item := range list {
		words[i] = write(item)
	}
	return strings.Join(words, ",")
}

// listed reports whether any part of the rule lists something; BYSETPOS needs one.
func (r Rule) listed() bool {
	return len(r.days) > 0 || slices.ContainsFunc(r.numbers[:bySetPos], func(list []int) bool { return len(list) > 0 })
}
