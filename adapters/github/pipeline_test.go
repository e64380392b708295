package github_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/github"
	"github.com/gonogo-chat/gonogo/adapters/github/githubtest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func TestARunIsStartedFollowedAndPutOnRecord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{Course: func(string, map[string]string) githubtest.Course {
			return githubtest.Course{Queued: 5 * time.Second, Step: 10 * time.Second, Jobs: []githubtest.Job{{Name: "build", Steps: []string{"Fetch", "Make"}}, {Name: "deploy", Steps: []string{"Deploy", "Check"}}}}
		}})
		p := w.pipeline(t)
		run, err := p.Start(t.Context(), order("gonogo-D-1-abc"))
		if err != nil {
			t.Fatal(err)
		}
		begun := w.Runs(payments)
		if len(begun) != 1 || run.ID != fmt.Sprintf("shop/payments/%d", begun[0].ID) || !strings.HasSuffix(run.Link, fmt.Sprintf("/shop/payments/actions/runs/%d", begun[0].ID)) {
			t.Fatalf("%+v %+v", run, begun)
		}
		if want := "Deploy 2.4.0 to prod (gonogo-D-1-abc)"; begun[0].Title != want {
			t.Errorf("the run is called %q, want %q", begun[0].Title, want)
		}
		var steps []string
		for _, s := range end(t, p, run) {
			steps = append(steps, fmt.Sprintf("%s %s %d", s.State, s.Stage, s.Percent))
		}
		want := []string{
			"queued  0", "running build / Fetch 0", "running build / Make 50", "running deploy / Deploy 50", "running deploy / Check 75", "succeeded deploy 100",
		}
		if !reflect.DeepEqual(steps, want) {
			t.Errorf("followed %q, want %q", steps, want)
		}
		d := w.Deployments(payments)
		if len(d) != 1 || d[0].Environment != "production" || d[0].Task != "gonogo" || d[0].Text != "R-1: payments 2.4.0" ||
			!reflect.DeepEqual(d[0].States, []string{"queued", "in_progress", "success"}) {
			t.Errorf("on record: %+v", d)
		}
		payload, _ := d[0].Payload.(map[string]any)
		if payload["key"] != "gonogo-D-1-abc" || payload["version"] != "2.4.0" {
			t.Errorf("payload %v", d[0].Payload)
		}
	})
}

// A bot that was restarted goes on with the record that it finds; the deployment before is no longer active.
func TestTheRecordIsKeptOverARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		first, err := w.pipeline(t).Start(t.Context(), order("gonogo-D-1-abc"))
		if err != nil {
			t.Fatal(err)
		}
		end(t, w.pipeline(t), first)
		second, err := w.pipeline(t).Start(t.Context(), order("gonogo-D-2-abc"))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			p := w.pipeline(t)
			if _, err := p.Follow(t.Context(), second, port.Progress{}); err != nil {
				t.Fatal(err)
			}
		}
		end(t, w.pipeline(t), second)
		var states []string
		for _, d := range w.Deployments(payments) {
			states = append(states, strings.Join(d.States, " "))
		}
		if want := []string{"in_progress success inactive", "in_progress success"}; !reflect.DeepEqual(states, want) {
			t.Errorf("on record %q, want %q", states, want)
		}
	})
}

// A record that can't be kept is no reason not to deploy.
func TestWithoutTheRightToRecordItIsDeployed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		w.Permit("deployments", "")
		p := w.pipeline(t)
		run, err := p.Start(t.Context(), order("gonogo-D-1-abc"))
		if err != nil {
			t.Fatal(err)
		}
		seen := end(t, p, run)
		if last := seen[len(seen)-1]; last.State != port.RunSucceeded {
			t.Errorf("ended as %+v", last)
		}
		if log := w.log.String(); !strings.Contains(log, "could not be put on record") || !strings.Contains(log, "deployments=") {
			t.Errorf("logged %s", log)
		}
	})
}

func TestARunThatIsNotListedYet(t *testing.T) {
	t.Parallel()
	for _, kind := range []githubtest.Dispatch{githubtest.Ignores, githubtest.Refuses} {
		synctest.Test(t, func(t *testing.T) {
			w := begin(t, githubtest.Options{Dispatch: kind, ListingLag: 20 * time.Second, Course: func(string, map[string]string) githubtest.Course { return githubtest.Course{Step: time.Minute} }})
			p := w.pipeline(t)
			_, err := p.Start(t.Context(), order("gonogo-D-1-abc"))
			if verdict, _ := effect.Classify(err); err == nil || verdict != effect.Unknown {
				t.Fatalf("a run that is not listed: %v", err)
			}
			if _, err := p.Start(t.Context(), order("gonogo-D-1-abc")); err == nil || len(w.Runs(payments)) != 1 {
				t.Fatalf("started again: %v, %v", err, w.Runs(payments))
			}
			run, err := p.Find(t.Context(), "gonogo-D-1-abc")
			if err != nil {
				t.Fatal(err)
			}
			if again, err := p.Start(t.Context(), order("gonogo-D-1-abc")); err != nil || again != run || len(w.Runs(payments)) != 1 {
				t.Errorf("%v %v %v", again, err, w.Runs(payments))
			}
		})
	}
}

