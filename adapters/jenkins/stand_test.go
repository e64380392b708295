package jenkins_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/jenkins"
	"github.com/gonogo-chat/gonogo/adapters/jenkins/jenkinstest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

const (
	address = "https://ci.example/jenkins"
	token   = "11d3f6e5b0c1a2-api-token"
	hook    = "hook-token-4711"
	keyName = "GONOGO_KEY"
	job     = "shop/deploy-payments"
)

var parameters = []jenkinstest.Parameter{{Name: keyName}, {Name: "VERSION"}, {Name: "ENVIRONMENT"}, {Name: "NOTE", Default: "none"}}

func settings() jenkins.Settings {
	return jenkins.Settings{
		URL: address, User: "gonogo", Token: "env:JENKINS_TOKEN", Job: "shop/deploy-{service}", WebhookToken: "env:HOOK", StartLag: time.Millisecond,
		Parameters: map[string]string{"VERSION": "{version}", "ENVIRONMENT": "{environment}"},
	}
}

func secrets(reference string) (string, error) {
	s, ok := map[string]string{"env:JENKINS_TOKEN": token, "env:HOOK": hook}[reference]
	if !ok {
		return "", errors.New(reference + " is not set")
	}
	return s, nil
}

// ears takes notices.
type ears struct {
	mu   sync.Mutex
	all  []port.Notice
	deaf error
}

func (e *ears) Notice(_ context.Context, n port.Notice) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.deaf != nil {
		return e.deaf
	}
	e.all = append(e.all, n)
	return nil
}

func (e *ears) heard() []port.Notice {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]port.Notice(nil), e.all...)
}

func (e *ears) refuse(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.deaf = err
}

// stand is a Jenkins and an adapter on it, in a bubble of its own time.
type stand struct {
	t      *testing.T
	ci     *jenkinstest.Server
	net    *memnet.Net
	client *http.Client
	ears   *ears
	log    *bytes.Buffer
	course map[string]jenkinstest.Course // by key
	target []port.Target
	a      *jenkins.Adapter
}

// within runs a test in a bubble. The zero options and settings are the usual ones.
func within(t *testing.T, o jenkinstest.Options, s jenkins.Settings, test func(*stand)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := &stand{t: t, net: &memnet.Net{}, ears: &ears{}, log: &bytes.Buffer{}, course: map[string]jenkinstest.Course{}, target: []port.Target{{Service: "payments", Environment: "prod"}}}
		o.Clock, o.User, o.Token, o.URL = time.Now, "gonogo", token, address
		o.Course = func(_ string, p map[string]string) jenkinstest.Course {
			if c, ok := st.course[p[keyName]]; ok {
				return c
			}
			return jenkinstest.Course{Takes: 10 * time.Second, Stages: []string{"check", "deploy"}, Output: []string{"one", "two"}}
		}
		st.client = st.net.Client()
		st.ci = jenkinstest.New(o)
		st.ci.AddJob(jenkinstest.Job{Path: job, Parameters: parameters, Pipeline: true, Usually: 20 * time.Second})
		stop := st.net.Serve("ci.example", st.ci)
		if s.URL == "" {
			s = settings()
		}
		st.a = st.adapter(s)
		test(st)
		stop()
		st.ci.Close()
		for _, err := range st.ci.Wrong() {
			t.Errorf("not as described: %.300v", err)
		}
		for _, secret := range []string{token, hook} {
			if strings.Contains(st.log.String(), secret) {
				t.Errorf("the log holds a secret: %s", st.log)
			}
		}
	})
}

func (s *stand) adapter(set jenkins.Settings) *jenkins.Adapter {
	s.t.Helper()
	a, err := jenkins.New(set, jenkins.Outside{
		Secret: secrets, Clock: time.Now, Client: s.client, Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Listener: s.ears, Pipeline: "shop", Targets: func() []port.Target { return s.target },
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func deployment(key string) port.Deployment {
	return port.Deployment{Key: key, Service: "payments", Environment: "prod", Version: "2.4.0", Pipeline: "shop", Release: "R-1"}
}

func (s *stand) start(d port.Deployment) port.Run {
	s.t.Helper()
	run, err := s.a.Start(s.t.Context(), d)
	if err != nil {
		s.t.Fatal(err)
	}
	return run
}

func (s *stand) follow(run port.Run, seen port.Progress) port.Progress {
	s.t.Helper()
	p, err := s.a.Follow(s.t.Context(), run, seen)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// end follows a run to its end.
func (s *stand) end(run port.Run) port.Progress {
	s.t.Helper()
	var p port.Progress
	for !p.State.Ended() {
		p = s.follow(run, p)
	}
	return p
}

func under(key string) func(map[string]string) bool {
	return func(p map[string]string) bool { return p[keyName] == key }
}

func (s *stand) wantBegun(key string, n int) {
	s.t.Helper()
	if got := s.ci.Begun(under(key)); got != n {
		s.t.Errorf("%d builds under %s, want %d", got, key, n)
	}
}

// while runs the adapter's loop meanwhile.
func (s *stand) while(test func()) {
	ctx, cancel := context.WithCancel(s.t.Context())
	var loop sync.WaitGroup
	loop.Go(func() {
		if err := s.a.Run(ctx); err != nil {
			s.t.Errorf("Run: %v", err)
		}
	})
	test()
	cancel()
	loop.Wait()
}

func post(h http.Handler, header, value string) int {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"name":"x"}`))
	if header != "" {
		r.Header.Set(header, value)
	}
	h.ServeHTTP(w, r)
	return w.Code
}
