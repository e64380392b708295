package main

import (
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

var requestCount = regexp.MustCompile(`(?m)^http_requests_total\{code="(\d+)"\} (\d+)$`)

// counts reads the requests by status code through a front.
func counts(front string) map[string]int {
	_, text := get(front+"/metrics", patience)
	out := map[string]int{}
	for _, m := range requestCount.FindAllStringSubmatch(text, -1) {
		out[m[1]], _ = strconv.Atoi(m[2])
	}
	return out
}

// Each fault shows under the data centre's own traffic, through the front, and
// gives way to the version before.
func TestFaults(t *testing.T) {
	t.Parallel()
	h := newHall(t, "-traffic", "50")
	front := h.addresses()["prod/payments"]
	good := h.standing("prod/payments").SHA256
	for i, c := range []struct {
		fault string
		shows func() bool
	}{
		{"errors-after:1s:0.4", func() bool {
			n := counts(front)
			return n["500"] >= 20 && 10*n["500"] > n["200"]
		}},
		{"hang", func() bool { code, _ := get(front+"/healthz", 200*time.Millisecond); return code == 0 }},
		{"crash-loop", func() bool {
			code, _ := get(front+"/healthz", patience)
			return code >= 502 && h.standing("prod/payments").Restarts >= 2
		}},
		{"slow:400ms", func() bool {
			begun := time.Now()
			code, _ := get(front+"/work", patience)
			return code == 200 && time.Since(begun) >= 400*time.Millisecond
		}},
		{"unhealthy", func() bool { code, _ := get(front+"/healthz", patience); return code == 503 }},
	} {
		t.Run(c.fault, func(t *testing.T) {
			version := "2.0." + strconv.Itoa(i)
			digest := h.publish("payments", version, c.fault)
			h.mustDeploy("payments", "prod", version, digest, "bad-"+version)
			eventually(t, c.fault+" shows", c.shows)
			h.mustDeploy("payments", "prod", "1.0.0", good, "back-"+version)
			if status, out, _ := h.say("smoke", "-service", "payments", "-env", "prod"); status != exitDone {
				t.Errorf("after going back: %s", out)
			}
			if r := h.record("bad-" + version); r.Started != 1 {
				t.Errorf("%+v", r)
			}
		})
	}
	if n := counts(h.addresses()["staging/payments"]); n["500"] != 0 || n["200"] == 0 {
		t.Errorf("staging has %v", n)
	}
}

func TestProcessThatNeverListens(t *testing.T) {
	t.Parallel()
	h := newHall(t, "-traffic", "0", "-start-timeout", "300ms")
	before := h.standing("prod/ledger")
	digest := h.publish("ledger", "1.1.0", "slow-start:1h")
	status, out, _ := h.say(deployArgs("ledger", "prod", "1.1.0", digest, "k")...)
	if status != exitNotDone || !strings.Contains(out, "did not listen within 300ms") {
		t.Errorf("status %d: %s", status, out)
	}
	if after := h.standing("prod/ledger"); after != before {
		t.Errorf("was %+v, is %+v", before, after)
	}
}

func TestNonsenseIsRefused(t *testing.T) {
	t.Parallel()
	digest := strings.Repeat("ab", 32)
	for _, args := range [][]string{
		{}, {"dance"}, {"serve"}, {"deploy"}, {"status", "extra", "-state", "x"}, {"runs", "-what"},
		{"serve", "-state", "x"},
		{"serve", "-state", "x", "-repo", "y", "-traffic", "-1"},
		{"serve", "-state", "x", "-repo", "y", "-envs", "prod,prod"},
		{"serve", "-state", "x", "-repo", "y", "-http", "0.0.0.0:80"},
		{"serve", "-state", "x", "-repo", "y", "-bootstrap", "../1"},
	} {
		var errs strings.Builder
		if status := dispatch(t.Context(), args, io.Discard, &errs); status != exitUsage || strings.Count(errs.String(), "\n") != 1 {
			t.Errorf("%v: status %d, %q; want 2 and one sentence", args, status, errs.String())
		}
	}
	h := newHall(t, "-traffic", "0")
	for _, args := range [][]string{
		deployArgs("billing", "prod", "1.0.0", digest, "k"),
		deployArgs("web", "moon", "1.0.0", digest, "k"),
		deployArgs("web", "prod", "../1", digest, "k"),
		deployArgs("web", "prod", "1.0.0", "abc", "k"),
		deployArgs("web", "prod", "1.0.0", digest, "two words"),
		deployArgs("web", "prod", "1.0.0", digest, ""),
		{"smoke", "-service", "web", "-env", "moon"},
	} {
		if status, out, errs := h.say(args...); status != exitUsage || out != "" || strings.Count(errs, "\n") != 1 {
			t.Errorf("%v: status %d, %q %q; want 2 and one sentence", args, status, out, errs)
		}
	}
	if _, out, _ := h.say("runs"); strings.TrimSpace(out) != "[]" {
		t.Errorf("refused orders were kept: %s", out)
	}
}
