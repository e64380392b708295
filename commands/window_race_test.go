package commands_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Once it is answered that a window is withdrawn, nothing that needs it is triggered: not even what was on its way.
func TestWithdrawnWindowAndDeploymentNeverBothWin(t *testing.T) {
	t.Parallel()
	configuration := edited(t, readConfig(t), []byte("|depends_on: [payments], criticality: low|depends_on: [payments], downtime: always, criticality: low|\n"))
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, configuration)
		defer func() { w.end() }()
		w.artifacts.put("web", "1.0.0", func(*port.Artifact) {})
		raced(w, "sre", "/deploy adopt web staging 1.0.0")
		raced(w, "sre", "/deploy adopt web prod 1.0.0")
		var answered atomic.Bool
		w.pipeline.arriving = func(d port.Deployment) {
			time.Sleep(time.Millisecond)
			if answered.Load() {
				t.Errorf("%s starts after its window was withdrawn", d.Key)
			}
		}
		const rounds = 20
		for round := range rounds {
			answered.Store(false)
			version := fmt.Sprintf("1.1.%d", round)
			w.artifacts.put("web", version, func(*port.Artifact) {})
			release := raced(w, "dev", "/release plan web "+version+" --downtime 5m").IDs["release"]
			raced(w, "dev", "/deploy "+release+" staging")
			time.Sleep(time.Minute)
			synctest.Wait()
			begins := time.Now().UTC().Truncate(time.Minute).Add(2 * time.Minute)
			opened := raced(w, "dev", fmt.Sprintf(`/window propose web "%s-%s UTC" "schema"`, begins.Format("2006-01-02 15:04"), begins.Add(30*time.Minute).Format("15:04")))
			time.Sleep(3 * time.Minute)
			synctest.Wait()
			asked := raced(w, "sre", "/deploy "+release+" prod")
			if round%2 == 0 {
				synctest.Wait() // it is on its way
			}
			withdrawn := raced(w, "dev", "/window withdraw "+opened.IDs["window"])
			answered.Store(true)
			if asked.Outcome != chat.Done || withdrawn.Outcome != chat.Done {
				t.Fatalf("round %d: %v, %v, %v", round, opened, asked, withdrawn)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
		}
		if runs := w.pipeline.count(); runs < rounds+rounds/2 { // one each to staging
			t.Errorf("%d runs in %d rounds: nothing was raced", runs, rounds)
		}
	})
}
