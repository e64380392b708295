package commands

import (
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
)

// lockTickets counts those who ever waited for a lock: there is one line for all locks.
var lockTickets = state.Governed[uint64]("lock-ticket")

// busyLocks are the places of the locks that somebody has or waits for.
var busyLocks = state.NewMemo[[]string]("locks")

// busy is the one id of busyLocks.
const busy = "busy"

func scopeOfPlace(at string) lock.Scope {
	service, environment, _ := strings.Cut(at, "/")
	return lock.Scope{Service: service, Environment: environment}
}

func placeOf(s lock.Scope) string { return place(s.Service, s.Environment) }

// lockOf is the lock of a place, new if there was none.
func lockOf(r state.Reader, service, environment string) (lock.Lock, error) {
	l, ok, err := locks.Get(r, place(service, environment))
	if err != nil || !ok {
		return lock.New(service, environment), err
	}
	return l, nil
}

// locksAround is the lock of a scope, and the wider ones that somebody has or waits for.
func locksAround(r state.Reader, s lock.Scope) (*lock.Lock, []lock.Lock, error) {
	var list []lock.Lock
	for _, at := range s.Around() {
		l, err := lockOf(r, at.Service, at.Environment)
		if err != nil {
			return nil, nil, err
		}
		if at == s || !l.Idle() {
			list = append(list, l)
		}
	}
	return &list[0], list[1:], nil
}

// lockBook holds what a decision about a scope may touch: its own lock, and where wide ones are about, all that are in use.
func lockBook(r state.Reader, s lock.Scope) (*lock.Book, error) {
	own, wider, err := locksAround(r, s)
	if err != nil {
		return nil, err
	}
	list := append(wider, *own)
	if !s.Wide() && len(wider) == 0 {
		return lock.NewBook(list...), nil
	}
	places, err := placesInUse(r)
	if err != nil {
		return nil, err
	}
	for _, at := range places {
		if scope := scopeOfPlace(at); scope != s {
			l, err := lockOf(r, scope.Service, scope.Environment)
			if err != nil {
				return nil, err
			}
			list = append(list, l)
		}
	}
	return lock.NewBook(list...), nil
}

// placesInUse lists where somebody has a lock or waits for one.
func placesInUse(r state.Reader) ([]string, error) {
	if list, ok := busyLocks.Get(r, busy); ok {
		return list, nil
	}
	var list []string
	err := locks.All(r, func(at string, l lock.Lock) error {
		if !l.Idle() {
			list = append(list, at)
		}
		return nil
	})
	return list, err
}

func putLock(t *bot.Turn, l lock.Lock) error {
	if err := wakeForLock(t, l); err != nil {
		return err
	}
	at := placeOf(l.Scope())
	before, err := placesInUse(t)
	if err != nil {
		return err
	}
	if known := slices.Contains(before, at); known == l.Idle() {
		after := slices.DeleteFunc(slices.Clone(before), func(p string) bool { return p == at })
		if !l.Idle() {
			after = append(after, at)
		}
		before = after
	}
	busyLocks.Set(t.Tx, busy, before)
	return locks.Put(t.Tx, at, l)
}

// keepLocks hands on what became free, keeps what changed, and tells those whose turn came or was lost, and whose time was over.
func keepLocks(t *bot.Turn, b *lock.Book) error {
	done := b.Settle(t.Now, func(turn lock.Turn) bool { return mayHave(t, turn.Scope, turn.Waiter) })
	for _, l := range b.Changed() {
		if err := putLock(t, l); err != nil {
			return err
		}
	}
	for _, l := range done.Ended {
		if err := lockEnded(t, l); err != nil {
			return err
		}
	}
	for _, turn := range done.Forfeit {
		if err := turnLost(t, turn); err != nil {
			return err
		}
	}
	for _, l := range done.Given {
		if err := turnCame(t, l); err != nil {
			return err
		}
	}
	return nil
}

// mayHave reports whether somebody who waited may still have the lock: a person with the right to, or a deployment that is still to
// begin, whose gates are asked when it does.
func mayHave(t *bot.Turn, s lock.Scope, w lock.Waiter) bool {
	if w.Kind == lock.Deployment {
		d, ok, err := deployments.Get(t, w.Owner)
		return err == nil && ok && d.State == rollout.Queued
	}
	return t.Org.May(w.Owner, people.Lock, everyIfAll(s.Service), everyIfAll(s.Environment))
}

// everyIfAll is what a right is asked for.
func everyIfAll(name string) string {
	if name == lock.All {
		return people.Everything
	}
	return name
}

// lockEnded tells that a lock by hand is over.
func lockEnded(t *bot.Turn, was lock.Lock) error {
	text := chat.Say("lock.expired", chat.Nested("scope", was.Scope().Text()), chat.Person("owner", was.Owner))
	return tellLock(t, was.Scope(), chat.Message{Title: text, Tone: chat.Good, Mentions: []string{was.Owner}}, t.Org.Channels.Releases)
}

// turnLost tells that somebody may no longer have what they waited for. What became of a deployment is told by its own end.
func turnLost(t *bot.Turn, turn lock.Turn) error {
	if turn.Waiter.Kind == lock.Deployment {
		return nil
	}
	text := chat.Say("lock.turn_lost", chat.Nested("scope", turn.Scope.Text()), chat.Person("owner", turn.Waiter.Owner))
	return tellLock(t, turn.Scope, chat.Message{Title: text, Tone: chat.Warning, Mentions: []string{turn.Waiter.Owner}}, t.Org.Channels.Releases)
}

// turnCame tells somebody that they have the lock now; a deployment begins, if its gates are open.
func turnCame(t *bot.Turn, l lock.Lock) error {
	if l.Kind == lock.Deployment {
		return beginTurn(t, l)
	}
	text := chat.Say("lock.turn", chat.Nested("scope", l.Scope().Text()), chat.Person("owner", l.Owner))
	if !l.Expires.IsZero() {
		text.Args = append(text.Args, chat.Time("until", l.Expires))
	}
	return tellLock(t, l.Scope(), chat.Message{Title: text, Tone: chat.Warning, Mentions: []string{l.Owner}}, t.Org.Channels.Releases)
}

// tellLock tells of a lock, and shows the cards of what it is of anew.
func tellLock(t *bot.Turn, s lock.Scope, m chat.Message, places []chat.Place) error {
	t.About(placeOf(s))
	key := "lock:" + string(m.Title.Code) + ":" + placeOf(s) + ":" + t.Key
	if len(m.Mentions) > 0 {
		key += ":" + m.Mentions[0]
	}
	if err := t.Announce(key, places, m); err != nil {
		return err
	}
	return refreshReleases(t, func(service string) bool { return s.Service == lock.All || s.Service == service })
}

// unlockFor frees the lock that a deployment holds, or takes it out of the line, and hands on.
func unlockFor(t *bot.Turn, d rollout.Deployment) error {
	s := lock.Scope{Service: d.Service, Environment: d.Environment}
	b, err := lockBook(t, s)
	if err != nil {
		return err
	}
	if b.Release(s, d.ID, t.Now) != nil && !b.Leave(s, d.ID) {
		return nil // it lost the lock before
	}
	if err := lookSoon(t); err != nil {
		return err
	}
	return keepLocks(t, b)
}
