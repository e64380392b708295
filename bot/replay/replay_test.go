package replay_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/replay"
	"github.com/gonogo-chat/gonogo/bot/risk"
)

var noon = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

func decided() replay.Decision {
	return replay.Decision{V: replay.Version, Release: "R-1", Subject: "web 2.0.0", At: noon, Tier: "medium", Rule: "wide", Approval: "peer", Terms: "t-peer",
		Context: policy.Context{V: policy.Version, Now: noon, Change: &policy.Change{Lines: new(100)}, History: &policy.History{Failures: 3},
			Release: &policy.Release{Tier: "medium"}}}
}

func another(t testing.TB, rules ...risk.Rule) replay.Policy {
	t.Helper()
	p, err := risk.Compile(rules)
	if err != nil {
		t.Fatal(err)
	}
	return replay.Policy{Risk: p.WithDefault(risk.Medium), Approval: map[string]string{"medium": "peer", "high": "cab"},
		Terms: map[string]string{"medium": "t-peer", "high": "t-cab"}}
}

func closure(t testing.TB, name, when string) policy.Closure {
	t.Helper()
	c, err := policy.Compile(name, when)
	if err != nil {
		t.Fatal(err)
	}
	return policy.Closure{Name: name, When: c}
}

type said struct {
	Kind          replay.Kind
	Rule          string
	Before, After string
	Fault         bool
}

func of(diffs []replay.Difference) []said {
	var out []said
	for _, d := range diffs {
		out = append(out, said{d.Kind, d.Rule, d.Before, d.After, d.Fault != ""})
	}
	return out
}

func TestCompareTier(t *testing.T) {
	t.Parallel()
	same := another(t)
	terms := another(t)
	terms.Terms = map[string]string{"medium": "others"}
	for _, tt := range []struct {
		name   string
		policy replay.Policy
		want   []said
	}{
		{"the same", same, nil},
		{"another tier", another(t, risk.Rule{Name: "shaky", When: "history.failures > 2", Tier: risk.High}),
			[]said{{replay.Tier, "shaky", "medium", "high", false}, {replay.Approval, "shaky", "peer", "cab", false}}},
		{"a lower tier without a vote", another(t, risk.Rule{Name: "small", When: "change.lines < 500", Tier: risk.Low}),
			[]said{{replay.Tier, "small", "medium", "low", false}, {replay.Approval, "small", "peer", "", false}}},
		{"what was not recorded", another(t, risk.Rule{Name: "rolled", When: "history.rollbacks > 2", Tier: risk.Low}),
			[]said{{replay.Tier, "rolled", "medium", "high", true}, {replay.Approval, "rolled", "peer", "cab", true}}},
		{"other terms", terms, []said{{replay.Terms, "", "peer", "peer", false}}},
	} {
		diffs := tt.policy.Compare(decided())
		if diff := cmp.Diff(tt.want, of(diffs)); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
		for _, d := range diffs {
			if d.Rule != "" && len(d.Inputs) != 1 {
				t.Errorf("%s: its figures are %v", tt.name, d.Inputs)
			}
		}
	}
}

func TestCompareConditions(t *testing.T) {
	t.Parallel()
	d := decided()
	d.Environment, d.Conditions = "prod", map[string]replay.Standing{"late": replay.Not, "gone": replay.Held, "idle": replay.Not}
	p := another(t)
	p.Closures = map[string][]policy.Closure{"prod": {
		closure(t, "late", `now.getHours() >= 12`), closure(t, "new", `release.tier == "medium"`), closure(t, "calm", `release.tier == "low"`),
		closure(t, "spent", `budget.spent > 0.5`),
	}, "staging": {closure(t, "elsewhere", "true")}}
	want := []said{{replay.Condition, "late", "not", "held", false}, {replay.Condition, "new", "absent", "held", false},
		{replay.Condition, "spent", "absent", "unknown", true}, {replay.Condition, "gone", "held", "absent", false}}
	if diff := cmp.Diff(want, of(p.Compare(d))); diff != "" {
		t.Error(diff)
	}
}

