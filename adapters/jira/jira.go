// Package jira keeps change tickets in Jira, Cloud or Data Center: one issue a release, found by a label, moved along whatever its workflow
// offers, with what people do there heard by webhook and by asking.
package jira

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	api "github.com/andygrunwald/go-jira"

	"github.com/gonogo-chat/gonogo/adapters/internal/perkey"
	"github.com/gonogo-chat/gonogo/adapters/internal/poll"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// PlatformName is the platform of accounts: "jira::557058:abc".
const PlatformName = "jira"

// Outside is what the adapter takes from its surroundings.
type Outside struct {
	Secret   func(reference string) (string, error)
	Clock    func() time.Time
	Client   *http.Client  // nil for the default
	Log      *slog.Logger  // nil for none
	Listener port.Listener // nil: nothing is heard
}

// Adapter is a port.Ticketer, port.WorkItems and port.Examiner.
type Adapter struct {
	settings Settings
	outside  Outside
	base     string // without a slash at the end
	client   *api.Client
	secret   string // of webhooks
	started  time.Time
	watch    poll.Watch
	openings openings
	schema   cached[*schema]
	self     cached[string] // id of the bot's own account
	heard    heard
	telling  perkey.Locks // by issue
}

var (
	_ port.Ticketer  = (*Adapter)(nil)
	_ port.WorkItems = (*Adapter)(nil)
	_ port.Examiner  = (*Adapter)(nil)
)

// New prepares the adapter; nothing is sent. Secrets are read here, once.
func New(s Settings, o Outside) (*Adapter, error) {
	if s.Poll == 0 {
		s.Poll = defaultPoll
	}
	if s.WorkItems.Max == 0 {
		s.WorkItems.Max = defaultMax
	}
	if s.WorkItems.Link == "" {
		s.WorkItems.Link = defaultLink
	}
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("jira: %w", err)
	}
	if o.Clock == nil || o.Secret == nil {
		return nil, errors.New("jira: it needs a clock, and somebody who reads secrets")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &Adapter{settings: s, outside: o, base: strings.TrimRight(s.URL, "/"), started: o.Clock()}
	token, err := a.resolve(s.Token)
	if err != nil {
		return nil, err
	}
	if s.WebhookSecret != "" {
		if a.secret, err = a.resolve(s.WebhookSecret); err != nil {
			return nil, err
		}
	}
	guarded := rest.Guarded(o.Client)
	if s.Kind == KindCloud {
		guarded.Transport = &api.BasicAuthTransport{Username: s.Email, Password: token, Transport: guarded.Transport}
	} else {
		guarded.Transport = &api.PATAuthTransport{Token: token, Transport: guarded.Transport}
	}
	if a.client, err = api.NewClient(guarded, a.base+"/"); err != nil {
		return nil, fmt.Errorf("jira: %w", err)
	}
	return a, nil
}

func (a *Adapter) resolve(reference string) (string, error) {
	value, err := a.outside.Secret(reference)
	if err == nil && value == "" {
		err = fmt.Errorf("%s is empty", reference)
	}
	if err != nil {
		return "", fmt.Errorf("jira: %w", err)
	}
	return value, nil
}

func (a *Adapter) cloud() bool { return a.settings.Kind == KindCloud }

func (a *Adapter) link(key string) string { return a.base + "/browse/" + key }

// schemaLife is how long what Jira said of its fields is believed: an administrator who mends them need not restart the bot.
const schemaLife = 5 * time.Minute

// cached is something that Jira said, kept for a while. The zero value is ready to use.
type cached[T any] struct {
	mu    sync.Mutex
	value T
	until time.Time
}

// get returns what is kept, or what ask gets now. What is kept serves longer while asking fails. Two may ask at once: nobody waits for
// another's request.
func (c *cached[T]) get(ctx context.Context, now time.Time, life time.Duration, ask func(context.Context) (T, error)) (T, error) {
	c.mu.Lock()
	value, until := c.value, c.until
	c.mu.Unlock()
	if now.Before(until) {
		return value, nil
	}
	fresh, err := ask(ctx)
	if err != nil && !until.IsZero() {
		return value, nil
	}
	if err != nil {
		return fresh, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.value, c.until = fresh, now.Add(life)
	return fresh, nil
}
