package risk_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/risk"
)

func compile(t testing.TB, rules ...risk.Rule) *risk.Policy {
	t.Helper()
	p, err := risk.Compile(rules)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var rules = []risk.Rule{
	{Name: "small", When: `change.lines < 50 && service.criticality != "high"`, Tier: risk.Low, Why: "few lines"},
	{Name: "large", When: `change.lines >= 500`, Tier: risk.Medium},
	{Name: "wide", When: `size(service.lines) > 1`, Tier: risk.Medium},
	{Name: "shaky", When: `history.failures * 5 > history.deployments`, Tier: risk.High, Why: "one in five failed"},
	{Name: "schema", When: `change.subjects.exists(s, s.contains("migration"))`, Tier: risk.High},
}

func inputs() policy.Context {
	return policy.Context{Service: &policy.Service{Name: "web", Criticality: "medium", Lines: []string{"shop"}},
		Release: &policy.Release{Service: "web", Version: "2.0.0"}, Environment: &policy.Environment{Name: "prod"},
		Change: &policy.Change{Lines: new(10), Authors: 1, Subjects: []string{"Fix a typo"}, Commits: 1}, History: &policy.History{Days: 30, Deployments: 20}}
}

func TestAssess(t *testing.T) {
	t.Parallel()
	p := compile(t, rules...)
	for _, tt := range []struct {
		name    string
		change  func(*policy.Context)
		policy  *risk.Policy
		tier    risk.Tier
		rule    string
		matched []string
		faults  int
	}{
		{"one applies", func(*policy.Context) {}, p, risk.Low, "small", []string{"small"}, 0},
		{"the greatest wins", func(i *policy.Context) { i.Service.Lines = []string{"a", "b"} }, p, risk.Medium, "wide", []string{"small", "wide"}, 0},
		{"the first of the greatest", func(i *policy.Context) { i.Service.Lines = []string{"a", "b"}; i.Change.Lines = new(900) }, p, risk.Medium, "large", []string{"large", "wide"}, 0},
		{"history", func(i *policy.Context) { i.History.Failures = 5 }, p, risk.High, "shaky", []string{"small", "shaky"}, 0},
		{"a word in the change", func(i *policy.Context) { i.Change.Subjects = []string{"Add migration"} }, p, risk.High, "schema", []string{"small", "schema"}, 0},
		{"none applies", func(i *policy.Context) { i.Change.Lines = new(100) }, p, risk.High, "", nil, 0},
		{"none applies, with default", func(i *policy.Context) { i.Change.Lines = new(100) }, p.WithDefault(risk.Low), risk.Low, "", nil, 0},
		{"a default that is none", func(i *policy.Context) { i.Change.Lines = new(100) }, p.WithDefault("tiny"), risk.High, "", nil, 0},
		{"history unknown", func(i *policy.Context) { i.History = nil }, p.WithDefault(risk.Low), risk.High, "shaky", []string{"small"}, 1},
		{"change unknown", func(i *policy.Context) { i.Change = nil }, p.WithDefault(risk.Low), risk.High, "small", nil, 3},
		{"unknown, and another applies", func(i *policy.Context) { i.Change, i.History.Failures = nil, 5 }, p, risk.High, "shaky", []string{"shaky"}, 3},
		{"no rules", func(*policy.Context) {}, compile(t), risk.High, "", nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := inputs()
			tt.change(&in)
			a := tt.policy.Assess(in)
			if a.Tier != tt.tier || a.Rule != tt.rule || len(a.Faults) != tt.faults {
				t.Errorf("%s by %q, faults %v; want %s by %q", a.Tier, a.Rule, a.Faults, tt.tier, tt.rule)
			}
			if diff := cmp.Diff(tt.matched, a.Matched); diff != "" {
				t.Errorf("matched:\n%s", diff)
			}
		})
	}
}

func TestTextSaysTheRule(t *testing.T) {
	t.Parallel()
	p := compile(t, rules...)
	in := inputs()
	if got := p.Assess(in); got.Text().Code != "risk.rule" || got.Why != "few lines" || got.Inputs["change.lines"] != "10" || got.Inputs["service.lines"] != "[shop]" {
		t.Errorf("said as %v of %v", got.Text(), got.Inputs)
	}
	in.History = nil
	got := p.Assess(in)
	if problem, _ := got.Text().Arg("problem"); got.Text().Code != "risk.unevaluated" || !strings.Contains(problem.Word, "history") {
		t.Errorf("said as %v", got.Text())
	}
	if _, known := got.Inputs["history.failures"]; known {
		t.Error("an unknown input is shown")
	}
	if got := compile(t).Assess(in).Text().Code; got != "risk.default" {
		t.Errorf("said as %s", got)
	}
}

