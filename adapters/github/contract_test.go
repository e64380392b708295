package github_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	contract "github.com/gonogo-chat/gonogo/adapters/contract/deployer"
	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/github"
	"github.com/gonogo-chat/gonogo/adapters/github/githubtest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// The contract holds on a GitHub that tells which run a dispatch became, on one that does not know the option, and on one that refuses it.
func TestContract(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]githubtest.Dispatch{"details": githubtest.Details, "ignores": githubtest.Ignores, "refuses": githubtest.Refuses} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			contract.Test(t, func(t *testing.T) contract.Side { return side(t, kind) })
		})
	}
}

func side(t *testing.T, kind githubtest.Dispatch) contract.Side {
	s, at := loopback(t, githubtest.Options{Dispatch: kind, ListingLag: 300 * time.Millisecond, Course: func(_ string, inputs map[string]string) githubtest.Course {
		c := githubtest.Course{Step: 20 * time.Millisecond}
		switch inputs["course"] {
		case string(contract.Fails):
			c.Conclusion, c.Log = "failure", "2026-11-23T09:00:00.0000000Z broken\n"
		case string(contract.Holds):
			c.Holds = true
		}
		return c
	}})
	client := &http.Client{}
	return contract.Side{
		New: func(t *testing.T) port.Deployer {
			set := settings()
			set.URL, set.ListingLag = at, time.Second
			set.Inputs["course"] = "{location}"
			p, err := github.NewPipeline(set, github.Outside{
				Secret: secrets, Clock: time.Now, Client: client, Pipeline: "actions",
				Targets: func() []port.Target { return []port.Target{{Service: "payments", Environment: "prod"}} },
			})
			if err != nil {
				t.Fatal(err)
			}
			p.Hurry(50 * time.Millisecond)
			return p
		},
		Ask: func(_ *testing.T, key string, b contract.Behaviour) port.Deployment {
			d := order(key)
			d.Location = string(b)
			return d
		},
		Release: func(_ *testing.T, key string) {
			for _, r := range s.Runs(payments) {
				if r.Inputs["key"] == key {
					s.Release(r.ID)
				}
			}
		},
		Started: func(_ *testing.T, key string) (n int) {
			for _, r := range s.Runs(payments) {
				if r.Inputs["key"] == key {
					n++
				}
			}
			return n
		},
		LoseAnswer: func(*testing.T) { s.LoseAnswer() },
		Garble: func(_ *testing.T, run port.Run) {
			s.Garble(fmt.Sprintf("/repos/%s/actions/runs/", payments))
		},
		Lose: func(t *testing.T, run port.Run) {
			id, err := strconv.ParseInt(run.ID[strings.LastIndex(run.ID, "/")+1:], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			s.Forget(id)
		},
		Fail:    func(_ *testing.T, k trouble.Kind) { s.Fail(k) },
		Heal:    func(*testing.T) { s.Heal() },
		Stage:   "deploy",
		Percent: 100,
	}
}
