package calendar

import (
	"iter"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gonogo-chat/gonogo/bot/recur"
)

// Entry is something that holds at times: once from From up to To, or as its schedule says.
type Entry struct {
	ID    string // unique in an index
	Kind  string // what it is: "freeze", "window"
	Scope Scope
	From  time.Time // zero: always did
	To    time.Time // the first instant at which it no longer holds; zero: no end
	// Schedule makes it come again, read as Reading says; From and To then bound all of it.
	Schedule *recur.Schedule
	Reading  recur.Reading
	// Times stands in for Schedule where more has to be known than that, such as stretches that somebody lifted.
	Times Times
}

// Times are stretches that come again. What is asked twice must be answered the same.
type Times interface {
	// Between goes through the stretches of which any part lies between two instants, by their start.
	Between(from, to time.Time) iter.Seq[recur.Interval]
}

// Occurrence is one time at which an entry holds. To is zero where it has no end.
type Occurrence struct {
	Entry    *Entry // shared: not to be changed
	From, To time.Time
}

// entry is an Entry made ready to be asked.
type entry struct {
	Entry
	times Times
	wide  bool               // it names so much that it is kept by none of it
	names [4]map[string]bool // what a wide scope names: services, environments, lines, regions
	// endless says that each of its times goes on into the next, with no end in sight.
	endless bool
	pages   [2]atomic.Pointer[page]
}

// mostKeys bounds under how many names an entry is kept; what names more is looked at for every target.
const mostKeys = 32

// mostLinks bounds how many times are followed while each goes on into the next: what goes on longer has no end in sight.
const mostLinks = 1000

func ready(e Entry) (*entry, error) {
	r := &entry{Entry: e, times: e.Times}
	if e.Times == nil && e.Schedule != nil {
		table, err := e.Schedule.Read(e.Reading)
		if err != nil {
			return nil, err
		}
		r.times = table
	}
	r.wide = len(e.Scope.Services) > mostKeys || len(e.Scope.Lines) > mostKeys || len(e.Scope.Regions) > mostKeys || len(e.Scope.Environments) > mostKeys
	if r.wide {
		for i, list := range [][]string{e.Scope.Services, e.Scope.Environments, e.Scope.Lines, e.Scope.Regions} {
			r.names[i] = make(map[string]bool, len(list))
			for _, name := range list {
				r.names[i][name] = true
			}
		}
	}
	r.endless = r.times != nil && e.To.IsZero() && r.chains()
	return r, nil
}

// chains reports whether the times go on into each other without an end in sight.
func (e *entry) chains() bool {
	var end time.Time
	links := 0
	for i := range e.times.Between(e.From, farAway) {
		if links++; links > 1 && i.From.After(end) {
			return false
		}
		if end = i.To; links == mostLinks {
			return true
		}
	}
	return false
}

// farAway is after all that is asked about.
var farAway = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// covers is Scope.Covers, fast where the scope names much.
func (e *entry) covers(t Target) bool {
	if !e.wide {
		return e.Scope.Covers(t)
	}
	in := func(i int, has ...string) bool {
		return len(e.names[i]) == 0 || slices.ContainsFunc(has, func(name string) bool { return e.names[i][name] })
	}
	return in(0, t.Service) && in(1, t.Environment) && in(2, t.Lines...) && in(3, t.Regions...)
}

// is reports whether the entry is of one of the kinds; none means any.
func (e *entry) is(kinds []string) bool { return len(kinds) == 0 || slices.Contains(kinds, e.Kind) }

// cut bounds a time by the entry's own From and To; false where nothing is left.
func (e *entry) cut(i recur.Interval) (Occurrence, bool) {
	o := Occurrence{Entry: &e.Entry, From: i.From, To: i.To}
	if !i.To.Before(farAway) {
		o.To = time.Time{}
	}
	if o.From.Before(e.From) {
		o.From = e.From
	}
	if !e.To.IsZero() && (o.To.IsZero() || e.To.Before(o.To)) {
		o.To = e.To
	}
	return o, o.To.IsZero() || o.From.Before(o.To)
}

// holdsAt is the time that covers an instant: of several, the one that ends last.
func (e *entry) holdsAt(at time.Time) (Occurrence, bool) {
	if at.Before(e.From) || !e.To.IsZero() && !at.Before(e.To) {
		return Occurrence{}, false
	}
	if e.times == nil {
		return Occurrence{Entry: &e.Entry, From: e.From, To: e.To}, true
	}
	i, ok := e.page(at).at(at)
	if !ok {
		return Occurrence{}, false
	}
	return e.cut(i)
}

// between goes through the times of which any part lies between two instants.
func (e *entry) between(from, to time.Time) iter.Seq[Occurrence] {
	return func(yield func(Occurrence) bool) {
		if e.times == nil {
			if o := (Occurrence{Entry: &e.Entry, From: e.From, To: e.To}); o.From.Before(to) && (o.To.IsZero() || o.To.After(from)) {
				yield(o)
			}
			return
		}
		if from.Before(e.From) {
			from = e.From
		}
		if !e.To.IsZero() && e.To.Before(to) {
			to = e.To
		}
		if !from.Before(to) {
			return
		}
		for i := range e.times.Between(from, to) {
			o, ok := e.cut(i)
			if ok && o.From.Before(to) && (o.To.IsZero() || o.To.After(from)) && !yield(o) {
				return
			}
		}
	}
}

// nextAfter is the first time that begins after an instant.
func (e *entry) nextAfter(at time.Time) (Occurrence, bool) {
	for o := range e.between(at, farAway) {
		if o.From.After(at) {
			return o, true
		}
	}
	return Occurrence{}, false
}

// page is what an entry holds within a stretch of days, found once: most is asked about now.
type page struct {
	number  int64
	times   []recur.Interval // by start
	longest []recur.Interval // of those up to each, the one that ends last
}

// pageLength is that of a page; pages begin where a multiple of it does.
const pageLength = 16 * 24 * time.Hour

// page finds the page that an instant is in. Two neighbours are kept, so that what asks about now and about what comes next does not
// find each of them anew. Whoever finds a page finds the same one, so it does not matter who is first.
func (e *entry) page(at time.Time) *page {
	const length = int64(pageLength / time.Second)
	number := at.Unix() / length
	if at.Unix()%length < 0 {
		number--
	}
	kept := &e.pages[number&1]
	if p := kept.Load(); p != nil && p.number == number {
		return p
	}
	first := time.Unix(number*length, 0)
	p := &page{number: number}
	var longest recur.Interval
	for i := range e.times.Between(first, first.Add(pageLength)) {
		if !i.To.Before(longest.To) {
			longest = i
		}
		p.times, p.longest = append(p.times, i), append(p.longest, longest)
	}
	kept.Store(p)
	return p
}

// at is the page's time that covers an instant: of several, the one that ends last.
func (p *page) at(at time.Time) (recur.Interval, bool) {
	n, _ := slices.BinarySearchFunc(p.times, at, func(i recur.Interval, at time.Time) int {
		if i.From.After(at) {
			return 1
		}
		return -1
	})
	if n == 0 || !p.longest[n-1].Contains(at) {
		return recur.Interval{}, false
	}
	return p.longest[n-1], true
}
