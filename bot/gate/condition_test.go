package gate_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// conditioned is a release whose environment asks a condition.
func conditioned(t *testing.T, when string, emergency bool) gate.Facts {
	t.Helper()
	c, err := policy.Compile("quiet", when)
	if err != nil {
		t.Fatal(err)
	}
	f := well()
	f.Conditions = map[string]policy.Closure{"quiet": {Name: "quiet", When: c, Closes: "nothing goes out", Emergency: emergency}}
	f.Policy = policy.Context{Now: noon, Release: &policy.Release{Tier: "high", Service: "web", Source: port.Source{System: "gonogo", At: noon}},
		Incidents: &policy.Incidents{Open: 1, Source: port.Source{System: "pager", At: noon}}}
	return f
}

func quiet(f gate.Facts) gate.Verdict {
	v, _ := gate.Evaluate([]string{gate.ConditionGate("quiet")}, f).Verdict("condition:quiet")
	return v
}

func TestConditions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, when string
		change     func(*gate.Facts)
		status     gate.Status
		reason     chat.Code
		next       time.Time
		unread     bool
	}{
		{"holds", `release.tier == "high"`, nil, gate.Closed, "gate.condition.closed", time.Time{}, false},
		{"holds for some time", `now.getHours() < 18`, nil, gate.Closed, "gate.condition.closed", noon.Add(6 * time.Hour), false},
		{"does not hold", `release.tier == "low"`, nil, gate.Open, "gate.condition.open", time.Time{}, false},
		{"not known", `budget.spent > 0.9`, nil, gate.Inconclusive, "policy.input_unknown", time.Time{}, false},
		{"can't be evaluated", `1 / (release.age > duration("1s") ? 0 : 0) == 1`, nil, gate.Inconclusive, "gate.condition.unknown", time.Time{}, false},
		{"the pager does not answer", `incidents.open > 0`, func(f *gate.Facts) {
			f.Policy.Incidents, f.Faults = nil, map[string]string{"incidents": "down"}
		}, gate.Inconclusive, "gate.missing", time.Time{}, true},
		{"asked too long ago", `incidents.open > 1`, func(f *gate.Facts) { f.Policy.Incidents.Source.At = noon.Add(-time.Hour) }, gate.Inconclusive, "gate.stale", time.Time{}, false},
		{"asked nobody knows when", `incidents.open > 1`, func(f *gate.Facts) { f.Policy.Incidents.Source.At = time.Time{} }, gate.Inconclusive, "gate.undated", time.Time{}, false},
		{"opened", `release.tier == "high"`, func(f *gate.Facts) { f.Openings = opening(good, noon.Add(time.Minute)) }, gate.Open, "gate.condition.opened", time.Time{}, false},
		{"opened though not known", `budget.spent > 0.9`, func(f *gate.Facts) { f.Openings = opening(good, noon.Add(time.Minute)) }, gate.Open, "gate.condition.opened", time.Time{}, false},
		{"opened until now", `release.tier == "high"`, func(f *gate.Facts) { f.Openings = opening(good, noon) }, gate.Closed, "gate.condition.closed", time.Time{}, false},
		{"opened for another artifact", `release.tier == "high"`, func(f *gate.Facts) { f.Openings = opening(other, noon.Add(time.Minute)) }, gate.Closed, "gate.condition.closed", time.Time{}, false},
		{"no such condition", `true`, func(f *gate.Facts) { f.Conditions = nil }, gate.Inconclusive, "gate.unknown", time.Time{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := conditioned(t, tt.when, false)
			if tt.change != nil {
				tt.change(&f)
			}
			v := quiet(f)
			if v.Status != tt.status || !has(v, tt.reason) || !v.NextOpen.Equal(tt.next) || v.Unread != tt.unread {
				t.Errorf("%s for %v, next %v, unread %v", v.Status, v.Reasons, v.NextOpen, v.Unread)
			}
			if v.Status == gate.Closed && !slices.ContainsFunc(v.Reasons, func(s chat.Text) bool { return s.Code == "policy.input" || s.Code == "policy.input_from" }) {
				t.Errorf("without its figures: %v", v.Reasons)
			}
		})
	}
}

func opening(digest string, until time.Time) map[string]gate.Opening {
	return map[string]gate.Opening{"quiet": {By: "p-boss", Digest: digest, At: noon.Add(-time.Minute), Until: until}}
}

func TestEmergencyOpensOnlyConditionsThatSaySo(t *testing.T) {
	t.Parallel()
	for _, may := range []bool{true, false} {
		f := conditioned(t, `true`, may)
		f.Emergency = emergency()
		if v := quiet(f); v.Overridden != may || (v.Status == gate.Open) != may {
			t.Errorf("emergency: %v, and it is %s", may, v.Status)
		}
	}
}

// A condition is asked after the votes and before the lock.
func TestConditionsComeBeforeTheLock(t *testing.T) {
	t.Parallel()
	r := gate.Evaluate([]string{gate.Lock, "condition:quiet", gate.Approval, gate.Freeze}, conditioned(t, "false", false))
	var order []string
	for _, v := range r.Verdicts {
		order = append(order, v.Gate)
	}
	if want := []string{"artifact", "approval", "condition:quiet", "freeze", "lock"}; !slices.Equal(order, want) {
		t.Errorf("asked in the order %v, want %v", order, want)
	}
}
