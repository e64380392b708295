package policy_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// noon is a Thursday.
var noon = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

func number(n int) *int { return &n }

func share(f float64) *float64 { return &f }

// known is a context in which everything is known.
func known() policy.Context {
	at := func(system string) port.Source { return port.Source{System: system, At: noon.Add(-time.Minute)} }
	return policy.Context{
		V: policy.Version, Now: noon,
		Service: &policy.Service{Source: at("configuration"), Name: "web", Criticality: "medium", Lines: []string{"shop"}, Labels: map[string]string{"pci": "yes"}},
		Change:  &policy.Change{Source: at("repository"), Lines: new(10), Authors: 1, Subjects: []string{"Fix a typo"}, Commits: 1},
		History: &policy.History{Source: at("gonogo"), Days: 30, Since: noon.AddDate(0, 0, -30), Deployments: 20, Failures: 1, Rollbacks: number(1),
			Incidents: number(0), Failed: true, LastFailure: noon.Add(-48 * time.Hour)},
		Release:     &policy.Release{Source: at("gonogo"), ID: "R-1", Service: "web", Version: "2.0.0", Tier: "high", Planned: noon.Add(-time.Hour), Passed: []string{"staging"}},
		Environment: &policy.Environment{Source: at("configuration"), Name: "prod", After: "staging", Final: true},
		Incidents:   &policy.Incidents{Source: at("pager"), Open: 1, Worst: port.Error},
		Calendar:    &policy.Calendar{Source: at("gonogo"), Zone: "Europe/Berlin", NextFreeze: noon.Add(36 * time.Hour), UnderWay: number(2), LastHour: number(3)},
		Budget:      &policy.Budget{Source: at("prometheus"), Spent: share(0.95)},
	}
}

func compile(t testing.TB, expr string) *policy.Condition {
	t.Helper()
	c, err := policy.Compile("test", expr)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestHolds(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]bool{
		`environment == "prod" && environment.final && environment.after == "staging"`:    true,
		`release.tier == "high" && release.age >= duration("1h")`:                         true,
		`release.age > duration("1h")`:                                                    false,
		`"staging" in release.passed && "shop" in service.lines`:                          true,
		`history.last_failure < duration("72h") && history.rollbacks == 1`:                true,
		`calendar.freeze_in < duration("48h") && calendar.under_way > 1`:                  true,
		`budget.spent > 0.9 && incidents.worst == "error"`:                                true,
		`now.local("Europe/Berlin").getHours() == 13 && now.getHours() == 12`:             true,
		`now.local(calendar.zone).getDayOfWeek() == 4`:                                    true,
		`now.getHours("America/New_York") == 7 && now.getHours("+01:00") == 13`:           true,
		`now < timestamp("2026-12-24T12:00:00Z")`:                                         false,
		`service.labels["pci"] == "yes" && change.subjects.exists(s, s.contains("typo"))`: true,
	} {
		if a := compile(t, expr).Holds(known()); a.Unknown || a.True != want {
			t.Errorf("%s: %+v, want %v", expr, a, want)
		}
	}
}

// What is not known is unknown, unless it could not have mattered.
func TestUnknown(t *testing.T) {
	t.Parallel()
	var nothing policy.Context
	for _, f := range policy.Fields() {
		a := compile(t, "type("+f.Name+") == bool || "+f.Name+" == "+f.Name).Holds(nothing)
		if !a.Unknown || a.True || a.Fault == "" || !slices.Equal(a.Missing, []string{f.Name}) {
			t.Errorf("%s of nothing: %+v", f.Name, a)
		}
		if a := compile(t, "true || "+f.Name+" == "+f.Name).Holds(nothing); !a.True || a.Unknown {
			t.Errorf("%s decides what it can't: %+v", f.Name, a)
		}
		for _, in := range known().Inputs() {
			if in.Field.Name == f.Name && (!in.Known || in.Source.System == "") {
				t.Errorf("%s is known in no context: %+v", f.Name, in)
			}
		}
	}
	if a := compile(t, `service.labels["tier"] == "1"`).Holds(known()); !a.Unknown || !strings.Contains(a.Fault, "no such key") || len(a.Missing) != 0 {
		t.Errorf("a label that is not there: %+v", a)
	}
	c := known()
	c.History.Rollbacks, c.Calendar.UnderWay, c.Budget.Spent, c.History.Failed = nil, nil, nil, false
	for _, expr := range []string{"history.rollbacks > 0", "calendar.under_way > 0", "budget.spent > 0.5", `history.last_failure > duration("1s")`} {
		if a := compile(t, expr).Holds(c); !a.Unknown {
			t.Errorf("%s: %+v", expr, a)
		}
	}
	silent := known()
	silent.Change = &policy.Change{Source: silent.Change.Source}
	for _, expr := range []string{"change.lines > 500", "change.authors > 3", "change.commits > 20", `change.subjects.exists(s, s.contains("ledger"))`} {
		if a := compile(t, expr).Holds(silent); !a.Unknown || len(a.Missing) != 1 {
			t.Errorf("%s of a build that says nothing: %+v", expr, a)
		}
	}
	silent.Change.Lines = new(0)
	if a := compile(t, "change.lines == 0").Holds(silent); !a.True {
		t.Errorf("a build that says 0 lines: %+v", a)
	}
	c.Change.Commits = 2 // of which only one is at hand
	if a := compile(t, `change.subjects.exists(s, s.contains("nothing"))`).Holds(c); !a.Unknown {
		t.Errorf("half of the subjects: %+v", a)
	}
}

