package commands_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

// scene is one line of the story, what must be answered, and how long to let things happen after it.
type scene struct {
	ask
	code chat.Code
	wait time.Duration
}

func say(who, text string, code chat.Code, wait time.Duration) scene {
	return scene{ask{who: who, channel: "#releases", text: text}, code, wait}
}

func press(who, on, button string, code chat.Code, wait time.Duration) scene {
	return scene{ask{who: who, on: on, button: button}, code, wait}
}

// noticed is what an adapter heard at a moment that is long over.
func noticed(n port.Notice, wait time.Duration) scene {
	n.At = monday
	return scene{ask{notice: func(*world) port.Notice { return n }}, "", wait}
}

// voted is an approval in the change register.
func voted(release, ticket, who string, wait time.Duration) scene {
	n := port.Notice{Key: ticket + who, System: "jira", Account: chat.Account{Platform: "jira", ID: who}, Ticket: &port.TicketNotice{
		Ticket: port.Ticket{ID: ticket, Status: port.TicketApproved, Change: port.Change{Release: release}}, Was: "Review", Is: "Approved", Decision: port.DecisionGo,
	}}
	return scene{ask{notice: func(*world) port.Notice {
		n := n
		n.At = time.Now() // the board was asked by then
		return n
	}}, "", wait}
}

// story has every kind of turn in it: a good release, and a bad one that is let through a freeze and rolled back by itself.
var story = []scene{
	say("sre", "/deploy adopt payments staging 1.0.0", "adopt.noted", 0),
	say("sre", "/deploy adopt payments prod 1.0.0", "adopt.noted", 0),
	say("dev", `/release plan payments 1.1.0 "faster refunds"`, "release.planned", time.Second),
	say("dev", "/deploy R-1 staging", "deploy.queued", 15*time.Second),
	press("chair", "B-1", "approve", "vote.counted", 0),
	say("owner", "/vote R-1 go", "vote.counted", time.Second),
	say("sre", "/deploy R-1 prod", "deploy.queued", 30*time.Second),
	say("dev", "/release plan payments 1.2.0", "release.planned", time.Second),
	say("dev", "/deploy R-2 staging", "deploy.queued", 15*time.Second),
	press("chair", "R-2", "approve", "vote.counted", 0),
	voted("R-2", "CHG-2", "olga", time.Second),
	noticed(port.Notice{Key: "run 7", System: "jenkins", Run: &port.RunNotice{
		Pipeline: "runner", Service: "web", Environment: "prod", Run: port.Run{ID: "7"}, State: port.RunSucceeded,
	}}, time.Second),
	say("sre", `/freeze add prod now +2h "financial closing"`, "freeze.begun", time.Second),
	say("sre", "/deploy R-2 prod", "gate.closed", time.Second),
	say("sre", `/freeze exception R-2 "refunds are wrong"`, "exception.asked", time.Second),
	press("chair", "X-1", "approve", "vote.counted", 0),
	press("sec", "X-1", "approve", "vote.counted", time.Second),
	say("sre", "/deploy R-2 prod", "deploy.queued", time.Minute),
	press("sre", "P-1", "acknowledge", "page.acknowledged", time.Second),
	say("peer", "/release plan ledger 1.1.0", "release.planned", time.Second),
	say("sre", "/deploy adopt ledger staging 1.0.0", "adopt.noted", 0),
	say("peer", "/deploy R-3 staging", "deploy.queued", 15*time.Second),
	press("chair", "R-3", "approve", "vote.counted", 6*time.Hour),
}

// storyConfig knows one of the board in the change register as well.
func storyConfig(t testing.TB) []byte {
	return bytes.Replace(readConfig(t), []byte(`"local:shop:owner"]`), []byte(`"local:shop:owner", "jira::olga"]`), 1)
}

// tell tells the story to its end, whatever dies on the way.
func tell(m *mortal) {
	for _, version := range []string{"payments 1.0.0", "payments 1.1.0", "payments 1.2.0", "ledger 1.0.0", "ledger 1.1.0"} {
		service, v, _ := cutSpace(version)
		m.artifacts.put(service, v, func(*port.Artifact) {})
	}
	m.metrics.misbehave("payments 1.2.0", fault{errors: 0.4, after: 4 * time.Second})
	for i, s := range story {
		s.key = fmt.Sprintf("scene-%d", i)
		if reply := m.insist(s.ask); reply.Code != s.code {
			m.t.Fatalf("%v: %s %s, want %s\n%s", s.ask, reply.Outcome, reply.Code, s.code, m.words(reply).Text)
		}
		m.rest(s.wait)
	}
	m.rest(time.Minute)
}

