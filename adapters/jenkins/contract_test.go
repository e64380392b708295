package jenkins_test

import (
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/deployer"
	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/jenkins"
	"github.com/gonogo-chat/gonogo/adapters/jenkins/jenkinstest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// speed is how much faster Jenkins' clock goes than the real one.
const speed = 200

func TestContract(t *testing.T) { deployer.Test(t, side) }

func side(t *testing.T) deployer.Side {
	var mu sync.Mutex
	courses := map[string]jenkinstest.Course{}
	began := time.Now()
	clock := func() time.Time { return began.Add(speed * time.Since(began)) }
	web := httptest.NewUnstartedServer(nil)
	ci := jenkinstest.New(jenkinstest.Options{
		Clock: clock, User: "gonogo", Token: token, URL: "http://" + web.Listener.Addr().String() + "/ci", Quiet: time.Second, Crumbs: true,
		Course: func(_ string, p map[string]string) jenkinstest.Course {
			mu.Lock()
			defer mu.Unlock()
			return courses[p[keyName]]
		},
	})
	ci.AddJob(jenkinstest.Job{Path: job, Parameters: parameters, Pipeline: true, Usually: 10 * time.Second})
	web.Config.Handler = ci
	web.Start()
	t.Cleanup(func() {
		web.CloseClientConnections()
		web.Close()
		ci.Close()
		for _, err := range ci.Wrong() {
			t.Errorf("not as described: %.300v", err)
		}
	})
	return deployer.Side{
		New: func(t *testing.T) port.Deployer {
			s := settings()
			s.URL = web.URL + "/ci"
			a, err := jenkins.New(s, jenkins.Outside{
				Secret: secrets, Clock: clock, Pipeline: "shop", Targets: func() []port.Target { return []port.Target{{Service: "payments", Environment: "prod"}} },
			})
			if err != nil {
				t.Fatal(err)
			}
			a.Hasten(5 * time.Millisecond)
			return a
		},
		Ask: func(_ *testing.T, key string, b deployer.Behaviour) port.Deployment {
			mu.Lock()
			defer mu.Unlock()
			courses[key] = jenkinstest.Course{
				Takes: 4 * time.Second, Stages: []string{"check", "deploy"}, Output: []string{"checking", "deploying"},
				Holds:  b == deployer.Holds,
				Result: map[deployer.Behaviour]string{deployer.Fails: "FAILURE"}[b],
			}
			return deployment(key)
		},
		Release:    func(_ *testing.T, key string) { ci.Release(under(key)) },
		Started:    func(_ *testing.T, key string) int { return ci.Begun(under(key)) },
		LoseAnswer: func(*testing.T) { ci.LoseAnswer() },
		Garble:     func(*testing.T, port.Run) { ci.Garble("/job"); ci.Garble("/queue") },
		Lose:       func(*testing.T, port.Run) { ci.Forget(func(map[string]string) bool { return true }) },
		Fail:       func(_ *testing.T, k trouble.Kind) { ci.Fail(k) },
		Heal:       func(*testing.T) { ci.Heal() },
		Stage:      "deploy", Percent: 100,
	}
}
