package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/risk"
)

// assess gives a release its tier, with the rule that gave it and what the rules saw.
func assess(t *bot.Turn, r release.Release) (release.Release, error) {
	s, _ := t.Org.Service(r.Service)
	track, _, err := tracks.Get(t, r.Service)
	if err != nil {
		return r, err
	}
	in := risk.Inputs{
		Service: r.Service, Version: r.Version, Environment: t.Org.Environments[len(t.Org.Environments)-1].Name,
		Lines: s.Lines, Criticality: s.Criticality, Exposure: s.Exposure, Data: s.Data, Rollback: s.Rollback,
		DependsOn: s.DependsOn, Labels: s.Labels, Emergency: r.Emergency != nil,
		History: &risk.History{Deployments: track.Deployments, Failures: track.Failures},
	}
	if a := r.Artifact; a != nil {
		in.Change = &risk.Change{Lines: a.Build.LinesChanged, Authors: len(a.Build.Authors), Subjects: a.Build.Changes}
	}
	assessment := t.Org.Risk.Assess(in)
	r.Tier, r.Rule, r.Why, r.Inputs = string(assessment.Tier), assessment.Rule, assessment.Why, assessment.Inputs
	text := assessment.Text()
	r.Reason = &text
	return r, nil
}
