// Package jenkins runs deployments as builds of Jenkins jobs.
//
// A build is found again by a parameter that the job declares for it, the key. Jenkins drops parameters that a job does not declare and
// says nothing of it, so the job is read before it is started. A start gives a place in the queue; the build gets its number when it leaves
// that, and the queue forgets the place five minutes later: then the build is found among the job's newest ones, by the place and the key.
package jenkins

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/doubt"
	"github.com/gonogo-chat/gonogo/adapters/internal/poll"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// SystemName is the adapter's name in accounts and notices.
const SystemName = "jenkins"

// Outside is what the adapter needs from the program.
type Outside struct {
	Secret   func(reference string) (string, error)
	Clock    func() time.Time
	Client   *http.Client  // nil for the default
	Log      *slog.Logger  // nil for none
	Listener port.Listener // takes runs that others started; nil: nothing is looked for
	// Pipeline is the name that the configuration gives this pipeline.
	Pipeline string
	// Targets are what the pipeline serves; nil for nothing.
	Targets func() []port.Target
}

// Adapter implements port.Orchestrator and port.Examiner.
type Adapter struct {
	settings Settings
	outside  Outside
	client   rest.Client
	hook     string // token of webhooks, empty for none
	crumbs   crumbs
	memory   memory
	starts   doubt.Starts
	watch    poll.Watch
}

var (
	_ port.Orchestrator = (*Adapter)(nil)
	_ port.Examiner     = (*Adapter)(nil)
)

// New makes an adapter: it checks the settings and reads the secrets, and sends nothing.
func New(s Settings, o Outside) (*Adapter, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if o.Clock == nil || o.Secret == nil {
		return nil, errors.New("jenkins: a clock and something that resolves secrets are needed")
	}
	s.URL = strings.TrimRight(s.URL, "/")
	s.KeyParameter = cmp.Or(s.KeyParameter, DefaultKeyParameter)
	s.Unstable = cmp.Or(s.Unstable, Failed)
	s.Poll = cmp.Or(s.Poll, DefaultPoll)
	s.StartLag = cmp.Or(s.StartLag, DefaultStartLag)
	token, err := o.Secret(s.Token)
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	if token == "" {
		return nil, fmt.Errorf("token: %s is empty", s.Token)
	}
	a := &Adapter{settings: s, outside: o}
	a.starts.System, a.starts.Clock, a.starts.Began, a.starts.Lag = SystemName, o.Clock, o.Clock(), s.StartLag
	if s.WebhookToken != "" {
		if a.hook, err = o.Secret(s.WebhookToken); err != nil {
			return nil, fmt.Errorf("webhook_token: %w", err)
		}
		if a.hook == "" {
			return nil, fmt.Errorf("webhook_token: %s is empty", s.WebhookToken)
		}
	}
	if a.outside.Log == nil {
		a.outside.Log = slog.New(slog.DiscardHandler)
	}
	a.client = rest.Client{System: SystemName, Base: s.URL, HTTP: unredirected(o.Client), Authorise: func(r *http.Request) error {
		r.SetBasicAuth(s.User, token)
		return nil
	}}
	return a, nil
}

// unredirected follows no redirect: what Jenkins is asked answers by itself, and what it is told answers with one to a page for people.
func unredirected(c *http.Client) *http.Client {
	if c == nil {
		c = &http.Client{}
	}
	next := *c
	next.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &next
}

// Described says what stands behind the pipeline.
func (a *Adapter) Described() port.Orchestration {
	heard := port.Asking
	if a.hook != "" {
		heard = port.Webhooks
	}
	return port.Orchestration{System: SystemName, Address: a.settings.URL, Job: a.settings.Job, Heard: heard}
}

// get asks for what tree names of a page's JSON. Asking does no harm twice.
func (a *Adapter) get(ctx context.Context, path, tree string, out any) (rest.Answer, error) {
	return a.client.Do(ctx, rest.Request{Method: http.MethodGet, Path: path + "/api/json", Query: url.Values{"tree": {tree}}, Out: out, Safe: true})
}
