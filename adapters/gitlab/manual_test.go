package gitlab_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// manual makes the deploying job one that waits to be played.
func manual(optional bool) func(*gitlabtest.Project) {
	return func(p *gitlabtest.Project) {
		p.Definition.Jobs[1].Manual, p.Definition.Jobs[1].Optional = true, optional
		p.Definition.Jobs = append(p.Definition.Jobs, gitlabtest.Job{Name: "check", Stage: "check", Takes: time.Minute})
	}
}

func TestManualJobs(t *testing.T) {
	t.Parallel()
	for name, optional := range map[string]bool{"that hold the pipeline up": false, "that the pipeline may go without": true} {
		t.Run(name, func(t *testing.T) {
			bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
				w.side.Change(shop, manual(optional))
				w.takes(time.Minute, time.Minute)
				s := named()
				s.Job = "deploy"
				p := w.pipeline(s, nil)
				got := w.followed(p, w.start(p, "D-1"), time.Hour)
				for _, line := range []string{`running "deploy" `, `succeeded "`} {
					if !slices.ContainsFunc(got, func(l string) bool { return strings.HasPrefix(l, line) }) {
						t.Errorf("followed:\n%s\nwithout %s", strings.Join(got, "\n"), line)
					}
				}
				plays := 0
				for _, asked := range w.side.Asked() {
					if strings.HasSuffix(asked, "/play") {
						plays++
					}
				}
				if plays != 1 {
					t.Errorf("the job was played %d times", plays)
				}
			})
		})
	}
}

func TestAJobThatOthersAreToPlayIsSaidSo(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		w.side.Change(shop, manual(false))
		p := w.pipeline(variables(), nil)
		run := w.start(p, "D-1")
		wantLines(t, "before it is played", w.followed(p, run, time.Minute), []string{`running "waiting for deploy to be played" 33 %`})
		if err := w.side.Play(shop, 1, "deploy", "dana"); err != nil {
			t.Fatal(err)
		}
		wantLines(t, "after it was played", w.followed(p, run, time.Hour), []string{`running "check" 66 %`, `succeeded "check" 100 %`})
	})
}

func TestApprovalsOfAProtectedEnvironmentAreWaitedFor(t *testing.T) {
	t.Parallel()
	protect := func(p *gitlabtest.Project) {
		p.Premium = true
		p.Environments = map[string]gitlabtest.Protection{"prod": {Users: []string{"gonogo"}, Approvals: 1}}
	}
	for job, want := range map[string][]string{
		"deploy": {`succeeded "deploy" 100 %`},
		"":       {`running "waiting for deploy to be played" 50 %`},
	} {
		t.Run("job "+job, func(t *testing.T) {
			bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
				w.side.Change(shop, protect)
				s := named()
				s.Job = job
				p := w.pipeline(s, nil)
				run := w.start(p, "D-1")
				got := w.followed(p, run, time.Minute)
				if len(got) != 1 || !strings.HasPrefix(got[0], `running "waiting for approval of prod"`) {
					t.Errorf("before the approval: %q", got)
				}
				w.side.Approve(shop, "prod")
				got = w.followed(p, run, time.Minute)
				wantLines(t, "after the approval", got[len(got)-1:], want)
			})
		})
	}
}

func TestAPipelineWithoutTheConfiguredJob(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		s := named()
		s.Job = "deploy-{environment}"
		p := w.pipeline(s, nil)
		_, err := p.Follow(t.Context(), w.start(p, "D-1"), port.Progress{})
		if verdict, _ := effect.Classify(w.heard(err)); verdict != effect.Permanent || !strings.Contains(err.Error(), `no job "deploy-prod"`) {
			t.Errorf("Follow gave %v", err)
		}
	})
}

func TestADeploymentIsRecordedOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		environment string // of the job
		settings    func() gitlab.PipelineSettings
		want        int
	}{
		"by the bot":           {"", variables, 1},
		"by the job":           {"live", variables, 1},
		"by the bot, by names": {"", named, 1},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
				w.side.Change(shop, func(p *gitlabtest.Project) { p.Definition.Jobs[1].Environment = c.environment })
				s := c.settings()
				s.Record, s.Environments = true, map[string]string{"prod": "live"}
				p := w.pipeline(s, nil)
				run := w.start(p, "D-1")
				w.followed(p, run, time.Hour)
				w.followed(w.pipeline(s, nil), run, time.Hour)
				got := w.side.Deployments(shop)
				if len(got) != c.want || got[0].Environment != "live" || got[0].Status != "success" || got[0].User != "gonogo" {
					t.Errorf("recorded: %+v", got)
				}
			})
		})
	}
}

