package calendar

import (
	"cmp"
	"slices"
	"time"
)

// Covering lists what covers a target at an instant, of the kinds given or of any, by its start. Of an entry whose times overlap, it is the
// time that ends last.
func (x *Index) Covering(t Target, at time.Time, kinds ...string) []Occurrence {
	var list []Occurrence
	x.holding(t, at, true, kinds, func(_ *entry, o Occurrence) bool {
		list = append(list, o)
		return true
	})
	return inOrder(list)
}

// About lists the entries that cover a target and are not over at an instant, of the kinds given or of any, by id: all that can hold there
// from then on.
func (x *Index) About(t Target, at time.Time, kinds ...string) []Entry {
	return x.that(t, at, farAway, kinds, func(e *entry) bool { return e.To.IsZero() || e.To.After(at) })
}

// During lists the entries that cover a target at some instant from one up to, and not including, another, of the kinds given or of
// any, each once, by id.
func (x *Index) During(t Target, from, to time.Time, kinds ...string) []Entry {
	if !from.Before(to) {
		return nil
	}
	return x.that(t, from, to, kinds, func(e *entry) bool {
		for range e.between(from, to) {
			return true
		}
		return false
	})
}

// that lists the entries that cover a target and answer a question, of what holds once only those about a stretch, by id.
func (x *Index) that(t Target, from, to time.Time, kinds []string, fits func(*entry) bool) []Entry {
	var list []Entry
	x.about(t, func(b *bucket) bool {
		add := func(e *entry) bool {
			if e.is(kinds) && e.covers(t) && fits(e) {
				list = append(list, e.Entry)
			}
			return true
		}
		for _, e := range b.again {
			add(e)
		}
		return b.once.visit(from, to, add)
	})
	slices.SortFunc(list, func(a, b Entry) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(list, func(a, b Entry) bool { return a.ID == b.ID })
}

// holding goes through what covers a target at an instant, an entry twice if it is kept under two names of the target's.
func (x *Index) holding(t Target, at time.Time, now bool, kinds []string, see func(*entry, Occurrence) bool) {
	x.about(t, func(b *bucket) bool {
		for _, e := range b.again {
			if !e.is(kinds) || !e.covers(t) {
				continue
			}
			if o, holds := e.holdsAt(at, now); holds && !see(e, o) {
				return false
			}
		}
		return b.once.visit(at, at.Add(1), func(e *entry) bool {
			return !e.is(kinds) || !e.covers(t) || see(e, Occurrence{Entry: &e.Entry, From: e.From, To: e.To})
		})
	})
}

// NextOpen is the first instant, from at on, at which nothing of the kinds covers the target: what overlaps or touches is chained, also where
// it recurs. False when something that holds then has no end, or the chain none in sight.
func (x *Index) NextOpen(t Target, at time.Time, kinds ...string) (time.Time, bool) {
	next := at
	for links := range mostLinks {
		now, ends := next, true
		x.holding(t, now, links == 0, kinds, func(e *entry, o Occurrence) bool {
			if ends = !o.To.IsZero() && (e.again == nil || !e.again.endless); ends && o.To.After(next) {
				next = o.To
			}
			return ends
		})
		switch {
		case !ends:
			return time.Time{}, false
		case next.Equal(now):
			return now, true
		}
	}
	return time.Time{}, false
}

// Next is what begins next after an instant for a target; false if nothing does.
func (x *Index) Next(t Target, at time.Time, kinds ...string) (Occurrence, bool) {
	var first Occurrence
	better := func(o Occurrence) {
		if first.Entry == nil || before(o, first) < 0 {
			first = o
		}
	}
	x.about(t, func(b *bucket) bool {
		for _, e := range b.again {
			if !e.is(kinds) || !e.covers(t) {
				continue
			}
			if o, ok := e.nextAfter(at); ok {
				better(o)
			}
		}
		b.once.visit(at, farAway, func(e *entry) bool {
			if !e.From.After(at) || !e.is(kinds) || !e.covers(t) {
				return true
			}
			better(Occurrence{Entry: &e.Entry, From: e.From, To: e.To})
			return false
		})
		return true
	})
	return first, first.Entry != nil
}

// Between lists the times of which any part lies between two instants, by their start: those that cover a target, or all if that is nil.
func (x *Index) Between(t *Target, from, to time.Time, kinds ...string) []Occurrence {
	if !from.Before(to) {
		return nil
	}
	var list []Occurrence
	see := func(b *bucket) bool {
		add := func(e *entry) bool {
			if e.is(kinds) && (t == nil || e.covers(*t)) {
				list = slices.AppendSeq(list, e.between(from, to))
			}
			return true
		}
		for _, e := range b.again {
			add(e)
		}
		return b.once.visit(from, to, add)
	}
	if t != nil {
		x.about(*t, see)
		return inOrder(list)
	}
	for b := range x.buckets.all() {
		see(b)
	}
	return inOrder(list)
}

// before orders occurrences by start, then id.
func before(a, b Occurrence) int {
	return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Entry.ID, b.Entry.ID))
}

// inOrder sorts, and leaves out what was found under two names.
func inOrder(list []Occurrence) []Occurrence {
	slices.SortFunc(list, func(a, b Occurrence) int { return cmp.Or(before(a, b), a.To.Compare(b.To)) })
	return slices.CompactFunc(list, func(a, b Occurrence) bool { return a == b })
}
