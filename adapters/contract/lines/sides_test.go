package lines_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/argocd"
	"github.com/gonogo-chat/gonogo/adapters/argocd/argocdtest"
	"github.com/gonogo-chat/gonogo/adapters/github"
	"github.com/gonogo-chat/gonogo/adapters/github/githubtest"
	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
	"github.com/gonogo-chat/gonogo/adapters/jenkins"
	"github.com/gonogo-chat/gonogo/adapters/jenkins/jenkinstest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

const token = "secret-token-of-the-pipeline"

func secret(reference string) (string, error) {
	if reference == "env:TOKEN" {
		return token, nil
	}
	return "", errors.New(reference + " is not set")
}

// address is every system's, as far as its adapter knows: the line leads elsewhere, and to another proxy each time that it is mended.
const address = "http://127.0.0.1:1"

// client is one that speaks over a line.
func (l *line) client() *http.Client { return &http.Client{Transport: l} }

// sides are the adapters by what they do.
var sides = map[string]func(*testing.T) side{
	"jenkins": starting(jenkinsLine), "gitlab": starting(gitlabLine), "github": starting(githubLine), "argocd": starting(argocdLine), "github-terse": terse,
	"jenkins-follow": following(jenkinsLine), "gitlab-follow": following(gitlabLine), "github-follow": following(githubLine), "argocd-follow": following(argocdLine),
	"ticket-cloud": cloudTickets, "ticket-datacenter": dataCenterTickets, "note": notes, "file": files, "move": moves, "amend": amendments,
	"page": pages, "page-unseen": blindPages, "resolve": resolutions,
}

// pipeline is an orchestrator with the line to it.
type pipeline struct {
	*line
	port.Deployer
	begun func(key string) int
	wrong func() []error
}

func targets() []port.Target { return []port.Target{{Service: "payments", Environment: "prod"}} }

// deployment is of a version that no other is of: where versions are declared, one that is there already takes no run.
func deployment(key string) port.Deployment {
	version := fmt.Sprintf("1.1.%d", key[len(key)-1])
	return port.Deployment{Key: key, Service: "payments", Environment: "prod", Version: version, Pipeline: "line", Release: "R-1"}
}

// starting starts runs.
func starting(open func(*testing.T, func() time.Time) pipeline) func(*testing.T) side {
	return func(t *testing.T) side {
		p := open(t, time.Now)
		known := func(run port.Run, err error) error {
			if err == nil && run.ID == "" {
				return errors.New("a run without an id")
			}
			return err
		}
		return side{line: p.line, wrong: p.wrong, begin: func(_ *testing.T, key string) operation {
			return operation{
				perform: func(ctx context.Context) error { return known(p.Start(ctx, deployment(key))) },
				find:    func(ctx context.Context) error { return known(p.Find(ctx, key)) },
				count:   func() int { return p.begun(key) },
			}
		}}
	}
}

// speed is how much faster the clock goes by which runs do, where they are followed.
const speed = 200

// following follows runs to their ends, which are not to be taken for others.
func following(open func(*testing.T, func() time.Time) pipeline) func(*testing.T) side {
	return func(t *testing.T) side {
		began := time.Now()
		p := open(t, func() time.Time { return began.Add(speed * time.Since(began)) })
		p.crucial = func(r *http.Request) bool { return r.Method == http.MethodGet }
		how := []string{"cut within an answer", "silence"} // each takes a second: adapters do not ask a side that fails any faster
		return side{line: p.line, wrong: p.wrong, when: []moment{arrived}, how: how, begin: func(t *testing.T, key string) operation {
			run, err := p.Start(t.Context(), deployment(key))
			no(t, err)
			ended := 0
			return operation{count: func() int { return ended }, perform: func(ctx context.Context) error {
				got, err := p.Follow(ctx, run, port.Progress{})
				switch {
				case err != nil:
					return err
				case !got.State.Ended():
					return errors.New("it goes on")
				case got.State != port.RunSucceeded:
					return effect.Permanently(fmt.Errorf("the run is taken for %s", got.State))
				}
				ended++
				return nil
			}}
		}}
	}
}

