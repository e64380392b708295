package github_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/github"
	"github.com/gonogo-chat/gonogo/adapters/github/githubtest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// The tests' secrets. None of them may be seen anywhere but in a request's own headers.
const (
	token         = "github_pat_11SECRETTOKEN"
	webhookSecret = "SECRETOFWEBHOOKS"
)

const payments = "shop/payments"

// deploy is a workflow as the documentation asks for it.
const deploy = `name: Deploy
run-name: Deploy ${{ inputs.version }} to ${{ inputs.environment }} (${{ inputs.key }})
on:
  workflow_dispatch:
    inputs:
      version: {required: true}
      environment: {required: true}
      key: {required: true}
      course: {default: ""}
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps: [{run: ./deploy}]
`

func settings() github.PipelineSettings {
	return github.PipelineSettings{
		URL: "https://api.github.example", Token: "env:TOKEN", Repository: "shop/{service}", Workflow: "deploy.yml",
		Inputs:       map[string]string{"version": "{version}", "environment": "{environment}"},
		Environments: map[string]string{"prod": "production"}, Record: true, Webhook: "env:HOOK",
	}
}

func provenanceSettings() github.ProvenanceSettings {
	return github.ProvenanceSettings{
		URL: "https://api.github.example", Token: "env:TOKEN", Repository: "shop/{service}", PipelineFile: ".github/workflows/deploy.yml",
	}
}

func secrets(reference string) (string, error) {
	switch reference {
	case "env:TOKEN":
		return token, nil
	case "env:HOOK":
		return webhookSecret, nil
	case "env:EMPTY":
		return "", nil
	}
	return "", fmt.Errorf("%s is not set", reference)
}

// listener keeps notices.
type listener struct {
	mu      sync.Mutex
	notices []port.Notice
	fault   error
}

func (l *listener) Notice(_ context.Context, n port.Notice) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault != nil {
		return l.fault
	}
	for _, known := range l.notices {
		if known.Key == n.Key {
			return nil
		}
	}
	l.notices = append(l.notices, n)
	return nil
}

func (l *listener) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault = err
}

// said lists notices as "key state service environment by".
func (l *listener) said() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []string
	for _, n := range l.notices {
		all = append(all, fmt.Sprintf("%s %s %s by %s", n.Run.Key, n.Run.State, n.Run.Environment, n.Account.ID))
	}
	return all
}

// world is a GitHub on a network of its own, within a synctest bubble.
type world struct {
	*githubtest.Server
	net   *memnet.Net
	heard *listener
	log   *lines
	stop  func()
}

// lines is a log.
type lines struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func begin(t *testing.T, o githubtest.Options) *world {
	t.Helper()
	o.Clock, o.Token, o.URL = time.Now, token, "https://api.github.example"
	w := &world{Server: githubtest.New(o), net: &memnet.Net{}, heard: &listener{}, log: &lines{}}
	w.stop = w.net.Serve("api.github.example", w.Server)
	t.Cleanup(func() {
		w.Close()
		w.stop()
		for _, err := range w.Wrong() {
			t.Errorf("%.300s", err)
		}
		w.quiet(t, w.log.String())
	})
	w.AddRepository(payments, map[string]string{".github/workflows/deploy.yml": deploy})
	return w
}

// quiet fails if a text holds a secret.
func (w *world) quiet(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{token, webhookSecret} {
		if strings.Contains(text, secret) {
			t.Errorf("a secret is told: %s", strings.ReplaceAll(text, secret, "***"))
		}
	}
}

func (w *world) outside() github.Outside {
	return github.Outside{
		Secret: secrets, Clock: time.Now, Client: w.net.Client(), Log: slog.New(slog.NewTextHandler(w.log, nil)), Listener: w.heard, Pipeline: "actions",
		Targets: func() []port.Target {
			return []port.Target{{Service: "payments", Environment: "stage"}, {Service: "payments", Environment: "prod"}}
		},
	}
}

func (w *world) pipeline(t *testing.T, change ...func(*github.PipelineSettings)) *github.Pipeline {
	t.Helper()
	s := settings()
	for _, f := range change {
		f(&s)
	}
	p, err := github.NewPipeline(s, w.outside())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *world) provenance(t *testing.T) *github.Provenance {
	t.Helper()
	p, err := github.NewProvenance(provenanceSettings(), w.outside())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func order(key string) port.Deployment {
	return port.Deployment{
		Key: key, Service: "payments", Environment: "prod", Version: "2.4.0", Digest: "abc", Pipeline: "actions", Release: "R-1",
	}
}

// end follows a run to its end, and returns what was seen.
func end(t *testing.T, p port.Deployer, run port.Run) (all []port.Progress) {
	t.Helper()
	var seen port.Progress
	for !seen.State.Ended() {
		var err error
		if seen, err = p.Follow(t.Context(), run, seen); err != nil {
			t.Fatal(err)
		}
		all = append(all, seen)
	}
	return all
}

// loopback serves a GitHub on this machine, for suites that are not in a bubble.
func loopback(t *testing.T, o githubtest.Options) (*githubtest.Server, string) {
	t.Helper()
	o.Clock, o.Token = time.Now, token
	s := githubtest.New(o)
	web := httptest.NewServer(s)
	s.SetURL(web.URL)
	t.Cleanup(func() {
		s.Close()
		web.CloseClientConnections()
		web.Close()
		for _, err := range s.Wrong() {
			t.Errorf("%.300s", err)
		}
	})
	s.AddRepository(payments, map[string]string{".github/workflows/deploy.yml": deploy})
	return s, web.URL
}

var errStore = errors.New("the store is full")
