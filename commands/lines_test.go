package commands_test

import (
	"net/http"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/argocd"
	"github.com/gonogo-chat/gonogo/adapters/argocd/argocdtest"
	"github.com/gonogo-chat/gonogo/adapters/github"
	"github.com/gonogo-chat/gonogo/adapters/github/githubtest"
	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
	"github.com/gonogo-chat/gonogo/adapters/jenkins"
	"github.com/gonogo-chat/gonogo/adapters/jenkins/jenkinstest"
)

// lines are the orchestrators, by name.
var lines = map[string]func(url string) line{"jenkins": jenkinsLine, "gitlab": gitlabLine, "github": githubLine, "argocd": argocdLine}

func jenkinsLine(url string) line {
	ci := jenkinstest.New(jenkinstest.Options{Clock: time.Now, User: "gonogo", Token: systemSecrets["env:LINE"], URL: url, Crumbs: true, Quiet: time.Second})
	ci.AddJob(jenkinstest.Job{Path: "shop/deploy-payments", Pipeline: true, Usually: 10 * time.Second, Parameters: []jenkinstest.Parameter{{Name: "GONOGO_KEY"}, {Name: "VERSION"}, {Name: "ENVIRONMENT"}}})
	return line{
		handler: ci, fail: ci.Fail, heal: ci.Heal, wrong: ci.Wrong, close: ci.Close,
		begun: func(key string) int {
			return ci.Begun(func(p map[string]string) bool { return p["GONOGO_KEY"] == key })
		},
		hears: func(c *http.Client, at string) { ci.Webhooks(c, at, systemSecrets["env:LINE_HOOK"]) },
		adapter: func(o lineOutside) (orchestrator, error) {
			return jenkins.New(jenkins.Settings{
				URL: o.url, User: "gonogo", Token: "env:LINE", Job: "shop/deploy-{service}", Parameters: map[string]string{"VERSION": "{version}", "ENVIRONMENT": "{environment}"},
				WebhookToken: "env:LINE_HOOK",
			}, jenkins.Outside{Secret: systemSecret, Clock: time.Now, Client: o.client, Listener: o.listener, Pipeline: "runner", Targets: o.targets})
		},
	}
}

func gitlabLine(string) line {
	lab := gitlabtest.New(gitlabtest.Options{Clock: time.Now})
	lab.AddUser("gonogo")
	lab.AddToken(systemSecrets["env:LINE"], "gonogo", "api")
	lab.AddProject(gitlabtest.Project{
		Path: "shop/payments", Members: map[string]gitlabtest.Role{"gonogo": gitlabtest.Developer},
		Definition: gitlabtest.Definition{Name: "gonogo $GONOGO_KEY to $ENVIRONMENT", Jobs: []gitlabtest.Job{
			{Name: "build", Stage: "build", Rare: true}, {Name: "deploy", Stage: "deploy", Environment: "$ENVIRONMENT"},
		}},
	})
	return line{
		handler: lab, begun: lab.Started, fail: lab.Fail, heal: lab.Heal, wrong: lab.Wrong, close: lab.Close,
		hears: func(c *http.Client, at string) { lab.Webhooks(c, at, systemSecrets["env:LINE_HOOK"]) },
		adapter: func(o lineOutside) (orchestrator, error) {
			return gitlab.NewPipeline(gitlab.PipelineSettings{
				URL: o.url, Token: "env:LINE", Project: "shop/{service}", Variables: map[string]string{"VERSION": "{version}", "ENVIRONMENT": "{environment}"}, WebhookToken: "env:LINE_HOOK",
			}, gitlab.Outside{Secret: systemSecret, Clock: time.Now, Client: o.client, Listener: o.listener, Pipeline: "runner", Targets: o.targets})
		},
	}
}

const deployWorkflow = `name: Deploy
run-name: Deploy ${{ inputs.version }} to ${{ inputs.environment }} (${{ inputs.key }})
on:
  workflow_dispatch:
    inputs:
      version: {required: true}
      environment: {required: true}
      key: {required: true}
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps: [{run: ./deploy}]
`

func githubLine(url string) line {
	hub := githubtest.New(githubtest.Options{Clock: time.Now, URL: url, Token: systemSecrets["env:LINE"], ListingLag: 5 * time.Second, Dispatch: githubtest.Ignores})
	hub.AddRepository("shop/payments", map[string]string{".github/workflows/deploy.yml": deployWorkflow})
	return line{
		handler: hub, fail: hub.Fail, heal: hub.Heal, wrong: hub.Wrong, close: hub.Close,
		begun: func(key string) (n int) {
			for _, r := range hub.Runs("shop/payments") {
				if r.Inputs["key"] == key {
					n++
				}
			}
			return n
		},
		hears: func(c *http.Client, at string) { hub.Webhooks(c, at, systemSecrets["env:LINE_HOOK"]) },
		adapter: func(o lineOutside) (orchestrator, error) {
			return github.NewPipeline(github.PipelineSettings{
				URL: o.url, Token: "env:LINE", Repository: "shop/{service}", Workflow: "deploy.yml",
				Inputs: map[string]string{"version": "{version}", "environment": "{environment}"}, Record: true, Webhook: "env:LINE_HOOK",
			}, github.Outside{Secret: systemSecret, Clock: time.Now, Client: o.client, Listener: o.listener, Pipeline: "runner", Targets: o.targets})
		},
	}
}

func argocdLine(string) line {
	argo := argocdtest.New(argocdtest.Options{Clock: time.Now})
	argo.Account(systemSecrets["env:LINE"], "gonogo", "applications, get, shop/*", "applications, update, shop/*", "applications, sync, shop/*")
	for _, app := range []string{"payments-staging", "payments-prod"} {
		argo.Add(argocdtest.App{Name: app, Project: "shop", Revision: "v1.0.0", Auto: true, SelfHeal: true})
	}
	return line{
		handler: argo, begun: argo.Begun, fail: argo.Fail, heal: argo.Heal, wrong: argo.Wrong, close: argo.Close,
		adapter: func(o lineOutside) (orchestrator, error) {
			return argocd.New(argocd.Settings{URL: o.url, Token: "env:LINE", Project: "shop", Revision: "v{version}", WebhookToken: "env:LINE_HOOK"},
				argocd.Outside{Secret: systemSecret, Clock: time.Now, Client: o.client, Listener: o.listener, Pipeline: "runner", Targets: o.targets})
		},
	}
}
