package rollout_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/rollout"
)

// life says, for every state, what every event that can happen there leads to; every other pair is refused.
var life = map[rollout.State]string{
	rollout.Queued:         "leased→starting gates-closed→refused start-failed→failed cancel→cancelled",
	rollout.Starting:       "leased→starting gates-closed→refused start-failed→failed run-started→running run-progress→running run-succeeded→watching run-failed→failed run-cancelled→cancelled run-lost→lost cancel→cancelling",
	rollout.Running:        "run-started→running run-progress→running run-succeeded→watching run-failed→failed run-cancelled→cancelled run-lost→lost cancel→cancelling",
	rollout.Cancelling:     "gates-closed→cancelled start-failed→cancelled run-started→cancelling run-progress→cancelling run-succeeded→watching run-failed→failed run-cancelled→cancelled run-lost→lost cancel→cancelling",
	rollout.Watching:       "watch-passed→succeeded watch-failed→failed watch-inconclusive→held rollback-started→rolling-back",
	rollout.Held:           "resolved-well→succeeded resolved-failed→failed rollback-started→rolling-back",
	rollout.Lost:           "run-progress→running run-succeeded→watching run-failed→failed run-cancelled→cancelled resolved-live→watching resolved-well→succeeded resolved-failed→failed rollback-started→rolling-back",
	rollout.Succeeded:      "rollback-started→rolling-back",
	rollout.Failed:         "rollback-started→rolling-back",
	rollout.Cancelled:      "rollback-started→rolling-back",
	rollout.Refused:        "",
	rollout.RollingBack:    "rollback-done→rolled-back rollback-failed→rollback-failed",
	rollout.RolledBack:     "",
	rollout.RollbackFailed: "rollback-started→rolling-back resolved-well→succeeded",
}

func TestEveryStateAndEvent(t *testing.T) {
	t.Parallel()
	if len(life) != len(rollout.States()) {
		t.Fatalf("%d states are described, there are %d", len(life), len(rollout.States()))
	}
	for _, s := range rollout.States() {
		want := map[string]string{}
		for _, pair := range strings.Fields(life[s]) {
			event, to, _ := strings.Cut(pair, "→")
			want[event] = to
		}
		for _, e := range rollout.Events() {
			to, ok := rollout.Next(s, e)
			if string(to) != want[string(e)] || ok != (want[string(e)] != "") {
				t.Errorf("%s + %s = %q, %v; want %q", s, e, to, ok, want[string(e)])
			}
			delete(want, string(e))
		}
		if len(want) > 0 {
			t.Errorf("%s: events %v are not listed", s, want)
		}
	}
}

func reach(from rollout.State) []rollout.State {
	seen := []rollout.State{from}
	for i := 0; i < len(seen); i++ {
		for _, e := range rollout.Events() {
			if to, ok := rollout.Next(seen[i], e); ok && !slices.Contains(seen, to) {
				seen = append(seen, to)
			}
		}
	}
	return seen
}

func TestEveryDeploymentCanEnd(t *testing.T) {
	t.Parallel()
	if all := reach(rollout.Queued); len(all) != len(rollout.States()) {
		t.Errorf("from queued only %v can be reached", all)
	}
	for _, s := range rollout.States() {
		if !slices.ContainsFunc(reach(s), rollout.State.Ended) {
			t.Errorf("%s leads to no end", s)
		}
		if got := len(reach(s)) == 1; got != s.Terminal() {
			t.Errorf("%s: terminal is %v, nothing leads out of it is %v", s, s.Terminal(), got)
		}
		if s.HoldsLock() == s.Ended() {
			t.Errorf("%s: holds its lock %v, ended %v", s, s.HoldsLock(), s.Ended())
		}
		if s.Open() && s.Ended() {
			t.Errorf("%s has ended, and its run may be going on", s)
		}
	}
}

// Whatever needs a person must be something that a person, or what comes in by itself, can lead out of.
func TestAttention(t *testing.T) {
	t.Parallel()
	for _, s := range rollout.States() {
		want := s == rollout.Held || s == rollout.Lost || s == rollout.RollbackFailed
		if s.Attention() != want {
			t.Errorf("%s: attention is %v", s, s.Attention())
		}
		if want && s.Terminal() {
			t.Errorf("%s waits for a person, and nothing leads out of it", s)
		}
	}
}

// A version is never called well without a watch that passed, or the word of a person.
func TestOnlyWatchOrPersonSucceeds(t *testing.T) {
	t.Parallel()
	for _, s := range rollout.States() {
		for _, e := range rollout.Events() {
			to, _ := rollout.Next(s, e)
			if to == rollout.Succeeded && e != rollout.WatchPassed && e != rollout.ResolvedWell {
				t.Errorf("%s + %s succeeds", s, e)
			}
		}
	}
}

func TestOfRun(t *testing.T) {
	t.Parallel()
	for state, want := range map[port.RunState]rollout.Event{
		port.RunQueued: rollout.RunStarted, port.RunRunning: rollout.RunProgress, port.RunSucceeded: rollout.RunSucceeded,
		port.RunFailed: rollout.RunFailed, port.RunCancelled: rollout.RunCancelled, port.RunLost: rollout.RunLost,
		"": rollout.RunLost, "paused": rollout.RunLost,
	} {
		if got := rollout.OfRun(state); got != want {
			t.Errorf("a run that is %q is %s, want %s", state, got, want)
		}
	}
}
