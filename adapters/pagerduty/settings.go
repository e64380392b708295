package pagerduty

import (
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Where PagerDuty is asked if nothing is said: its US region. The EU's is api.eu.pagerduty.com and events.eu.pagerduty.com.
const (
	DefaultAPIURL    = "https://api.pagerduty.com"
	DefaultEventsURL = "https://events.pagerduty.com"
)

// DefaultPoll is how often incidents are looked at beside webhooks, PollLeast how often at most: an account's requests are limited.
const (
	DefaultPoll = time.Minute
	PollLeast   = 10 * time.Second
)

// Settings are the adapter's section of the configuration.
type Settings struct {
	APIURL         string             `yaml:"api_url" default:"https://api.pagerduty.com" doc:"Where PagerDuty's REST API is: https://api.eu.pagerduty.com for accounts of the EU region."`
	EventsURL      string             `yaml:"events_url" default:"https://events.pagerduty.com" doc:"Where PagerDuty's Events API is: https://events.eu.pagerduty.com for accounts of the EU region."`
	Token          string             `yaml:"token" doc:"Reference to a REST API key: env:NAME or file:PATH. Left out: pages and changes are sent, and nobody is known on call and no incident seen."`
	From           string             `yaml:"from" doc:"E-mail address of the PagerDuty user in whose name incidents are acknowledged when whoever did it in chat is not known there. Needed with token."`
	Services       map[string]Service `yaml:"services" doc:"Services by name, each with the PagerDuty service that its pages go to and its incidents come from."`
	Default        Service            `yaml:"default" doc:"PagerDuty service that pages of all other services go to."`
	WebhookSecrets []string           `yaml:"webhook_secrets" doc:"References to the secrets of webhook subscriptions: several while one replaces another. Left out: no webhooks are taken."`
	Poll           time.Duration      `yaml:"poll" default:"1m" doc:"How often incidents are looked at beside webhooks; at least 10s. Needs token."`
	Severity       Severities         `yaml:"severity" doc:"How bad an incident is."`
}

// Service is a service as PagerDuty has it.
type Service struct {
	ID         string `yaml:"id" doc:"Id of the PagerDuty service (P…), at the end of its page's address. Needed with token or webhook_secrets."`
	RoutingKey string `yaml:"routing_key" doc:"Reference to the integration key of an Events API v2 integration of that service: env:NAME or file:PATH."`
}

// IsZero reports whether nothing is configured.
func (s Service) IsZero() bool { return s == Service{} }

// Severities map what PagerDuty says of an incident.
type Severities struct {
	Priorities map[string]port.Severity `yaml:"priorities" doc:"Severity by the name of the incident's priority. Left out: P1 critical, P2 error, P3 warning, P4 and P5 info."`
	High       port.Severity            `yaml:"high" default:"error" enum:"critical,error,warning,info" doc:"Severity of high-urgency incidents whose priority says nothing."`
	Low        port.Severity            `yaml:"low" default:"warning" enum:"critical,error,warning,info" doc:"Severity of low-urgency incidents whose priority says nothing."`
}

// defaultPriorities are the severities of the priorities that PagerDuty comes with.
var defaultPriorities = map[string]port.Severity{
	"P1": port.Critical, "P2": port.Error, "P3": port.Warning, "P4": port.Info, "P5": port.Info,
}

var (
	reference = regexp.MustCompile(`^(env|file):.+$`)
	objectID  = regexp.MustCompile(`^[A-Z0-9]{2,40}$`)
)

// withDefaults fills in what is not given.
func (s Settings) withDefaults() Settings {
	for _, d := range []struct {
		is  *string
		not string
	}{
		{&s.APIURL, DefaultAPIURL}, {&s.EventsURL, DefaultEventsURL},
		{(*string)(&s.Severity.High), string(port.Error)}, {(*string)(&s.Severity.Low), string(port.Warning)},
	} {
		if *d.is == "" {
			*d.is = d.not
		}
	}
	if s.Poll == 0 {
		s.Poll = DefaultPoll
	}
	if s.Severity.Priorities == nil {
		s.Severity.Priorities = defaultPriorities
	}
	return s
}

// Validate names every fault of the settings.
func (s Settings) Validate() error {
	s = s.withDefaults()
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	for name, raw := range map[string]string{"api_url": s.APIURL, "events_url": s.EventsURL} {
		if err := checkURL(raw); err != nil {
			fault("%s: %w", name, err)
		}
	}
	if s.Token != "" && !reference.MatchString(s.Token) {
		fault("token: it must be a reference, env:NAME or file:PATH")
	}
	if _, err := mail.ParseAddress(s.From); s.From != "" && err != nil {
		fault("from: %q is no e-mail address", s.From)
	} else if s.Token != "" && s.From == "" {
		fault("from: with a token, incidents are acknowledged in some user's name: give an e-mail address")
	}
	if len(s.Services) == 0 && s.Default.IsZero() {
		fault("services: at least one service, or a default, is needed")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Services)) {
		s.checkService("services."+name, s.Services[name], fault)
	}
	if !s.Default.IsZero() {
		s.checkService("default", s.Default, fault)
	}
	for i, ref := range s.WebhookSecrets {
		if !reference.MatchString(ref) {
			fault("webhook_secrets[%d]: it must be a reference, env:NAME or file:PATH", i)
		}
	}
	if s.Poll < PollLeast {
		fault("poll: %s is under %s", s.Poll, PollLeast)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Severity.Priorities)) {
		if v := s.Severity.Priorities[name]; !v.Known() {
			fault("severity.priorities.%s: %q is no severity", name, v)
		}
	}
	if !s.Severity.High.Known() || !s.Severity.Low.Known() {
		fault("severity: high %q, low %q: each is critical, error, warning or info", s.Severity.High, s.Severity.Low)
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}

func (s Settings) checkService(at string, v Service, fault func(string, ...any)) {
	if !reference.MatchString(v.RoutingKey) {
		fault("%s.routing_key: it must be a reference, env:NAME or file:PATH", at)
	}
	switch {
	case v.ID != "" && !objectID.MatchString(v.ID):
		fault("%s.id: %q is no id of a PagerDuty service: capital letters and digits", at, v.ID)
	case v.ID == "" && (s.Token != "" || len(s.WebhookSecrets) > 0):
		fault("%s.id: with token or webhook_secrets, the PagerDuty service's id is needed", at)
	}
}

// checkURL takes https, and http for this machine alone: keys go there.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.HasSuffix(u.Path, "/") {
		return errors.New("it is not the base URL of an API, without a slash at the end")
	}
	if rest.Confidential(u) {
		return nil
	}
	return errors.New("it must be https: keys are sent there")
}
