package verify_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/verify"
)

// anything draws a round that may lack anything.
func anything(t *rapid.T, n int) verify.Round {
	r := verify.Round{At: noon.Add(time.Duration(n) * time.Second)}
	for _, name := range []string{"health", "smoke"} {
		if rapid.IntRange(0, 9).Draw(t, name) > 0 {
			r.Samples = append(r.Samples, port.Sample{Probe: name, OK: rapid.IntRange(0, 19).Draw(t, "ok") > 0})
		}
	}
	if rapid.IntRange(0, 9).Draw(t, "figure") > 0 {
		r.Figures = append(r.Figures, port.Figure{Name: "errors", Known: rapid.IntRange(0, 9).Draw(t, "known") > 0,
			Value: rapid.SampledFrom([]float64{0, 0.01, 0.04, 0.04, 0.05, 0.9, math.NaN(), math.Inf(1)}).Draw(t, "value"),
			Count: rapid.Float64Range(0, 200).Draw(t, "count")})
	}
	return r
}

// A watch passes only if its time is over, no figure that rests on enough was ever outside its limits, no smoke test
// failed, and the last round knows everything and found it well.
func TestNeverPassesWhatIsNotWell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := plan()
		w := verify.Begin(noon)
		violated, smoked, smokeFailed := false, false, false
		count := rapid.IntRange(0, 15).Draw(t, "rounds")
		var last verify.Round
		for n := 1; n <= count; n++ {
			last = anything(t, n)
			w = w.Add(p, last)
			for _, s := range last.Samples {
				if s.Probe == "smoke" {
					smoked, smokeFailed = true, smokeFailed || !s.OK
				}
			}
			for _, f := range last.Figures {
				violated = violated || f.Known && f.Count >= 20 && f.Value >= 0.05 && !math.IsInf(f.Value, 0)
			}
		}
		now := noon.Add(time.Duration(rapid.IntRange(0, 25).Draw(t, "now")) * time.Second)
		v := w.Judge(p, now)
		if (violated || smokeFailed) != (v.State == verify.Fail) && (violated || smokeFailed) {
			t.Fatalf("violated %v, smoke failed %v, yet %s", violated, smokeFailed, v.State)
		}
		if v.State == verify.Continue && !now.Before(noon.Add(20*time.Second)) {
			t.Fatalf("still going on at %v", now)
		}
		if v.State != verify.Pass {
			if len(v.Reasons) == 0 && v.State != verify.Continue {
				t.Fatalf("%s without a reason", v.State)
			}
			return
		}
		healthy := false
		for _, s := range last.Samples {
			healthy = healthy || s.Probe == "health" && s.OK
		}
		known := len(last.Figures) == 1 && last.Figures[0].Known && last.Figures[0].Count >= 20 && last.Figures[0].Value < 0.05
		if now.Before(noon.Add(10*time.Second)) || count < p.Needed() || !smoked || !healthy || !known {
			t.Fatalf("passed at %v after %d rounds, smoke tested %v, healthy at last %v, errors known and within %v",
				now, count, smoked, healthy, known)
		}
	})
}

// What failed stays failed, whatever is seen later.
func TestFailureIsFinal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w, failed := verify.Begin(noon), false
		for n := 1; n <= 20; n++ {
			w = w.Add(plan(), anything(t, n))
			state := w.Judge(plan(), noon.Add(time.Duration(n)*time.Second)).State
			flapping := false // the one finding that more rounds may outweigh
			for _, p := range w.Probes {
				flapping = flapping || 2*p.Failed > p.Seen
			}
			if failed && state != verify.Fail {
				t.Fatalf("failed before round %d, then %s", n, state)
			}
			failed = failed || state == verify.Fail && !flapping
		}
	})
}

// Judging all rounds and folding them in one by one is the same.
func TestFoldingIsJudging(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list []verify.Round
		w := verify.Begin(noon)
		for n := 1; n <= rapid.IntRange(0, 15).Draw(t, "rounds"); n++ {
			r := anything(t, n)
			list, w = append(list, r), w.Add(plan(), r)
		}
		now := noon.Add(12 * time.Second)
		if a, b := verify.Judge(plan(), noon, list, now).State, w.Judge(plan(), now).State; a != b {
			t.Fatalf("%s and %s", a, b)
		}
	})
}
