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

	"github.com/gonogo-chat/gonogo/adapters/internal/perkey"
	"github.com/gonogo-chat/gonogo/adapters/internal/poll"
	"github.com/gonogo-chat/gonogo/adapters/internal/recent"
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
	started      recent.Map[string, record] // what the runs declared that this process started, by key

	mu       sync.Mutex
	watched  map[string]*timers // how long a followed run has been what it is, by its id
	heard    map[string]string  // state of the runs told of, by their id
	tracking string             // how Argo CD marks what an Application declares; empty before it was asked
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
	a := &Adapter{settings: s, outside: o, watched: map[string]*timers{}, heard: map[string]string{}}
	a.watch.Pace = o.Pace
	token, err := o.Secret(s.Token)
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	if token == "" {
		return nil, fmt.Errorf("token: %s is empty", s.Token)
	}
	if s.WebhookToken != "" {
		if a.webhookToken, err = o.Secret(s.WebhookToken); err != nil {
			return nil, fmt.Errorf("webhook_token: %w", err)
		}
		if a.webhookToken == "" {
			return nil, fmt.Errorf("webhook_token: %s is empty", s.WebhookToken)
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

// hold lets one at a time change an Application, in the whole process.
func (a *Adapter) hold(ctx context.Context, app spot) (unlock func(), err error) {
	return perkey.Lock(ctx, perkey.Key(a.outside.Client, a.settings.URL, a.settings.AppNamespace+"/"+app.name))
}

// ours reports whether this process started a run under key.
func (a *Adapter) ours(key string) bool {
	_, known := a.started.Get(key)
	return known
}
