package argocd

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
)

// Where a version is declared.
const (
	ByApplication = "application" // in the Application itself: nobody else declares it
	ByParent      = "parent"      // in a parameter of the Application that declares it (app of apps)
)

// How a sync applies what it applies.
const (
	StrategyHook  = "hook"
	StrategyApply = "apply"
)

// Settings are the adapter's section of the configuration.
type Settings struct {
	URL          string            `yaml:"url" required:"true" doc:"Base URL of Argo CD, like https://argocd.example.org."`
	Token        string            `yaml:"token" required:"true" doc:"Reference to an Argo CD account's token: env:NAME or file:PATH."`
	Application  string            `yaml:"application" default:"{service}-{environment}" doc:"Name of the Application that runs a service in an environment; {service} and {environment} are filled in."`
	Applications map[string]string `yaml:"applications" doc:"Applications with names of their own: service/environment to name."`
	AppNamespace string            `yaml:"app_namespace" doc:"Namespace of the Applications, where it is not Argo CD's own."`
	Project      string            `yaml:"project" default:"default" doc:"Argo CD project of the Applications; {service} and {environment} are filled in."`
	Declared     string            `yaml:"declared" default:"application" enum:"application,parent" doc:"Where a version is declared: in the Application itself, or in a parameter of its parent (app of apps)."`
	Revision     string            `yaml:"revision" doc:"targetRevision that a version is declared by, like {commit} or v{version}."`
	Parameters   map[string]string `yaml:"parameters" doc:"Helm parameters of the Application that a version is declared by: name to text, like image.tag to {version}."`
	Images       map[string]string `yaml:"images" doc:"Kustomize images of the Application that a version is declared by: name to text, like shop to registry.example.org/shop:{version}."`
	Source       int               `yaml:"source" default:"0" min:"0" doc:"Which of the Application's sources it is, where it has several: 0 is the first."`
	Parent       Parent            `yaml:"parent" doc:"The Application that declares the others, for declared: parent."`
	Undone       string            `yaml:"undone" default:"refuse" enum:"refuse,ignored" doc:"An Application that an ApplicationSet or another Application declares is refused, since they undo the change; ignored: they are told to ignore differences there."`
	Prune        bool              `yaml:"prune" default:"false" doc:"Syncs delete what is no longer declared."`
	Strategy     string            `yaml:"strategy" default:"hook" enum:"hook,apply" doc:"How syncs apply: with hooks, or without (apply)."`
	Settle       time.Duration     `yaml:"settle" default:"10s" doc:"How long it must stay healthy before the run has succeeded."`
	DegradedFor  time.Duration     `yaml:"degraded_for" default:"30s" doc:"How long it may be degraded, or out of sync after a sync, before the run has failed."`
	Limit        time.Duration     `yaml:"limit" default:"15m" doc:"Time after which a run that is not healthy has failed."`
	Poll         time.Duration     `yaml:"poll" default:"30s" doc:"How often syncs that others start are looked for."`
	WebhookToken string            `yaml:"webhook_token" doc:"Reference to the bearer token of webhooks from Argo CD Notifications, which make the bot look at once: env:NAME or file:PATH."`
}

// Parent is an Application whose Helm parameters declare the versions of others.
type Parent struct {
	Application string            `yaml:"application" doc:"Its name; {service} and {environment} are filled in."`
	Project     string            `yaml:"project" doc:"Its project, where it is another one; {service} and {environment} are filled in."`
	Parameters  map[string]string `yaml:"parameters" doc:"Helm parameters that declare a version: name to text, like {service}.revision to v{version}."`
}

// The values of settings not given.
const (
	DefaultApplication = "{service}-{environment}"
	DefaultProject     = "default"
	DefaultLimit       = 15 * time.Minute
	DefaultPoll        = 30 * time.Second
)