// The policy that decided decides the same again, whatever it saw.
func TestTheSamePolicyNeverDiffers(t *testing.T) {
	t.Parallel()
	p := another(t, risk.Rule{Name: "a", When: "change.lines > 50 || history.failures > 1", Tier: risk.High},
		risk.Rule{Name: "b", When: "change.lines < 10", Tier: risk.Low})
	p.Closures = map[string][]policy.Closure{"prod": {closure(t, "c", "now.getHours() > 9 && change.lines > 5")}}
	rapid.Check(t, func(t *rapid.T) {
		d := decided()
		d.Context.Now = noon.Add(time.Duration(rapid.IntRange(0, 48).Draw(t, "hours")) * time.Hour)
		d.Context.Change = &policy.Change{Lines: new(rapid.IntRange(0, 100).Draw(t, "lines"))}
		if rapid.Bool().Draw(t, "unknown") {
			d.Context.History = nil
		}
		if rapid.Bool().Draw(t, "no change") {
			d.Context.Change = nil
		}
		now := p.Risk.Assess(d.Context)
		d.Tier = string(now.Tier)
		d.Approval, d.Terms = p.Approval[d.Tier], p.Terms[d.Tier]
		raw, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var kept replay.Decision
		if err := json.Unmarshal(raw, &kept); err != nil {
			t.Fatal(err)
		}
		if diffs := p.Compare(kept); len(diffs) != 0 {
			t.Fatalf("it differs: %v", of(diffs))
		}
		kept.Environment = "prod"
		kept.Conditions = map[string]replay.Standing{"c": replay.StandingOf(p.Closures["prod"][0].When.Holds(kept.Context))}
		if diffs := p.Compare(kept); len(diffs) != 0 {
			t.Fatalf("it differs: %v", of(diffs))
		}
	})
}

func TestStandings(t *testing.T) {
	t.Parallel()
	got := []replay.Standing{replay.StandingOf(policy.Answer{True: true}), replay.StandingOf(policy.Answer{}), replay.StandingOf(policy.Answer{Unknown: true})}
	if !slices.Equal(got, []replay.Standing{replay.Held, replay.Not, replay.Unknown}) {
		t.Errorf("standings are %v", got)
	}
}

func BenchmarkCompare(b *testing.B) {
	p, d := another(b, risk.Rule{Name: "shaky", When: "history.failures > 20", Tier: risk.High}), decided()
	b.ReportAllocs()
	for b.Loop() {
		p.Compare(d)
	}
}

// TestCompareGates: what was in the way and is asked no more differs, and what is asked now and was not; what was open and is asked no more
// would have let through the same.
func TestCompareGates(t *testing.T) {
	t.Parallel()
	d := decided()
	d.Environment, d.Refused = "prod", true
	d.Verdicts = map[string]string{"staged": "closed", "ticket": "open", "freeze": "inconclusive", "lock": "open", "duty": "closed"}
	p := another(t)
	p.Open, p.Gates = "open", map[string][]string{"prod": {"lock", "duty", "incident"}, "staging": {"provenance"}}
	want := []said{{replay.Gate, "incident", "absent", "unknown", false}, {replay.Gate, "freeze", "inconclusive", "absent", false},
		{replay.Gate, "staged", "closed", "absent", false}}
	if diff := cmp.Diff(want, of(p.Compare(d))); diff != "" {
		t.Error(diff)
	}
	p.Gates["prod"] = []string{"staged", "ticket", "freeze", "lock", "duty"}
	if diffs := p.Compare(d); len(diffs) > 0 {
		t.Errorf("the same gates differ: %v", of(diffs))
	}
	d.Verdicts = nil // of a decision that was made before they were kept
	if p.Gates["prod"] = nil; len(p.Compare(d)) > 0 {
		t.Error("what was not kept differs")
	}
}