func TestLengthsWhereNothingHappened(t *testing.T) {
	t.Parallel()
	c := known()
	c.History.LastFailure, c.Calendar.NextFreeze = time.Time{}, time.Time{}
	if !compile(t, `history.last_failure == duration("720h") && calendar.freeze_in == duration("720h")`).Holds(c).True {
		t.Errorf("%v", c.Show())
	}
	c.History.Since = time.Time{}
	if !compile(t, `history.last_failure > duration("87600h")`).Holds(c).True {
		t.Errorf("%v", c.Show())
	}
}

func TestCompileErrors(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("change.subjects.exists(s, ", 3) + "true" + strings.Repeat(")", 3)
	for _, tt := range []struct{ name, expr, want string }{
		{"misspelt", `service.critcality == "high"`, `(did you mean 'service.criticality'?)`},
		{"a moment misspelt", "\n\n  history.last_failur > duration('1h')", "line 3, column 10: "},
		{"not a bool", `change.lines + 1`, "of type int: it must be bool"},
		{"too dear", deep, "it could cost up to"},
		{"too long", strings.Repeat(" ", 20_000) + "true", "at most 16384"},
		{"no zone", `now.local("Europe/Berln").getHours() > 9`, `line 1, column 11: "Europe/Berln" is not a time zone`},
		{"no zone of CEL's own", `now.getHours("Mars/Base") > 9`, `"Mars/Base" is not a time zone`},
		{"wrong unit", `release.age > 3600`, "no matching overload"},
	} {
		_, err := policy.Compile("broken", tt.expr)
		var e *policy.Error
		if !errors.As(err, &e) || e.Name != "broken" || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error is %v, want %q in it", tt.name, err, tt.want)
		}
	}
}

func TestReads(t *testing.T) {
	t.Parallel()
	c := compile(t, `release.tier == "high" && incidents.open > 0 && release.tier != ""`)
	var names []string
	for _, f := range c.Fields() {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"release.tier", "incidents.open"}, names); diff != "" {
		t.Error(diff)
	}
	if !c.Reads("incidents") || !c.Reads("release.tier") || c.Reads("release.age") || c.Reads("history") || c.Name() != "test" || c.Expression() == "" {
		t.Error("what it reads is wrong")
	}
	in := c.Inputs(known())
	if len(in) != 2 || in[0].Value != "high" || in[1].Value != "1" || in[1].Source.System != "pager" {
		t.Errorf("inputs are %+v", in)
	}
}

func TestStale(t *testing.T) {
	t.Parallel()
	c, in := compile(t, `incidents.open > 0 && change.lines > 1`), known()
	if s := c.Stale(in, time.Hour); len(s) != 0 {
		t.Errorf("stale is %v", s)
	}
	in.Now = noon.Add(2 * time.Hour)
	if s := c.Stale(in, time.Hour); len(s) != 1 || s[0].Field.Name != "incidents.open" {
		t.Errorf("stale is %v", s)
	}
	in.Now, in.Incidents.Source.At = noon, time.Time{}
	if s := c.Stale(in, time.Hour); len(s) != 1 {
		t.Errorf("of unknown age, yet stale is %v", s)
	}
}

