package freeze

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/recur"
)

// Kind is what there is to tell of a freeze.
type Kind string

// What is told of a freeze.
const (
	Ahead  Kind = "ahead"
	Begins Kind = "begins"
	Over   Kind = "over"
)

// News is something to tell of a freeze.
type News struct {
	Kind Kind
	Of   recur.Interval // the stretch that it is about
}

// together is within which time what there is to tell is told at once: long enough for what people mean to meet, short enough that
// nobody is refused for a freeze of which nothing was heard.
const together = 10 * time.Second

// toldAt is when a moment is told: at the next full ten seconds, so that all of them are told together.
func toldAt(at time.Time) time.Time {
	if full := at.Truncate(together); full.Before(at) {
		return full.Add(together)
	}
	return at
}

// mostPast bounds the occurrences that are looked at for what happened while nobody told anything.
const mostPast = 1000

// NextTold is when something may next be told of the freeze, given that all was that happened up to told: within ten seconds of the
// first start, end, or lead ahead of a start since. False if nothing is to come.
func (f Freeze) NextTold(told time.Time, ahead []time.Duration) (next time.Time, ok bool) {
	longest := time.Duration(0)
	for _, lead := range ahead {
		longest = max(longest, lead)
	}
	consider := func(at time.Time) {
		if tell := toldAt(at); at.After(told) && (!ok || tell.Before(next)) {
			next, ok = tell, true
		}
	}
	for o := range f.Occurrences(told, noEnd) {
		if ok && toldAt(o.From.Add(-longest)).After(next) { // all those that follow are later still
			break
		}
		consider(o.From)
		if Ends(o) {
			consider(o.To)
		}
		for _, lead := range ahead {
			consider(o.From.Add(-lead))
		}
	}
	return next, ok
}

// News is what there is to tell at now of what happened since told. Of what came and went meanwhile nothing is: what stands is told
// and not how it came about. People who heard that it began hear that it is over.
func (f Freeze) News(told, now time.Time, ahead []time.Duration) []News {
	var list []News
	since := func(at time.Time) bool { return at.After(told) && !at.After(now) }
	if stretch, holds := f.Stretch(now); holds {
		if since(f.begun(stretch, told)) {
			list = append(list, News{Begins, stretch})
		}
	} else if heard, ok := f.heard(told, now); ok {
		list = append(list, News{Over, heard})
	}
	if next, ok := f.Next(now.Add(1)); ok {
		for _, lead := range ahead {
			if since(next.From.Add(-lead)) {
				return append(list, News{Ahead, next})
			}
		}
	}
	return list
}

// begun is when what holds began: what follows another without a gap goes on, and has not begun. It looks back no further than to what
// was told.
func (f Freeze) begun(stretch recur.Interval, told time.Time) time.Time {
	for range mostPast {
		before, held := f.Stretch(stretch.From.Add(-1))
		if !held || !stretch.From.After(told) {
			break
		}
		stretch = before
	}
	return stretch.From
}

// heard finds what had begun, as far as people were told, and is over by now.
func (f Freeze) heard(told, now time.Time) (was recur.Interval, ok bool) {
	seen := 0
	for o := range f.Occurrences(told, now) {
		if seen++; seen > mostPast || o.From.After(told) {
			break
		}
		if f.spared(o) { // that it was lifted has been told
			continue
		}
		if !o.To.After(now) && (!ok || o.To.After(was.To)) {
			was, ok = o, true
		}
	}
	return was, ok
}

func (f Freeze) spared(o recur.Interval) bool {
	return slices.ContainsFunc(f.Spared, func(s Spared) bool { return s.From.Equal(o.From) })
}
