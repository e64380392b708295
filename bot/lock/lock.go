// Package lock keeps two deployments of a service in an environment apart. Locks are owned, expire, and are handed on in
// the order in which they were asked for. A lock may be as narrow as one service in one environment, or as wide as
// everything everywhere: those that overlap exclude each other, and wait in one line.
package lock

import (
	"cmp"
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

// Lock is the lock of one scope: usually one service in one environment. The zero Owner means that it is free; the record
// stays, for its token must never come again.
type Lock struct {
	V           int          `json:"v"`
	Service     string       `json:"service"`
	Environment string       `json:"environment"`
	Owner       string       `json:"owner,omitempty"`
	Kind        Kind         `json:"kind,omitempty"`
	Reason      *chat.Sealed `json:"reason,omitempty"`
	At          time.Time    `json:"at,omitzero"`
	// Expires is the first instant at which a lock by hand no longer holds; zero: never. A deployment keeps its lock until it
	// ends, however long that takes: its time says only when people are told.
	Expires time.Time `json:"expires,omitzero"`
	// Under is the person within whose own lock, of the same scope or a wider one, a deployment has this one.
	Under string   `json:"under,omitempty"`
	Queue []Waiter `json:"queue,omitempty"` // first come, first served
	// Token grows with every owner: what carries an older one acts on a lock that it lost.
	Token uint64 `json:"token,omitempty"`
}

// Waiter is who waits for the lock.
type Waiter struct {
	Owner  string        `json:"owner"`
	Kind   Kind          `json:"kind"`
	Under  string        `json:"under,omitempty"` // as Ask.Under
	Reason *chat.Sealed  `json:"reason,omitempty"`
	At     time.Time     `json:"at"`
	For    time.Duration `json:"for,omitempty"` // how long it will hold the lock; zero: until released
	// Ticket is the place in the one line for all locks, the lowest first: 0 for who lent its lock and is to have it back.
	Ticket uint64 `json:"ticket,omitempty"`
}

// Ask is a wish for a lock.
type Ask struct {
	Owner  string
	Kind   Kind
	Reason *chat.Sealed
	For    time.Duration // zero: until released
	// Under is the person who deploys: their own locks are no obstacle to their deployment.
	Under string
	// Ahead passes those who wait: a rollback does, and nobody else. Who has the lock keeps it all the same.
	Ahead bool
}

// New is a free lock.
func New(service, environment string) Lock {
	return Lock{V: Version, Service: service, Environment: environment}
}

// Scope is what the lock is of.
func (l Lock) Scope() Scope { return Scope{l.Service, l.Environment} }

// Held reports whether anybody owns the lock at an instant.
func (l Lock) Held(at time.Time) bool {
	return l.Owner != "" && (l.Kind == Deployment || l.Expires.IsZero() || at.Before(l.Expires))
}

// HeldBy reports whether this owner has the lock at an instant.
func (l Lock) HeldBy(owner string, at time.Time) bool { return l.Owner == owner && l.Held(at) }

// Idle reports whether nobody has the lock or waits for it.
func (l Lock) Idle() bool { return l.Owner == "" && len(l.Queue) == 0 }

// Overtaken reports whether somebody else was given the lock since the token was: whoever carries it lost the lock.
func (l Lock) Overtaken(token uint64) bool { return token != 0 && token < l.Token }

// Place is where the owner is in the queue, from 1; 0 if it does not wait.
func (l Lock) Place(owner string) int {
	return 1 + slices.IndexFunc(l.Queue, func(w Waiter) bool { return w.Owner == owner })
}

// Lends reports whether the lock is one by hand that this person can lend to their own deployment.
func (l Lock) Lends(person string, at time.Time) bool {
	return person != "" && l.Kind == Manual && l.HeldBy(person, at)
}

// The methods below return a changed copy. They know nothing of other locks: Book asks those.

// wait puts who asks into the queue by its ticket.
func (l Lock) wait(w Waiter) Lock {
	l.Queue = append(slices.Clone(l.Queue), w)
	slices.SortStableFunc(l.Queue, func(a, b Waiter) int { return cmp.Compare(a.Ticket, b.Ticket) })
	return l
}

// leave takes somebody out of the queue.
func (l Lock) leave(owner string) Lock {
	l.Queue = slices.DeleteFunc(slices.Clone(l.Queue), func(w Waiter) bool { return w.Owner == owner })
	return l
}

// give makes who asks the owner, under a new token.
func (l Lock) give(a Ask, at time.Time) Lock {
	l = l.leave(a.Owner)
	l.Owner, l.Kind, l.Reason, l.Under = a.Owner, a.Kind, a.Reason, a.Under
	l.At, l.Expires = at.UTC(), expiry(at, a.For)
	l.Token++
	return l
}

// free takes the lock from its owner.
func (l Lock) free() Lock {
	l.Owner, l.Kind, l.Reason, l.Under, l.At, l.Expires = "", "", nil, "", time.Time{}, time.Time{}
	return l
}

// extend moves the end of an owner's lock: it lasts for this long from now, for a new reason if one is given.
func (l Lock) extend(a Ask, at time.Time) Lock {
	l.Expires = expiry(at, a.For)
	if a.Reason != nil {
		l.Reason = a.Reason
	}
	return l
}

func (w Waiter) ask() Ask {
	return Ask{Owner: w.Owner, Kind: w.Kind, Reason: w.Reason, For: w.For, Under: w.Under}
}

func expiry(at time.Time, length time.Duration) time.Time {
	if length <= 0 {
		return time.Time{}
	}
	return at.Add(length).UTC()
}