var (
	reference = regexp.MustCompile(`^(env|file):.+$`)
	targetKey = regexp.MustCompile(`^[^/]+/[^/]+$`)
	// objectName is a name that Kubernetes takes: https://kubernetes.io/docs/concepts/overview/working-with-objects/names
	objectName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`)
)

// Validate names every fault of the settings.
func (s Settings) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if err := checkURL(s.URL); err != nil {
		fault("url: %w", err)
	}
	if !reference.MatchString(s.Token) {
		fault("token: it must be a reference, env:NAME or file:PATH")
	}
	if s.WebhookToken != "" && !reference.MatchString(s.WebhookToken) {
		fault("webhook_token: it must be a reference, env:NAME or file:PATH")
	}
	where := func(key, text string) {
		if err := fill.Check(text, "service", "environment"); err != nil {
			fault("%s: %w", key, err)
		}
	}
	where("application", s.Application)
	where("project", s.Project)
	for _, target := range slices.Sorted(maps.Keys(s.Applications)) {
		if !targetKey.MatchString(target) {
			fault("applications: %q is not of the form service/environment", target)
		}
		if name := s.Applications[target]; !objectName.MatchString(name) {
			fault("applications: %s: %q is no name of an Application", target, name)
		}
	}
	faults = append(faults, s.declarationFaults()...)
	if s.Strategy != "" && s.Strategy != StrategyHook && s.Strategy != StrategyApply {
		fault("strategy: %q is neither %s nor %s", s.Strategy, StrategyHook, StrategyApply)
	}
	if s.Undone != "" && s.Undone != "refuse" && s.Undone != undoneIgnored {
		fault("undone: %q is neither refuse nor %s", s.Undone, undoneIgnored)
	}
	for _, d := range []struct {
		key string
		d   time.Duration
	}{{"settle", s.Settle}, {"degraded_for", s.DegradedFor}, {"limit", s.Limit}, {"poll", s.Poll}} {
		if d.d < 0 {
			fault("%s: %s is negative", d.key, d.d)
		}
	}
	return errors.Join(faults...)
}

const undoneIgnored = "ignored"

func (s Settings) declarationFaults() []error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if s.Revision == "" && len(s.Parameters) == 0 && len(s.Images) == 0 {
		fault("revision, parameters or images: one of them must say what a version is in the Application")
	}
	if s.Source < 0 {
		fault("source: %d is negative", s.Source)
	}
	texts := map[string]string{"revision": s.Revision}
	for name, text := range s.Parameters {
		texts["parameters: "+name] = text
	}
	for name, text := range s.Images {
		texts["images: "+name] = text
	}
	for name, text := range s.Parent.Parameters {
		texts["parent.parameters: "+name] = text
		if err := fill.Check(name, "service", "environment"); err != nil {
			fault("parent.parameters: %w", err)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		if err := fill.Check(texts[key]); err != nil {
			fault("%s: %w", key, err)
		}
	}
	switch s.Declared {
	case "", ByApplication:
	case ByParent:
		if s.Parent.Application == "" || len(s.Parent.Parameters) == 0 {
			fault("parent: declared: parent needs its application and at least one of its parameters")
		}
		for key, text := range map[string]string{"parent.application": s.Parent.Application, "parent.project": s.Parent.Project} {
			if err := fill.Check(text, "service", "environment"); err != nil {
				fault("%s: %w", key, err)
			}
		}
	case "git":
		fault("declared: a revision that a file in a git repository declares is changed by a commit there: let a CI pipeline make it (adapter gitlab, github or jenkins)")
	default:
		fault("declared: %q is neither %s nor %s", s.Declared, ByApplication, ByParent)
	}
	return faults
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return errors.New("it is no URL")
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return fmt.Errorf("%q is no http or https URL", u.Redacted())
	case u.User != nil:
		return errors.New("it must hold no credentials")
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("it must hold no query and no fragment")
	case !rest.Confidential(u):
		return errors.New("https is needed, except on this machine: the token is sent there")
	}
	return nil
}

func (s Settings) withDefaults() Settings {
	s.URL = strings.TrimRight(s.URL, "/")
	s.Application = orElse(s.Application, DefaultApplication)
	s.Project = orElse(s.Project, DefaultProject)
	s.Declared = orElse(s.Declared, ByApplication)
	s.Parent.Project = orElse(s.Parent.Project, s.Project)
	s.Strategy = orElse(s.Strategy, StrategyHook)
	s.Limit = orElse(s.Limit, DefaultLimit)
	s.Poll = orElse(s.Poll, DefaultPoll)
	return s
}

func orElse[T comparable](given, otherwise T) T {
	var zero T
	if given == zero {
		return otherwise
	}
	return given
}
