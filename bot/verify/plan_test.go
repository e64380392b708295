package verify_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/verify"
)

func ptr(f float64) *float64 { return &f }

// plan watches for ten seconds, every second.
func plan() verify.Plan {
	return verify.Plan{Duration: 10 * time.Second, Interval: time.Second, Tolerate: 2,
		Health:   []port.Probe{{Name: "health"}},
		Smoke:    []port.Probe{{Name: "smoke"}},
		Criteria: []verify.Criterion{{Name: "errors", Expr: "errors / requests", Unit: "share", Below: ptr(0.05), MinCount: 20}},
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if err := plan().Validate(); err != nil {
		t.Fatalf("the plan is valid, yet: %v", err)
	}
	for _, tt := range []struct {
		name   string
		change func(*verify.Plan)
		want   string
	}{
		{"no duration", func(p *verify.Plan) { p.Duration = 0 }, "duration is 0s"},
		{"too long", func(p *verify.Plan) { p.Duration = verify.MaxDuration + 1 }, "at most 24h0m0s"},
		{"no interval", func(p *verify.Plan) { p.Interval = 0 }, "interval is 0s"},
		{"interval beyond duration", func(p *verify.Plan) { p.Interval = 11 * time.Second }, "interval is 11s"},
		{"tolerate below zero", func(p *verify.Plan) { p.Tolerate = -1 }, "tolerate is -1"},
		{"unknown choice", func(p *verify.Plan) { p.OnInconclusive = "pass" }, `on_inconclusive is "pass"`},
		{"nothing", func(p *verify.Plan) { p.Health, p.Smoke, p.Criteria = nil, nil, nil }, "nothing is checked"},
		{"a name twice", func(p *verify.Plan) { p.Smoke[0].Name = "health" }, `"health": the name is used twice`},
		{"no name", func(p *verify.Plan) { p.Health[0].Name = "" }, "a health probe has no name"},
		{"no expression", func(p *verify.Plan) { p.Criteria[0].Expr = "" }, "no expr"},
		{"no limit", func(p *verify.Plan) { p.Criteria[0].Below = nil }, "neither below nor above"},
		{"limit that is no number", func(p *verify.Plan) { p.Criteria[0].Below = ptr(math.NaN()) }, "a limit is NaN"},
		{"limits that cross", func(p *verify.Plan) { p.Criteria[0].Above = ptr(0.05) }, "leave nothing between"},
		{"count below zero", func(p *verify.Plan) { p.Criteria[0].MinCount = -1 }, "min_count is -1"},
		{"window below zero", func(p *verify.Plan) { p.Criteria[0].Window = -1 }, "window is -1ns"},
	} {
		p := plan()
		tt.change(&p)
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error is %v, want %q in it", tt.name, err, tt.want)
		}
	}
}

func TestValidateSaysEverything(t *testing.T) {
	t.Parallel()
	err := verify.Plan{Tolerate: -1, Criteria: []verify.Criterion{{}}}.Validate()
	for _, want := range []string{"duration", "interval", "tolerate", "no name", "no expr", "neither below nor above"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said in: %v", want, err)
		}
	}
}

func TestNeeded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		duration, interval time.Duration
		want               int
	}{
		{10 * time.Second, time.Second, 5}, {5 * time.Second, 2 * time.Second, 1}, {5 * time.Second, time.Second, 3},
		{time.Second, time.Second, 1}, {time.Second, 0, 1}, {0, 0, 1},
	} {
		if got := (verify.Plan{Duration: tt.duration, Interval: tt.interval}).Needed(); got != tt.want {
			t.Errorf("%v every %v: %d rounds are needed, want %d", tt.duration, tt.interval, got, tt.want)
		}
	}
}
