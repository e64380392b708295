package window_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/window"
)

// TestNegotiation plays anything that anybody may say in any order: a window stands only if each party of the last round said yes in
// that round, by the mouth of somebody who speaks for it.
func TestNegotiation(t *testing.T) {
	t.Parallel()
	everybody := []string{"dev", "olga", "sven", "ann", "chair"}
	rapid.Check(t, func(t *rapid.T) {
		person := rapid.SampledFrom(everybody)
		at := now
		w, refusal := window.Propose(window.Window{ID: "W-1", Service: "payments"}, proposal(person.Draw(t, "by"), sat), both, owners, at)
		if refusal != nil {
			t.Fatal(refusal)
		}
		yes := map[string]bool{} // round/party, as an outsider counts them
		count := func(who string) {
			for _, p := range w.Parties {
				if owners.Owns(who, p) {
					yes[fmt.Sprint(w.Round, p)] = true
				}
			}
		}
		count(w.By)
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 8).Draw(t, "hours")) * time.Hour)
			who, was := person.Draw(t, "who"), w
			switch rapid.SampledFrom([]window.Event{window.Accept, window.Refuse, window.Counter, window.Withdraw, window.Expire}).Draw(t, "event") {
			case window.Accept:
				if w, refusal = w.Accept(who, owners, at); refusal == nil {
					count(who)
				}
			case window.Refuse:
				w, refusal = w.Refuse(who, nil, owners, at)
			case window.Counter:
				p := proposal(who, sun.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "later"))*time.Hour))
				p.Closes = at.Add(48 * time.Hour)
				if w, refusal = w.Counter(p, owners, at); refusal == nil {
					count(who)
				}
			case window.Withdraw:
				w, refusal = w.Withdraw(who, nil, false, owners, at)
			case window.Expire:
				w, refusal = w.Expire(at)
			}
			if refusal != nil && (w.State != was.State || w.Round != was.Round || len(w.Answers) != len(was.Answers)) {
				t.Fatalf("refused, and yet changed: %v", refusal)
			}
			if was.State.Ended() && refusal == nil {
				t.Fatalf("something happened to a window that is %s", was.State)
			}
			all := true
			for _, p := range w.Parties {
				all = all && yes[fmt.Sprint(w.Round, p)]
			}
			if w.State == window.Accepted && !all || w.State.Negotiated() && all {
				t.Fatalf("%s, and all accepted: %v (%+v)", w.State, all, w)
			}
		}
	})
}

// TestJudgeAgainstEveryMinute compares what a verdict says with what holds minute by minute.
func TestJudgeAgainstEveryMinute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minute := func(name string, most int) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(t, name)) * time.Minute
		}
		var all []window.Window
		for i := range rapid.IntRange(0, 6).Draw(t, "windows") {
			from := now.Add(minute("from", 300))
			w := window.Window{
				ID: fmt.Sprintf("W-%d", i+1), Service: rapid.SampledFrom([]string{"payments", "web"}).Draw(t, "service"), Environment: "prod",
				Kind: rapid.SampledFrom([]window.Kind{window.Downtime, window.Test}).Draw(t, "kind"), From: from, To: from.Add(time.Minute + minute("length", 120)),
				State: rapid.SampledFrom([]window.State{window.Accepted, window.Accepted, window.Proposed, window.Withdrawn}).Draw(t, "state"),
			}
			if w.Kind == window.Test && rapid.Bool().Draw(t, "agreed") {
				w.Agreed = []window.Agreement{{Release: "R-1", Digest: "d"}}
			}
			all = append(all, w)
		}
		q := window.Question{
			Service: "payments", Environment: "prod", Release: "R-1", Digest: "d", Needs: rapid.Bool().Draw(t, "needs"),
			Length: minute("takes", 40), Bound: rapid.SampledFrom([]string{"", "W-1"}).Draw(t, "bound"), Now: now.Add(minute("now", 330)),
		}
		may := func(at time.Time) bool {
			inside := !q.Needs
			for _, w := range all {
				if w.Service != "payments" || w.State != window.Accepted || at.Before(w.From) || !at.Before(w.To) {
					continue
				}
				if w.Kind == window.Test && len(w.Agreed) == 0 {
					return false
				}
				if w.Kind == window.Downtime && (q.Bound == "" || q.Bound == w.ID) && !at.Add(q.Length).After(w.To) {
					inside = true
				}
			}
			return inside
		}
		v := window.Judge(all, q)
		if v.Open() != may(q.Now) {
			t.Fatalf("open: %v", v.Open())
		}
		if v.Open() {
			return
		}
		for at := q.Now; at.Before(now.Add(600 * time.Minute)); at = at.Add(time.Minute) {
			if may(at) {
				if !v.NextOpen.Equal(at) {
					t.Fatalf("it opens at %s, not %s", at, v.NextOpen)
				}
				return
			}
		}
		if !v.NextOpen.IsZero() {
			t.Fatalf("it never opens, and not at %s", v.NextOpen)
		}
	})
}
