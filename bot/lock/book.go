package lock

import (
	"cmp"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Book is the locks that may get in each other's way, for one decision: a caller puts in all that overlap with what it asks
// for, and with what those who wait ask for. Whatever is done, Settle hands on afterwards; Changed is what to store.
//
// Its laws: of two locks that overlap and are both held, both have one owner or one is its owner's deployment under the other;
// who asked first is served first, among those whose scopes overlap; nobody who waits is lost; tokens only grow.
type Book struct {
	locks   map[Scope]Lock
	changed map[Scope]bool
}

// NewBook holds these locks.
func NewBook(locks ...Lock) *Book {
	b := &Book{locks: make(map[Scope]Lock, len(locks)), changed: map[Scope]bool{}}
	for _, l := range locks {
		b.locks[l.Scope()] = l
	}
	return b
}

// Lock is the lock of a scope, free if there was none.
func (b *Book) Lock(s Scope) Lock {
	if l, ok := b.locks[s]; ok {
		return l
	}
	return New(s.Service, s.Environment)
}

// Changed lists what was changed, in a fixed order.
func (b *Book) Changed() []Lock {
	scopes := make([]Scope, 0, len(b.changed))
	for s := range b.changed {
		scopes = append(scopes, s)
	}
	slices.SortFunc(scopes, Scope.compare)
	list := make([]Lock, len(scopes))
	for i, s := range scopes {
		list[i] = b.locks[s]
	}
	return list
}

func (b *Book) put(l Lock) {
	b.locks[l.Scope()] = l
	b.changed[l.Scope()] = true
}

// Obstacle is what stands between somebody and a lock: one that is held, or who waits for one.
type Obstacle struct {
	Lock   Lock
	Waiter *Waiter // nil: the lock is held
}

// Obstacles lists what keeps who asks from a scope at an instant, held locks first. Before is the ticket of the asker; what
// waits with a higher one is no obstacle. Zero for somebody who does not wait yet: everybody who does is first.
func (b *Book) Obstacles(s Scope, a Ask, before uint64, at time.Time) []Obstacle {
	var held, waiting []Obstacle
	within := false // a lock that the asker has
	for _, l := range b.overlapping(s) {
		if l.Held(at) && !mine(a, l.Owner) {
			held = append(held, Obstacle{Lock: l})
		}
		within = within || l.Held(at) && mine(a, l.Owner) && l.Scope().Covers(s)
		for _, w := range l.Queue {
			if !mine(a, w.Owner) && (before == 0 || w.Ticket < before) {
				waiting = append(waiting, Obstacle{Lock: l, Waiter: &w})
			}
		}
	}
	if a.Ahead || within {
		return held
	}
	slices.SortStableFunc(waiting, func(x, y Obstacle) int { return cmp.Compare(x.Waiter.Ticket, y.Waiter.Ticket) })
	return append(held, waiting...)
}

func mine(a Ask, owner string) bool { return owner == a.Owner || a.Under != "" && owner == a.Under }

func (b *Book) overlapping(s Scope) []Lock {
	var list []Lock
	for scope, l := range b.locks {
		if scope.Overlaps(s) {
			list = append(list, l)
		}
	}
	slices.SortFunc(list, func(x, y Lock) int { return x.Scope().compare(y.Scope()) })
	return list
}

// Refusal words the first of some obstacles: who has the lock, or how many wait for it and who is next; nil for none.
func Refusal(obstacles []Obstacle, at time.Time) *chat.Refusal {
	if len(obstacles) == 0 {
		return nil
	}
	o := obstacles[0]
	if o.Waiter == nil {
		return o.Lock.refusal(at)
	}
	args := []chat.Arg{o.Waiter.Arg("first"), chat.Count("waiting", len(obstacles))}
	if s := o.Lock.Scope(); s.Wide() {
		return chat.Refuse("lock.queued_wide", append(args, chat.Nested("scope", s.Text()))...)
	}
	return chat.Refuse("lock.queued", append(args, chat.Word("service", o.Lock.Service), chat.Word("environment", o.Lock.Environment))...)
}

// Take gives the lock of a scope to who asks if nothing stands in the way. Who has it already keeps its token and gets the new
// time and reason; a person's deployment borrows that person's lock, and the person is first to have it back.
func (b *Book) Take(s Scope, a Ask, at time.Time) (Lock, *chat.Refusal) {
	if a.Owner == "" {
		return Lock{}, chat.Reject("lock.nobody")
	}
	l := b.Lock(s)
	if l.HeldBy(a.Owner, at) {
		b.put(l.extend(a, at))
		return b.Lock(s), nil
	}
	if refusal := Refusal(b.Obstacles(s, a, 0, at), at); refusal != nil {
		return l, refusal
	}
	if l.Lends(a.Under, at) {
		back := Waiter{Owner: l.Owner, Kind: l.Kind, Reason: l.Reason, At: at.UTC()}
		if !l.Expires.IsZero() {
			back.For = l.Expires.Sub(at)
		}
		l = l.wait(back)
	}
	b.put(l.give(a, at))
	return b.Lock(s), nil
}

// Wait puts who asks into the line under a ticket, which is higher than any given before; who waits already, or has the lock,
// stays as it is.
func (b *Book) Wait(s Scope, a Ask, ticket uint64, at time.Time) {
	l := b.Lock(s)
	if a.Owner == "" || l.Place(a.Owner) > 0 || l.HeldBy(a.Owner, at) {
		return
	}
	b.put(l.wait(Waiter{Owner: a.Owner, Kind: a.Kind, Under: a.Under, Reason: a.Reason, At: at.UTC(), For: a.For, Ticket: ticket}))
}

// Leave takes somebody out of the line; false if they did not wait for this scope.
func (b *Book) Leave(s Scope, owner string) bool {
	l := b.Lock(s)
	if l.Place(owner) == 0 {
		return false
	}
	b.put(l.leave(owner))
	return true
}

// Release frees the lock of its owner. It is refused when nobody has it, or somebody else.
func (b *Book) Release(s Scope, owner string, at time.Time) *chat.Refusal {
	l := b.Lock(s)
	if !l.HeldBy(owner, at) {
		return l.refusal(at)
	}
	b.put(l.free())
	return nil
}

// Break frees the lock whoever has it. The caller has checked the right to.
func (b *Book) Break(s Scope, at time.Time) *chat.Refusal {
	l := b.Lock(s)
	if !l.Held(at) {
		return l.refusal(at)
	}
	b.put(l.free())
	return nil
}

// Steal gives the lock of a scope to who asks, past the line, and returns it as its owner had it. It is refused when nobody has
// that lock, and while a deployment is under way within it. The caller has checked the right to.
func (b *Book) Steal(s Scope, a Ask, at time.Time) (Lock, *chat.Refusal) {
	l := b.Lock(s)
	if a.Owner == "" {
		return l, chat.Reject("lock.nobody")
	}
	if !l.Held(at) {
		return l, l.refusal(at)
	}
	if l.Owner == a.Owner {
		return l, chat.Refuse("lock.steal_own", chat.Nested("scope", s.Text()))
	}
	a.Ahead = true
	b.put(l.free())
	if refusal := Refusal(b.Obstacles(s, a, 0, at), at); refusal != nil {
		b.put(l)
		return l, refusal
	}
	b.put(b.Lock(s).give(a, at))
	return l, nil
}

// HandOver gives the lock from its owner to another past the line: a rollback takes it over from the deployment that it
// rolls back.
func (b *Book) HandOver(s Scope, from string, to Ask, at time.Time) (Lock, *chat.Refusal) {
	l := b.Lock(s)
	if to.Owner == "" {
		return l, chat.Reject("lock.nobody")
	}
	if !l.HeldBy(from, at) {
		return l, l.refusal(at)
	}
	to.Under = l.Under
	b.put(l.give(to, at))
	return b.Lock(s), nil
}
