// Package organisation is what the organisation decided, as the rules read it: services, environments, policies and people.
// It is made from configuration and never changes; a reload makes a new one.
package organisation

import (
	"slices"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/cadence"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/rehearsal"
	"github.com/gonogo-chat/gonogo/bot/risk"
	"github.com/gonogo-chat/gonogo/bot/train"
	"github.com/gonogo-chat/gonogo/bot/verify"
)

// Organisation is one accepted configuration.
type Organisation struct {
	Name string
	Zone *time.Location
	// Demo lets newcomers speak as any account and change people and gates without a second administrator.
	Demo         bool
	Services     []Service
	Lines        map[string]Line // what is known of business lines, by name; services name more
	Environments []Environment   // in the order versions pass them
	Pipelines    []string
	Definitions  map[string]string // a digest of how each pipeline is configured
	Plans        map[string]Plan
	Approvals    map[string]approval.Rule
	Risk         *risk.Policy
	History      time.Duration                // how far back rules look at a service's past; 0: all that is remembered
	Conditions   map[string]policy.Closure    // that environments name as gates
	Seats        map[string]*policy.Condition // on which seats of approval rules hang, by expression
	Tiers        map[string]Tier
	Channels     Channels
	Freezes      Freezes
	Windows      Windows
	Cadence      *cadence.Cadence // nil for none
	Trains       train.Policy
	Incidents    Incidents
	Rehearsal    rehearsal.Policy
	Emergency    Emergency
	Duty         duty.Policy
	Directory    people.Directory
	Planning     Planning
	Retention    time.Duration // how long delivery records and chat messages are kept

	// Snapshot is the canonical form of the configuration, without names or secrets; Digest is its SHA-256 in hex.
	Snapshot []byte
	Digest   string

	memo sync.Map // what Policy and Electorate worked out
}

// Service is something that is released.
type Service struct {
	Name        string
	Lines       []string
	DependsOn   []string
	Criticality string
	Exposure    string
	Data        string
	Rollback    string
	// Downtime says that every deployment takes it down.
	Downtime bool `json:",omitempty"`
	// Hotfix says that the service has a way back to well besides going back.
	Hotfix    bool
	Owner     string            // opaque id of a person, or the name of a group
	Addresses map[string]string // base URL by environment
	Labels    map[string]string
	Regions   map[string][]string `json:",omitempty"` // by environment
}

// Line is a business line.
type Line struct {
	Owners  []string // opaque ids of people, or names of groups
	Revenue bool     // it earns money directly
	Region  string   // where its people work; empty: not said
	// Channels hear of freezes and downtime that concern the line.
	Channels []chat.Place
}

// Environment is somewhere that versions run.
type Environment struct {
	Name     string
	After    string // the environment that a version must have passed before
	Gates    []string
	Pipeline string
	Verify   string        // name of a plan; empty: the pipeline's word is taken
	Regions  []string      `json:",omitempty"` // that services run in here, where they name none themselves
	Lock     time.Duration // how long a deployment should take here: a lock held longer is told of
}

// Plan is how a deployment is watched. The texts of its probes may hold placeholders: see Fill.
type Plan struct {
	verify.Plan
	Metrics string // URL at which the service publishes its metrics, with placeholders
}

// Tier is what a risk tier asks for.
type Tier struct {
	Approval string // name of an approval rule; empty: no vote
}

// Channels are where the bot speaks: for each purpose one place or more, all of which see the same.
type Channels struct {
	Releases, CAB, OnCall []chat.Place
}

// Windows is how downtime is agreed with the business.
type Windows struct {
	Answer time.Duration // how long business units have to answer
	Remind time.Duration // how long before that they are reminded; 0 for never
}

// Incidents is what the pager's incidents mean for releases.
type Incidents struct {
	Block port.Severity // the least severity that closes the gate
	Trace time.Duration // how long after a deployment began an incident is traced to it
}

// Emergency is the way round the gates when production is down.
type Emergency struct {
	Approval     string // approval rule by which the second person agrees; empty: no emergency path
	Lifetime     time.Duration
	ReviewWithin time.Duration
	Escalate     []string // groups called one after another for a review that is overdue; none: whoever may review
}

// Service returns a service by name.
func (o *Organisation) Service(name string) (Service, bool) {
	i, known := o.places()[name]
	if !known {
		return Service{}, false
	}
	return o.Services[i], true
}

// Environment returns an environment by name.
func (o *Organisation) Environment(name string) (Environment, bool) {
	i := slices.IndexFunc(o.Environments, func(e Environment) bool { return e.Name == name })
	if i < 0 {
		return Environment{}, false
	}
	return o.Environments[i], true
}

// Final reports whether no environment follows the named one: a release that passed it is released.
func (o *Organisation) Final(name string) bool {
	return !slices.ContainsFunc(o.Environments, func(e Environment) bool { return e.After == name })
}

// Asks reports whether any environment asks a gate.
func (o *Organisation) Asks(gate string) bool {
	return slices.ContainsFunc(o.Environments, func(e Environment) bool { return slices.Contains(e.Gates, gate) })
}

// First is the environment that a new version is deployed to first.
func (o *Organisation) First() Environment { return o.Environments[0] }

// Next is the environment after the named one, and whether there is one.
func (o *Organisation) Next(name string) (Environment, bool) {
	i := slices.IndexFunc(o.Environments, func(e Environment) bool { return e.After == name })
	if i < 0 {
		return Environment{}, false
	}
	return o.Environments[i], true
}

// Scopes are what a right over a service in an environment may be granted through: the service, and each of its lines.
func (o *Organisation) Scopes(service, environment string) []people.Scope {
	scopes := []people.Scope{{Service: service, Environment: environment}}
	if s, ok := o.Service(service); ok {
		for _, line := range s.Lines {
			scopes = append(scopes, people.Scope{Service: service, Line: line, Environment: environment})
		}
	}
	return scopes
}

// May reports whether a person holds a right over a service in an environment, through the service or one of its lines.
func (o *Organisation) May(person string, right people.Right, service, environment string) bool {
	for _, in := range o.Scopes(service, environment) {
		if o.Directory.May(person, right, in) {
			return true
		}
	}
	return false
}

// Holders lists everybody who holds a right over a service in an environment.
func (o *Organisation) Holders(right people.Right, service, environment string) []string {
	var ids []string
	for _, p := range o.Directory.People {
		if o.May(p.ID, right, service, environment) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// Dependencies is what each service needs to be there before it.
func (o *Organisation) Dependencies() train.Graph {
	g := make(train.Graph, len(o.Services))
	for _, s := range o.Services {
		g[s.Name] = s.DependsOn
	}
	return g
}
