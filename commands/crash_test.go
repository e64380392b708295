package commands_test

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

// moment is a step of something: "leased deploy.start".
type moment struct {
	step bot.Step
	what string
}

func (m moment) String() string { return string(m.step) + " " + m.what }

// trip says when the power goes: the n-th time that a moment comes, counted from the start of the process.
type trip struct {
	moment
	n int
	// within is where in the commit that follows the moment the power goes; Nowhere for at the moment itself.
	within faultkv.Point
}

func (t trip) String() string {
	return fmt.Sprintf("%s.%d%s", t.moment, t.n, [...]string{"", " before the write", " before the sync", " before the answer"}[t.within])
}

// within are the steps taken by the writer itself: what they decided is in the next commit.
var within = map[bot.Step]bool{bot.StepDecided: true, bot.StepAsked: true, bot.StepReacted: true, bot.StepTimed: true}

// mortal is a world whose bot dies where it is told to.
type mortal struct {
	*world
	mu      sync.Mutex
	trips   []trip        // the first is the next
	steps   int           // how many steps were taken since the process began
	kill    int           // at which step of whatever kind the power goes; 0 for none
	kind    faultkv.Point // and where within the commit that follows it; Nowhere for at the step itself
	seen    map[moment]int
	armed   faultkv.Point
	dead    bool
	death   chan struct{} // closed once dead
	died    []moment
	replies map[string]chat.Reply
	asked   map[string]ask
	// acknowledged requests are not said again, whatever dies: they must be answered all the same.
	acknowledged map[string]bool
}

func newMortal(t testing.TB, configuration []byte, trips ...trip) *mortal {
	return makeMortal(t, configuration, nil, trips)
}

// newAccepting is a mortal whose platform must be acknowledged before anything is decided, and is answered afterwards.
func newAccepting(t testing.TB, configuration []byte, trips ...trip) *mortal {
	return makeMortal(t, configuration, &answers{}, trips)
}

func makeMortal(t testing.TB, configuration []byte, a *answers, trips []trip) *mortal {
	m := &mortal{trips: trips, death: make(chan struct{}), seen: map[moment]int{}, replies: map[string]chat.Reply{}, asked: map[string]ask{}, acknowledged: map[string]bool{}}
	m.world = newWorld(t, configuration, func(w *world) {
		w.step, w.apply, w.log, w.answers = m.step, m.commit, slog.New(slog.DiscardHandler), a
	})
	return m
}

// step is called by the bot. A process that died takes no further step.
func (m *mortal) step(s bot.Step, what string) {
	if m.dies(moment{s, what}) && !within[s] {
		runtime.Goexit()
	}
}

func (m *mortal) dies(now moment) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return true
	}
	m.steps++
	m.seen[now]++
	if m.kill != 0 && m.steps >= m.kill {
		m.kill = 0
		if m.armed = m.kind; m.armed != faultkv.Nowhere {
			m.died = append(m.died, now)
			return false
		}
		m.die(now)
		return true
	}
	if len(m.trips) == 0 || m.trips[0].moment != now || m.trips[0].n > m.seen[now] {
		return false
	}
	next := m.trips[0]
	m.trips = m.trips[1:]
	if next.within != faultkv.Nowhere {
		m.armed = next.within
		m.died = append(m.died, now)
		return false
	}
	m.die(now)
	return true
}

func (m *mortal) die(now moment) {
	m.dead = true
	close(m.death)
	m.died = append(m.died, now)
	m.engine.Crash()
}

func (m *mortal) commit([]kv.Op) faultkv.Fault {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.armed == faultkv.Nowhere {
		return faultkv.Fault{}
	}
	if !m.dead {
		close(m.death)
	}
	m.dead = true
	return faultkv.CrashAt(m.armed)
}

func (m *mortal) isDead() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dead
}

// revive starts a new process over what was synced.
func (m *mortal) revive() {
	m.mu.Lock()
	if !m.dead { // whatever is still under way takes no further step
		m.dead = true
		close(m.death)
	}
	m.mu.Unlock()
	m.engine.Crash()
	m.end()
	next, err := m.engine.Reopen()
	if err != nil {
		m.t.Fatal(err)
	}
	m.engine = next
	m.mu.Lock()
	m.dead, m.death, m.armed, m.steps, m.seen = false, make(chan struct{}), faultkv.Nowhere, 0, map[moment]int{}
	m.mu.Unlock()
	m.start()
}

// ask is something that somebody says, or a button that they press.
type ask struct {
	key, who, channel, text string
	on, button              string
	notice                  func(*world) port.Notice // what an adapter heard, in place of what somebody said
}

// try asks once; false if there was no answer.
func (m *mortal) try(a ask) (reply chat.Reply, ok bool) {
	if a.notice != nil {
		return chat.Reply{}, m.tell(a.notice(m.world))
	}
	m.mu.Lock()
	m.asked[a.key] = a
	m.mu.Unlock()
	if m.answers != nil && a.on == "" {
		return m.tryAccepted(a)
	}
	answered := make(chan struct{})
	var err error
	go func() { // in a goroutine of its own, which ends with the process
		defer close(answered)
		if a.on != "" {
			reply, err = m.bot.Press(context.Background(), port.Pressed{Key: a.key, Account: account(a.who), On: a.on, Button: a.button})
		} else {
			reply, err = m.bot.Say(context.Background(), port.Said{Key: a.key, Account: account(a.who), Place: m.place(a.channel), Text: a.text})
		}
		ok = err == nil
	}()
	<-answered
	if err != nil && !m.isDead() {
		m.t.Errorf("%v: %v", a, err)
	}
	if ok {
		m.mu.Lock()
		m.replies[a.key] = reply
		m.mu.Unlock()
	}
	return reply, ok
}

// tell tells of something once; false if it is not known to be taken.
func (m *mortal) tell(n port.Notice) bool {
	var err error
	taken := make(chan bool, 1)
	go func() { // in a goroutine of its own, which ends with the process
		defer close(taken)
		err = m.bot.Notice(context.Background(), n)
		taken <- err == nil
	}()
	ok := <-taken
	if err != nil && !m.isDead() {
		m.t.Errorf("%v: %v", n.Key, err)
	}
	return ok
}

// insist asks until there is an answer, over as many deaths as it takes.
func (m *mortal) insist(a ask) chat.Reply {
	for range 10 {
		if reply, ok := m.try(a); ok {
			return reply
		}
		m.revive()
	}
	m.t.Fatalf("%v is never answered", a)
	return chat.Reply{}
}

// rest lets time pass; whoever dies meanwhile is revived at once and rests again.
func (m *mortal) rest(d time.Duration) {
	for range 10 {
		alarm := time.NewTimer(d)
		select {
		case <-alarm.C:
			synctest.Wait()
			if !m.isDead() {
				return
			}
		case <-m.death:
			alarm.Stop()
		}
		m.revive()
	}
	m.t.Fatal("it never stops dying")
}