func TestWhatCannotBeRecordedIsASuccessAllTheSame(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		w.side.Change(shop, func(p *gitlabtest.Project) {
			p.Definition.Jobs[1].Environment = ""
			p.Premium, p.Environments = true, map[string]gitlabtest.Protection{"prod": {Users: []string{"dana"}}}
		})
		s := named()
		s.Record = true
		p := w.pipeline(s, nil)
		wantLines(t, "followed", w.followed(p, w.start(p, "D-1"), time.Hour), []string{`succeeded "deploy" 100 %`})
		if !strings.Contains(w.log.String(), "not recorded") {
			t.Errorf("the log says nothing of it: %s", w.log)
		}
	})
}

// The outcome of a run with a manual job is the job's, and that of what comes before and after it.
func TestOutcomesOfManualJobs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*gitlabtest.Project)
		fails  bool
		want   string
	}{
		"what comes before it fails": {func(p *gitlabtest.Project) { p.Definition.Jobs[0].Rare, p.Definition.Jobs[1].Rare = false, true }, true, `failed "build"`},
		"it fails":                   {func(p *gitlabtest.Project) { p.Definition.Jobs[2].Rare = true }, true, `failed "deploy"`},
		"what comes after it fails":  {func(p *gitlabtest.Project) { p.Definition.Jobs[1].Rare = true }, true, `failed "check"`},
		"what comes after it may fail": {func(p *gitlabtest.Project) {
			p.Definition.Jobs[1].Rare, p.Definition.Jobs[2].AllowFailure = true, true
		}, true, `succeeded "check"`},
		"what comes after it is for people": {func(p *gitlabtest.Project) { p.Definition.Jobs[2].Manual = true }, false, `succeeded "deploy"`},
		"all goes well":                     {func(*gitlabtest.Project) {}, false, `succeeded "check"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
				w.side.Change(shop, manual(false))
				w.side.Change(shop, c.change)
				if c.fails {
					w.side.Behave("D-1", gitlabtest.Fails)
				}
				s := named()
				s.Job = "deploy"
				p := w.pipeline(s, nil)
				got := w.followed(p, w.start(p, "D-1"), time.Hour)
				if last := got[len(got)-1]; !strings.HasPrefix(last, c.want) {
					t.Errorf("followed:\n%s\nwant %s at the end", strings.Join(got, "\n"), c.want)
				}
			})
		})
	}
}

func TestARunCancelledBeforeItsJobIsPlayed(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		w.side.Change(shop, manual(false))
		w.takes(time.Hour)
		s := named()
		s.Job = "deploy"
		p := w.pipeline(s, nil)
		run := w.start(p, "D-1")
		if err := p.Cancel(t.Context(), run); err != nil {
			t.Fatal(err)
		}
		got := w.followed(p, run, 3*time.Hour)
		if last := got[len(got)-1]; !strings.HasPrefix(last, "cancelled") {
			t.Errorf("followed: %q", got)
		}
	})
}

// A right that is missing is waited for, as the job can be played once it is given.
func TestAJobThatTheBotMayNotPlay(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		w.side.Change(shop, manual(false))
		w.side.Change(shop, func(p *gitlabtest.Project) {
			p.Premium, p.Environments = true, map[string]gitlabtest.Protection{"prod": {Users: []string{"dana"}}}
		})
		s := named()
		s.Job = "deploy"
		p := w.pipeline(s, nil)
		run := w.start(p, "D-1")
		_, err := p.Follow(t.Context(), run, port.Progress{})
		if verdict, after := effect.Classify(w.heard(err)); verdict != effect.Retry || after < time.Minute || !strings.Contains(err.Error(), "may not play the job deploy") {
			t.Errorf("Follow gave %v", err)
		}
		w.side.Change(shop, func(p *gitlabtest.Project) { p.Environments["prod"] = gitlabtest.Protection{Users: []string{"gonogo"}} })
		if got := w.followed(p, run, time.Hour); !strings.HasPrefix(got[len(got)-1], "succeeded") {
			t.Errorf("followed: %q", got)
		}
	})
}
