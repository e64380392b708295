package github_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/github"
	"github.com/gonogo-chat/gonogo/adapters/github/githubtest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// course is a GitHub on which every run goes so.
func course(c githubtest.Course) githubtest.Options {
	return githubtest.Options{Course: func(string, map[string]string) githubtest.Course { return c }}
}

func started(t *testing.T, w *world, p *github.Pipeline) (port.Run, int64) {
	t.Helper()
	run, err := p.Start(t.Context(), order("gonogo-D-1-abc"))
	if err != nil {
		t.Fatal(err)
	}
	all := w.Runs(payments)
	return run, all[len(all)-1].ID
}

func TestEveryConclusion(t *testing.T) {
	t.Parallel()
	for conclusion, want := range map[string]port.RunState{
		"success": port.RunSucceeded, "failure": port.RunFailed, "timed_out": port.RunFailed, "cancelled": port.RunCancelled,
		"action_required": port.RunFailed, "neutral": port.RunFailed, "skipped": port.RunFailed, "startup_failure": port.RunFailed, "stale": port.RunLost,
	} {
		t.Run(conclusion, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := begin(t, course(githubtest.Course{Conclusion: conclusion}))
				p := w.pipeline(t)
				run, _ := started(t, w, p)
				seen := end(t, p, run)
				last := seen[len(seen)-1]
				if last.State != want || (want == port.RunSucceeded) != (last.Percent == 100) {
					t.Errorf("%+v, want %s", last, want)
				}
				if told := len(last.Tail) > 0 && strings.Contains(last.Tail[len(last.Tail)-1], conclusion); told != (want == port.RunFailed && conclusion != "failure" || want == port.RunLost) {
					t.Errorf("tail %q", last.Tail)
				}
			})
		})
	}
}

func TestAConclusionThatGitHubDoesNotHaveIsNoSuccess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, course(githubtest.Course{Conclusion: "splendid"}))
		p := w.pipeline(t)
		run, _ := started(t, w, p)
		time.Sleep(time.Minute)
		got, err := p.Follow(t.Context(), run, port.Progress{State: port.RunRunning})
		if verdict, _ := effect.Classify(err); verdict != effect.Retry || got.State != port.RunRunning {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func TestWaitingForAnApproval(t *testing.T) {
	t.Parallel()
	for _, approve := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			w := begin(t, course(githubtest.Course{Environment: "production"}))
			w.AddUser("mira", "mira@shop.example", "User")
			w.AddEnvironment(payments, githubtest.Environment{Name: "production", Reviewers: []string{"mira"}})
			p := w.pipeline(t)
			run, id := started(t, w, p)
			time.AfterFunc(time.Hour, func() {
				if approve {
					w.Approve(id)
				} else {
					w.Reject(id)
				}
			})
			began := time.Now()
			seen := end(t, p, run)
			if first := seen[0]; first.State != port.RunQueued || first.Stage != "waiting for approval of production" {
				t.Errorf("%+v", first)
			}
			want := port.RunSucceeded
			if !approve {
				want = port.RunFailed
			}
			if last := seen[len(seen)-1]; last.State != want || time.Since(began) < time.Hour || time.Since(began) > time.Hour+time.Minute {
				t.Errorf("%+v after %v", last, time.Since(began))
			}
		})
	}
}

func TestTheEndOfAFailedJobsLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		for i := range 40 {
			fmt.Fprintf(&log, "2026-11-23T09:00:00.1234567Z line %d\r\n\n", i)
		}
		log.WriteString("2026-11-23T09:00:00.1234567Z \x1b[36;1m##[error]no\x07 such host\x1b[0m\n")
		w := begin(t, course(githubtest.Course{Conclusion: "failure", Log: log.String()}))
		p := w.pipeline(t)
		run, _ := started(t, w, p)
		seen := end(t, p, run)
		last := seen[len(seen)-1]
		if len(last.Tail) != port.TailLines || last.Tail[0] != "line 29" || last.Tail[11] != "##[error]no such host" || last.Stage != "deploy / Complete job" {
			t.Errorf("%+v", last)
		}
	})
}

func TestCancelling(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, course(githubtest.Course{Holds: true, Stops: 30 * time.Second}))
		p := w.pipeline(t)
		run, _ := started(t, w, p)
		if err := p.Cancel(t.Context(), run); err != nil {
			t.Fatal(err)
		}
		if seen := end(t, p, run); seen[len(seen)-1].State != port.RunCancelled || seen[0].State != port.RunRunning {
			t.Errorf("%+v", seen)
		}
		if d := w.Deployments(payments); !slices.Equal(d[0].States, []string{"in_progress", "inactive"}) {
			t.Errorf("on record %q", d[0].States)
		}
	})
}

// A run whose own conditions keep it going is forced to stop by whoever asks again later.
func TestARunThatDoesNotStopIsForcedTo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, course(githubtest.Course{Holds: true, Stubborn: true}))
		p := w.pipeline(t)
		run, id := started(t, w, p)
		for range 2 {
			if err := p.Cancel(t.Context(), run); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		if w.Runs(payments)[0].Status != "in_progress" {
			t.Fatal("it stopped at once")
		}
		time.Sleep(5 * time.Minute)
		if err := p.Cancel(t.Context(), run); err != nil {
			t.Fatal(err)
		}
		if seen := end(t, p, run); seen[len(seen)-1].State != port.RunCancelled {
			t.Errorf("%+v", seen)
		}
		w.Forget(id)
		if err := p.Cancel(t.Context(), run); err == nil {
			t.Error("a run that is gone is cancelled")
		}
	})
}

func TestARepositoryOutOfSightLosesNoRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, course(githubtest.Course{Holds: true}))
		p := w.pipeline(t)
		run, _ := started(t, w, p)
		w.Hide(payments, true)
		got, err := p.Follow(t.Context(), run, port.Progress{State: port.RunRunning})
		if verdict, _ := effect.Classify(err); verdict != effect.Retry || got.State != port.RunRunning {
			t.Errorf("%+v %v", got, err)
		}
	})
}
