// Package pagerduty wakes the on-call through PagerDuty: pages and changes go to its Events API v2, who is on call and what is open
// comes from its REST API, and webhooks (v3) tell what people do there.
package pagerduty

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/poll"
	"github.com/gonogo-chat/gonogo/adapters/internal/recent"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// PlatformName is what PagerDuty is called in accounts: "pagerduty::PABC123".
const PlatformName = "pagerduty"

// Outside is what the adapter needs of the process.
type Outside struct {
	Secret   func(reference string) (string, error) // "env:NAME", "file:/path"
	Clock    func() time.Time
	Client   *http.Client  // nil for the default
	Log      *slog.Logger  // nil for none
	Listener port.Listener // takes notices of incidents; nil: nothing is heard
}

// Adapter is PagerDuty as the bot's pager.
type Adapter struct {
	settings Settings
	outside  Outside
	http     *http.Client
	token    string
	routes   map[string]route // by our service; "" is the default
	secrets  []string         // of webhooks
	blot     *strings.Replacer
	watch    poll.Watch

	sent  recent.Map[string, route]    // pages of this process, by key
	ended recent.Map[string, struct{}] // keys that were resolved: triggering one again would open a new incident
	keys  recent.Map[string, string]   // by incident, of those that don't show theirs
	seen  recent.Map[string, look]     // incidents as they were last told of
}

// route is where a page goes.
type route struct {
	service string // id of the PagerDuty service, where configured
	key     string // routing key
}

var (
	_ port.Pager      = (*Adapter)(nil)
	_ port.ChangeFeed = (*Adapter)(nil)
	_ port.Rota       = (*Adapter)(nil)
	_ port.Incidents  = (*Adapter)(nil)
	_ port.Examiner   = (*Adapter)(nil)
)

// New checks the settings and resolves their references. It sends nothing.
func New(s Settings, o Outside) (*Adapter, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if o.Secret == nil || o.Clock == nil {
		return nil, errors.New("pagerduty: secrets and a clock are needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &Adapter{settings: s.withDefaults(), outside: o, http: rest.Guarded(o.Client), routes: map[string]route{}}
	var faults []error
	resolve := func(at, ref string) string {
		v, err := o.Secret(ref)
		if err == nil && v == "" {
			err = fmt.Errorf("%s is empty", ref)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("pagerduty: %s: %w", at, err))
		}
		return v
	}
	if s.Token != "" {
		a.token = resolve("token", s.Token)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Services)) {
		a.routes[name] = route{s.Services[name].ID, resolve("services."+name+".routing_key", s.Services[name].RoutingKey)}
	}
	if !s.Default.IsZero() {
		a.routes[""] = route{s.Default.ID, resolve("default.routing_key", s.Default.RoutingKey)}
	}
	for i, ref := range s.WebhookSecrets {
		a.secrets = append(a.secrets, resolve(fmt.Sprintf("webhook_secrets[%d]", i), ref))
	}
	a.blot = a.blotter()
	return a, errors.Join(faults...)
}

// blotter makes secrets unreadable in what PagerDuty says: it may repeat a routing key.
func (a *Adapter) blotter() *strings.Replacer {
	var pairs []string
	hide := func(secret string) {
		if secret != "" {
			pairs = append(pairs, secret, "…")
		}
	}
	hide(a.token)
	for _, r := range a.routes {
		hide(r.key)
	}
	for _, s := range a.secrets {
		hide(s)
	}
	return strings.NewReplacer(pairs...)
}

// routeOf is where pages of a service go.
func (a *Adapter) routeOf(service string) (route, bool) {
	if r, ok := a.routes[service]; ok && service != "" {
		return r, true
	}
	r, ok := a.routes[""]
	return r, ok
}

// services are ours that a PagerDuty service stands for, in order; the default one stands for none by name.
func (a *Adapter) services(id string) []string {
	var names []string
	for name, r := range a.routes {
		if r.service == id && id != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if len(names) > 1 && names[0] == "" {
		names = names[1:]
	}
	return names
}

// ids are the configured PagerDuty services, each once.
func (a *Adapter) ids() []string {
	var ids []string
	for _, r := range a.routes {
		if r.service != "" {
			ids = append(ids, r.service)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
