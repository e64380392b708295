package gitlab_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/deployer"
	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Every way of starting a pipeline keeps the contract.
func TestContract(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]struct {
		settings gitlab.PipelineSettings
		project  func(*gitlabtest.Project)
		stage    string
	}{
		"variables": {settings: variables(), stage: "deploy"},
		"a name":    {settings: named(), stage: "deploy"},
		"inputs":    {settings: inputs(), project: withInputs, stage: "deploy"},
		"a manual job": {
			settings: func() gitlab.PipelineSettings { s := named(); s.Job = "deploy"; return s }(),
			project:  func(p *gitlabtest.Project) { p.Definition.Jobs[1].Manual = true },
			stage:    "deploy",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			deployer.Test(t, func(t *testing.T) deployer.Side {
				w := newWorld(t, time.Now)
				if m.project != nil {
					w.side.Change(shop, m.project)
				}
				return deployer.Side{
					New: func(t *testing.T) port.Deployer { return w.pipeline(m.settings, nil) },
					Ask: func(t *testing.T, key string, b deployer.Behaviour) port.Deployment {
						w.side.Behave(key, behaviours[b])
						return deployment(key)
					},
					Release:    func(t *testing.T, key string) { w.side.Release(key) },
					Started:    func(t *testing.T, key string) int { return w.side.Started(key) },
					LoseAnswer: func(t *testing.T) { w.side.LoseAnswer() },
					Garble:     func(t *testing.T, run port.Run) { w.side.Garble(number(t, run)) },
					Lose:       func(t *testing.T, run port.Run) { w.side.Delete(shop, number(t, run)) },
					Fail:       func(t *testing.T, k trouble.Kind) { w.side.Fail(k) },
					Heal:       func(t *testing.T) { w.side.Heal() },
					Stage:      m.stage,
					Percent:    100,
				}
			})
		})
	}
}

var behaviours = map[deployer.Behaviour]gitlabtest.Behaviour{
	deployer.Succeeds: gitlabtest.Succeeds, deployer.Fails: gitlabtest.Fails, deployer.Holds: gitlabtest.Holds,
}

func number(t *testing.T, run port.Run) int64 {
	t.Helper()
	_, text, _ := strings.Cut(run.ID, ":")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
