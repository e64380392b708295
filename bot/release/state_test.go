package release_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/release"
)

// life says, for every state, what every event that can happen there leads to; every other pair is refused.
var life = map[release.State]string{
	release.Planned:     "staging-passed→staged staging-failed→planned ballot-opened→in-review deploy-started→deploying cancel→cancelled supersede→superseded",
	release.Staged:      "staging-passed→staged staging-failed→planned ballot-opened→in-review deploy-started→deploying cancel→cancelled supersede→superseded",
	release.InReview:    "staging-passed→in-review staging-failed→in-review ballot-passed→approved ballot-rejected→rejected ballot-voided→planned ballot-expired→planned deploy-started→deploying cancel→cancelled supersede→superseded",
	release.Approved:    "staging-passed→approved staging-failed→approved ballot-voided→planned deploy-started→deploying cancel→cancelled supersede→superseded",
	release.Rejected:    "staging-passed→rejected staging-failed→rejected ballot-opened→in-review deploy-started→deploying cancel→cancelled supersede→superseded",
	release.Deploying:   "staging-passed→deploying staging-failed→deploying deploy-refused→planned deploy-failed→failed deploy-held→held verified→released rollback-started→rolling-back",
	release.Held:        "staging-passed→held staging-failed→held deploy-failed→failed verified→released rollback-started→rolling-back",
	release.RollingBack: "staging-passed→rolling-back staging-failed→rolling-back rollback-done→rolled-back rollback-failed→failed",
	release.Released:    "staging-passed→released staging-failed→released rollback-started→rolling-back supersede→superseded",
	release.RolledBack:  "staging-passed→rolled-back staging-failed→rolled-back",
	release.Failed:      "staging-passed→failed staging-failed→failed ballot-opened→in-review ballot-voided→planned deploy-started→deploying rollback-started→rolling-back cancel→cancelled supersede→superseded",
	release.Cancelled:   "staging-passed→cancelled staging-failed→cancelled",
	release.Superseded:  "staging-passed→superseded staging-failed→superseded restore→released",
}

func TestEveryStateAndEvent(t *testing.T) {
	t.Parallel()
	if len(life) != len(release.States()) {
		t.Fatalf("%d states are described, there are %d", len(life), len(release.States()))
	}
	for _, s := range release.States() {
		want := map[string]string{}
		for _, pair := range strings.Fields(life[s]) {
			event, to, _ := strings.Cut(pair, "→")
			want[event] = to
		}
		for _, e := range release.Events() {
			to, ok := release.Next(s, e)
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

func reach(from release.State) []release.State {
	seen := []release.State{from}
	for i := 0; i < len(seen); i++ {
		for _, e := range release.Events() {
			if to, ok := release.Next(seen[i], e); ok && !slices.Contains(seen, to) {
				seen = append(seen, to)
			}
		}
	}
	return seen
}

func TestEveryReleaseCanEnd(t *testing.T) {
	t.Parallel()
	if all := reach(release.Planned); len(all) != len(release.States()) {
		t.Errorf("from planned only %v can be reached", all)
	}
	for _, s := range release.States() {
		if !slices.ContainsFunc(reach(s), release.State.Settled) {
			t.Errorf("%s leads to no end", s)
		}
		if got := len(reach(s)) == 1; got != s.Terminal() {
			t.Errorf("%s: terminal is %v, nothing leads out of it is %v", s, s.Terminal(), got)
		}
		if s.Terminal() && (!s.Settled() || s.Deployable()) {
			t.Errorf("%s is terminal, yet settled is %v and deployable %v", s, s.Settled(), s.Deployable())
		}
	}
}

func TestUnknownStateAndEventAreRefused(t *testing.T) {
	t.Parallel()
	if to, ok := release.Next("gone", release.Cancel); ok {
		t.Errorf("an unknown state leads to %s", to)
	}
	if to, ok := release.Next(release.Planned, "explode"); ok {
		t.Errorf("an unknown event leads to %s", to)
	}
	if release.State("gone").Settled() || release.State("gone").Deployable() {
		t.Error("an unknown state is settled or deployable")
	}
}