// TestCrashAtEveryStep ends the process at every step of every kind of turn and effect that the story has, at least three
// times at each, and within the commits that follow; each time the story is told to its end, and must end as it does
// undisturbed.
func TestCrashAtEveryStep(t *testing.T) {
	t.Parallel()
	configuration := storyConfig(t)
	undisturbed, moments := tellUndisturbed(t, newMortal)
	otherwise, accepting := tellUndisturbed(t, newAccepting)
	if undisturbed != otherwise {
		t.Errorf("where requests are accepted first, the story ends otherwise:\n%s\n%s", otherwise, undisturbed)
	}
	if t.Failed() {
		t.FailNow()
	}
	maps.DeleteFunc(accepting, func(m moment, _ int) bool {
		return m.step != bot.StepAccepted && m.step != bot.StepTold && m.step != bot.StepCommitted
	})
	type round struct {
		plan []trip
		make func(testing.TB, []byte, ...trip) *mortal
		how  string
	}
	var rounds []round
	for _, plan := range plansFor(moments) {
		rounds = append(rounds, round{plan, newMortal, ""})
	}
	for _, plan := range plansFor(accepting) {
		rounds = append(rounds, round{plan, newAccepting, "accepted first: "})
	}
	var mu sync.Mutex
	deaths := map[bot.Step]int{}
	t.Run("rounds", func(t *testing.T) {
		for _, r := range rounds {
			t.Run(r.how+fmt.Sprint(r.plan), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					m := r.make(t, configuration, r.plan...)
					defer func() { m.end() }()
					tell(m)
					if len(m.died) != len(r.plan) {
						t.Errorf("died at %v only", m.died)
					}
					judge(m)
					if got := remember(m.world); got != undisturbed {
						t.Errorf("the story ends otherwise:\n%s\nundisturbed:\n%s", got, undisturbed)
					}
					mu.Lock()
					defer mu.Unlock()
					for _, d := range m.died {
						deaths[d.step]++
					}
				})
			})
		}
	})
	t.Logf("%d rounds; deaths at %v", len(rounds), deaths)
	for _, s := range bot.Steps() {
		if deaths[s] < 3 {
			t.Errorf("died at %q %d times only", s, deaths[s])
		}
	}
}

// tellUndisturbed tells the story without a death: how it ends, and how often each moment comes.
func tellUndisturbed(t *testing.T, world func(testing.TB, []byte, ...trip) *mortal) (end string, moments map[moment]int) {
	synctest.Test(t, func(t *testing.T) {
		m := world(t, storyConfig(t))
		defer func() { m.end() }()
		tell(m)
		end = remember(m.world)
		moments = maps.Clone(m.seen)
		judge(m)
	})
	return end, moments
}

// plansFor makes at least three deaths for every moment: at its first time, its last, and one between; where the writer
// takes the step, at each place within the commit. What is looked for after a restart comes only after a first death.
func plansFor(moments map[moment]int) (plans [][]trip) {
	sorted := slices.SortedFunc(maps.Keys(moments), func(a, b moment) int { return cmp.Compare(a.String(), b.String()) })
	for _, m := range sorted {
		times := moments[m]
		if m.what == "chat.card" {
			times -= times / 4 // how often cards are shown depends on what is decided meanwhile
		}
		occurrences := []int{1, (times + 1) / 2, times}
		switch {
		case within[m.step]:
			for i, p := range []faultkv.Point{faultkv.BeforeWrite, faultkv.BeforeSync, faultkv.BeforeAnswer} {
				plans = append(plans, []trip{{m, occurrences[i], p}})
			}
		case times >= 3:
			for _, n := range occurrences {
				plans = append(plans, []trip{{m, n, faultkv.Nowhere}})
			}
		case lasting[m.step]:
			for i := range 3 {
				plans = append(plans, []trip{{m, 1 + i%times, faultkv.Nowhere}})
			}
		default: // dies there twice in a row, then once
			plans = append(plans, []trip{{m, 1, faultkv.Nowhere}, {m, 1, faultkv.Nowhere}}, []trip{{m, times, faultkv.Nowhere}})
		}
		if (m.step == bot.StepLeased || m.step == bot.StepPerformed) && sought[m.what] {
			plans = append(plans, []trip{{m, 1, faultkv.Nowhere}, {moment{bot.StepSought, m.what}, 1, faultkv.Nowhere}})
		}
	}
	return plans
}

// lasting are the steps that do not come again after a death there: what they are about is over.
var lasting = map[bot.Step]bool{bot.StepCommitted: true, bot.StepSettled: true, bot.StepSlept: true,
	bot.StepWoken: true} // a timer that nothing is left to do for is forgotten

// sought are the effects that are looked for on the other side before they are repeated.
var sought = map[string]bool{"deploy.start": true, "ticket.open": true, "chat.post": true}