func TestCompileErrors(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("change.subjects.exists(s, ", 3) + "true" + strings.Repeat(")", 3)
	for _, tt := range []struct{ name, when, want string }{
		{"misspelt", `service.critcality == "high"`, `'service.critcality' (did you mean 'service.criticality'?)`},
		{"unknown", `weather.rain`, "undeclared reference to 'weather'"},
		{"wrong type", `change.lines == "many"`, "no matching overload"},
		{"not a bool", `change.lines + 1`, "of type int: it must be bool"},
		{"not CEL", `change.lines >`, "Syntax error"},
		{"empty", ``, "Syntax error"},
		{"bad pattern", `release.version.matches("(")`, "invalid matches argument"},
		{"too dear", deep, "it could cost up to"},
		{"what it decides itself", `release.tier == "high"`, "release.tier is what the rules decide"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := risk.Compile([]risk.Rule{{Name: "fine", When: "true", Tier: risk.Low}, {Name: "broken", When: tt.when, Tier: risk.Low}})
			var re *risk.RuleError
			if !errors.As(err, &re) {
				t.Fatalf("error is %v", err)
			}
			if re.Rule != "broken" || re.Index != 1 || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), `"broken"`) {
				t.Errorf("error is %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestCompileSaysWhere(t *testing.T) {
	t.Parallel()
	_, err := risk.Compile([]risk.Rule{{Name: "a", When: "change.lines > 1 &&\n  service.size > 1", Tier: risk.Low}})
	var re *risk.RuleError
	if !errors.As(err, &re) || re.Line != 2 || re.Column != 10 {
		t.Errorf("error is %v", err)
	}
}

func TestCompileSaysEverything(t *testing.T) {
	t.Parallel()
	_, err := risk.Compile([]risk.Rule{{When: "true", Tier: risk.Low}, {Name: "a", When: "true", Tier: "huge"}, {Name: "a", When: "1", Tier: risk.Low}})
	for _, want := range []string{"risk rule 1: it has no name", `tier is "huge"`, "another rule has this name", "must be bool"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said in %v", want, err)
		}
	}
}

// A rule that turns out dearer than allowed is stopped, and counts as high.
func TestCostIsBoundWhenEvaluated(t *testing.T) {
	t.Parallel()
	p := compile(t, risk.Rule{Name: "dear", When: `change.subjects.exists(s, s.contains("zzz"))`, Tier: risk.Low}).WithDefault(risk.Low)
	in := inputs()
	in.Change.Subjects, in.Change.Commits = make([]string, 2000), 2000
	for i := range in.Change.Subjects {
		in.Change.Subjects[i] = strings.Repeat("z ", 20_000)
	}
	a := p.Assess(in)
	if a.Tier != risk.High || len(a.Faults) != 1 || !strings.Contains(a.Faults[0].Problem, "cost") {
		t.Errorf("%s, faults %v", a.Tier, a.Faults)
	}
}

func TestLabels(t *testing.T) {
	t.Parallel()
	in := inputs()
	in.Service.Labels = map[string]string{"pci": "yes"}
	p := compile(t, risk.Rule{Name: "label", When: `"pci" in service.labels && service.labels["pci"] == "yes"`, Tier: risk.Medium}).WithDefault(risk.Low)
	if a := p.Assess(in); a.Tier != risk.Medium {
		t.Errorf("with label it is %s, %v", a.Tier, a.Faults)
	}
	if a := p.Assess(inputs()); a.Tier != risk.Low {
		t.Errorf("without label it is %s, %v", a.Tier, a.Faults)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	p := compile(t, rules...)
	in := inputs()
	in.History = nil
	for i, a := range p.Answers(in) {
		if a.Name != rules[i].Name || len(a.Inputs) == 0 || a.Answer.Unknown != (a.Name == "shaky") || a.Answer.True != (a.Name == "small") {
			t.Errorf("%s: %+v", a.Name, a.Answer)
		}
	}
	if !p.Reads("history") || !p.Reads("change.lines") || p.Reads("incidents") || p.Default() != risk.High || p.WithDefault(risk.Low).Default() != risk.Low {
		t.Error("what it reads, or its default, is wrong")
	}
}

func TestFlips(t *testing.T) {
	t.Parallel()
	p := compile(t, rules...).WithDefault(risk.Medium)
	in := inputs()
	want := []risk.Flip{{Rule: "small", Held: true, Tier: risk.Medium}, {Rule: "large", Tier: risk.Medium}, {Rule: "wide", Tier: risk.Medium},
		{Rule: "shaky", Tier: risk.High}, {Rule: "schema", Tier: risk.High}}
	if diff := cmp.Diff(want, p.Flips(in)); diff != "" {
		t.Error(diff)
	}
	in.History = nil // then shaky can't be told: high
	want = []risk.Flip{{Rule: "shaky", Held: true, Tier: risk.Low}}
	if diff := cmp.Diff(want, p.Flips(in)); diff != "" {
		t.Error(diff)
	}
}

// Neither a fact that goes missing nor one more rule makes the tier lower.
func TestNeverLower(t *testing.T) {
	t.Parallel()
	p := compile(t, rules...).WithDefault(risk.Low)
	rank := map[risk.Tier]int{risk.Low: 0, risk.Medium: 1, risk.High: 2}
	rapid.Check(t, func(t *rapid.T) {
		in := inputs()
		in.Service.Criticality = rapid.SampledFrom([]string{"low", "medium", "high"}).Draw(t, "criticality")
		in.Change.Lines = new(rapid.IntRange(0, 1000).Draw(t, "lines"))
		in.History.Failures = rapid.IntRange(0, 10).Draw(t, "failures")
		in.Service.Lines = rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3).Draw(t, "business")
		whole := p.Assess(in)
		less := in
		if rapid.Bool().Draw(t, "change") {
			less.Change = nil
		}
		if rapid.Bool().Draw(t, "history") {
			less.History = nil
		}
		if a := p.Assess(less); rank[a.Tier] < rank[whole.Tier] {
			t.Fatalf("knowing less made %s of %s", a.Tier, whole.Tier)
		}
		few, err := risk.Compile(rules[:rapid.IntRange(0, len(rules)).Draw(t, "rules")])
		if err != nil {
			t.Fatal(err)
		}
		if a := few.WithDefault(risk.Low).Assess(in); rank[a.Tier] > rank[whole.Tier] {
			t.Fatalf("fewer rules made %s of %s", a.Tier, whole.Tier)
		}
	})
}

func TestMax(t *testing.T) {
	t.Parallel()
	for _, tt := range [][3]risk.Tier{{risk.Low, risk.Medium, risk.Medium}, {risk.High, risk.Medium, risk.High}, {risk.Low, risk.Low, risk.Low}, {"odd", risk.Low, risk.High}, {risk.Low, "odd", risk.High}} {
		if got := tt[0].Max(tt[1]); got != tt[2] {
			t.Errorf("max(%s, %s) = %s", tt[0], tt[1], got)
		}
	}
	if risk.Tier("odd").Valid() || !risk.Low.Valid() {
		t.Error("validity is wrong")
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	p := compile(t, rules...)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if a := p.Assess(inputs()); a.Rule != "small" {
					t.Errorf("decided by %q", a.Rule)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzCompile(f *testing.F) {
	for _, r := range rules {
		f.Add(r.When)
	}
	for _, s := range []string{"", "\n", "service.é", "(((", `"\u{0}"`, "release.version.matches('(')", "[1].map(x, x)", "service"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, when string) {
		p, err := risk.Compile([]risk.Rule{{Name: "fuzzed", When: when, Tier: risk.Low}})
		if (p == nil) == (err == nil) {
			t.Fatalf("policy %v and error %v", p, err)
		}
		if err == nil && !p.Assess(inputs()).Tier.Valid() {
			t.Fatal("assessed to no tier")
		}
	})
}

func BenchmarkAssess(b *testing.B) {
	p, in := compile(b, rules...), inputs()
	b.ReportAllocs()
	for b.Loop() {
		p.Assess(in)
	}
}
