package lock_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/lock"
)

var scopes = []lock.Scope{web, ledger, staging, prod, webAll, all}

// crowd is people and deployments at the locks, step by step.
type crowd struct {
	b      *lock.Book
	at     time.Time
	ticket uint64
	tokens map[lock.Scope]uint64
}

// waiting lists who waits for what, by ticket.
func (c *crowd) waiting() []lock.Turn {
	var line []lock.Turn
	for _, s := range scopes {
		for _, w := range c.b.Lock(s).Queue {
			line = append(line, lock.Turn{Scope: s, Waiter: w})
		}
	}
	slices.SortFunc(line, func(a, b lock.Turn) int { return int(a.Waiter.Ticket) - int(b.Waiter.Ticket) })
	return line
}

// held lists the locks that somebody has.
func (c *crowd) held() []lock.Lock {
	var list []lock.Lock
	for _, s := range scopes {
		if l := c.b.Lock(s); l.Held(c.at) {
			list = append(list, l)
		}
	}
	return list
}

func related(a, b lock.Lock) bool {
	return a.Owner == b.Owner || a.Under == b.Owner || b.Under == a.Owner
}

// check is what holds after every step.
func (c *crowd) check(t *rapid.T, step string) {
	for i, s := range scopes {
		l := c.b.Lock(s)
		if l.Token < c.tokens[s] {
			t.Fatalf("%s: the token of %v went from %d to %d", step, s, c.tokens[s], l.Token)
		}
		c.tokens[s] = l.Token
		if l.Held(c.at) && l.Place(l.Owner) != 0 {
			t.Fatalf("%s: %s has %v and waits for it", step, l.Owner, s)
		}
		for _, o := range scopes[i+1:] {
			if other := c.b.Lock(o); s.Overlaps(o) && l.Held(c.at) && other.Held(c.at) && !related(l, other) {
				t.Fatalf("%s: %s has %v and %s has %v", step, l.Owner, s, other.Owner, o)
			}
		}
	}
	// Whoever still waits has somebody in the way.
	for _, turn := range c.waiting() {
		a := lock.Ask{Owner: turn.Waiter.Owner, Under: turn.Waiter.Under, Ahead: turn.Waiter.Ticket == 0}
		if len(c.b.Obstacles(turn.Scope, a, turn.Waiter.Ticket, c.at)) == 0 {
			t.Fatalf("%s: nothing stands between %s and %v", step, turn.Waiter.Owner, turn.Scope)
		}
	}
}

// served checks that a lock given to somebody who waited passed nobody who had waited longer for something that overlaps, unless
// what was given was lent, or lies within a lock of theirs.
func (c *crowd) served(t *rapid.T, step string, before []lock.Turn, held, given []lock.Lock) {
	for _, l := range given {
		i := slices.IndexFunc(before, func(turn lock.Turn) bool { return turn.Scope == l.Scope() && turn.Waiter.Owner == l.Owner })
		if i < 0 {
			t.Fatalf("%s: %s was given %v and had not waited", step, l.Owner, l.Scope())
		}
		mine := before[i].Waiter
		for _, turn := range c.waiting() {
			w := turn.Waiter
			passed := w.Ticket < mine.Ticket && turn.Scope.Overlaps(l.Scope()) && w.Owner != l.Owner && w.Owner != l.Under
			if passed && !slices.ContainsFunc(slices.Concat(held, given), func(o lock.Lock) bool {
				return o.Scope().Covers(l.Scope()) && (o.Owner == l.Owner && o.Scope() != l.Scope() || o.Owner == l.Under)
			}) {
				t.Fatalf("%s: %s (ticket %d) was served before %s (ticket %d)", step, l.Owner, mine.Ticket, w.Owner, w.Ticket)
			}
		}
	}
}

// Whatever is done in whatever order by whomever, at whatever width: locks that overlap are never held by two, who came first
// is served first, nobody who waits is lost or waits for nothing, and tokens only grow.
func TestLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := &crowd{b: lock.NewBook(), at: noon, tokens: map[lock.Scope]uint64{}}
		deployments := 0
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			c.at = c.at.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "later")) * time.Second)
			c.b.Settle(c.at, nil) // the clock is heard before anything is said
			s := rapid.SampledFrom(scopes).Draw(t, "scope")
			who := fmt.Sprintf("p%d", rapid.IntRange(1, 4).Draw(t, "who"))
			a := person(who, time.Duration(rapid.IntRange(0, 180).Draw(t, "for"))*time.Second)
			if !s.Wide() && rapid.Bool().Draw(t, "deploys") {
				deployments++
				a = deployment(fmt.Sprintf("D-%d", deployments), who)
			}
			before, was := c.waiting(), c.b.Lock(s)
			op := rapid.SampledFrom([]string{"take", "wait", "wait", "leave", "release", "release", "break", "steal", "hand over", "pass"}).Draw(t, "op")
			step := fmt.Sprintf("%s: %s %v", a.Owner, op, s)
			switch op {
			case "take":
				barred := false
				for _, turn := range before { // nobody new passes the line, but with a lock of their own
					barred = barred || turn.Scope.Overlaps(s) && turn.Waiter.Owner != a.Owner && turn.Waiter.Owner != a.Under
				}
				own := slices.ContainsFunc(scopes, func(o lock.Scope) bool {
					l := c.b.Lock(o)
					return o.Covers(s) && l.Held(c.at) && (l.Owner == a.Owner || l.Owner == a.Under)
				})
				if _, refusal := c.b.Take(s, a, c.at); refusal == nil && barred && !own {
					t.Fatalf("%s: past the line", step)
				}
			case "wait":
				c.ticket++
				c.b.Wait(s, a, c.ticket, c.at)
			case "leave":
				c.b.Leave(s, who)
			case "release":
				c.b.Release(s, was.Owner, c.at)
			case "break":
				c.b.Break(s, c.at)
			case "steal":
				c.b.Steal(s, person(who, 0), c.at)
			case "hand over":
				if was.Kind == lock.Deployment {
					deployments++
					c.b.HandOver(s, was.Owner, deployment(fmt.Sprintf("D-%d", deployments), ""), c.at)
				}
			}
			ready, held := c.waiting(), c.held()
			done := c.b.Settle(c.at, nil)
			c.served(t, step, ready, held, done.Given)
			c.check(t, step)
			left := len(before) - len(c.waiting())
			switch { // who was in the line and is no more has the lock, or left
			case op == "leave" && left > len(done.Given)+1, op != "leave" && op != "take" && op != "steal" && left > len(done.Given):
				t.Fatalf("%s: %d left the line, %d were served", step, left, len(done.Given))
			}
		}
	})
}
