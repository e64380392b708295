package commands

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// planningContext is what the bot itself knows of a release on its way to the last environment, for the conditions of deferral,
// ladders and the architecture board. What other systems know is added by who asked them.
func planningContext(r state.Reader, org *organisation.Organisation, rel release.Release, now time.Time) (policy.Context, error) {
	s, _ := org.Service(rel.Service)
	env := org.Environments[len(org.Environments)-1]
	own := port.Source{System: "gonogo", At: now.UTC()}
	in := policy.Context{
		V: policy.Version, Now: now.UTC(),
		Service: &policy.Service{Source: own, Name: s.Name, Criticality: s.Criticality, Exposure: s.Exposure, Data: s.Data, Rollback: s.Rollback,
			Lines: s.Lines, DependsOn: s.DependsOn, Labels: s.Labels, Revenue: org.Revenue(s)},
		Release: &policy.Release{Source: own, ID: rel.ID, Service: rel.Service, Version: rel.Version, Tier: rel.Tier, Emergency: rel.Emergency != nil,
			Planned: rel.PlannedAt},
		Environment: &policy.Environment{Source: own, Name: env.Name, After: env.After, Final: true},
	}
	for _, e := range org.Environments {
		if rel.Passed[e.Name] != "" {
			in.Release.Passed = append(in.Release.Passed, e.Name)
		}
	}
	if a := rel.Artifact; a != nil {
		in.Change = &policy.Change{Source: a.Source, Lines: a.Build.LinesChanged, Authors: len(a.Build.Authors), Subjects: a.Build.Changes, Commits: len(a.Build.Changes)}
	}
	track, _, err := tracks.Get(r, rel.Service)
	if err != nil {
		return in, err
	}
	in.History = &policy.History{Source: own, Deployments: track.Deployments, Failures: track.Failures}
	in.Calendar, err = calendarContext(r, org, rel, env.Name, own)
	return in, err
}

// searchedForDeployments is how far back deployments are looked for that may still be in motion.
const searchedForDeployments = 24 * time.Hour

// calendarContext is what else goes on where a release is to go.
func calendarContext(r state.Reader, org *organisation.Organisation, rel release.Release, environment string, own port.Source) (*policy.Calendar, error) {
	underWay, lastHour := 0, 0
	c := &policy.Calendar{Source: own, Zone: org.Zone.String(), UnderWay: &underWay, LastHour: &lastHour}
	standing, err := standingFreezes(r)
	if err != nil {
		return nil, err
	}
	at := target(org, rel.Service, environment)
	for _, f := range standing {
		switch {
		case !f.Scope.Covers(at):
		case !own.At.Before(f.From):
			c.Frozen = true
		case c.NextFreeze.IsZero() || f.From.Before(c.NextFreeze):
			c.NextFreeze = f.From
		}
	}
	err = deployments.Latest(r, func(_ string, d rollout.Deployment) error {
		age := own.At.Sub(d.RequestedAt)
		if age > searchedForDeployments {
			return kv.ErrStop
		}
		if d.Environment != environment || d.Release == rel.ID {
			return nil
		}
		if d.State.Open() {
			underWay++
		}
		if age <= time.Hour {
			lastHour++
		}
		return nil
	})
	return c, err
}
