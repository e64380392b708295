package jenkins_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/jenkins"
	"github.com/gonogo-chat/gonogo/adapters/jenkins/jenkinstest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// refused starts a deployment that must not start, and returns why.
func (s *stand) refused(d port.Deployment, verdict effect.Verdict, says string) (after time.Duration) {
	s.t.Helper()
	run, err := s.a.Start(s.t.Context(), d)
	got, after := effect.Classify(err)
	if err == nil || got != verdict || !strings.Contains(err.Error(), says) {
		s.t.Fatalf("the start gave %+v and %v (verdict %v), want verdict %v that says %q", run, err, got, verdict, says)
	}
	s.wantBegun(d.Key, 0)
	return after
}

func TestParametersArePassed(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		run := s.start(deployment("D-1"))
		if run.ID != "shop/deploy-payments?key=D-1&queue=1" || run.Link != address+"/job/shop/job/deploy-payments/" {
			t.Errorf("the run is %+v", run)
		}
		if p := s.end(run); p.State != port.RunSucceeded {
			t.Errorf("ended as %+v", p)
		}
		var got map[string]string
		s.ci.Begun(func(p map[string]string) bool { got = p; return true })
		if got["VERSION"] != "2.4.0" || got["ENVIRONMENT"] != "prod" || got["NOTE"] != "none" || got[keyName] != "D-1" {
			t.Errorf("the build got %v", got)
		}
		found, err := s.adapter(settings()).Find(s.t.Context(), "D-1")
		if err != nil || found.ID != run.ID || found.Link != address+"/job/shop/job/deploy-payments/1/" {
			t.Errorf("found as %+v, %v", found, err)
		}
	})
}

// What a job does not declare would be dropped without a word, and it would be deployed what the job has for a default.
func TestUndeclaredParametersAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		declared []jenkinstest.Parameter
		says     string
	}{
		"the key":              {[]jenkinstest.Parameter{{Name: "VERSION"}, {Name: "ENVIRONMENT"}}, "does not declare the parameter GONOGO_KEY"},
		"another":              {[]jenkinstest.Parameter{{Name: keyName}, {Name: "ENVIRONMENT"}}, "does not declare the parameter VERSION"},
		"all of them":          {nil, "does not declare the parameter GONOGO_KEY"},
		"a key that is hidden": {[]jenkinstest.Parameter{{Name: keyName, Type: "PasswordParameterDefinition"}, {Name: "VERSION"}, {Name: "ENVIRONMENT"}}, "other than a string"},
		"a key to choose":      {[]jenkinstest.Parameter{{Name: keyName, Choices: []string{"D-1"}}, {Name: "VERSION"}, {Name: "ENVIRONMENT"}}, "other than a string"},
		"no such choice":       {[]jenkinstest.Parameter{{Name: keyName}, {Name: "VERSION"}, {Name: "ENVIRONMENT", Choices: []string{"test"}}}, `does not offer "prod"`},
	} {
		t.Run(name, func(t *testing.T) {
			within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
				s.ci.AddJob(jenkinstest.Job{Path: job, Parameters: c.declared})
				s.refused(deployment("D-1"), effect.Permanent, c.says)
			})
		})
	}
}

func TestChoicesAreTaken(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		s.ci.AddJob(jenkinstest.Job{Path: job, Parameters: []jenkinstest.Parameter{{Name: keyName}, {Name: "VERSION"}, {Name: "ENVIRONMENT", Choices: []string{"test", "prod"}}}})
		if p := s.end(s.start(deployment("D-1"))); p.State != port.RunSucceeded {
			t.Errorf("ended as %+v", p)
		}
	})
}

func TestJobsThatCanNotBeStarted(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		d := deployment("D-1")
		d.Service = "search"
		s.refused(d, effect.Permanent, "there is no job shop/deploy-search")
		s.ci.Disable(job, true)
		s.refused(deployment("D-1"), effect.Retry, "is disabled")
		s.ci.Disable(job, false)
		s.ci.Revoke(jenkinstest.JobBuild)
		if after := s.refused(deployment("D-1"), effect.Retry, "missing the Job/Build permission"); after < time.Minute {
			t.Errorf("to be tried again after %v", after)
		}
		s.ci.Grant(jenkinstest.JobBuild)
		s.start(deployment("D-1"))
		s.wantBegun("D-1", 1)
	})
}

