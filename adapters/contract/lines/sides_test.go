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
	"jenkins": jenkinsSide, "gitlab": gitlabSide, "github": githubSide, "github-terse": tersegithubSide, "argocd": argocdSide,
	"ticket-cloud": cloudTickets, "ticket-datacenter": dataCenterTickets, "note": notes, "file": files, "page": pages, "page-unseen": blindPages,
}

func targets() []port.Target { return []port.Target{{Service: "payments", Environment: "prod"}} }

// deployment is of a version that no other is of: where versions are declared, one that is there already takes no run.
func deployment(key string) port.Deployment {
	version := fmt.Sprintf("1.1.%d", key[len(key)-1])
	return port.Deployment{Key: key, Service: "payments", Environment: "prod", Version: version, Pipeline: "line", Release: "R-1"}
}

// starting is the operation of a pipeline.
func starting(d port.Deployer, begun func(key string) int) func(*testing.T, string) operation {
	return func(_ *testing.T, key string) operation {
		known := func(run port.Run, err error) error {
			if err == nil && run.ID == "" {
				return errors.New("a run without an id")
			}
			return err
		}
		return operation{
			perform: func(ctx context.Context) error { return known(d.Start(ctx, deployment(key))) },
			find:    func(ctx context.Context) error { return known(d.Find(ctx, key)) },
			count:   func() int { return begun(key) },
		}
	}
}

func no(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func jenkinsSide(t *testing.T) side {
	ci := jenkinstest.New(jenkinstest.Options{Clock: time.Now, User: "gonogo", Token: token, URL: address, Crumbs: true, Quiet: 50 * time.Millisecond})
	t.Cleanup(ci.Close)
	ci.AddJob(jenkinstest.Job{Path: "shop/deploy-payments", Pipeline: true, Parameters: []jenkinstest.Parameter{{Name: "GONOGO_KEY"}, {Name: "VERSION"}}})
	l := lay(t, ci, to("POST", "/buildWithParameters"))
	a, err := jenkins.New(jenkins.Settings{
		URL: address, User: "gonogo", Token: "env:TOKEN", Job: "shop/deploy-{service}", Parameters: map[string]string{"VERSION": "{version}"},
	}, jenkins.Outside{Secret: secret, Clock: time.Now, Client: l.client(), Pipeline: "line", Targets: targets})
	no(t, err)
	return side{line: l, wrong: ci.Wrong, begin: starting(a, func(key string) int {
		return ci.Begun(func(p map[string]string) bool { return p["GONOGO_KEY"] == key })
	})}
}

func gitlabSide(t *testing.T) side {
	lab := gitlabtest.New(gitlabtest.Options{Clock: time.Now})
	t.Cleanup(lab.Close)
	lab.AddUser("gonogo")
	lab.AddToken(token, "gonogo", "api")
	lab.AddProject(gitlabtest.Project{
		Path: "shop/payments", Members: map[string]gitlabtest.Role{"gonogo": gitlabtest.Developer},
		Definition: gitlabtest.Definition{Jobs: []gitlabtest.Job{{Name: "deploy", Stage: "deploy", Environment: "$ENVIRONMENT"}}},
	})
	l := lay(t, lab, to("POST", "/pipeline"))
	p, err := gitlab.NewPipeline(gitlab.PipelineSettings{
		URL: address, Token: "env:TOKEN", Project: "shop/{service}", Variables: map[string]string{"VERSION": "{version}", "ENVIRONMENT": "{environment}"},
	}, gitlab.Outside{Secret: secret, Clock: time.Now, Client: l.client(), Pipeline: "line", Targets: targets})
	no(t, err)
	return side{line: l, wrong: lab.Wrong, begin: starting(p, lab.Started)}
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

// githubSide tells what a dispatch became; tersegithubSide lists it some time later, for which its adapter waits in whole seconds: only the
// moment that it is about is tried there.
func githubSide(t *testing.T) side { return githubThat(t, githubtest.Details, 0) }

func tersegithubSide(t *testing.T) side {
	s := githubThat(t, githubtest.Ignores, 100*time.Millisecond)
	s.when = []moment{arrived}
	return s
}

func githubThat(t *testing.T, dispatch githubtest.Dispatch, lag time.Duration) side {
	hub := githubtest.New(githubtest.Options{Clock: time.Now, URL: address, Token: token, Dispatch: dispatch, ListingLag: lag})
	t.Cleanup(hub.Close)
	hub.AddRepository("shop/payments", map[string]string{".github/workflows/deploy.yml": workflow})
	l := lay(t, hub, to("POST", "/dispatches"))
	p, err := github.NewPipeline(github.PipelineSettings{
		URL: address, Token: "env:TOKEN", Repository: "shop/{service}", Workflow: "deploy.yml", Inputs: map[string]string{"version": "{version}"},
		Record: true, ListingLag: max(2*lag, time.Millisecond),
	}, github.Outside{Secret: secret, Clock: time.Now, Client: l.client(), Pipeline: "line", Targets: targets})
	no(t, err)
	return side{line: l, wrong: hub.Wrong, begin: starting(p, func(key string) (n int) {
		for _, r := range hub.Runs("shop/payments") {
			if r.Inputs["key"] == key {
				n++
			}
		}
		return n
	})}
}

func argocdSide(t *testing.T) side {
	argo := argocdtest.New(argocdtest.Options{Clock: time.Now, Step: 20 * time.Millisecond})
	t.Cleanup(argo.Close)
	argo.Account(token, "gonogo", "applications, get, shop/*", "applications, update, shop/*", "applications, sync, shop/*")
	argo.Add(argocdtest.App{Name: "payments-prod", Project: "shop", Revision: "v1.0.0", Auto: true, SelfHeal: true})
	l := lay(t, argo, func(r *http.Request) bool { return r.Method == http.MethodPatch })
	a, err := argocd.New(argocd.Settings{URL: address, Token: "env:TOKEN", Project: "shop", Revision: "v{version}"},
		argocd.Outside{Secret: secret, Clock: time.Now, Client: l.client(), Pipeline: "line", Targets: targets})
	no(t, err)
	return side{line: l, wrong: argo.Wrong, begin: starting(a, argo.Begun)}
}
