package commands_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/audit"
)

// A freeze and a deployment that race never both win: no deployment is triggered after a freeze of its place was answered,
// whichever of the two was said first, and whenever the power goes.
func TestFreezeAndDeploymentNeverBothWin(t *testing.T) {
	t.Parallel()
	const seed = 3
	rounds := rounds()
	configuration := readConfig(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, configuration)
		defer func() { w.end() }()
		dice := rand.New(rand.NewPCG(seed, 5))
		adoptForRaces(w)
		var answered atomic.Bool
		w.pipeline.arriving = func(d port.Deployment) {
			time.Sleep(time.Millisecond) // what is on its way when the freeze is declared arrives before its answer
			if answered.Load() {
				t.Errorf("%s starts after a freeze was answered", d.Key)
			}
		}
		for round := range rounds {
			var freeze chat.Reply
			declare := func() {
				if reply, ok := attempt(w, fmt.Sprint("freeze ", round), "sre", `/freeze add staging now +2h "network work"`); ok {
					freeze = reply
					answered.Store(true)
				}
			}
			deploy := func() { attempt(w, fmt.Sprint("deploy ", round), "dev", "/deploy R-1 staging") }
			switch dice.IntN(4) {
			case 0: // so that both outcomes are sure to occur
				atOnce(w, dice, round, func() { declare(); deploy() }, func() {})
			case 1:
				atOnce(w, dice, round, func() { deploy(); time.Sleep(2 * time.Millisecond); declare() }, func() {})
			case 2:
				atOnce(w, dice, round, declare, deploy)
			case 3: // the deployment is decided before, and triggered beside it
				atOnce(w, dice, round, func() { deploy(); declare() }, func() {})
			}
			for _, again := range []func(){declare, deploy} { // what was not answered is said again, and nothing is done twice
				again()
				synctest.Wait()
			}
			time.Sleep(10 * time.Second)
			synctest.Wait()
			answered.Store(false)
			if lifted := raced(w, "sre", "/freeze lift "+freeze.IDs["freeze"]); lifted.Outcome != chat.Done || t.Failed() {
				t.Fatalf("seed %d, round %d: %v, %v", seed, round, freeze, lifted)
			}
		}
		triggered, stopped := judgeRace(t, w)
		t.Logf("%d triggered, %d refused or stopped", triggered, stopped)
		// What had been let go when the power went may be stopped by a freeze before it is told to anybody.
		if runs := w.pipeline.count(); runs > triggered || runs < triggered-rounds/outage || runs < rounds/4 || stopped < rounds/4 {
			t.Errorf("%d triggered, %d runs, %d refused or stopped in %d rounds", triggered, runs, stopped, rounds)
		}
		if err := w.verify(); err != nil {
			t.Error(err)
		}
	})
}

// The same for a freeze that comes again by itself: nothing is triggered while it holds, to the instant, and what runs into its start
// is either triggered before or not at all, across losses of power.
func TestRecurringFreezeAndDeploymentNeverBothWin(t *testing.T) {
	t.Parallel()
	const seed = 4
	rounds := rounds()
	configuration := readConfig(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, configuration)
		defer func() { w.end() }()
		dice := rand.New(rand.NewPCG(seed, 5))
		adoptForRaces(w)
		// Two minutes of every ten are frozen.
		const every, long = 10 * time.Minute, 2 * time.Minute
		w.say("", "sre", "#releases", `/freeze add staging "2026-11-23 11:00" "+2m" "batches" --every FREQ=MINUTELY;INTERVAL=10`)
		first := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
		frozen := func(at time.Time) bool { return !at.Before(first) && at.Sub(first)%every < long }
		w.pipeline.arriving = func(d port.Deployment) {
			if frozen(time.Now()) {
				t.Errorf("%s starts at %v, in a freeze", d.Key, time.Now())
			}
		}
		for round := range rounds {
			// Facts take their time, so that what is said before the freeze begins may be decided, or triggered, once it has.
			w.artifacts.slow(time.Duration(dice.IntN(3)) * time.Millisecond)
			edge := first.Add(time.Duration(round) * every)
			if dice.IntN(4) == 0 {
				edge = edge.Add(long)
			}
			time.Sleep(time.Until(edge.Add(-6 * time.Millisecond)))
			after := time.Duration(dice.IntN(5)) * time.Millisecond
			atOnce(w, dice, round, func() {
				time.Sleep(after)
				attempt(w, fmt.Sprint("deploy ", round), "dev", "/deploy R-1 staging")
			}, func() {})
			attempt(w, fmt.Sprint("deploy ", round), "dev", "/deploy R-1 staging")
			time.Sleep(time.Minute)
			synctest.Wait()
			if t.Failed() {
				t.Fatalf("seed %d, round %d", seed, round)
			}
		}
		triggered, stopped, refused := 0, 0, 0
		w.trail(1, func(e audit.Entry) {
			switch {
			case e.Text.Code == "deploy.starting":
				if triggered++; frozen(e.At) {
					t.Errorf("entry %d triggers a deployment at %v, in a freeze", e.Seq, e.At)
				}
			case e.Text.Code == "deploy.stopped":
				stopped++
			case e.Act == "deploy" && e.Outcome == chat.Refused:
				refused++
			}
		})
		t.Logf("%d triggered, %d stopped on their way, %d refused", triggered, stopped, refused)
		if runs := w.pipeline.count(); runs < rounds/10 || stopped < rounds/20 || refused < rounds/10 {
			t.Errorf("%d triggered, %d runs, %d stopped on their way, %d refused in %d rounds", triggered, runs, stopped, refused, rounds)
		}
		if err := w.verify(); err != nil {
			t.Error(err)
		}
	})
}

// adoptForRaces makes 1.0.0 of payments what runs in staging, and R-1 the release that is deployed there again and again.
func adoptForRaces(w *world) {
	w.artifacts.put("payments", "1.0.0", func(*port.Artifact) {})
	w.artifacts.put("payments", "1.1.0", func(*port.Artifact) {})
	w.say("", "sre", "#releases", "/deploy adopt payments staging 1.0.0")
	w.say("", "dev", "#releases", "/release plan payments 1.1.0")
}

func raced(w *world, who, text string) chat.Reply {
	reply, err := w.bot.Say(w.t.Context(), port.Said{Account: account(who), Place: w.place("#releases"), Text: text})
	if err != nil {
		w.t.Errorf("%s: %v", text, err)
	}
	return reply
}

// judgeRace walks the trail: which deployments were let go, and how often one was not, while which freezes held.
func judgeRace(t *testing.T, w *world) (triggered, stopped int) {
	t.Helper()
	holding, let := map[string]bool{}, map[string]bool{}
	w.trail(1, func(e audit.Entry) {
		about := func(kind string) string {
			i := slices.IndexFunc(e.Subjects, func(s string) bool { return strings.HasPrefix(s, kind) })
			return e.Subjects[max(i, 0)]
		}
		switch {
		case e.Act == "freeze add" && e.Outcome == chat.Done:
			holding[about("F-")] = true
		case e.Act == "freeze lift" && e.Outcome == chat.Done:
			delete(holding, about("F-"))
		case e.Text.Code == "deploy.starting":
			let[about("D-")] = true
			if len(holding) > 0 {
				t.Errorf("entry %d triggers a deployment although %v holds", e.Seq, holding)
			}
		case e.Text.Code == "deploy.stopped" || e.Act == "deploy" && e.Outcome == chat.Refused:
			stopped++
		}
	})
	return len(let), stopped
}