func TestFoldersAndBranches(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*jenkins.Settings)
		path string
		page string
	}{
		"top":              {func(s *jenkins.Settings) { s.Job = "deploy" }, "deploy", "/job/deploy/"},
		"folders":          {func(s *jenkins.Settings) { s.Job = "a b/{pipeline}/deploy-{service}-{environment}" }, "a b/shop/deploy-payments-prod", "/job/a%20b/job/shop/job/deploy-payments-prod/"},
		"a branch":         {func(s *jenkins.Settings) { s.Job = "shop/{service}/main" }, "shop/payments/main", "/job/shop/job/payments/job/main/"},
		"a slash therein":  {func(s *jenkins.Settings) { s.Job = "shop/{service}/feature%2Fx" }, "shop/payments/feature%2Fx", "/job/shop/job/payments/job/feature%252Fx/"},
		"a job of its own": {func(s *jenkins.Settings) { s.Jobs = map[string]string{"payments": "old/pay"} }, "old/pay", "/job/old/job/pay/"},
	} {
		t.Run(name, func(t *testing.T) {
			set := settings()
			c.set(&set)
			within(t, jenkinstest.Options{Quiet: 5 * time.Second}, set, func(s *stand) {
				s.ci.RemoveJob(job)
				s.ci.AddJob(jenkinstest.Job{Path: c.path, Parameters: parameters})
				run := s.start(deployment("D-1"))
				if run.Link != address+c.page {
					t.Errorf("the link is %s", run.Link)
				}
				queued, err := s.adapter(set).Find(s.t.Context(), "D-1") // in the queue, which names jobs by their addresses
				if err != nil || queued.ID != run.ID {
					t.Errorf("in the queue it is %+v, %v, want %s", queued, err, run.ID)
				}
				if p := s.end(queued); p.State != port.RunSucceeded {
					t.Errorf("ended as %+v", p)
				}
			})
		})
	}
}

// A slash in a value stays within the name, as Jenkins encodes it in a branch's.
func TestASlashInAService(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		s.ci.AddJob(jenkinstest.Job{Path: "shop/deploy-team%2Fpay", Parameters: parameters})
		d := deployment("D-1")
		d.Service = "team/pay"
		if p := s.end(s.start(d)); p.State != port.RunSucceeded {
			t.Errorf("ended as %+v", p)
		}
	})
}

func TestCrumbsAreFetched(t *testing.T) {
	within(t, jenkinstest.Options{Crumbs: true}, jenkins.Settings{}, func(s *stand) {
		s.course["D-2"] = jenkinstest.Course{Holds: true}
		s.end(s.start(deployment("D-1")))
		run := s.start(deployment("D-2"))
		s.ci.Restart() // forgets the session that the crumb belongs to
		if err := s.a.Cancel(s.t.Context(), run); err != nil {
			t.Fatal(err)
		}
		if p := s.end(run); p.State != port.RunCancelled {
			t.Errorf("ended as %+v", p)
		}
		s.ci.Revoke(jenkinstest.JobBuild) // refused for another reason than the crumb
		s.refused(deployment("D-3"), effect.Retry, "Job/Build")
	})
}

// Jenkins folds equal starts that wait, and starts again what has begun: the key is looked for in both.
func TestARepeatedStart(t *testing.T) {
	within(t, jenkinstest.Options{Quiet: 5 * time.Second}, jenkins.Settings{}, func(s *stand) {
		first := s.start(deployment("D-1"))
		for _, wait := range []time.Duration{0, 6 * time.Second, time.Hour} {
			time.Sleep(wait)
			a := s.adapter(settings())
			again, err := a.Start(s.t.Context(), deployment("D-1"))
			if err != nil || again.ID != first.ID {
				t.Errorf("after %v the repeated start gave %+v, %v", wait, again, err)
			}
		}
		s.wantBegun("D-1", 1)
		s.ci.Build("dana", job, jenkinstest.Value{Name: keyName, Value: "D-1"}) // “Rebuild”, in Jenkins
		time.Sleep(time.Minute)
		if found, err := s.a.Find(s.t.Context(), "D-1"); err != nil || found.ID != first.ID {
			t.Errorf("after somebody repeated it, found %+v, %v", found, err)
		}
	})
}

