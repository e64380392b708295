// Package lock keeps two deployments of a service in an environment apart. Locks are owned, expire, and are handed on in
// the order in which they were asked for.
package lock

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Version is the schema version of a stored Lock.
const Version = 1

// Kind says who owns a lock.
type Kind string

// The kinds of owner.
const (
	Manual     Kind = "manual"     // a person: Owner is an opaque person id
	Deployment Kind = "deployment" // Owner is its id, "D-1"
)

// Lock is the lock of one service in one environment. The zero Owner means that it is free; the record stays, for its
// token must never come again.
type Lock struct {
	V           int          `json:"v"`
	Service     string       `json:"service"`
	Environment string       `json:"environment"`
	Owner       string       `json:"owner,omitempty"`
	Kind        Kind         `json:"kind,omitempty"`
	Reason      *chat.Sealed `json:"reason,omitempty"`
	At          time.Time    `json:"at,omitzero"`
	Expires     time.Time    `json:"expires,omitzero"` // the first instant at which it no longer holds; zero: never
	Queue       []Waiter     `json:"queue,omitempty"`  // first come, first served
	// Token grows with every owner: what carries an older one acts on a lock that it lost.
	Token uint64 `json:"token,omitempty"`
}

// Waiter is who waits for the lock.
type Waiter struct {
	Owner string        `json:"owner"`
	Kind  Kind          `json:"kind"`
	At    time.Time     `json:"at"`
	For   time.Duration `json:"for,omitempty"` // how long it will hold the lock; zero: until released
}

// Ask is a wish for the lock.
type Ask struct {
	Owner  string
	Kind   Kind
	Reason *chat.Sealed
	For    time.Duration // zero: until released
}

// New is a free lock.
func New(service, environment string) Lock {
	return Lock{V: Version, Service: service, Environment: environment}
}

// Held reports whether anybody owns the lock at an instant.
func (l Lock) Held(at time.Time) bool {
	return l.Owner != "" && (l.Expires.IsZero() || at.Before(l.Expires))
}

// HeldBy reports whether this owner has the lock at an instant.
func (l Lock) HeldBy(owner string, at time.Time) bool { return l.Owner == owner && l.Held(at) }

// Guards reports whether a token is that of the present owner: whoever carries another lost the lock meanwhile.
func (l Lock) Guards(token uint64, at time.Time) bool {
	return token != 0 && token == l.Token && l.Held(at)
}

// Place is where the owner is in the queue, from 1; 0 if it does not wait.
func (l Lock) Place(owner string) int {
	return 1 + slices.IndexFunc(l.Queue, func(w Waiter) bool { return w.Owner == owner })
}

// Take gives the lock to who asks if it is free and nobody waits before them. Who has it already keeps its token and
// gets the new time and reason. The refusal names the owner, since when, until when, and who waits.
func (l Lock) Take(a Ask, at time.Time) (Lock, *chat.Refusal) {
	if a.Owner == "" {
		return l, chat.Reject("lock.nobody")
	}
	if l.HeldBy(a.Owner, at) {
		l.Expires = expiry(at, a.For)
		if a.Reason != nil {
			l.Reason = a.Reason
		}
		return l, nil
	}
	if l.Held(at) {
		return l, l.refusal(at)
	}
	if len(l.Queue) > 0 && l.Queue[0].Owner != a.Owner {
		return l, chat.Refuse("lock.queued", chat.Word("service", l.Service), chat.Word("environment", l.Environment),
			l.Queue[0].Arg("first"), chat.Count("waiting", len(l.Queue)))
	}
	return l.give(a, at), nil
}

// Wait puts who asks at the end of the queue; who waits already keeps its place.
func (l Lock) Wait(a Ask, at time.Time) Lock {
	if a.Owner == "" || l.Place(a.Owner) > 0 || l.HeldBy(a.Owner, at) {
		return l
	}
	l.Queue = append(slices.Clone(l.Queue), Waiter{Owner: a.Owner, Kind: a.Kind, At: at.UTC(), For: a.For})
	return l
}

// Leave takes somebody out of the queue.
func (l Lock) Leave(owner string) Lock {
	l.Queue = slices.DeleteFunc(slices.Clone(l.Queue), func(w Waiter) bool { return w.Owner == owner })
	return l
}

// Release frees the lock of its owner and hands it to the first who waits, if anybody: Owner is the next one then. It is
// refused when somebody else has it.
func (l Lock) Release(owner string, at time.Time) (Lock, *chat.Refusal) {
	if !l.Held(at) {
		return l, chat.Refuse("lock.free", chat.Word("service", l.Service), chat.Word("environment", l.Environment))
	}
	if l.Owner != owner {
		return l, l.refusal(at)
	}
	return l.free().next(at), nil
}

// Break frees the lock whoever has it. The caller has checked the right to.
func (l Lock) Break(at time.Time) (Lock, *chat.Refusal) {
	if !l.Held(at) {
		return l, chat.Refuse("lock.free", chat.Word("service", l.Service), chat.Word("environment", l.Environment))
	}
	return l.free().next(at), nil
}

// Expire frees the lock if its time is over, and hands it on; it tells whether anything changed.
func (l Lock) Expire(at time.Time) (Lock, bool) {
	if l.Owner == "" || l.Held(at) {
		return l, false
	}
	return l.free().next(at), true
}

// Extend moves the end of an owner's lock: it lasts for this long from now.
func (l Lock) Extend(owner string, length time.Duration, at time.Time) (Lock, *chat.Refusal) {
	if !l.HeldBy(owner, at) {
		return l, l.refusal(at)
	}
	l.Expires = expiry(at, length)
	return l, nil
}

// HandOver gives the lock from its owner to another past the queue: a rollback takes it over from the deployment that it
// rolls back.
func (l Lock) HandOver(from string, to Ask, at time.Time) (Lock, *chat.Refusal) {
	if to.Owner == "" {
		return l, chat.Reject("lock.nobody")
	}
	if !l.HeldBy(from, at) {
		return l, l.refusal(at)
	}
	return l.give(to, at), nil
}

func (l Lock) give(a Ask, at time.Time) Lock {
	l = l.Leave(a.Owner)
	l.Owner, l.Kind, l.Reason = a.Owner, a.Kind, a.Reason
	l.At, l.Expires = at.UTC(), expiry(at, a.For)
	l.Token++
	return l
}

func (l Lock) free() Lock {
	l.Owner, l.Kind, l.Reason, l.At, l.Expires = "", "", nil, time.Time{}, time.Time{}
	return l
}

func (l Lock) next(at time.Time) Lock {
	if len(l.Queue) == 0 {
		return l
	}
	w := l.Queue[0]
	return l.give(Ask{Owner: w.Owner, Kind: w.Kind, For: w.For}, at)
}

func expiry(at time.Time, length time.Duration) time.Time {
	if length <= 0 {
		return time.Time{}
	}
	return at.Add(length).UTC()
}
