package verify_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/verify"
)

var noon = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

// round is a good one, n seconds after noon.
func round(n int) verify.Round {
	r := verify.Round{At: noon.Add(time.Duration(n) * time.Second),
		Samples: []port.Sample{{Probe: "health", OK: true, Status: 200, Took: time.Millisecond}},
		Figures: []port.Figure{{Name: "errors", Value: 0.01, Known: true, Count: float64(100 * n)}}}
	if n == 1 {
		r.Samples = append(r.Samples, port.Sample{Probe: "smoke", OK: true, Status: 200})
	}
	return r
}

func rounds(n int, change func(n int, r *verify.Round)) []verify.Round {
	var list []verify.Round
	for i := 1; i <= n; i++ {
		r := round(i)
		if change != nil {
			change(i, &r)
		}
		list = append(list, r)
	}
	return list
}

func TestJudge(t *testing.T) {
	t.Parallel()
	down := func(from, to int) func(int, *verify.Round) {
		return func(n int, r *verify.Round) {
			if n >= from && n <= to {
				r.Samples[0].OK, r.Samples[0].Status, r.Samples[0].Fault = false, 503, "service unavailable"
			}
		}
	}
	figure := func(f port.Figure) func(int, *verify.Round) {
		return func(_ int, r *verify.Round) { f.Name = "errors"; r.Figures[0] = f }
	}
	for _, tt := range []struct {
		name   string
		rounds []verify.Round
		at     int // seconds
		want   verify.State
		reason chat.Code
	}{
		{"well", rounds(10, nil), 10, verify.Pass, "verify.smoke_passed"},
		{"well, before the end", rounds(9, nil), 9, verify.Continue, ""},
		{"nothing yet", nil, 1, verify.Continue, "verify.smoke_missing"},
		{"error rate", rounds(3, figure(port.Figure{Value: 0.5, Known: true, Count: 20})), 3, verify.Fail, "verify.violated"},
		{"error rate at its limit", rounds(3, figure(port.Figure{Value: 0.05, Known: true, Count: 20})), 3, verify.Fail, "verify.violated"},
		{"error rate of too few", rounds(3, figure(port.Figure{Value: 0.5, Known: true, Count: 19})), 3, verify.Continue, "verify.too_few"},
		{"too few to the end", rounds(10, figure(port.Figure{Value: 0.01, Known: true, Count: 19})), 10, verify.Inconclusive, "verify.too_few"},
		{"unknown to the end", rounds(10, figure(port.Figure{})), 10, verify.Inconclusive, "verify.unknown"},
		{"no number", rounds(10, figure(port.Figure{Value: math.NaN(), Known: true, Count: 100})), 10, verify.Inconclusive, "verify.unknown"},
		{"from before the deployment", rounds(10, figure(port.Figure{Value: 0, Known: true, Count: 100, Source: port.Source{At: noon.Add(-1)}})), 10, verify.Inconclusive, "verify.unknown"},
		{"no figure in the last round", rounds(10, func(n int, r *verify.Round) {
			if n == 10 {
				r.Figures, r.Faults = nil, map[string]string{"errors": "connection refused"}
			}
		}), 10, verify.Inconclusive, "verify.unknown"},
		{"violated once, well since", rounds(10, func(n int, r *verify.Round) {
			if n == 4 {
				r.Figures[0].Value = 0.9
			}
		}), 10, verify.Fail, "verify.violated"},
		{"down as long as tolerated", rounds(10, down(3, 4)), 10, verify.Pass, "verify.smoke_passed"},
		{"down longer", rounds(5, down(3, 5)), 5, verify.Fail, "verify.health_failed"},
		{"down at the end", rounds(10, down(9, 10)), 10, verify.Continue, "verify.health_failing"},
		{"up again after the end", rounds(11, down(9, 10)), 11, verify.Pass, "verify.smoke_passed"},
		{"down and up", rounds(10, func(n int, r *verify.Round) { r.Samples[0].OK = n%3 == 0 }), 10, verify.Fail, "verify.health_flaps"},
		{"health not probed at last", rounds(10, func(n int, r *verify.Round) {
			if n == 10 {
				r.Samples = nil
			}
		}), 10, verify.Inconclusive, "verify.health_missing"},
		{"smoke failed", rounds(1, func(_ int, r *verify.Round) { r.Samples[1].OK = false }), 1, verify.Fail, "verify.smoke_failed"},
		{"no smoke test", rounds(10, func(_ int, r *verify.Round) { r.Samples = r.Samples[:1] }), 10, verify.Inconclusive, "verify.smoke_missing"},
		{"nobody looked", rounds(2, nil), 10, verify.Continue, "verify.health_seldom"},
		{"nobody looked for twice as long", rounds(2, nil), 20, verify.Inconclusive, "verify.health_seldom"},
		{"everything at once", rounds(3, func(_ int, r *verify.Round) { r.Samples[0].OK = false; r.Figures[0].Value = 1 }), 3, verify.Fail, "verify.health_failed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := verify.Judge(plan(), noon, tt.rounds, noon.Add(time.Duration(tt.at)*time.Second))
			var reason chat.Code
			if len(v.Reasons) > 0 {
				reason = v.Reasons[0].Code
			}
			if v.State != tt.want || tt.reason != "" && reason != tt.reason {
				t.Errorf("%s for %v, want %s for %s", v.State, v.Reasons, tt.want, tt.reason)
			}
			if v.State == verify.Continue && !v.At.Before(v.Until) {
				t.Errorf("goes on until %v, which is over at %v", v.Until, v.At)
			}
		})
	}
}