func TestNextFalse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, expr string
		want       time.Time
	}{
		{"the day is over in Berlin", `now.local("Europe/Berlin").getDayOfWeek() == 4`, time.Date(2026, 12, 24, 23, 0, 0, 0, time.UTC)},
		{"to the minute", `now < timestamp("2026-12-25T07:30:00Z")`, time.Date(2026, 12, 25, 7, 30, 0, 0, time.UTC)},
		{"within the hour", `now < timestamp("2026-12-24T12:10:00Z")`, time.Date(2026, 12, 24, 12, 10, 0, 0, time.UTC)},
		{"once old enough", `release.age < duration("24h")`, noon.Add(23 * time.Hour)},
		{"once quiet for long enough", `history.last_failure < duration("72h")`, noon.Add(24 * time.Hour)},
		{"not within 8 days", `release.age < duration("1000h")`, time.Time{}},
		{"not by time", `release.tier == "high"`, time.Time{}},
	} {
		at, ok := compile(t, tt.expr).NextFalse(known())
		if ok == tt.want.IsZero() || !at.Equal(tt.want) {
			t.Errorf("%s: %v, %v, want %v", tt.name, at, ok, tt.want)
		}
	}
}

// What is said to open by itself does, and is never now.
// Looking ahead asks hundreds of times: it must not cost hundreds of times as much.
func TestNextFalseIsBounded(t *testing.T) {
	in := known()
	in.Change.Commits, in.Change.Subjects = 1000, slices.Repeat([]string{strings.Repeat("a", 250)}, 1000)
	dear := compile(t, `now.getHours() < 99 && !change.subjects.exists(s, s.matches("(a|aa|aaa)+b+c"))`)
	asked := testing.AllocsPerRun(1, func() { dear.Holds(in) })
	if looked := testing.AllocsPerRun(1, func() { dear.NextFalse(in) }); looked > 20*asked {
		t.Errorf("looking ahead allocates %v, asking once %v", looked, asked)
	}
	in.Change.Commits, in.Change.Subjects = 1, []string{"one"}
	friday := compile(t, `now.getDayOfWeek() < 6 && !change.subjects.exists(s, s.contains("x"))`)
	if at, ok := friday.NextFalse(in); !ok || at.Weekday() != time.Saturday {
		t.Errorf("opens at %v, %v", at, ok)
	}
}

func TestNextFalseIsFalse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		expr := rapid.SampledFrom([]string{
			`now.local("Europe/Berlin").getDayOfWeek() in [5, 6, 0]`, `now.local("Asia/Kathmandu").getHours() < 18`,
			`calendar.freeze_in > duration("20h")`, `now.getMinutes() < 55`, `history.last_failure < duration("100h")`,
		}).Draw(t, "expr")
		c, err := policy.Compile("test", expr)
		if err != nil {
			t.Fatal(err)
		}
		in := known()
		in.Now = noon.Add(time.Duration(rapid.IntRange(0, 20*24*60*60).Draw(t, "seconds")) * time.Second)
		at, ok := c.NextFalse(in)
		if !ok {
			return
		}
		then := in
		then.Now = at
		if a := c.Holds(then); a.True || a.Unknown || !at.After(in.Now) {
			t.Fatalf("at %v, asked at %v: %+v", at, in.Now, a)
		}
	})
}

func TestStoredContext(t *testing.T) {
	t.Parallel()
	want := known()
	raw, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "typo") {
		t.Error("what people wrote is stored")
	}
	var back policy.Context
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	back.Change.Subjects = want.Change.Subjects
	if diff := cmp.Diff(want, back); diff != "" {
		t.Errorf("stored and read back it differs:\n%s", diff)
	}
	if shown := want.Show(); shown["change.subjects"] != "1" || shown["service.lines"] != "[shop]" || shown["budget.spent"] != "0.95" {
		t.Errorf("shown are %v", shown)
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{`change.lines < 50 && service.criticality != "high"`, `now.local("Europe/Berlin").getHours() > 9`, "", "\n", "service.é", "(((",
		`"\u{0}"`, "release.version.matches('(')", "[1].map(x, x)", "environment.final.x", `now.local("")`, `now.getHours("") == 1`, `has(service.labels.x)`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		c, err := policy.Compile("fuzzed", expr)
		if (c == nil) == (err == nil) {
			t.Fatalf("condition %v and error %v", c, err)
		}
		if err != nil {
			return
		}
		for _, in := range []policy.Context{known(), {}} {
			if a := c.Holds(in); a.True && a.Unknown || a.Unknown != (a.Fault != "") {
				t.Fatalf("answer %+v", a)
			}
			c.Inputs(in)
		}
	})
}

func BenchmarkHolds(b *testing.B) {
	c, in := compile(b, `now.local("Europe/Berlin").getDayOfWeek() == 5 && release.tier == "high"`), known()
	b.ReportAllocs()
	for b.Loop() {
		c.Holds(in)
	}
}
