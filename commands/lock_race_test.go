package commands_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/state"
)

// Two take the lock of a place at once, or of a place and of everything around it, again and again, while the process dies on the
// way in one round of four: never have both won, whatever each was answered, and nobody who waited is forgotten.
func TestTwoLockTakersNeverBothWin(t *testing.T) {
	t.Parallel()
	rounds := rounds()
	configuration := readConfig(t)
	synctest.Test(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 36))
		m := newMortal(t, configuration)
		defer func() { m.end() }()
		scopes := []string{"payments staging", "all staging", "payments all", "all all"}
		won, deaths := map[string]int{}, 0
		for round := range rounds {
			first, second := scopes[r.IntN(len(scopes))], scopes[r.IntN(len(scopes))]
			suffix := ""
			if round%2 == 0 {
				suffix = " --wait"
			}
			asks := []ask{
				{key: fmt.Sprintf("a%d", round), who: "sre", channel: "#releases", text: "/lock " + first + ` "race"` + suffix},
				{key: fmt.Sprintf("b%d", round), who: "chair", channel: "#releases", text: "/lock " + second + ` "race"` + suffix},
			}
			if round%4 == 3 {
				m.doom(r)
			}
			replies := bothSay(r, m, asks)
			if m.isDead() {
				deaths++
				m.revive()
			}
			for i, a := range asks { // whoever had no answer asks again, under the same key
				replies[i] = m.insist(a)
			}
			m.rest(time.Second)
			winners := 0
			for _, reply := range replies {
				won[string(reply.Code)]++
				if reply.Code == "lock.taken" {
					winners++
				}
			}
			if winners != 1 {
				t.Fatalf("round %d: %d winners of %s and %s: %v", round, winners, first, second, replies)
			}
			heldByOne(t, m, round)
			// Both let go, by whichever name it is: who waited has it in between.
			for range 2 {
				for i, s := range []string{first, second} {
					m.insist(ask{key: fmt.Sprintf("free%d-%d-%d-%s", round, i, r.Uint32(), s), who: asks[i].who, channel: "#releases", text: "/unlock " + s})
				}
			}
			m.rest(time.Second)
			if n := inUse(t, m); n != 0 {
				t.Fatalf("round %d: %d locks are in use after both let go", round, n)
			}
		}
		if won["lock.taken"] != rounds || won["lock.waits"] < rounds/4 {
			t.Errorf("won: %v", won)
		}
		if deaths < rounds/20 {
			t.Errorf("the process died in %d of %d rounds only", deaths, rounds)
		}
		judge(m)
	})
}

// bothSay says both at once, and returns what each was answered.
func bothSay(r *rand.Rand, m *mortal, asks []ask) []chat.Reply {
	replies := make([]chat.Reply, len(asks))
	var both sync.WaitGroup
	for _, i := range r.Perm(len(asks)) {
		both.Go(func() {
			if reply, ok := m.try(asks[i]); ok {
				replies[i] = reply
			}
		})
	}
	both.Wait()
	return replies
}

func everyLock(t *testing.T, m *mortal, visit func(lock.Lock)) {
	t.Helper()
	check(m.world, m.store.View(func(v *state.View) error {
		return commands.Locks.All(v, func(_ string, l lock.Lock) error { visit(l); return nil })
	}))
}

// heldByOne checks that no two people hold what overlaps.
func heldByOne(t *testing.T, m *mortal, round int) {
	t.Helper()
	var held []lock.Lock
	everyLock(t, m, func(l lock.Lock) {
		for _, o := range held {
			if l.Held(time.Now()) && o.Scope().Overlaps(l.Scope()) && o.Owner != l.Owner {
				t.Fatalf("round %d: %v and %v are held by two", round, o.Scope(), l.Scope())
			}
		}
		if l.Held(time.Now()) {
			held = append(held, l)
		}
	})
}

func inUse(t *testing.T, m *mortal) (n int) {
	t.Helper()
	everyLock(t, m, func(l lock.Lock) {
		if !l.Idle() {
			n++
		}
	})
	return n
}
