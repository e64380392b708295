package jira_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/jira"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

const hookSecret = "hook-secret-9c41"

// settings are right for a server of jiratest.
func settings(kind jiratest.Kind, url string) jira.Settings {
	s := jira.Settings{
		URL: url, Kind: string(kind), Email: jiratest.Email, Token: "env:JIRA_TOKEN", Project: "CHG", IssueType: "Change",
		Fields: map[string]string{
			"risk": "Risk", "tier": "Risk tier", "service": "Affected service", "version": "Version deployed", "environment": "Environments",
			"digest": "Artifact digest", "commit": "Commit", "rollback": "Rollback plan", "requester": "Requester", "approvers": "Approvers",
			"window_start": "Planned start", "window_end": "Planned end", "link": "customfield_10112",
		},
		Statuses: map[string][]string{
			"open": {"Open", "Waiting"}, "approved": {"Approved"}, "implementing": {"Implementing"}, "done": {"Done"},
			"backed-out": {"Rolled Back"}, "cancelled": {"Cancelled", "Rejected"},
		},
		Resolutions:   map[string]string{"done": "Done", "backed-out": "Rolled back", "cancelled": "Won't Do"},
		Decisions:     jira.Decisions{Go: []string{"Approved"}, NoGo: []string{"Rejected"}},
		WebhookSecret: "env:JIRA_HOOK",
		WorkItems:     jira.WorkItems{JQL: `project = PAY AND fixVersion = "{service} {version}"`},
	}
	if kind == jiratest.DataCenter {
		s.Email = ""
	}
	return s
}

func secret(reference string) (string, error) {
	switch reference {
	case "env:JIRA_TOKEN":
		return jiratest.Token, nil
	case "env:JIRA_HOOK":
		return hookSecret, nil
	}
	return "", errors.New(reference + " is not set")
}

// ears are a listener that remembers.
type ears struct {
	mu    sync.Mutex
	all   []port.Notice
	fails error
}

func (e *ears) Notice(_ context.Context, n port.Notice) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fails != nil {
		return e.fails
	}
	e.all = append(e.all, n)
	return nil
}

func (e *ears) heard() []port.Notice {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]port.Notice(nil), e.all...)
}

// keys are those of the notices, each once.
func (e *ears) keys() []string {
	var all []string
	for _, n := range e.heard() {
		all = append(all, n.Key)
	}
	return all
}

// stage is an adapter with its Jira.
type stage struct {
	*jiratest.Server
	kind jiratest.Kind
	url  string
	net  *memnet.Net // nil: loopback
	ears *ears
	log  *strings.Builder
}

// inside makes a stage on a network within the process, for bubbles.
func inside(t *testing.T, o jiratest.Options) *stage {
	t.Helper()
	const host = "jira.example"
	s := &stage{Server: jiratest.New(o), kind: o.Kind, url: "https://" + host, net: &memnet.Net{}, ears: &ears{}, log: &strings.Builder{}}
	t.Cleanup(s.net.Serve(host, s.Server))
	t.Cleanup(func() { s.end(t) })
	return s
}

// loopback makes a stage on a real socket.
func loopback(t *testing.T, o jiratest.Options) *stage {
	t.Helper()
	s := &stage{Server: jiratest.New(o), kind: o.Kind, ears: &ears{}, log: &strings.Builder{}}
	server := httptest.NewServer(s.Server)
	t.Cleanup(server.Close)
	t.Cleanup(func() { s.end(t) })
	s.url = server.URL
	return s
}

func (s *stage) end(t *testing.T) {
	s.Close()
	for _, err := range s.Wrong() {
		t.Errorf("%.500v", err)
	}
	clean(t, s.log.String())
}

// clean fails a test whose texts hold a secret.
func clean(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		for _, secret := range []string{jiratest.Token, hookSecret} {
			if strings.Contains(text, secret) {
				t.Errorf("a secret is told: %s", text)
			}
		}
	}
}

func (s *stage) adapter(t *testing.T, change ...func(*jira.Settings)) *jira.Adapter {
	t.Helper()
	set := settings(s.kind, s.url)
	for _, c := range change {
		c(&set)
	}
	o := jira.Outside{Secret: secret, Clock: time.Now, Listener: s.ears, Log: slog.New(slog.NewTextHandler(&locked{w: s.log}, nil))}
	if s.net != nil {
		o.Client = s.net.Client()
	}
	a, err := jira.New(set, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

func change(key string) port.Change {
	return port.Change{
		Key: key, Release: "R-1", Service: "checkout", Version: "2.4.0", Digest: "sha256:ab12", Tier: "high", Environment: "prod",
		Commit: "c0ffee", Risk: "customers-money: customers pay through it", Requester: port.Party{Name: "Dana Developer"},
		Summary: "checkout 2.4.0 to prod", Rollback: "/rollback R-1 prod", By: "p-7", Link: "https://gonogo.example/r/R-1", At: time.Now(),
	}
}
