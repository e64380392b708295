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

// entry is an Entry made ready to be asked. Most hold once and name little: they carry nothing more.
type entry struct {
	Entry
	again *again              // what recurs
	wide  *[4]map[string]bool // what a scope names that names much: services, environments, lines, regions
}

// again is what recurs.
type again struct {
	Times
	endless bool // each time goes on into the next, with no end in sight
	pages   [2]atomic.Pointer[page]
}

// mostKeys bounds under how many names an entry is kept; what names more is looked at for every target.
const mostKeys = 32

// mostLinks bounds how many times are followed while each goes on into the next: what goes on longer has no end in sight.
const mostLinks = 1000

func ready(e Entry) (*entry, error) {
	r := &entry{Entry: e}
	names := [4][]string{e.Scope.Services, e.Scope.Environments, e.Scope.Lines, e.Scope.Regions}
	if slices.ContainsFunc(names[:], func(list []string) bool { return len(list) > mostKeys }) {
		r.wide = new([4]map[string]bool)
		for i, list := range names {
			r.wide[i] = make(map[string]bool, len(list))
			for _, name := range list {
				r.wide[i][name] = true
			}
		}
	}
	switch {
	case e.Times != nil:
		r.again = &again{Times: e.Times}
	case e.Schedule != nil:
		table, err := e.Schedule.Read(e.Reading)
		if err != nil {
			return nil, err
		}
		r.again = &again{Times: table}
	default:
		return r, nil
	}
	r.again.endless = e.To.IsZero() && r.again.chains(e.From)
	return r, nil
}

// chains reports whether the times from one on go on into each other without an end in sight.
func (a *again) chains(from time.Time) bool {
	var end time.Time
	links := 0
	for i := range a.Between(from, farAway) {
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
	if e.wide == nil {
		return e.Scope.Covers(t)
	}
	in := func(i int, has ...string) bool {
		return len(e.wide[i]) == 0 || slices.ContainsFunc(has, func(name string) bool { return e.wide[i][name] })
	}
	return in(0, t.Service) && in(1, t.Environment) && in(2, t.Lines...) && (t.Everywhere || in(3, t.Regions...))
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

// holdsAt is the time that covers an instant: of several, the one that ends last. What is asked about now is kept in pages; what is only
// passed on the way there is not.
func (e *entry) holdsAt(at time.Time, now bool) (Occurrence, bool) {
	if at.Before(e.From) || !e.To.IsZero() && !at.Before(e.To) {
		return Occurrence{}, false
	}
	if e.again == nil {
		return Occurrence{Entry: &e.Entry, From: e.From, To: e.To}, true
	}
	p, found := e.again.kept(at)
	switch {
	case found:
	case now:
		p = e.again.page(at)
	default:
		var longest recur.Interval
		for i := range e.again.Between(at, at.Add(1)) {
			if !i.To.Before(longest.To) {
				longest = i
			}
		}
		if longest.To.IsZero() {
			return Occurrence{}, false
		}
		return e.cut(longest)
	}
	i, ok := p.at(at)
	if !ok {
		return Occurrence{}, false
	}
	return e.cut(i)
}

// between goes through the times of which any part lies between two instants.
func (e *entry) between(from, to time.Time) iter.Seq[Occurrence] {
	return func(yield func(Occurrence) bool) {
		if e.again == nil {
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
		for i := range e.again.Between(from, to) {
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

// pageOf is the number of the page that an instant is in.
func pageOf(at time.Time) int64 {
	const length = int64(pageLength / time.Second)
	number := at.Unix() / length
	if at.Unix()%length < 0 {
		number--
	}
	return number
}

// kept is the page that an instant is in, if it was found before. Two neighbours are kept, so that the turn from one to the next is smooth.
func (a *again) kept(at time.Time) (*page, bool) {
	number := pageOf(at)
	p := a.pages[number&1].Load()
	return p, p != nil && p.number == number
}

// page finds the page that an instant is in. Whoever does finds the same, so it does not matter who is first.
func (a *again) page(at time.Time) *page {
	p := &page{number: pageOf(at)}
	first := time.Unix(p.number*int64(pageLength/time.Second), 0)
	var longest recur.Interval
	for i := range a.Between(first, first.Add(pageLength)) {
		if !i.To.Before(longest.To) {
			longest = i
		}
		p.times, p.longest = append(p.times, i), append(p.longest, longest)
	}
	a.pages[p.number&1].Store(p)
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