// A job that can't be seen may hold the key: then it is not known that nothing was started.
func TestWhatIsHiddenIsNotAbsent(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		s.start(deployment("D-1"))
		s.ci.Pass()
		a := s.adapter(settings())
		s.ci.Revoke(jenkinstest.JobRead)
		if _, err := a.Find(s.t.Context(), "D-1"); err == nil || errors.Is(err, effect.ErrNotFound) {
			t.Errorf("with the job out of sight: %v", err)
		}
		s.ci.Grant(jenkinstest.JobRead)
		if _, err := a.Find(s.t.Context(), "D-1"); err != nil {
			t.Error(err)
		}
		s.target = nil
		if _, err := a.Find(s.t.Context(), "D-1"); err == nil || errors.Is(err, effect.ErrNotFound) {
			t.Errorf("with no job to look in: %v", err)
		}
	})
}

func TestAnswersThatAreNoStart(t *testing.T) {
	for name, c := range map[string]struct {
		answer  func(http.ResponseWriter)
		verdict effect.Verdict
	}{
		"not taken into the queue": {func(w http.ResponseWriter) { w.Header().Set("Location", "."); w.WriteHeader(http.StatusFound) }, effect.Retry},
		"nowhere in the queue":     {func(w http.ResponseWriter) { w.WriteHeader(http.StatusCreated) }, effect.Unknown},
		"starting up":              {func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) }, effect.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
				stop := s.net.Serve("ci.example", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, "/buildWithParameters") {
						c.answer(w)
						return
					}
					s.ci.ServeHTTP(w, r)
				}))
				defer stop()
				_, err := s.a.Start(s.t.Context(), deployment("D-1"))
				if v, _ := effect.Classify(err); err == nil || v != c.verdict {
					t.Errorf("gave %v (verdict %v), want verdict %v", err, v, c.verdict)
				}
			})
		})
	}
}

// A start that waits for another of its key gives up with its context, and has started nothing.
func TestWaitingForTheSameKey(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		hold := make(chan struct{})
		stop := s.net.Serve("ci.example", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-hold
			s.ci.ServeHTTP(w, r)
		}))
		defer stop()
		done := make(chan error)
		go func() { _, err := s.a.Start(s.t.Context(), deployment("D-1")); done <- err }()
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(s.t.Context(), time.Second)
		defer cancel()
		_, err := s.a.Start(ctx, deployment("D-1"))
		if v, _ := effect.Classify(err); v != effect.Retry || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("gave %v", err)
		}
		close(hold)
		if err := <-done; err != nil {
			t.Error(err)
		}
		s.wantBegun("D-1", 1)
	})
}

// Whoever may build the job can pass a key that they saw. Such a build is nobody's word on what the bot deployed: neither is it taken for the
// bot's, nor does it hide the bot's.
func TestAKeyThatSomebodyElsePassed(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		for _, user := range []string{"dana", ""} {
			s.ci.Build(user, job, jenkinstest.Value{Name: keyName, Value: "D-1"})
			for _, waited := range []time.Duration{0, time.Minute} { // in the queue, and built
				time.Sleep(waited)
				run, err := s.a.Find(s.t.Context(), "D-1")
				if verdict, _ := effect.Classify(err); err == nil || verdict != effect.Permanent || errors.Is(err, effect.ErrNotFound) {
					t.Errorf("started by %q: found %+v, %v", user, run, err)
				}
				if _, err := s.a.Start(s.t.Context(), deployment("D-1")); err == nil || !strings.Contains(err.Error(), "look at it") {
					t.Errorf("started by %q: the start gave %v", user, err)
				}
			}
		}
		s.ci.Forget(func(map[string]string) bool { return true })
		s.ci.Build("dana", job, jenkinstest.Value{Name: keyName, Value: "D-2"})
		run := s.start(deployment("D-3"))
		time.Sleep(time.Minute)
		s.ci.Build("dana", job, jenkinstest.Value{Name: keyName, Value: "D-3"})
		if found, err := s.adapter(settings()).Find(s.t.Context(), "D-3"); err != nil || found.ID != run.ID {
			t.Errorf("found %+v, %v, want %s", found, err, run.ID)
		}
	})
}

