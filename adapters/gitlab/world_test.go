package gitlab_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

const (
	shop   = "shop/payments"
	secret = "glpat-0123456789abcdefghij"
	hooked = "a-hook-secret-of-some-length"
)

// world is a GitLab with a project that deploys, and what adapters on it need.
type world struct {
	t      *testing.T
	side   *gitlabtest.Server
	url    string
	client *http.Client
	clock  func() time.Time
	log    *lockedBuffer
	said   []string // errors and findings, searched for secrets at the end
}

// bare is a world whose side is reached by the given address and client.
func bare(t *testing.T, clock func() time.Time, o gitlabtest.Options) *world {
	t.Helper()
	o.Clock = clock
	w := &world{t: t, side: gitlabtest.New(o), clock: clock, log: &lockedBuffer{}}
	w.side.AddUser("gonogo")
	w.side.AddUser("dana")
	w.side.AddUser("eve")
	w.side.AddToken(secret, "gonogo", "api")
	w.side.AddProject(gitlabtest.Project{
		Path: shop, Members: map[string]gitlabtest.Role{"gonogo": gitlabtest.Developer, "dana": gitlabtest.Maintainer, "eve": gitlabtest.Developer},
		Definition: gitlabtest.Definition{
			Name: "gonogo $GONOGO_KEY to $ENVIRONMENT",
			Jobs: []gitlabtest.Job{
				{Name: "build", Stage: "build", Rare: true},
				{Name: "deploy", Stage: "deploy", Environment: "$ENVIRONMENT"},
			},
		},
	})
	t.Cleanup(func() {
		w.side.Close()
		for _, err := range w.side.Wrong() {
			t.Errorf("%.600s", err)
		}
		for _, text := range append(w.said, w.log.String()) {
			if strings.Contains(text, secret) || strings.Contains(text, hooked) {
				t.Errorf("a secret is told: %s", text)
			}
		}
	})
	return w
}

// newWorld is one over loopback.
func newWorld(t *testing.T, clock func() time.Time) *world {
	t.Helper()
	w := bare(t, clock, gitlabtest.Options{})
	server := httptest.NewServer(w.side)
	t.Cleanup(server.Close)
	w.url, w.client = server.URL, server.Client()
	return w
}

func (w *world) outside(l port.Listener) gitlab.Outside {
	return gitlab.Outside{
		Secret: func(reference string) (string, error) {
			switch reference {
			case "env:GITLAB":
				return secret, nil
			case "env:HOOK":
				return hooked, nil
			}
			return "", errors.New("no such reference")
		},
		Clock: w.clock, Client: w.client, Log: slog.New(slog.NewTextHandler(w.log, nil)), Listener: l, Pipeline: "shop",
		Targets: func() []port.Target {
			return []port.Target{{Service: "payments", Environment: "prod"}, {Service: "payments", Environment: "staging"}}
		},
	}
}

func (w *world) pipeline(s gitlab.PipelineSettings, l port.Listener) *gitlab.Pipeline {
	w.t.Helper()
	s.URL = w.url
	p, err := gitlab.NewPipeline(s, w.outside(l))
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// heard notes an error, to be searched for secrets.
func (w *world) heard(err error) error {
	if err != nil {
		w.said = append(w.said, err.Error())
	}
	return err
}

func variables() gitlab.PipelineSettings {
	return gitlab.PipelineSettings{
		Token: "env:GITLAB", Project: "shop/{service}", Key: "GONOGO_KEY", Poll: 30 * time.Second, StartLag: time.Millisecond,
		Variables: map[string]string{"ENVIRONMENT": "{environment}", "VERSION": "{version}", "SERVICE": "{service}"},
	}
}

func named() gitlab.PipelineSettings {
	s := variables()
	s.Name = "gonogo {key} to {environment}"
	return s
}

func inputs() gitlab.PipelineSettings {
	return gitlab.PipelineSettings{
		Token: "env:GITLAB", Project: "shop/{service}", Key: "gonogo-key", Poll: 30 * time.Second, StartLag: time.Millisecond, Name: "gonogo {key} to {environment}",
		Inputs: map[string]string{"environment": "{environment}", "version": "{version}"},
	}
}

// withInputs is a project that lets nobody set variables.
func withInputs(p *gitlabtest.Project) {
	p.Least = "no_one_allowed"
	p.Definition.Name = "gonogo $[[ inputs.gonogo-key ]] to $[[ inputs.environment ]]"
	p.Definition.Inputs = []string{"gonogo-key", "environment", "version"}
	p.Definition.Jobs[1].Environment = "$[[ inputs.environment ]]"
}

func deployment(key string) port.Deployment {
	return port.Deployment{
		Key: key, Service: "payments", Environment: "prod", Version: "2.4.0", Digest: strings.Repeat("ab", 32), Pipeline: "shop", Release: "R-1", Commit: "f00d",
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// notices is a listener that keeps what it hears, each key once.
type notices struct {
	mu   sync.Mutex
	all  []port.Notice
	fail error
}

func (n *notices) Notice(_ context.Context, got port.Notice) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fail != nil {
		return n.fail
	}
	n.all = append(n.all, got)
	return nil
}

func (n *notices) lines() (out []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, g := range n.all {
		out = append(out, fmt.Sprintf("%s %s/%s %s %s by %s key %q", g.Key, g.Run.Service, g.Run.Environment, g.Run.Version, g.Run.State, g.Account.ID, g.Run.Key))
	}
	return out
}
