package config

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/rehearsal"
	"github.com/gonogo-chat/gonogo/bot/risk"
)

// Organise is the configuration as the rules read it, with opaque ids in place of handles. Verification plans still hold
// their placeholders.
func (c *Config) Organise(idOf func(handle string) string) (*organisation.Organisation, error) {
	tiers, err := risk.Compile(c.Risk.rules())
	if err != nil {
		return nil, fmt.Errorf("config: %w", err) // Load has compiled them once
	}
	conditions, err := c.closures()
	if err != nil {
		return nil, fmt.Errorf("config: %w", err) // likewise
	}
	freezes, err := c.Freezes.organise(c.Organisation.Zone)
	if err != nil {
		return nil, err
	}
	snapshot := c.Snapshot(idOf)
	o := &organisation.Organisation{
		Name: c.Organisation.Name, Zone: c.Organisation.Location(), Demo: c.Organisation.Demo,
		Pipelines: sortedKeys(c.Pipelines), Plans: map[string]organisation.Plan{}, Approvals: map[string]approval.Rule{}, Seats: map[string]*policy.Condition{},
		Risk: tiers.WithDefault(risk.Tier(c.Risk.Default)), Tiers: map[string]organisation.Tier{},
		History: c.Risk.History.D(), Conditions: conditions,
		Channels:  organisation.Channels{Releases: c.Chat.Releases(), CAB: c.Chat.CAB(), OnCall: c.Chat.OnCall()},
		Freezes:   freezes,
		Trains:    c.Trains.Policy(),
		Incidents: organisation.Incidents{Block: port.Severity(c.Incidents.Block), Trace: c.Incidents.Trace.D()},
		Rehearsal: rehearsal.Policy{Tiers: slices.Clone(c.Rehearsal.Tiers), Within: c.Rehearsal.Within.D()},
		Emergency: organisation.Emergency{Approval: c.Emergency.Approval, Lifetime: c.Emergency.Lifetime.D(), ReviewWithin: c.Emergency.ReviewWithin.D(), Escalate: slices.Clone(c.Emergency.Escalate)},
		Duty:      c.Duty.Policy(), Directory: c.Directory(idOf), Retention: c.Operations.Retention.D(),
		Snapshot: snapshot, Digest: Digest(snapshot),
	}
	for name, p := range c.Verification {
		o.Plans[name] = organisation.Plan{Plan: p.Verify(name), Metrics: cmp.Or(p.Metrics, "{address}/metrics")}
	}
	for name, a := range c.Approvals {
		o.Approvals[name] = a.Rule(name)
		for _, when := range o.Approvals[name].Conditions() {
			if o.Seats[when], err = policy.Compile("when", when); err != nil {
				return nil, fmt.Errorf("config: %w", err) // likewise
			}
		}
	}
	for name, t := range c.Risk.Tiers {
		o.Tiers[name] = organisation.Tier{Approval: t.Approval}
	}
	for _, e := range c.Environments {
		o.Environments = append(o.Environments, organisation.Environment{
			Name: e.Name, After: e.After, Gates: slices.Clone(e.Gates), Pipeline: e.Pipeline, Verify: e.Verify, Lock: e.Lock.D(),
			Regions: slices.Clone(e.Regions),
		})
	}
	o.Lines, o.Definitions = c.lines(idOf), c.definitions()
	if o.Planning, err = c.planning(); err != nil {
		return nil, fmt.Errorf("config: %w", err) // Load has compiled them once
	}
	o.Windows = c.Windows.windows()
	if o.Cadence, err = c.cadence(); err != nil {
		return nil, fmt.Errorf("config: %w", err) // Load has read them once
	}
	for _, s := range c.Services {
		owner := s.Owner
		if _, person := c.Person(owner); person {
			owner = idOf(owner)
		}
		o.Services = append(o.Services, organisation.Service{
			Name: s.Name, Lines: slices.Clone(s.Lines), DependsOn: slices.Clone(s.DependsOn), Criticality: s.Criticality,
			Exposure: s.Exposure, Data: s.Data, Rollback: s.Rollback, Hotfix: s.Hotfix, Owner: owner, Downtime: s.Downtime == "always", Addresses: maps.Clone(s.Addresses),
			Labels: maps.Clone(s.Labels), Regions: maps.Clone(s.Regions),
		})
	}
	return o, nil
}

func (r Risk) rules() []risk.Rule {
	out := make([]risk.Rule, len(r.Rules))
	for i, rule := range r.Rules {
		out[i] = risk.Rule{Name: rule.Name, When: rule.When, Tier: risk.Tier(rule.Tier), Why: rule.Why}
	}
	return out
}

func lengths(list []Duration) []time.Duration {
	out := make([]time.Duration, len(list))
	for i, d := range list {
		out[i] = d.D()
	}
	return out
}

// definitions are digests of how each pipeline is configured: what a vote on a deployment by it is bound to.
func (c *Config) definitions() map[string]string {
	out := make(map[string]string, len(c.Pipelines))
	for name, a := range c.Pipelines {
		raw, err := json.Marshal(opaque{}.tree(reflect.ValueOf(a), ""))
		if err != nil { // the tree holds what JSON knows only
			panic(fmt.Sprintf("config: pipeline: %v", err))
		}
		sum := sha256.Sum256(raw)
		out[name] = hex.EncodeToString(sum[:8])
	}
	return out
}
