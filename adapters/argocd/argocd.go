// Package argocd deploys through Argo CD.
//
// Argo CD brings what is declared, and under auto-sync nothing else: it refuses a sync to another revision and a rollback, and undoes what
// was changed by hand. So a run changes what is declared, rollbacks included, and is followed until that is synced and healthy. What is
// declared and the run's key are written by one patch, the key as an annotation beside it: so either both are there or neither is, and the
// key is found there whatever became of the answer.
//
// Of two changes made at once, the server lets the later one overwrite the earlier, though both tested what they read and both were
// answered with success. So starts on one Application go one after another within the process, and the bot's lease sees to it between
// processes; whether what was declared is still there is read again after it was written, and at every look.
package argocd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/poll"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// System is the adapter's name in accounts and notices.
const System = "argocd"

// Outside is what the adapter takes from its surroundings.
type Outside struct {
	Secret   func(reference string) (string, error) // resolves env: and file: references; required
	Clock    func() time.Time                       // required
	Client   *http.Client                           // nil for the default
	Log      *slog.Logger                           // nil for none
	Listener port.Listener                          // takes notices of runs that others start; nil: nothing is heard
	Pipeline string                                 // the name that the configuration gives the pipeline
	Targets  func() []port.Target                   // what the pipeline serves; nil for nothing
	Pace     poll.Pace                              // how far apart looks at a run are; zero for the usual
}

// Adapter is a port.Orchestrator that deploys by changing what Argo CD Applications declare.
type Adapter struct {
	settings     Settings
	outside      Outside
	client       *rest.Client
	webhookToken string
	watch        poll.Watch
	locks        locks

	mu       sync.Mutex
	started  map[string]port.Run // runs that this process started, by key
	watched  map[string]*timers  // how long a followed run has been what it is, by its id
	heard    map[string]string   // state of the runs told of, by their id
	tracking string              // how Argo CD marks what an Application declares; empty before it was asked
}

var (
	_ port.Orchestrator = (*Adapter)(nil)
	_ port.Examiner     = (*Adapter)(nil)
)

// New makes an adapter; it sends nothing.
func New(s Settings, o Outside) (*Adapter, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if o.Clock == nil || o.Secret == nil {
		return nil, errors.New("argocd: a clock and secrets are needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Targets == nil {
		o.Targets = func() []port.Target { return nil }
	}
	s = s.withDefaults()
	a := &Adapter{settings: s, outside: o, started: map[string]port.Run{}, watched: map[string]*timers{}, heard: map[string]string{}}
	a.watch.Pace = o.Pace
	token, err := o.Secret(s.Token)
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	if s.WebhookToken != "" {
		if a.webhookToken, err = o.Secret(s.WebhookToken); err != nil {
			return nil, fmt.Errorf("webhook_token: %w", err)
		}
	}
	a.client = &rest.Client{System: System, Base: s.URL, HTTP: rest.Guarded(o.Client), Authorise: func(r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}}
	return a, nil
}

// Described implements port.Orchestrator.
func (a *Adapter) Described() port.Orchestration {
	o := port.Orchestration{System: System, Address: a.settings.URL, Job: a.settings.Application, Heard: port.Asking}
	if a.webhookToken != "" {
		o.Heard = port.Webhooks
	}
	return o
}

func (a *Adapter) remember(key string, run port.Run) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.started[key] = run
}

// ours reports whether this process started a run under key.
func (a *Adapter) ours(key string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, known := a.started[key]
	return known
}

// locks hold one Application each.
type locks struct {
	mu   sync.Mutex
	held map[string]chan struct{}
}

// lock waits for an Application until ctx is done.
func (l *locks) lock(ctx context.Context, name string) (unlock func(), err error) {
	l.mu.Lock()
	if l.held == nil {
		l.held = map[string]chan struct{}{}
	}
	c, known := l.held[name]
	if !known {
		c = make(chan struct{}, 1)
		l.held[name] = c
	}
	l.mu.Unlock()
	select {
	case c <- struct{}{}:
		return func() { <-c }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
