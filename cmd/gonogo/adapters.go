package main

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/argocd"
	"github.com/gonogo-chat/gonogo/adapters/artifactdir"
	"github.com/gonogo-chat/gonogo/adapters/changebook"
	"github.com/gonogo-chat/gonogo/adapters/checkpointfile"
	"github.com/gonogo-chat/gonogo/adapters/github"
	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/adapters/gitlocal"
	"github.com/gonogo-chat/gonogo/adapters/httpprobe"
	"github.com/gonogo-chat/gonogo/adapters/jenkins"
	"github.com/gonogo-chat/gonogo/adapters/jira"
	"github.com/gonogo-chat/gonogo/adapters/pagebook"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty"
	"github.com/gonogo-chat/gonogo/adapters/promtext"
	"github.com/gonogo-chat/gonogo/adapters/runner"
	"github.com/gonogo-chat/gonogo/adapters/trafficfile"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/config"
)

// The catalogue of adapters, by the name that configuration calls them: one line each.
var (
	deployers = adapters[port.Deployer]{"runner": with(func(s runner.Settings, o *outside) (port.Deployer, error) {
		a, err := runner.New(s, runner.Outside{Clock: o.clock, Secret: o.secrets.resolve})
		if err == nil {
			o.mount(runner.LinkPrefix, a.Handler())
			o.sweepers = append(o.sweepers, a.Sweep)
		}
		return a, err
	}),
		"jenkins": reach(func(s jenkins.Settings, o *outside) (port.Deployer, error) {
			a, err := jenkins.New(s, jenkins.Outside{Secret: o.secrets.resolve, Clock: o.clock, Log: o.log, Listener: o.listener, Pipeline: o.pipeline(), Targets: o.targets()})
			return attached(o, a, err, func(a *jenkins.Adapter) port.Deployer { return a })
		}),
		"gitlab": reach(func(s gitlab.PipelineSettings, o *outside) (port.Deployer, error) {
			a, err := gitlab.NewPipeline(s, gitlab.Outside{Secret: o.secrets.resolve, Clock: o.clock, Log: o.log, Listener: o.listener, Pipeline: o.pipeline(), Targets: o.targets()})
			return attached(o, a, err, func(a *gitlab.Pipeline) port.Deployer { return a })
		}),
		"github": reach(func(s github.PipelineSettings, o *outside) (port.Deployer, error) {
			a, err := github.NewPipeline(s, github.Outside{Secret: o.secrets.resolve, Clock: o.clock, Log: o.log, Listener: o.listener, Pipeline: o.pipeline(), Targets: o.targets()})
			return attached(o, a, err, func(a *github.Pipeline) port.Deployer { return a })
		}),
		"argocd": reach(func(s argocd.Settings, o *outside) (port.Deployer, error) {
			a, err := argocd.New(s, argocd.Outside{Secret: o.secrets.resolve, Clock: o.clock, Log: o.log, Listener: o.listener, Pipeline: o.pipeline(), Targets: o.targets()})
			return attached(o, a, err, func(a *argocd.Adapter) port.Deployer { return a })
		}),
	}
	artifacts = adapters[port.Artifacts]{"artifactdir": with(func(s artifactdir.Settings, o *outside) (port.Artifacts, error) {
		return artifactdir.New(s, o.clock)
	})}
	ticketers = adapters[port.Ticketer]{"changebook": with(func(s changebook.Settings, o *outside) (port.Ticketer, error) {
		a, err := changebook.New(s, o.clock)
		if err == nil {
			o.mount(changebook.LinkPrefix, a.Handler())
		}
		return a, err
	}),
		"jira": reach(func(s jira.Settings, o *outside) (port.Ticketer, error) {
			a, err := jira.New(s, jira.Outside{Secret: o.secrets.resolve, Clock: o.clock, Log: o.log, Listener: o.listener})
			return attached(o, a, err, func(a *jira.Adapter) port.Ticketer { return a })
		}),
	}
	pagers = adapters[port.Pager]{"pagebook": with(func(s pagebook.Settings, o *outside) (port.Pager, error) {
		return pagebook.New(s, o.clock)
	}),
		"pagerduty": reach(func(s pagerduty.Settings, o *outside) (port.Pager, error) {
			a, err := pagerduty.New(s, pagerduty.Outside{Secret: o.secrets.resolve, Clock: o.clock, Log: o.log, Listener: o.listener})
			return attached(o, a, err, func(a *pagerduty.Adapter) port.Pager { return a })
		}),
	}
	provenances = adapters[port.Provenance]{
		"gitlab": reach(func(s gitlab.ProvenanceSettings, o *outside) (port.Provenance, error) {
			a, err := gitlab.NewProvenance(s, gitlab.Outside{Secret: o.secrets.resolve, Clock: o.clock, Log: o.log, Targets: o.everything})
			return attached(o, quiet{a}, err, func(quiet) port.Provenance { return a })
		}),
		"github": reach(func(s github.ProvenanceSettings, o *outside) (port.Provenance, error) {
			a, err := github.NewProvenance(s, github.Outside{Secret: o.secrets.resolve, Clock: o.clock, Log: o.log, Targets: o.everything})
			return attached(o, quiet{a}, err, func(quiet) port.Provenance { return a })
		}),
		"gitlocal": reach(func(s gitlocal.Settings, o *outside) (port.Provenance, error) {
			a, err := gitlocal.New(s, gitlocal.Outside{Clock: o.clock, Targets: o.everything})
			return attached(o, quiet{a}, err, func(quiet) port.Provenance { return a })
		}),
	}
	traffics = adapters[port.Traffic]{"trafficfile": with(func(s trafficfile.Settings, _ *outside) (port.Traffic, error) {
		return trafficfile.New(s)
	})}
	metrics = adapters[port.Metrics]{"promtext": with(func(s promtext.Settings, o *outside) (port.Metrics, error) {
		return promtext.New(s, o.clock)
	})}
	sinks = adapters[port.Sink]{"checkpointfile": with(func(s checkpointfile.Settings, _ *outside) (port.Sink, error) {
		return checkpointfile.New(s)
	})}
)

