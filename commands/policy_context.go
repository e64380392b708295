package commands

import (
	"context"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

// ownRecords is where the bot's own figures come from.
func ownRecords(now time.Time) port.Source { return port.Source{System: "gonogo", At: now.UTC()} }

// sight is what rules look at and other systems know: what could not be had is nil.
type sight struct {
	Incidents *policy.Incidents
	// Keeps says that the pager keeps incidents, and so would have told of those in the past.
	Keeps  bool
	Budget *policy.Budget
}

// see asks other systems for what risk rules look at, beside whatever else is asked meanwhile. What could not be had is nil.
func (p Ports) see(ctx context.Context, r *bot.Reading, service string) func() (sight, error) {
	seen := sight{Keeps: p.keepsIncidents()}
	budget := func() (*policy.Budget, error) { return nil, nil }
	if asks(r.Org, "budget") {
		budget = p.askBudget(ctx, r, service)
	}
	if !seen.Keeps || !asks(r.Org, "incidents") {
		return func() (sight, error) {
			seen.Budget, _ = budget() // what could not be had is not known
			return seen, nil
		}
	}
	open := beside(func() ([]port.Incident, error) { return p.askIncidents(ctx, service) })
	return func() (sight, error) {
		seen.Budget, _ = budget()
		all, err := open()
		if err != nil { // what is not known is said where it matters
			return seen, nil //nolint:nilerr // an answer that did not come is a fact
		}
		seen.Incidents, err = seenOpen(r, all, port.Source{System: "pager", At: r.Now.UTC()})
		return seen, err
	}
}

// seenOpen is what the open incidents of a service come to. Pages of the bot's own are about what it did itself.
func seenOpen(r state.Reader, all []port.Incident, asked port.Source) (*policy.Incidents, error) {
	seen := &policy.Incidents{Source: asked}
	for _, i := range all {
		_, own, err := pageOfKey(r, i.Key)
		if err != nil {
			return nil, err
		}
		if own {
			continue
		}
		seen.Open++
		if !seen.Worst.Known() || i.Severity.AtLeast(seen.Worst) {
			seen.Worst = i.Severity
		}
	}
	return seen, nil
}

// asks reports whether any risk rule, or any condition that an environment names, looks at a group of fields.
func asks(org *organisation.Organisation, group string) bool {
	return org.Risk.Reads(group) || slices.ContainsFunc(org.Environments, func(e organisation.Environment) bool { return asksThere(org, e, group) })
}

// asksThere reports whether a condition that the environment names looks at a group of fields.
func asksThere(org *organisation.Organisation, env organisation.Environment, group string) bool {
	return slices.ContainsFunc(env.Gates, func(name string) bool {
		of, _ := gate.ConditionOf(name)
		c, ok := org.Conditions[of]
		return ok && c.When.Reads(group)
	})
}

// viewpoint is from where rules look: at a release on its way to an environment, at a moment.
type viewpoint struct {
	release     release.Release
	environment organisation.Environment
	artifact    *port.Artifact // as it is now; nil for the release's own
	seen        sight
	now         time.Time
	// reads says which of the groups that cost something to fill are looked at; nil for all.
	reads func(group string) bool
}

// policyContext is what rules see from a viewpoint. It is the one place where they are given anything to look at.
func policyContext(r state.Reader, org *organisation.Organisation, v viewpoint) (policy.Context, error) {
	now, rel, env := v.now.UTC(), v.release, v.environment
	s, known := org.Service(rel.Service)
	configuration := port.Source{System: "configuration", At: now}
	c := policy.Context{
		V: policy.Version, Now: now,
		Release: &policy.Release{Source: ownRecords(now), ID: rel.ID, Service: rel.Service, Version: rel.Version, Tier: rel.Tier,
			Emergency: rel.Emergency != nil, Planned: rel.PlannedAt},
		Environment: &policy.Environment{Source: configuration, Name: env.Name, After: env.After, Final: org.Final(env.Name)},
		Incidents:   v.seen.Incidents, Budget: v.seen.Budget,
	}
	for _, e := range org.Environments {
		if rel.Passed[e.Name] != "" {
			c.Release.Passed = append(c.Release.Passed, e.Name)
		}
	}
	if known {
		c.Service = &policy.Service{Source: configuration, Name: s.Name, Criticality: s.Criticality, Exposure: s.Exposure, Data: s.Data, Rollback: s.Rollback,
			Lines: s.Lines, DependsOn: s.DependsOn, Labels: s.Labels, Revenue: org.Revenue(s)}
	}
	a := v.artifact
	if a == nil {
		a = rel.Artifact
	}
	c.Change = changeIn(a)
	var err error
	if v.reads == nil || v.reads("history") {
		if c.History, err = historyOf(r, org, rel.Service, now, v.seen.Keeps); err != nil {
			return c, err
		}
	}
	if v.reads == nil || v.reads("calendar") {
		c.Calendar, err = calendarOf(r, org, rel, env, now)
	}
	return c, err
}

// changeIn is what a build says of what is different; nil where the artifact could not be seen.
func changeIn(a *port.Artifact) *policy.Change {
	if a == nil {
		return nil
	}
	authors := slices.Compact(slices.Sorted(slices.Values(a.Build.Authors))) // one person may have written under several addresses
	return &policy.Change{Source: a.Source, Lines: a.Build.LinesChanged, Authors: len(authors), Subjects: a.Build.Changes, Commits: len(a.Build.Changes)}
}

// calendarOf is what else goes on where a release is going.
func calendarOf(r state.Reader, org *organisation.Organisation, rel release.Release, env organisation.Environment, now time.Time) (*policy.Calendar, error) {
	c := &policy.Calendar{Source: ownRecords(now), Zone: org.Zone.String(), UnderWay: new(int), LastHour: new(int)}
	all, err := freezesAhead(r, target(org, rel.Service, env.Name), now)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if f.State(now) == freeze.Active {
			c.Frozen = true
		}
		if next, comes := f.Next(now.Add(1)); comes && (c.NextFreeze.IsZero() || next.From.Before(c.NextFreeze)) {
			c.NextFreeze = next.From
		}
	}
	return c, moving.Under(r, env.Name+"/", func(key string, _ struct{}) error {
		d, ok, err := deployments.Get(r, pastID(key))
		if err != nil || !ok || d.Release == rel.ID {
			return err
		}
		if !d.State.Ended() {
			*c.UnderWay++
		}
		if !d.RequestedAt.Before(now.Add(-theHour)) {
			*c.LastHour++
		}
		return nil
	})
}
