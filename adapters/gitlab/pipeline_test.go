package gitlab_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// bubble runs a test on a world of its own with a clock of its own.
func bubble(t *testing.T, o gitlabtest.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var net memnet.Net
		w := bare(t, time.Now, o)
		t.Cleanup(net.Serve("gitlab.test", w.side))
		w.url, w.client = "https://gitlab.test", net.Client()
		test(t, w)
	})
}

// takes gives the jobs of the project lengths.
func (w *world) takes(lengths ...time.Duration) {
	w.side.Change(shop, func(p *gitlabtest.Project) {
		for i, d := range lengths {
			p.Definition.Jobs[i].Takes = d
		}
	})
}

func (w *world) start(p *gitlab.Pipeline, key string) port.Run {
	w.t.Helper()
	run, err := p.Start(w.t.Context(), deployment(key))
	if err != nil {
		w.t.Fatalf("Start: %v", err)
	}
	return run
}

// followed is everything that following tells until the run ends or the time is over.
func (w *world) followed(p *gitlab.Pipeline, run port.Run, most time.Duration) (all []string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), most)
	defer cancel()
	var seen port.Progress
	for !seen.State.Ended() {
		now, err := p.Follow(ctx, run, seen)
		if w.heard(err) != nil {
			w.t.Fatalf("Follow: %v", err)
		}
		if ctx.Err() != nil {
			break
		}
		seen = now
		all = append(all, fmt.Sprintf("%s %q %d %%", seen.State, seen.Stage, seen.Percent))
	}
	return all
}

func wantLines(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant:\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestARunIsFollowedJobByJob(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		w.takes(time.Minute, 2*time.Minute)
		p := w.pipeline(variables(), nil)
		run := w.start(p, "D-1")
		if run.ID != "shop/payments:1" || !strings.HasSuffix(run.Link, "/shop/payments/-/pipelines/1") {
			t.Errorf("the run is %+v", run)
		}
		wantLines(t, "followed", w.followed(p, run, time.Hour), []string{`running "build" 0 %`, `running "deploy" 50 %`, `succeeded "deploy" 100 %`})
		seen, err := p.Follow(t.Context(), run, port.Progress{})
		if err != nil {
			t.Fatal(err)
		}
		wantLines(t, "the tail", seen.Tail, []string{"Preparing", "100 %", "$ ./deploy", "Job success"})
		got := w.side.Pipelines(shop)[0]
		if got.Ref != "main" || got.Given["GONOGO_KEY"] != "D-1" || got.Given["ENVIRONMENT"] != "prod" || got.Given["VERSION"] != "2.4.0" || got.Name != "gonogo D-1 to prod" {
			t.Errorf("the pipeline was given %+v", got)
		}
	})
}

// Whatever is refused says what to do, and whether waiting helps.
func TestStartsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings gitlab.PipelineSettings
		change   func(*gitlabtest.Project)
		service  string
		verdict  effect.Verdict
		says     string
	}{
		"variables are for nobody": {variables(), func(p *gitlabtest.Project) { p.Least = "no_one_allowed" }, "", effect.Retry, "or configure inputs"},
		"a protected branch":       {named(), func(p *gitlabtest.Project) { p.Protected = map[string]gitlabtest.Role{"main": gitlabtest.Maintainer} }, "", effect.Retry, "may not run pipelines on that branch"},
		"a role that is too low":   {named(), func(p *gitlabtest.Project) { p.Members["gonogo"] = gitlabtest.Reporter }, "", effect.Retry, "403"},
		"undeclared inputs":        {inputs(), func(p *gitlabtest.Project) { p.Definition.Inputs = nil }, "", effect.Permanent, "does not declare the inputs"},
		"an invalid definition": {named(), func(p *gitlabtest.Project) {
			p.Definition.Faults = []string{"jobs config should contain at least one visible job"}
		}, "", effect.Permanent, "visible job"},
		"nothing to run":     {named(), func(p *gitlabtest.Project) { p.Definition.Jobs = nil }, "", effect.Permanent, "prevented any jobs"},
		"an unknown project": {named(), nil, "billing", effect.Permanent, "there is no project shop/billing"},
		"an unknown branch":  {func() gitlab.PipelineSettings { s := named(); s.Ref = "release/{version}"; return s }(), nil, "", effect.Permanent, "Reference not found"},
		"no longer a member": {named(), func(p *gitlabtest.Project) { delete(p.Members, "gonogo") }, "", effect.Permanent, "make the token's user a member"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
				if c.change != nil {
					w.side.Change(shop, c.change)
				}
				d := deployment("D-1")
				if c.service != "" {
					d.Service = c.service
				}
				_, err := w.pipeline(c.settings, nil).Start(t.Context(), d)
				verdict, after := effect.Classify(w.heard(err))
				if err == nil || verdict != c.verdict || verdict == effect.Retry && after < time.Minute || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v (verdict %v after %v), want %v and %q", err, verdict, after, c.verdict, c.says)
				}
				if errors.Is(err, effect.ErrNotFound) {
					t.Errorf("%v is effect.ErrNotFound", err)
				}
				if n := w.side.Started("D-1"); n != 0 {
					t.Errorf("%d pipelines were started", n)
				}
			})
		})
	}
}