func TestFindDoesNotSayTooEarlyThatThereIsNone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		p := w.pipeline(t)
		began := time.Now()
		for time.Since(began) < github.DefaultLag {
			_, err := p.Find(t.Context(), "gonogo-D-1-abc")
			if verdict, _ := effect.Classify(err); time.Since(began) < github.DefaultLag && (err == nil || errors.Is(err, effect.ErrNotFound) || verdict != effect.Unknown) {
				t.Errorf("after %v: %v", time.Since(began), err)
			}
		}
		if _, err := p.Find(t.Context(), "gonogo-D-1-abc"); !errors.Is(err, effect.ErrNotFound) {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		w.Hide(payments, true)
		if _, err := p.Find(t.Context(), "gonogo-D-1-abc"); err == nil || errors.Is(err, effect.ErrNotFound) {
			t.Errorf("a repository that can't be seen: %v", err)
		}
	})
}

func TestAKeyIsNotFoundWithinAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		for _, key := range []string{"gonogo-D-12", "x-gonogo-D-1", "gonogo-D-1_x"} {
			w.Dispatch(payments, "deploy.yml", "gonogo", map[string]string{"version": "1", "environment": "prod", "key": key})
		}
		p := w.pipeline(t)
		time.Sleep(time.Minute)
		if run, err := p.Find(t.Context(), "gonogo-D-1"); !errors.Is(err, effect.ErrNotFound) {
			t.Errorf("%v %v", run, err)
		}
		// Somebody starts another run under a key that they saw: the first one counts.
		first := w.Dispatch(payments, "deploy.yml", "gonogo", map[string]string{"version": "1", "environment": "prod", "key": "gonogo-D-1"})
		w.Dispatch(payments, "deploy.yml", "gonogo", map[string]string{"version": "1", "environment": "prod", "key": "gonogo-D-1"})
		if run, err := p.Find(t.Context(), "gonogo-D-1"); err != nil || run.ID != fmt.Sprintf("shop/payments/%d", first) {
			t.Errorf("%v %v, want run %d", run, err, first)
		}
	})
}

func TestAmongManyRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		run := w.Dispatch(payments, "deploy.yml", "gonogo", map[string]string{"version": "1", "environment": "prod", "key": "gonogo-D-1"})
		for range 250 {
			w.Dispatch(payments, "deploy.yml", "gonogo", map[string]string{"version": "1", "environment": "prod", "key": "k"})
		}
		if got, err := w.pipeline(t).Find(t.Context(), "gonogo-D-1"); err != nil || got.ID != fmt.Sprintf("shop/payments/%d", run) {
			t.Errorf("%v %v", got, err)
		}
	})
}

func TestWhatCanNotBeStarted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		world   func(*world)
		change  func(*github.PipelineSettings)
		order   func(*port.Deployment)
		says    string
		verdict effect.Verdict
	}{
		"undeclared input": {change: func(s *github.PipelineSettings) { s.Key = "gonogo_key" }, says: "does not declare all the inputs", verdict: effect.Permanent},
		"missing input":    {change: func(s *github.PipelineSettings) { s.Inputs = nil }, says: "Required input", verdict: effect.Permanent},
		"no workflow":      {change: func(s *github.PipelineSettings) { s.Workflow = "other.yml" }, says: "there is no workflow other.yml in shop/payments", verdict: effect.Permanent},
		"no ref":           {change: func(s *github.PipelineSettings) { s.Ref = "v{version}" }, says: "can't be started from v2.4.0", verdict: effect.Permanent},
		"switched off":     {world: func(w *world) { w.SetWorkflow(payments, "deploy.yml", "disabled_manually") }, says: "disabled workflow", verdict: effect.Permanent},
		"not dispatched": {world: func(w *world) {
			w.Commit(payments, "main", "gonogo", githubtest.Change{Message: "x", Files: map[string]string{".github/workflows/deploy.yml": "name: x\non: {push: {}, workflow_call: {inputs: {}}}\n"}})
		}, change: func(s *github.PipelineSettings) { s.Inputs = nil }, says: "workflow_dispatch", verdict: effect.Permanent},
		"out of sight": {world: func(w *world) { w.Hide(payments, true) }, says: "the token may not see it", verdict: effect.Retry},
		"not allowed":  {world: func(w *world) { w.Permit("actions", "read") }, says: "it takes actions=write", verdict: effect.Retry},
		"no role":      {world: func(w *world) { w.Role(payments, "gonogo", "read") }, says: "Must have write access", verdict: effect.Retry},
		"no service":   {order: func(d *port.Deployment) { d.Service = "../x" }, says: "no repository", verdict: effect.Permanent},
		"no key":       {order: func(d *port.Deployment) { d.Key = "" }, says: "no key", verdict: effect.Permanent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := begin(t, githubtest.Options{})
				if c.world != nil {
					c.world(w)
				}
				if c.change == nil {
					c.change = func(*github.PipelineSettings) {}
				}
				d := order("gonogo-D-1-abc")
				if c.order != nil {
					c.order(&d)
				}
				_, err := w.pipeline(t, c.change).Start(t.Context(), d)
				if verdict, _ := effect.Classify(err); err == nil || verdict != c.verdict || !strings.Contains(err.Error(), c.says) {
					t.Errorf("verdict %v: %v", verdict, err)
				}
				w.quiet(t, fmt.Sprint(err))
				if n := len(w.Runs(payments)); n != 0 {
					t.Errorf("%d runs were started", n)
				}
			})
		})
	}
}

func TestLimitsSayForHowLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		p := w.pipeline(t)
		for name, c := range map[string]struct {
			limit func()
			least time.Duration
		}{
			"primary":   {func() { w.Exhaust(time.Now().Add(17 * time.Minute)) }, 17*time.Minute - time.Second},
			"secondary": {func() { w.Throttle(90 * time.Second) }, 90 * time.Second},
		} {
			c.limit()
			_, err := p.Start(t.Context(), order("gonogo-D-1-abc"))
			verdict, after := effect.Classify(err)
			if verdict != effect.Retry || after < c.least || after > c.least+time.Second {
				t.Errorf("%s: verdict %v after %v: %v", name, verdict, after, err)
			}
			w.Heal()
		}
		// What was a limit is none once the other side says so: nothing here waits by itself.
		if _, err := p.Start(t.Context(), order("gonogo-D-1-abc")); err != nil {
			t.Error(err)
		}
	})
}

func TestRunsElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		w.AddRepository("ops/deployments", map[string]string{".github/workflows/deploy.yml": deploy})
		w.Commit("ops/deployments", "stable", "gonogo", githubtest.Change{Message: "Stable"})
		p := w.pipeline(t, func(s *github.PipelineSettings) {
			s.Repositories, s.Ref, s.Record = map[string]string{"payments": "ops/deployments"}, "stable", false
		})
		run, err := p.Start(t.Context(), order("gonogo-D-1-abc"))
		if err != nil || !strings.HasPrefix(run.ID, "ops/deployments/") || len(w.Deployments("ops/deployments")) != 0 {
			t.Errorf("%v %v", run, err)
		}
		for _, id := range []string{"", "1", "shop/payments", "shop/payments/x", "shop/payments/-1", "../../1", "shop/payments/01", "a/b/c/1"} {
			if _, err := p.Follow(t.Context(), port.Run{ID: id}, port.Progress{}); err == nil {
				t.Errorf("%q is followed", id)
			}
			if err := p.Cancel(t.Context(), port.Run{ID: id}); err == nil {
				t.Errorf("%q is cancelled", id)
			}
		}
	})
}

func TestAStartThatWaitsForAnotherObeysItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{Dispatch: githubtest.Ignores, ListingLag: 9 * time.Second})
		o := w.outside()
		var all []*github.Pipeline
		for range 2 {
			p, err := github.NewPipeline(settings(), o)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, p)
		}
		done := make(chan error)
		go func() {
			_, err := all[0].Start(t.Context(), order("gonogo-D-1-abc"))
			done <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := all[1].Start(ctx, order("gonogo-D-1-abc"))
		if verdict, _ := effect.Classify(err); verdict != effect.Retry || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		if err := <-done; err != nil || len(w.Runs(payments)) != 1 {
			t.Errorf("%v, %v", err, w.Runs(payments))
		}
	})
}

// Whoever may dispatch the workflow can pass a key that they saw: such a run is nobody's word on what the bot deployed, and hides no run of the bot's.
func TestAKeyThatSomebodyElseDispatched(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		w.AddUser("mira", "mira@shop.example", "User")
		w.Role(payments, "mira", "write")
		w.Dispatch(payments, "deploy.yml", "mira", map[string]string{"version": "6.6.6", "environment": "prod", "key": "D-1"})
		time.Sleep(time.Minute)
		p := w.pipeline(t)
		time.Sleep(time.Minute)
		for what, do := range map[string]func() error{
			"Find":  func() error { _, err := p.Find(t.Context(), "D-1"); return err },
			"Start": func() error { _, err := p.Start(t.Context(), order("D-1")); return err },
		} {
			err := do()
			if verdict, _ := effect.Classify(err); err == nil || verdict != effect.Permanent || errors.Is(err, effect.ErrNotFound) || !strings.Contains(err.Error(), "mira") {
				t.Errorf("%s: %v", what, err)
			}
		}
		run, err := p.Start(t.Context(), order("D-2"))
		if err != nil {
			t.Fatal(err)
		}
		w.Dispatch(payments, "deploy.yml", "mira", map[string]string{"version": "6.6.6", "environment": "prod", "key": "D-2"})
		time.Sleep(time.Minute)
		if found, err := w.pipeline(t).Find(t.Context(), "D-2"); err != nil || found.ID != run.ID {
			t.Errorf("found %+v, %v, want %s", found, err, run.ID)
		}
	})
}
