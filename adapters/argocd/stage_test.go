package argocd_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/argocd"
	"github.com/gonogo-chat/gonogo/adapters/argocd/argocdtest"
	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/internal/poll"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

const (
	token        = "token-of-the-bot"
	webhookToken = "token-of-the-hook"
	project      = "shop"
)

// botRights are what the docs say that the bot needs, and no more.
var botRights = []string{"applications, get, shop/*", "applications, update, shop/*", "applications, sync, shop/*"}

// stage is an Argo CD with the Application shop-prod at v1.0.0, and adapters to it.
type stage struct {
	argo *argocdtest.Server
	net  *memnet.Net
	log  *safeBuffer
	pace poll.Pace
	now  func() time.Time

	mu      sync.Mutex
	notices []port.Notice
	refuse  error // what the listener answers
	errs    []error
}

// synthetic is a stage on the bubble's clock.
func synthetic(t *testing.T) *stage { return newStage(t, time.Now, poll.Pace{}, argocdtest.Options{}) }

func newStage(t *testing.T, now func() time.Time, pace poll.Pace, o argocdtest.Options) *stage {
	t.Helper()
	o.Clock = now
	s := &stage{argo: argocdtest.New(o), net: &memnet.Net{}, log: &safeBuffer{}, pace: pace, now: now}
	s.argo.Account(token, "gonogo", botRights...)
	stop := s.net.Serve("argocd.example", s.argo)
	t.Cleanup(func() {
		stop()
		s.argo.Close()
		for _, err := range s.argo.Wrong() {
			t.Errorf("not as described: %.600v", err)
		}
		s.keepsSecrets(t)
	})
	return s
}

// settings declare the version as the targetRevision.
func settings() argocd.Settings {
	return argocd.Settings{
		URL: "https://argocd.example", Token: "env:ARGOCD_TOKEN", Project: project, Revision: "v{version}", Settle: 10 * time.Second,
		DegradedFor: 30 * time.Second, WebhookToken: "env:HOOK_TOKEN",
	}
}

func (s *stage) outside() argocd.Outside {
	return argocd.Outside{
		Secret: func(reference string) (string, error) {
			return map[string]string{"env:ARGOCD_TOKEN": token, "env:HOOK_TOKEN": webhookToken, "env:OTHER": "nobodys"}[reference], nil
		},
		Clock: s.now, Client: s.net.Client(), Log: slog.New(slog.NewTextHandler(s.log, nil)), Listener: s, Pipeline: "argo", Pace: s.pace,
		Targets: func() []port.Target { return []port.Target{{Service: "shop", Environment: "prod"}} },
	}
}

func (s *stage) adapter(t *testing.T, set argocd.Settings) *argocd.Adapter {
	t.Helper()
	a, err := argocd.New(set, s.outside())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Notice implements port.Listener.
func (s *stage) Notice(_ context.Context, n port.Notice) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return s.refuse
	}
	s.notices = append(s.notices, n)
	return nil
}

func (s *stage) heard() []port.Notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]port.Notice{}, s.notices...)
}

// keepsSecrets fails the test where a secret got into a notice, an error or the log.
func (s *stage) keepsSecrets(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	said := s.log.String() + fmt.Sprintf("%+v %v", s.notices, s.errs)
	for _, secret := range []string{token, webhookToken} {
		if strings.Contains(said, secret) {
			t.Errorf("%q got out", secret)
		}
	}
}

// failed keeps an error to be searched for secrets.
func (s *stage) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs = append(s.errs, err)
}

func version(key, v string) port.Deployment {
	return port.Deployment{Key: key, Service: "shop", Environment: "prod", Version: v, Commit: "0123456789abcdef0123456789abcdef01234567", Pipeline: "argo", Release: "R-1"}
}

func (s *stage) start(t *testing.T, a *argocd.Adapter, d port.Deployment) port.Run {
	t.Helper()
	run, err := a.Start(t.Context(), d)
	if err != nil {
		t.Fatalf("Start(%s): %v", d.Key, err)
	}
	return run
}

// end follows a run to its end, and returns the stages that it went through.
func (s *stage) end(t *testing.T, a *argocd.Adapter, run port.Run, want port.RunState) (last port.Progress, stages []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	for !last.State.Ended() && ctx.Err() == nil {
		p, err := a.Follow(ctx, run, last)
		if err != nil {
			s.failed(err)
			if v, _ := effect.Classify(err); v == effect.Permanent {
				t.Fatalf("Follow: %v", err)
			}
			time.Sleep(time.Second)
			continue
		}
		if p.Stage != last.Stage {
			stages = append(stages, p.Stage)
		}
		last = p
	}
	if last.State != want {
		t.Fatalf("ended as %+v after %q, want %s", last, stages, want)
	}
	return last, stages
}

func (s *stage) wantState(t *testing.T, declared, running string) argocdtest.State {
	t.Helper()
	st := s.argo.State("shop-prod")
	if st.Declared != declared || st.Running != running {
		t.Errorf("%s is declared and %s runs, want %s and %s", st.Declared, st.Running, declared, running)
	}
	return st
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// synthPace is the usual pace.
var synthPace = poll.Pace{}

var errDisk = errors.New("no space left")