// adapters are the ways to reach one kind of system.
type adapters[P any] map[string]adapter[P]

type adapter[P any] struct {
	check func(config.Adapter) error
	build func(config.Adapter, *outside) (P, error)
	// reaches says that it reaches a system beyond this process, which can be examined.
	reaches bool
}

// reach is with for an adapter to a system beyond this machine.
func reach[S, P any](build func(S, *outside) (P, error)) adapter[P] {
	a := with(build)
	a.reaches = true
	return a
}

// with makes a catalogue entry of an adapter's constructor: its settings are decoded strictly, by its own struct.
func with[S, P any](build func(S, *outside) (P, error)) adapter[P] {
	return adapter[P]{
		check: func(a config.Adapter) error {
			var s S
			return a.Decode(&s)
		},
		build: func(a config.Adapter, o *outside) (p P, err error) {
			var s S
			if err := a.Decode(&s); err != nil {
				return p, err
			}
			return build(s, o)
		},
	}
}

func (as adapters[P]) named(section string, a config.Adapter) (adapter[P], error) {
	found, ok := as[a.Name]
	if !ok {
		return found, fmt.Errorf("%s.adapter: there is no adapter %q for this, only %s", section, a.Name, strings.Join(slices.Sorted(maps.Keys(as)), ", "))
	}
	return found, nil
}

func (as adapters[P]) check(section string, a config.Adapter) error {
	found, err := as.named(section, a)
	if err != nil {
		return err
	}
	return found.check(a)
}

func (as adapters[P]) build(section string, a config.Adapter, o *outside) (p P, err error) {
	found, err := as.named(section, a)
	if err != nil {
		return p, err
	}
	o.section = section
	if p, err = found.build(a, o); err != nil {
		return p, fmt.Errorf("%s: %w", section, err)
	}
	return p, nil
}

// outside is what adapters take from their surroundings, and what they give beside their port.
type outside struct {
	clock    func() time.Time
	secrets  *secrets
	pages    map[string][]http.Handler
	sweepers []sweeper
	chat     chatOutside
	log      *slog.Logger
	listener port.Listener // nil: nothing is heard
	systems  []standing
	section  string // that an adapter is being built for
	// serves lists what a pipeline serves, all of them where it is empty.
	serves func(pipeline string) []port.Target
}

// pipeline is the name of the pipeline that an adapter is being built for.
func (o *outside) pipeline() string { return strings.TrimPrefix(o.section, "pipelines.") }

// targets are what that pipeline serves.
func (o *outside) targets() func() []port.Target {
	name := o.pipeline()
	return func() []port.Target { return o.serves(name) }
}

// everything is what any pipeline serves.
func (o *outside) everything() []port.Target { return o.serves("") }

// chatOutside is what chat platforms take besides.
type chatOutside struct {
	door     port.Door
	commands func() []command.Spec
	reader   func(*time.Location) port.Reader
	places   func() []chat.Place
	log      *slog.Logger
}

// mount serves an adapter's pages under a prefix; several adapters may share one.
func (o *outside) mount(prefix string, h http.Handler) { o.pages[prefix] = append(o.pages[prefix], h) }

// connect builds every port from the configuration.
func connect(c *config.Config, o *outside) (p commands.Ports, err error) {
	p.Deployers = map[string]port.Deployer{}
	for name, a := range c.Pipelines {
		if p.Deployers[name], err = deployers.build("pipelines."+name, a, o); err != nil {
			return p, err
		}
	}
	if p.Artifacts, err = artifacts.build("artifacts", c.Artifacts, o); err != nil {
		return p, err
	}
	if p.Tickets, err = ticketers.build("tickets", c.Tickets, o); err != nil {
		return p, err
	}
	if p.Pager, err = pagers.build("pager", c.Pager, o); err != nil {
		return p, err
	}
	p.TicketSystem, p.PagerSystem = c.Tickets.Name, c.Pager.Name
	if c.Provenance.Name != "" {
		if p.Provenance, err = provenances.build("provenance", c.Provenance, o); err != nil {
			return p, err
		}
	}
	if c.Traffic.Name != "" {
		if p.Traffic, err = traffics.build("traffic", c.Traffic, o); err != nil {
			return p, err
		}
	}
	if p.Metrics, err = metrics.build("metrics", c.Metrics, o); err != nil {
		return p, err
	}
	if p.Sink, err = sinks.build("checkpoints", c.Checkpoints, o); err != nil {
		return p, err
	}
	p.Prober, err = httpprobe.New(httpprobe.Settings{}, o.clock)
	return p, err
}
