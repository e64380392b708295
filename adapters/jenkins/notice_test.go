package jenkins_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/jenkins"
	"github.com/gonogo-chat/gonogo/adapters/jenkins/jenkinstest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// said is a notice in one line.
func said(n port.Notice) string {
	return fmt.Sprintf("%s %s %s/%s %s by %q under %q", n.Run.State, n.Run.Run.ID, n.Run.Service, n.Run.Environment, n.Run.Version, n.Account.ID, n.Run.Key)
}

func (s *stand) wantHeard(want ...string) {
	s.t.Helper()
	var got []string
	for _, n := range s.ears.heard() {
		got = append(got, said(n))
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("heard\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func values(key, version, environment string) []jenkinstest.Value {
	return []jenkinstest.Value{{Name: keyName, Value: key}, {Name: "VERSION", Value: version}, {Name: "ENVIRONMENT", Value: environment}}
}

func TestRunsThatOthersStarted(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		s.course[""] = jenkinstest.Course{Takes: 90 * time.Second}
		s.while(func() {
			s.end(s.start(deployment("D-1"))) // the adapter's own is no news
			s.ci.Build("dana", job, values("", "2.5.0", "prod")...)
			time.Sleep(2 * time.Minute)
			s.ci.Build("", job, values("D-1", "2.4.0", "prod")...) // a key that is claimed
			time.Sleep(3 * time.Minute)
		})
		s.wantHeard(
			`running shop/deploy-payments?queue=2 payments/prod 2.5.0 by "dana" under ""`,
			`succeeded shop/deploy-payments?queue=2 payments/prod 2.5.0 by "dana" under ""`,
			`succeeded shop/deploy-payments?key=D-1&queue=3 payments/prod 2.4.0 by "" under "D-1"`,
		)
		n := s.ears.heard()[1]
		if n.Key != "run:shop:shop/deploy-payments?queue=2:succeeded" || n.System != "jenkins" || n.Account.String() != "jenkins::dana" ||
			n.Run.Pipeline != "shop" || n.Run.Run.Link != address+"/job/shop/job/deploy-payments/2/" {
			t.Errorf("the notice is %+v %+v", n, n.Run)
		}
	})
}

// A start that is on its way is listed before its answer is here: it is not taken for somebody else's.
func TestAStartOnItsWay(t *testing.T) {
	set := settings()
	set.Poll = 5 * time.Second
	within(t, jenkinstest.Options{}, set, func(s *stand) {
		stop := s.net.Serve("ci.example", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.ci.ServeHTTP(w, r)
			if r.Method == http.MethodPost {
				time.Sleep(18 * time.Second)
			}
		}))
		defer stop()
		s.while(func() {
			s.start(deployment("D-1"))
			time.Sleep(time.Minute)
			s.wantHeard()
			s.ci.LoseAnswer() // then whose it is can't be told: the bot knows the key
			if _, err := s.a.Start(s.t.Context(), deployment("D-2")); err == nil {
				t.Error("the answer was not lost")
			}
			time.Sleep(time.Minute)
		})
		s.wantHeard(
			`running shop/deploy-payments?key=D-2&queue=2 payments/prod 2.4.0 by "gonogo" under "D-2"`,
			`succeeded shop/deploy-payments?key=D-2&queue=2 payments/prod 2.4.0 by "gonogo" under "D-2"`,
		)
	})
}

func TestOnlyTheLastHourIsToldAtFirst(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		s.course["held"] = jenkinstest.Course{Holds: true}
		s.ci.AddJob(jenkinstest.Job{Path: job, Parameters: parameters, Concurrent: true})
		s.ci.Build("dana", job, values("old", "1", "prod")...)
		s.ci.Build("dana", job, values("held", "2", "prod")...)
		time.Sleep(2 * time.Hour)
		s.ci.Build("dana", job, values("new", "3", "prod")...)
		time.Sleep(time.Minute)
		for range 2 { // a restarted bot tells the same, under the same keys
			s.while(func() { time.Sleep(10 * time.Minute) })
		}
		running := `running shop/deploy-payments?key=held&queue=2 payments/prod 2 by "dana" under "held"`
		recent := `succeeded shop/deploy-payments?key=new&queue=3 payments/prod 3 by "dana" under "new"`
		s.wantHeard(running, recent, running, recent)
	})
}

// Several targets share a job: its parameters tell which one a build is for. One for nothing that is governed is nobody's business.
func TestWhatABuildIsFor(t *testing.T) {
	set := settings()
	set.Job, set.Parameters = "deploy", map[string]string{"SERVICE": "{service}", "ENVIRONMENT": "{environment}", "TITLE": "{service} {version}", "VERSION": "{version}"}
	within(t, jenkinstest.Options{}, set, func(s *stand) {
		s.target = []port.Target{{Service: "payments", Environment: "prod"}, {Service: "payments", Environment: "test"}, {Service: "search", Environment: "prod"}}
		s.ci.AddJob(jenkinstest.Job{Path: "deploy", Parameters: []jenkinstest.Parameter{{Name: keyName}, {Name: "SERVICE"}, {Name: "ENVIRONMENT"}}, Concurrent: true})
		service := func(name string) jenkinstest.Value { return jenkinstest.Value{Name: "SERVICE", Value: name} }
		s.ci.Build("dana", "deploy", append(values("1", "1", "test"), service("payments"))...)
		s.ci.Build("dana", "deploy", append(values("2", "1", "prod"), service("search"))...)
		s.ci.Build("dana", "deploy", append(values("3", "1", "prod"), service("billing"))...)
		s.ci.Build("dana", "deploy", service("payments"))
		time.Sleep(time.Minute)
		s.while(func() { time.Sleep(time.Second) })
		s.wantHeard(
			`succeeded deploy?key=1&queue=1 payments/test 1 by "dana" under "1"`,
			`succeeded deploy?key=2&queue=2 search/prod 1 by "dana" under "2"`,
		)
	})
}

// A notice that could not be kept is told again; one that was is not.
func TestNoticesThatAreNotTaken(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		s.ci.Build("dana", job, values("", "1", "prod")...)
		time.Sleep(time.Minute)
		s.ears.refuse(errors.New("the disk is full"))
		s.while(func() {
			time.Sleep(10 * time.Second)
			s.ears.refuse(nil)
			time.Sleep(10 * time.Minute)
		})
		s.wantHeard(`succeeded shop/deploy-payments?queue=1 payments/prod 1 by "dana" under ""`)
	})
}

func TestLookingBacksOff(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		s.ci.Fail(trouble.Broken)
		s.while(func() {
			time.Sleep(time.Hour)
			if n := s.ci.Asked(); n < 10 || n > 15 {
				t.Errorf("asked %d times in an hour of failure", n)
			}
			s.ci.Heal()
			s.ci.Build("dana", job, values("", "1", "prod")...)
			time.Sleep(6 * time.Minute)
		})
		s.wantHeard(`succeeded shop/deploy-payments?queue=1 payments/prod 1 by "dana" under ""`)
	})
}

// A job that can't be seen does not hide the others, and a webhook makes the loop look at once.
func TestOtherJobsAreLookedAt(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		defer s.net.Serve("bot.example", s.a.Handler())()
		s.ci.Webhooks(s.client, "https://bot.example/", hook)
		s.target = append(s.target, port.Target{Service: "absent", Environment: "prod"})
		s.while(func() {
			time.Sleep(5 * time.Second)
			s.ci.Build("dana", job, values("", "1", "prod")...)
			time.Sleep(5 * time.Second)
			s.wantHeard(`running shop/deploy-payments?queue=1 payments/prod 1 by "dana" under ""`)
		})
	})
}
