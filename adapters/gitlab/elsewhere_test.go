package gitlab_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// listening runs the adapter's loop during a test.
func (w *world) listening(p *gitlab.Pipeline, during func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	synctest.Wait()
	during()
	cancel()
	if err := <-ended; err != nil {
		w.t.Errorf("Run ended with %v", err)
	}
}

func prod(key string) map[string]string {
	return map[string]string{"GONOGO_KEY": key, "ENVIRONMENT": "prod", "VERSION": "2.5.0", "SERVICE": "payments"}
}

func TestRunsThatOthersStartedAreHeardOnce(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		w.takes(time.Minute, 10*time.Minute)
		w.side.Change(shop, func(p *gitlabtest.Project) { p.Members["gonogo"] = gitlabtest.Maintainer })
		w.side.Begin(shop, "dana", "main", prod("before my time"))
		time.Sleep(90 * time.Minute)
		w.side.Begin(shop, "dana", "main", prod(""))
		time.Sleep(20 * time.Minute)
		var heard notices
		p := w.pipeline(variables(), &heard)
		w.listening(p, func() {
			w.start(p, "D-1")
			time.Sleep(time.Hour)
			w.side.Begin(shop, "eve", "main", prod("D-9"))
			time.Sleep(time.Hour)
		})
		wantLines(t, "heard", heard.lines(), []string{
			`run:shop:shop/payments:2:succeeded payments/prod 2.5.0 succeeded by dana key ""`,
			`run:shop:shop/payments:4:running payments/prod 2.5.0 running by eve key "D-9"`,
			`run:shop:shop/payments:4:succeeded payments/prod 2.5.0 succeeded by eve key "D-9"`,
		})
		if at := heard.all[0].At; time.Since(at) > 4*time.Hour || at.IsZero() {
			t.Errorf("it happened at %v", at)
		}
	})
}

// After a restart the process no longer knows what it started: its own run is told with its key, which the bot knows.
func TestOwnRunsAreToldWithTheirKeyAfterARestart(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]gitlab.PipelineSettings{"by variables": variables(), "by name": named()} {
		t.Run(name, func(t *testing.T) {
			bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
				w.start(w.pipeline(s, nil), "D-1")
				var heard notices
				w.listening(w.pipeline(s, &heard), func() { time.Sleep(time.Minute) })
				wantLines(t, "heard", heard.lines(), []string{`run:shop:shop/payments:1:succeeded payments/prod 2.4.0 succeeded by gonogo key "D-1"`})
			})
		})
	}
}

// Without the right to read variables a run is heard all the same, without what they would tell.
func TestRunsWhoseVariablesCannotBeReadAreHeard(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		w.side.Tag(shop, "v3", w.side.Head(shop, "main"))
		w.side.Begin(shop, "dana", "v3", prod("D-9"))
		var heard notices
		w.listening(w.pipeline(variables(), &heard), func() { time.Sleep(time.Minute) })
		wantLines(t, "heard", heard.lines(), []string{`run:shop:shop/payments:1:succeeded payments/prod v3 succeeded by dana key ""`})
	})
}

func TestARunThatWaitsForPeopleIsNotHeardBeforeItRuns(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		w.side.Change(shop, func(p *gitlabtest.Project) { p.Definition.Jobs[1].Manual = true })
		w.takes(0, time.Minute)
		var heard notices
		w.listening(w.pipeline(named(), &heard), func() {
			w.side.Begin(shop, "dana", "main", prod("x"))
			time.Sleep(10 * time.Minute)
			if got := heard.lines(); len(got) > 0 {
				t.Errorf("heard already: %q", got)
			}
			if err := w.side.Play(shop, 1, "deploy", "eve"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Minute)
		})
		wantLines(t, "heard", heard.lines(), []string{
			`run:shop:shop/payments:1:running payments/prod  running by eve key "x"`,
			`run:shop:shop/payments:1:succeeded payments/prod  succeeded by eve key "x"`,
		})
	})
}

// What the listener can't take is offered again, and trouble on the other side is outlived.
func TestNothingIsLostInTrouble(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		heard := notices{fail: errors.New("the disk is full")}
		w.listening(w.pipeline(named(), &heard), func() {
			w.side.Begin(shop, "dana", "main", prod("x"))
			time.Sleep(5 * time.Minute)
			heard.mu.Lock()
			heard.fail = nil
			heard.mu.Unlock()
			for _, k := range trouble.Kinds() {
				w.side.Fail(k)
				time.Sleep(10 * time.Minute)
				w.side.Heal()
				time.Sleep(10 * time.Minute)
			}
			w.side.Begin(shop, "dana", "main", prod("y"))
			time.Sleep(10 * time.Minute)
		})
		got := strings.Join(heard.lines(), "\n")
		for _, key := range []string{"shop/payments:1:succeeded", "shop/payments:2:succeeded"} {
			if strings.Count(got, key) != 1 {
				t.Errorf("heard:\n%s\nwant %s once", got, key)
			}
		}
	})
}

// A project that deploys several services: what does not say which may be of any of them.
func TestRunsOfASharedProject(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		var heard notices
		o := w.outside(&heard)
		o.Targets = func() []port.Target {
			return []port.Target{{Service: "payments", Environment: "prod"}, {Service: "orders", Environment: "prod"}}
		}
		s := named()
		s.URL, s.Project, s.Variables = w.url, "shop/payments", map[string]string{"SERVICE": "{service}"}
		s.Name = "gonogo {key} to {environment}"
		w.side.Change(shop, func(p *gitlabtest.Project) { p.Members["gonogo"] = gitlabtest.Maintainer })
		p, err := gitlab.NewPipeline(s, o)
		if err != nil {
			t.Fatal(err)
		}
		w.listening(p, func() {
			w.side.Begin(shop, "dana", "main", map[string]string{"ENVIRONMENT": "prod"})
			w.side.Begin(shop, "dana", "main", map[string]string{"ENVIRONMENT": "prod", "SERVICE": "orders"})
			time.Sleep(5 * time.Minute)
		})
		wantLines(t, "heard", heard.lines(), []string{
			`run:shop:shop/payments:1:succeeded:payments payments/prod  succeeded by dana key ""`,
			`run:shop:shop/payments:1:succeeded:orders orders/prod  succeeded by dana key ""`,
			`run:shop:shop/payments:2:succeeded orders/prod  succeeded by dana key ""`,
		})
	})
}

// What people do with a run of the bot's is heard: it may end otherwise than the bot saw.
func TestAJobThatSomebodyRepeatsIsHeard(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		var heard notices
		p := w.pipeline(named(), &heard)
		w.listening(p, func() {
			w.side.Behave("D-1", gitlabtest.Fails)
			run := w.start(p, "D-1")
			wantLines(t, "followed", w.followed(p, run, time.Hour), []string{`failed "deploy" 100 %`})
			time.Sleep(5 * time.Minute)
			w.side.Behave("D-1", gitlabtest.Succeeds)
			w.side.Retry(shop, 1, "deploy", "dana")
			time.Sleep(5 * time.Minute)
		})
		wantLines(t, "heard", heard.lines(), []string{`run:shop:shop/payments:1:succeeded payments/prod 2.4.0 succeeded by dana key "D-1"`})
	})
}
