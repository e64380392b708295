package freeze

import (
	"iter"
	"time"

	"github.com/gonogo-chat/gonogo/bot/recur"
)

// Spared is an occurrence that somebody lifted: it ends then, or never begins.
type Spared struct {
	From time.Time `json:"from"` // the occurrence is known by its first instant
	At   time.Time `json:"at"`   // the first instant at which it no longer held
	By   string    `json:"by"`   // opaque person id
}

// noEnd stands for the end of what has none.
var noEnd = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Ends reports whether a stretch of a freeze has an end.
func Ends(i recur.Interval) bool { return i.To.Before(noEnd) }

// mostLinks bounds how many occurrences are followed while each begins before the last is over: what goes on for longer has no end
// in sight.
const mostLinks = 1000

// plan is a freeze whose schedule has been read: reading one that counts goes through all that it counts, so who asks often reads once.
type plan struct {
	Freeze
	table *recur.Timetable // nil: one stretch, from From to To
}

// read makes a freeze ready to be asked. Where a schedule can't be read, as its zone is not known here, the freeze holds from its start
// on: what is not known lets nothing through.
func (f Freeze) read() plan {
	p := plan{Freeze: f}
	if f.Schedule != nil {
		table, err := f.Schedule.Read(recur.Widest)
		if err == nil {
			p.table = table
		} else {
			p.To = noEnd
		}
	}
	if p.To.IsZero() {
		p.To = noEnd
	}
	return p
}

// planned yields the stretches that were declared.
func (p plan) planned(from, to time.Time) iter.Seq[recur.Interval] {
	if p.table != nil {
		return p.table.Between(from, to)
	}
	return func(yield func(recur.Interval) bool) { yield(recur.Interval{From: p.From, To: p.To}) }
}

// Occurrences yields the stretches of the freeze that share an instant with [from, to), as they were planned, less what was lifted
// of them, in the order in which they begin. A freeze that does not recur has one.
func (f Freeze) Occurrences(from, to time.Time) iter.Seq[recur.Interval] {
	return f.read().occurrences(from, to)
}

func (p plan) occurrences(from, to time.Time) iter.Seq[recur.Interval] {
	if !p.Lifted.IsZero() && p.Lifted.Before(to) {
		to = p.Lifted
	}
	return func(yield func(recur.Interval) bool) {
		for o := range p.planned(from, to) {
			if o = p.cut(o); o.From.Before(o.To) && o.From.Before(to) && o.To.After(from) && !yield(o) {
				return
			}
		}
	}
}

// cut takes what was lifted off an occurrence; nothing is left of it where its end does not come after its start.
func (f Freeze) cut(o recur.Interval) recur.Interval {
	for _, s := range f.Spared {
		if s.From.Equal(o.From) && s.At.Before(o.To) {
			o.To = s.At
		}
	}
	if !f.Lifted.IsZero() && f.Lifted.Before(o.To) {
		o.To = f.Lifted
	}
	return o
}

// Stretch is the time that an instant belongs to, if the freeze holds then: from the first start of the occurrences that do to the
// instant at which neither they nor any that begins before they end hold any more. False if none does.
func (f Freeze) Stretch(at time.Time) (stretch recur.Interval, holds bool) {
	return f.read().stretch(at)
}

func (p plan) stretch(at time.Time) (stretch recur.Interval, holds bool) {
	for o := range p.occurrences(at, at.Add(1)) {
		if !holds || o.From.Before(stretch.From) {
			stretch.From = o.From
		}
		if o.To.After(stretch.To) {
			stretch.To = o.To
		}
		holds = true
	}
	if !holds || p.Schedule == nil {
		return stretch, holds
	}
	for links := 0; Ends(stretch); links++ {
		if links == mostLinks {
			stretch.To = noEnd
			break
		}
		end := stretch.To
		for o := range p.occurrences(end, end.Add(1)) {
			if o.To.After(stretch.To) {
				stretch.To = o.To
			}
		}
		if stretch.To.Equal(end) {
			break
		}
	}
	return stretch, true
}

// Next is the first occurrence that begins at an instant or later; false if there is none.
func (f Freeze) Next(at time.Time) (recur.Interval, bool) {
	for o := range f.Occurrences(at, noEnd) {
		if !o.From.Before(at) {
			return o, true
		}
	}
	return recur.Interval{}, false
}

// Current is the stretch that holds at an instant, else the next occurrence; false once it is over.
func (f Freeze) Current(at time.Time) (recur.Interval, bool) {
	if stretch, holds := f.Stretch(at); holds {
		return stretch, true
	}
	return f.Next(at)
}
