package commands_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/audit"
)

// A freeze and a deployment that race never both win: no deployment is triggered after a freeze of its place was answered,
// whichever of the two was said first.
func TestFreezeAndDeploymentNeverBothWin(t *testing.T) {
	t.Parallel()
	rounds := rounds()
	configuration := readConfig(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, configuration)
		defer func() { w.end() }()
		w.artifacts.put("payments", "1.0.0", func(*port.Artifact) {})
		w.artifacts.put("payments", "1.1.0", func(*port.Artifact) {})
		w.say("", "sre", "#releases", "/deploy adopt payments staging 1.0.0")
		w.say("", "dev", "#releases", "/release plan payments 1.1.0")
		var answered atomic.Bool
		w.pipeline.arriving = func(d port.Deployment) {
			time.Sleep(time.Millisecond) // what is on its way when the freeze is declared arrives before its answer
			if answered.Load() {
				t.Errorf("%s starts after a freeze was answered", d.Key)
			}
		}
		for round := range rounds {
			var both sync.WaitGroup
			var freeze chat.Reply
			declare := func() {
				freeze = raced(w, "sre", `/freeze add staging now +2h "network work"`)
				answered.Store(true)
			}
			deploy := func() { raced(w, "dev", "/deploy R-1 staging") }
			switch round % 4 {
			case 0: // so that both outcomes are sure to occur
				declare()
				deploy()
			case 1:
				deploy()
				synctest.Wait()
				declare()
			case 2:
				both.Go(declare)
				both.Go(deploy)
			case 3: // the deployment is decided before, and triggered beside it
				deploy()
				both.Go(declare)
			}
			both.Wait()
			synctest.Wait()
			time.Sleep(10 * time.Second)
			synctest.Wait()
			answered.Store(false)
			if round%outage == outage-1 {
				w.crash()
			}
			if lifted := raced(w, "sre", "/freeze lift "+freeze.IDs["freeze"]); lifted.Outcome != chat.Done {
				t.Fatalf("round %d: %v, %v", round, freeze, lifted)
			}
		}
		triggered, stopped := judgeRace(t, w)
		if want := w.pipeline.count(); triggered != want || triggered < rounds/4 || stopped < rounds/4 {
			t.Errorf("%d triggered, %d runs, %d refused or stopped in %d rounds", triggered, want, stopped, rounds)
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
	rounds := 200
	if testing.Short() {
		rounds = 30
	}
	configuration := readConfig(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, configuration)
		defer func() { w.end() }()
		w.artifacts.put("payments", "1.0.0", func(*port.Artifact) {})
		w.artifacts.put("payments", "1.1.0", func(*port.Artifact) {})
		w.say("", "sre", "#releases", "/deploy adopt payments staging 1.0.0")
		w.say("", "dev", "#releases", "/release plan payments 1.1.0")
		// Two minutes of every ten are frozen.
		raced(w, "sre", `/freeze add staging "2026-11-23 11:00" "+2m" "batches" --every FREQ=MINUTELY;INTERVAL=10`)
		first := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
		frozen := func() bool {
			at := time.Since(first)
			return at >= 0 && at%(10*time.Minute) < 2*time.Minute
		}
		w.pipeline.arriving = func(d port.Deployment) {
			if !d.Rollback && frozen() {
				t.Errorf("%s starts at %v, in a freeze", d.Key, time.Now())
			}
		}
		for round := range rounds {
			begins := first.Add(time.Duration(round) * 10 * time.Minute)
			offset := []time.Duration{-time.Millisecond, 0, time.Millisecond, 2*time.Minute - time.Millisecond, 2 * time.Minute}[round%5]
			time.Sleep(time.Until(begins.Add(offset)))
			raced(w, "dev", "/deploy R-1 staging")
			synctest.Wait()
			if round%7 == 0 {
				w.crash()
			}
			time.Sleep(time.Minute)
			synctest.Wait()
		}
		if n := w.pipeline.count(); n < rounds/5 {
			t.Errorf("%d runs in %d rounds: nothing was raced", n, rounds)
		}
		if err := w.verify(); err != nil {
			t.Error(err)
		}
	})
}

func raced(w *world, who, text string) chat.Reply {
	reply, err := w.bot.Say(w.t.Context(), port.Said{Account: account(who), Place: w.place("#releases"), Text: text})
	if err != nil {
		w.t.Errorf("%s: %v", text, err)
	}
	return reply
}

// judgeRace walks the trail: what was triggered, and what was not, while which freezes held.
func judgeRace(t *testing.T, w *world) (triggered, stopped int) {
	t.Helper()
	holding := map[string]bool{}
	err := audit.Entries(w.engine, 1, func(_ audit.Hash, body []byte) error {
		var e audit.Entry
		if err := json.Unmarshal(body, &e); err != nil {
			return err
		}
		i := slices.IndexFunc(e.Subjects, func(s string) bool { return s[:2] == "F-" })
		switch {
		case e.Act == "freeze add" && e.Outcome == chat.Done && i >= 0:
			holding[e.Subjects[i]] = true
		case e.Act == "freeze lift" && e.Outcome == chat.Done && i >= 0:
			delete(holding, e.Subjects[i])
		case e.Text.Code == "deploy.starting":
			triggered++
			if len(holding) > 0 {
				return fmt.Errorf("entry %d triggers a deployment although %v holds", e.Seq, holding)
			}
		case e.Text.Code == "deploy.stopped" || e.Act == "deploy" && e.Outcome == chat.Refused:
			stopped++
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return triggered, stopped
}