func TestFailureSaysAllWithFigures(t *testing.T) {
	t.Parallel()
	v := verify.Judge(plan(), noon, rounds(3, func(_ int, r *verify.Round) {
		r.Samples[0].OK, r.Samples[0].Status, r.Figures[0].Value = false, 503, 0.25
	}), noon.Add(3*time.Second))
	if len(v.Reasons) != 2 || len(v.Findings) < 3 {
		t.Fatalf("reasons %v, findings %v", v.Reasons, v.Findings)
	}
	if status, _ := v.Reasons[0].Arg("status"); status.Number != 503 {
		t.Errorf("status is said as %+v", status)
	}
	value, _ := v.Reasons[1].Arg("value")
	limit, _ := v.Reasons[1].Arg("limit")
	below, _ := limit.Text.Arg("below")
	if value.Kind != chat.KindPercent || value.Number != 0.25 || below.Number != 0.05 {
		t.Errorf("value %+v, limit %+v", value, below)
	}
}

func TestUnits(t *testing.T) {
	t.Parallel()
	for unit, want := range map[string]chat.Kind{"share": chat.KindPercent, "s": chat.KindDuration, "": chat.KindNumber, "req/s": chat.KindText} {
		p := plan()
		p.Criteria = []verify.Criterion{{Name: "errors", Expr: "e", Unit: unit, Below: ptr(0.005), Above: ptr(-1)}}
		v := verify.Judge(p, noon, rounds(1, nil), noon.Add(time.Second))
		if len(v.Reasons) == 0 {
			t.Fatalf("%q: %+v", unit, v)
		}
		value, _ := v.Reasons[0].Arg("value")
		limit, _ := v.Reasons[0].Arg("limit")
		if value.Kind != want || limit.Text.Code != "verify.between" {
			t.Errorf("%q: value %+v, limit %+v", unit, value, limit.Text)
		}
	}
}

func TestAboveLimit(t *testing.T) {
	t.Parallel()
	p := plan()
	p.Criteria = []verify.Criterion{{Name: "errors", Expr: "throughput", Above: ptr(1)}}
	if v := verify.Judge(p, noon, rounds(1, nil), noon.Add(time.Second)); v.State != verify.Fail {
		t.Errorf("below its lower limit it is %s", v.State)
	}
}

func TestRoundsThatAreNone(t *testing.T) {
	t.Parallel()
	w := verify.Begin(noon).Add(plan(), round(1))
	bad := round(0)
	bad.Samples[0].OK = false
	for name, r := range map[string]verify.Round{
		"delivered twice":            round(1),
		"from before the last":       bad,
		"from before the deployment": {At: noon.Add(-time.Second), Samples: bad.Samples},
	} {
		if diff := cmp.Diff(w, w.Add(plan(), r)); diff != "" {
			t.Errorf("a round %s changed the watch:\n%s", name, diff)
		}
	}
}

// A plan that checks nothing says nothing, and nothing never passes.
func TestNothingNeverPasses(t *testing.T) {
	t.Parallel()
	p := verify.Plan{Duration: time.Second, Interval: time.Second}
	v := verify.Judge(p, noon, rounds(10, nil), noon.Add(time.Hour))
	if v.State != verify.Inconclusive || v.Reasons[0].Code != "verify.nothing" {
		t.Errorf("%s: %v", v.State, v.Reasons)
	}
}

func TestWatchIsStoredWhole(t *testing.T) {
	t.Parallel()
	w := verify.Begin(noon)
	sizes := map[int]int{}
	for n := 1; n <= 1000; n++ {
		w = w.Add(plan(), round(n))
		raw, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		var back verify.Watch
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(w, back); diff != "" {
			t.Fatalf("stored and read back it differs:\n%s", diff)
		}
		sizes[n] = len(raw)
	}
	if sizes[1000] > sizes[1]+32 {
		t.Errorf("after 1,000 rounds the watch has %d bytes, after one %d", sizes[1000], sizes[1])
	}
}