func no(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func jenkinsLine(t *testing.T, now func() time.Time) pipeline {
	ci := jenkinstest.New(jenkinstest.Options{Clock: now, User: "gonogo", Token: token, URL: address, Crumbs: true, Quiet: 50 * time.Millisecond})
	t.Cleanup(ci.Close)
	ci.AddJob(jenkinstest.Job{Path: "shop/deploy-payments", Pipeline: true, Parameters: []jenkinstest.Parameter{{Name: "GONOGO_KEY"}, {Name: "VERSION"}}})
	l := lay(t, ci, to("POST", "/buildWithParameters"))
	a, err := jenkins.New(jenkins.Settings{
		URL: address, User: "gonogo", Token: "env:TOKEN", Job: "shop/deploy-{service}", Parameters: map[string]string{"VERSION": "{version}"}, StartLag: time.Millisecond,
	}, jenkins.Outside{Secret: secret, Clock: now, Client: l.client(), Pipeline: "line", Targets: targets})
	no(t, err)
	return pipeline{l, a, func(key string) int {
		return ci.Begun(func(p map[string]string) bool { return p["GONOGO_KEY"] == key })
	}, ci.Wrong}
}

func gitlabLine(t *testing.T, now func() time.Time) pipeline {
	lab := gitlabtest.New(gitlabtest.Options{Clock: now})
	t.Cleanup(lab.Close)
	lab.AddUser("gonogo")
	lab.AddToken(token, "gonogo", "api")
	lab.AddProject(gitlabtest.Project{
		Path: "shop/payments", Members: map[string]gitlabtest.Role{"gonogo": gitlabtest.Developer},
		Definition: gitlabtest.Definition{Jobs: []gitlabtest.Job{{Name: "deploy", Stage: "deploy", Environment: "$ENVIRONMENT"}}},
	})
	l := lay(t, lab, to("POST", "/pipeline"))
	p, err := gitlab.NewPipeline(gitlab.PipelineSettings{
		URL: address, Token: "env:TOKEN", Project: "shop/{service}", Variables: map[string]string{"VERSION": "{version}", "ENVIRONMENT": "{environment}"}, StartLag: time.Millisecond,
	}, gitlab.Outside{Secret: secret, Clock: now, Client: l.client(), Pipeline: "line", Targets: targets})
	no(t, err)
	return pipeline{l, p, lab.Started, lab.Wrong}
}

const workflow = `name: Deploy
run-name: Deploy ${{ inputs.version }} (${{ inputs.key }})
on:
  workflow_dispatch:
    inputs:
      version: {required: true}
      key: {required: true}
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps: [{run: ./deploy}]
`

// githubLine is to a GitHub that tells what a dispatch became.
func githubLine(t *testing.T, now func() time.Time) pipeline {
	return githubThat(t, now, githubtest.Details, 0)
}

// terse starts runs on a GitHub that lists them some time later, for which the adapter waits in whole seconds: only the moment that it is
// about is tried there.
func terse(t *testing.T) side {
	s := starting(func(t *testing.T, now func() time.Time) pipeline {
		return githubThat(t, now, githubtest.Ignores, 100*time.Millisecond)
	})(t)
	s.when = []moment{arrived}
	return s
}

func githubThat(t *testing.T, now func() time.Time, dispatch githubtest.Dispatch, lag time.Duration) pipeline {
	hub := githubtest.New(githubtest.Options{Clock: now, URL: address, Token: token, Dispatch: dispatch, ListingLag: lag})
	t.Cleanup(hub.Close)
	hub.AddRepository("shop/payments", map[string]string{".github/workflows/deploy.yml": workflow})
	l := lay(t, hub, to("POST", "/dispatches"))
	p, err := github.NewPipeline(github.PipelineSettings{
		URL: address, Token: "env:TOKEN", Repository: "shop/{service}", Workflow: "deploy.yml", Inputs: map[string]string{"version": "{version}"},
		Record: true, ListingLag: max(2*lag, time.Millisecond),
	}, github.Outside{Secret: secret, Clock: now, Client: l.client(), Pipeline: "line", Targets: targets})
	no(t, err)
	return pipeline{l, p, func(key string) (n int) {
		for _, r := range hub.Runs("shop/payments") {
			if r.Inputs["key"] == key {
				n++
			}
		}
		return n
	}, hub.Wrong}
}

func argocdLine(t *testing.T, now func() time.Time) pipeline {
	argo := argocdtest.New(argocdtest.Options{Clock: now, Step: 20 * time.Millisecond})
	t.Cleanup(argo.Close)
	argo.Account(token, "gonogo", "applications, get, shop/*", "applications, update, shop/*", "applications, sync, shop/*")
	argo.Add(argocdtest.App{Name: "payments-prod", Project: "shop", Revision: "v1.0.0", Auto: true, SelfHeal: true})
	l := lay(t, argo, func(r *http.Request) bool { return r.Method == http.MethodPatch })
	a, err := argocd.New(argocd.Settings{URL: address, Token: "env:TOKEN", Project: "shop", Revision: "v{version}"},
		argocd.Outside{Secret: secret, Clock: now, Client: l.client(), Pipeline: "line", Targets: targets})
	no(t, err)
	return pipeline{l, a, argo.Begun, argo.Wrong}
}
