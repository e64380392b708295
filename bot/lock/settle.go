package lock

import (
	"cmp"
	"slices"
	"time"
)

// Settled is what came of handing locks on.
type Settled struct {
	Ended   []Lock // locks by hand whose time was over, as they were held
	Given   []Lock // locks that somebody who waited now has
	Forfeit []Turn // turns that were lost
}

// Turn is somebody's turn for a lock.
type Turn struct {
	Scope  Scope
	Waiter Waiter
}

// Settle ends the locks whose time is over, and gives every lock that nothing stands in the way of to who waits for it, in the
// order of the line. May says whether somebody may still have what they waited for: who may not loses the turn, and the next
// one is asked. Nil lets everybody.
func (b *Book) Settle(at time.Time, may func(Turn) bool) Settled {
	var done Settled
	var line []Turn
	for _, l := range b.overlapping(Scope{All, All}) {
		if l.Owner != "" && !l.Held(at) {
			done.Ended = append(done.Ended, l)
			b.put(l.free())
		}
		for _, w := range l.Queue {
			line = append(line, Turn{l.Scope(), w})
		}
	}
	slices.SortStableFunc(line, func(x, y Turn) int { return cmp.Compare(x.Waiter.Ticket, y.Waiter.Ticket) })
	for _, turn := range line {
		a := turn.Waiter.ask()
		if b.Lock(turn.Scope).Place(a.Owner) == 0 { // it went with an earlier turn
			continue
		}
		a.Ahead = turn.Waiter.Ticket == 0 // what was lent goes back before anybody is served
		if len(b.Obstacles(turn.Scope, a, turn.Waiter.Ticket, at)) > 0 {
			continue
		}
		if may != nil && !may(turn) {
			b.put(b.Lock(turn.Scope).leave(a.Owner))
			done.Forfeit = append(done.Forfeit, turn)
			continue
		}
		l := b.Lock(turn.Scope)
		if l.HeldBy(a.Owner, at) || l.Lends(a.Under, at) { // its own person has it: it borrows it, as Take would
			b.put(l.leave(a.Owner))
			given, _ := b.Take(turn.Scope, a, at)
			done.Given = append(done.Given, given)
			continue
		}
		b.put(l.give(a, at))
		done.Given = append(done.Given, b.Lock(turn.Scope))
	}
	return done
}