// What can't be read is never taken for “not there”: a second run would be started.
func TestWhatCannotBeReadIsNotTakenForNotThere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings gitlab.PipelineSettings
		change   func(*gitlabtest.Project)
		targets  bool
		says     string
	}{
		"variables": {variables(), func(p *gitlabtest.Project) { p.Protected = map[string]gitlabtest.Role{"main": gitlabtest.Maintainer} }, true, "Maintainer"},
		"a project that the token may no longer see":                {named(), func(p *gitlabtest.Project) { delete(p.Members, "gonogo") }, true, "not there, or not for this token to see"},
		"a project, of which variables would be read":               {variables(), func(p *gitlabtest.Project) { delete(p.Members, "gonogo") }, true, "not there, or not for this token to see"},
		"targets, which the configuration no longer gives":          {named(), nil, false, "serves nothing"},
		"pipelines, which a role that was lowered no longer allows": {named(), func(p *gitlabtest.Project) { p.Members["gonogo"] = gitlabtest.Guest }, true, "403"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
				w.start(w.pipeline(c.settings, nil), "D-1")
				if c.change != nil {
					w.side.Change(shop, c.change)
				}
				o := w.outside(nil)
				if !c.targets {
					o.Targets = nil
				}
				c.settings.URL = w.url
				p, err := gitlab.NewPipeline(c.settings, o)
				if err != nil {
					t.Fatal(err)
				}
				run, err := p.Find(t.Context(), "D-1")
				verdict, _ := effect.Classify(w.heard(err))
				if err == nil || errors.Is(err, effect.ErrNotFound) || verdict == effect.Permanent || !strings.Contains(err.Error(), c.says) {
					t.Errorf("Find gave %+v, %v, want an error with %q", run, err, c.says)
				}
			})
		})
	}
}

func TestAKeyThatSomebodyElseUsedIsLeftToPeople(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		w.side.AddToken("glpat-eve", "eve", "api")
		foreign := w.outside(nil)
		foreign.Secret = func(string) (string, error) { return "glpat-eve", nil }
		s := named()
		s.URL = w.url
		other, err := gitlab.NewPipeline(s, foreign)
		if err != nil {
			t.Fatal(err)
		}
		w.start(other, "D-1")
		_, err = w.pipeline(named(), nil).Start(t.Context(), deployment("D-1"))
		if verdict, _ := effect.Classify(w.heard(err)); err == nil || verdict != effect.Permanent || !strings.Contains(err.Error(), "eve started it") {
			t.Errorf("the start gave %v", err)
		}
		if n := w.side.Started("D-1"); n != 1 {
			t.Errorf("%d pipelines carry the key", n)
		}
	})
}

// Whoever sees a key may start another pipeline under it: that neither becomes the bot's nor hides the bot's.
func TestAKeyThatSomebodyUsesAgain(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		run := w.start(w.pipeline(named(), nil), "D-1")
		w.side.AddToken("glpat-eve", "eve", "api")
		q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/api/v4/projects/shop%2Fpayments/pipeline",
			strings.NewReader(`{"ref":"main","variables":[{"key":"GONOGO_KEY","value":"D-1"},{"key":"ENVIRONMENT","value":"prod"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("PRIVATE-TOKEN", "glpat-eve")
		q.Header.Set("Content-Type", "application/json")
		answer, err := w.client.Do(q)
		if err != nil || answer.StatusCode != http.StatusCreated {
			t.Fatal(answer, err)
		}
		_ = answer.Body.Close()
		found, err := w.pipeline(named(), nil).Find(t.Context(), "D-1")
		if w.heard(err) != nil || found.ID != run.ID {
			t.Errorf("Find gave %+v, %v, want %s", found, err, run.ID)
		}
	})
}

func TestARunOfAProjectThatCannotBeSeenIsNotLost(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		w.side.Behave("D-1", gitlabtest.Holds)
		p := w.pipeline(named(), nil)
		run := w.start(p, "D-1")
		w.side.Change(shop, func(p *gitlabtest.Project) { delete(p.Members, "gonogo") })
		now, err := p.Follow(t.Context(), run, port.Progress{State: port.RunRunning})
		if verdict, after := effect.Classify(w.heard(err)); err == nil || verdict != effect.Retry || after == 0 || now.State != port.RunRunning {
			t.Errorf("Follow gave %+v, %v", now, err)
		}
	})
}

func TestLimitsAreObeyed(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{Limit: 5}, func(t *testing.T, w *world) {
		p := w.pipeline(named(), nil)
		var err error
		for range 6 {
			_, err = p.Find(t.Context(), "D-1")
			if !errors.Is(err, effect.ErrNotFound) {
				break
			}
		}
		if verdict, after := effect.Classify(w.heard(err)); verdict != effect.Retry || after <= 0 || after > time.Minute {
			t.Fatalf("over the limit: %v after %v", err, after)
		} else {
			time.Sleep(after)
		}
		if _, err := p.Find(t.Context(), "D-1"); !errors.Is(err, effect.ErrNotFound) {
			t.Errorf("after the wait: %v", err)
		}
	})
}

func TestAnOldKeyIsFoundByItsName(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		run := w.start(w.pipeline(named(), nil), "D-1")
		time.Sleep(30 * 24 * time.Hour)
		found, err := w.pipeline(named(), nil).Find(t.Context(), "D-1")
		if err != nil || found.ID != run.ID {
			t.Errorf("Find gave %+v, %v", found, err)
		}
	})
}

func TestRunsOfOtherForm(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		p := w.pipeline(named(), nil)
		for _, id := range []string{"", "7", "shop/payments:", "shop/payments:-1", ":7", "shop/payments:7x"} {
			_, err := p.Follow(t.Context(), port.Run{ID: id}, port.Progress{})
			if verdict, _ := effect.Classify(err); verdict != effect.Permanent {
				t.Errorf("Follow(%q) gave %v", id, err)
			}
			if verdict, _ := effect.Classify(p.Cancel(t.Context(), port.Run{ID: id})); verdict != effect.Permanent {
				t.Errorf("Cancel(%q) was accepted", id)
			}
		}
	})
}
