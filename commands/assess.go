package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/release"
)

// assess gives a release its tier, with the rule that gave it and what the rules saw.
func assess(t *bot.Turn, r release.Release) (release.Release, error) {
	s, _ := t.Org.Service(r.Service)
	track, _, err := tracks.Get(t, r.Service)
	if err != nil {
		return r, err
	}
	in := policy.Context{
		V: policy.Version, Now: t.Now.UTC(),
		Service: &policy.Service{Name: s.Name, Criticality: s.Criticality, Exposure: s.Exposure, Data: s.Data, Rollback: s.Rollback,
			Lines: s.Lines, DependsOn: s.DependsOn, Labels: s.Labels, Revenue: t.Org.Revenue(s)},
		Release:     &policy.Release{ID: r.ID, Service: r.Service, Version: r.Version, Emergency: r.Emergency != nil},
		Environment: &policy.Environment{Name: t.Org.Environments[len(t.Org.Environments)-1].Name},
		History:     &policy.History{Deployments: track.Deployments, Failures: track.Failures},
	}
	if a := r.Artifact; a != nil {
		in.Change = &policy.Change{Lines: a.Build.LinesChanged, Authors: len(a.Build.Authors), Subjects: a.Build.Changes, Commits: len(a.Build.Changes)}
	}
	assessment := t.Org.Risk.Assess(in)
	r.Tier, r.Rule, r.Why, r.Inputs = string(assessment.Tier), assessment.Rule, assessment.Why, assessment.Inputs
	text := assessment.Text()
	r.Reason = &text
	return r, nil
}
