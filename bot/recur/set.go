package recur

import (
	"iter"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Set is the instants that a calendar's DTSTART, RRULE, RDATE and EXDATE give, by RFC 5545 section 3.8.5: what the rules and dates say, less
// what is excepted. A start that no rule matches is not added. A rule ignores a local time that does not exist, and means the first of two
// (3.3.10, 3.3.5); rules of hours, minutes and seconds go on through an hour that comes twice.
type Set struct {
	Start  Wall
	Zone   *time.Location // nil: floating, the same wall time everywhere, and read as UTC
	AllDay bool           // the start is a date
	Rules  []Rule
	Dates  []time.Time // RDATE
	// Except and Without are EXDATE and, of the RFC before, EXRULE.
	Except  []time.Time
	Without []Rule
}

// maxExcepted bounds how many instants in a row exceptions may take before a set counts as over.
const maxExcepted = 200_000

// Check refuses a set whose parts do not fit: UNTIL is in UTC exactly where the start has a zone, and a date exactly where it is one; a
// date has no hours, minutes and seconds to list.
func (s Set) Check() error {
	if s.Start.IsZero() {
		return chat.Reject("recur.no_start")
	}
	for _, r := range slices.Concat(s.Rules, s.Without) {
		u := r.until
		if !u.IsZero() && (u.Date != s.AllDay || u.Instant != (s.Zone != nil && !s.AllDay)) {
			return chat.Reject("recur.until_form", chat.Word("said", u.String()))
		}
		if s.AllDay && (r.frequency >= Hourly || len(r.numbers[byHour])+len(r.numbers[byMinute])+len(r.numbers[bySecond]) > 0) {
			return chat.Reject("recur.date_times", chat.Word("rule", r.String()))
		}
	}
	return nil
}

// All goes through the set in order, each instant once. It may have no end but that of the year 9999.
func (s Set) All() iter.Seq[time.Time] { return s.between(always, never) }

// Between goes through the instants from one up to, and not including, another.
func (s Set) Between(from, to time.Time) iter.Seq[time.Time] {
	return s.between(secondsUp(from), secondsUp(to))
}

// After is the first instant of the set after another, or at it if that is included.
func (s Set) After(at time.Time, inclusive bool) (time.Time, bool) {
	from := secondsUp(at)
	if !inclusive && at.Nanosecond() == 0 {
		from++
	}
	for t := range s.between(from, never) {
		return t, true
	}
	return time.Time{}, false
}

func (s Set) between(from, to int64) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		zone := s.zone()
		take, excepted := merged(s.sources(zone, from)), s.excepted(zone, from)
		for dry := 0; dry < maxExcepted; dry++ {
			at, ok := take()
			if !ok || at >= to {
				return
			}
			if excepted(at) {
				continue
			}
			if !yield(instant(at, zone)) {
				return
			}
			dry = 0
		}
	}
}

func (s Set) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// sources are the rules and dates of the set, each in order.
func (s Set) sources(zone *time.Location, from int64) []func() (int64, bool) {
	list := runs(s.Rules, s.Start, zone, from)
	dates := sorted(s.Dates)
	if len(s.Rules)+len(s.Dates) == 0 {
		dates = []int64{single(zone, s.Start)}
	}
	i, _ := slices.BinarySearch(dates, from)
	dates = dates[i:]
	return append(list, func() (int64, bool) {
		if len(dates) == 0 {
			return 0, false
		}
		at := dates[0]
		dates = dates[1:]
		return at, true
	})
}

func runs(rules []Rule, start Wall, zone *time.Location, from int64) []func() (int64, bool) {
	var list []func() (int64, bool)
	for _, r := range rules {
		list = append(list, newRun(r, start, zone).from(from))
	}
	return list
}

func sorted(times []time.Time) []int64 {
	list := make([]int64, len(times))
	for i, t := range times {
		list[i] = seconds(t)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// excepted answers, for instants in order, whether they are taken out.
func (s Set) excepted(zone *time.Location, from int64) func(int64) bool {
	dates := sorted(s.Except)
	take := merged(runs(s.Without, s.Start, zone, from))
	head, ok := take()
	return func(at int64) bool {
		for ok && head < at {
			head, ok = take()
		}
		_, dated := slices.BinarySearch(dates, at)
		return dated || ok && head == at
	}
}

// merged goes through several sources in one order, each instant once.
func merged(sources []func() (int64, bool)) func() (int64, bool) {
	type head struct {
		at   int64
		take func() (int64, bool)
	}
	var heads []head
	for _, take := range sources {
		if at, ok := take(); ok {
			heads = append(heads, head{at, take})
		}
	}
	return func() (int64, bool) {
		first := int64(never)
		for _, h := range heads {
			first = min(first, h.at)
		}
		found := len(heads) > 0
		for i := 0; i < len(heads); {
			more := true
			for more && heads[i].at == first {
				heads[i].at, more = heads[i].take()
			}
			if more {
				i++
			} else {
				heads = slices.Delete(heads, i, i+1)
			}
		}
		return first, found
	}
}