// A job that many deployments share has built a lot while the bot was away.
func TestAKeyThatManyBuildsCameAfter(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		s.ci.AddJob(jenkinstest.Job{Path: job, Parameters: parameters, Concurrent: true})
		run := s.start(deployment("D-1"))
		time.Sleep(time.Minute)
		for n := range 150 {
			s.ci.Build("dana", job, jenkinstest.Value{Name: keyName, Value: fmt.Sprint("other-", n)})
		}
		time.Sleep(10 * time.Minute) // the queue has forgotten it
		back := s.adapter(settings())
		if found, err := back.Find(s.t.Context(), "D-1"); err != nil || found.ID != run.ID {
			t.Errorf("found %+v, %v, want %s", found, err, run.ID)
		}
		if p, err := s.adapter(settings()).Follow(s.t.Context(), run, port.Progress{}); err != nil || p.State != port.RunSucceeded {
			t.Errorf("followed as %+v, %v", p, err)
		}
		if _, err := back.Find(s.t.Context(), "D-2"); !errors.Is(err, effect.ErrNotFound) {
			t.Errorf("an unknown key: %v", err)
		}
		asked := s.ci.Asked()
		time.Sleep(8 * 24 * time.Hour) // what is older than a week is not gone through
		if _, err := back.Find(s.t.Context(), "D-2"); !errors.Is(err, effect.ErrNotFound) || s.ci.Asked() > asked+3 {
			t.Errorf("an unknown key a week later: %v, with %d requests", err, s.ci.Asked()-asked)
		}
	})
}

// Jenkins may still be at a start whose answer was lost: that it is nowhere to be seen yet is no reason to start it again.
func TestAStartInDoubtIsNotRepeated(t *testing.T) {
	set := settings()
	set.StartLag = 30 * time.Second
	within(t, jenkinstest.Options{}, set, func(s *stand) {
		time.Sleep(time.Hour)
		s.ci.LoseAnswer()
		if _, err := s.a.Start(s.t.Context(), deployment("D-1")); err == nil {
			t.Fatal("the answer was not lost")
		}
		s.ci.Forget(func(map[string]string) bool { return true }) // as if it were not there yet
		_, started := s.a.Start(s.t.Context(), deployment("D-1"))
		_, found := s.a.Find(s.t.Context(), "D-1")
		for what, err := range map[string]error{"the start": started, "Find": found} {
			if verdict, _ := effect.Classify(err); err == nil || verdict != effect.Unknown || errors.Is(err, effect.ErrNotFound) {
				t.Errorf("%s gave %v", what, err)
			}
		}
		s.wantBegun("D-1", 0)
		time.Sleep(30 * time.Second)
		s.start(deployment("D-1"))
		s.wantBegun("D-1", 1)
	})
}

// A secret that is empty would let everybody in, or nobody.
func TestEmptySecretsAreRefused(t *testing.T) {
	t.Parallel()
	for _, empty := range []string{"env:JENKINS_TOKEN", "env:HOOK"} {
		_, err := jenkins.New(settings(), jenkins.Outside{Clock: time.Now, Secret: func(reference string) (string, error) {
			if reference == empty {
				return "", nil
			}
			return secrets(reference)
		}})
		if err == nil || !strings.Contains(err.Error(), empty+" is empty") {
			t.Errorf("%s: %v", empty, err)
		}
	}
}
