package config

import (
	"reflect"

	"github.com/gonogo-chat/gonogo/bot/duty"
)

// Duty says which duties one person may hold together, whatever accounts they use: a standard, and settings that differ from it.
// Load fills in what the standard says.
type Duty struct {
	Standard                      string `yaml:"standard" default:"standard" enum:"startup,standard,sox" doc:"What holds where the settings below are left out: startup lets authors deploy what others approved, standard keeps author, approver and executor apart, sox keeps all duties apart."`
	AuthorMayApprove              *bool  `yaml:"author_may_approve" doc:"Commit authors, co-authors, authors of merge requests and whoever pushed may vote on their release."`
	AuthorMayApproveAlone         *bool  `yaml:"author_may_approve_alone" doc:"They may be the only ones who voted go, if they may vote."`
	AuthorMayExecute              *bool  `yaml:"author_may_execute" doc:"They may deploy their release where the duty gate is asked."`
	MergerMayApprove              *bool  `yaml:"merger_may_approve" doc:"Whoever only merged a merge request may vote on the release: who reviews often merges too."`
	MergerMayApproveAlone         *bool  `yaml:"merger_may_approve_alone" doc:"They may be the only ones who voted go, if they may vote."`
	MergerMayExecute              *bool  `yaml:"merger_may_execute" doc:"Whoever only merged a merge request may deploy the release where the duty gate is asked."`
	PipelineEditorMayApprove      *bool  `yaml:"pipeline_editor_may_approve" doc:"Whoever last changed the pipeline file may vote on the release."`
	PipelineEditorMayApproveAlone *bool  `yaml:"pipeline_editor_may_approve_alone" doc:"They may be the only ones who voted go, if they may vote."`
	PipelineEditorMayExecute      *bool  `yaml:"pipeline_editor_may_execute" doc:"Whoever last changed the pipeline file may deploy the release where the duty gate is asked."`
	ConfigEditorMayApprove        *bool  `yaml:"config_editor_may_approve" doc:"Whoever proposed or accepted a change of what decides on a service may vote on its next release."`
	ConfigEditorMayApproveAlone   *bool  `yaml:"config_editor_may_approve_alone" doc:"They may be the only ones who voted go, if they may vote."`
	ConfigEditorMayExecute        *bool  `yaml:"config_editor_may_execute" doc:"Whoever proposed or accepted a change of what decides on a service may deploy its next release where the duty gate is asked."`
	RequesterMayApprove           *bool  `yaml:"requester_may_approve" doc:"Whoever planned a release may vote on it."`
	RequesterMayApproveAlone      *bool  `yaml:"requester_may_approve_alone" doc:"They may be the only ones who voted go, if they may vote."`
	RequesterMayExecute           *bool  `yaml:"requester_may_execute" doc:"Whoever planned a release may deploy it where the duty gate is asked."`
	ApproverMayExecute            *bool  `yaml:"approver_may_execute" doc:"Whoever voted go may deploy where the duty gate is asked, if somebody else voted go too."`
	SoleApproverMayExecute        *bool  `yaml:"sole_approver_may_execute" doc:"Whoever alone voted go may deploy where the duty gate is asked."`
	ExecutorMayReview             *bool  `yaml:"executor_may_review" doc:"Whoever deployed under an emergency may close its review."`
	IdentifierMayDecide           *bool  `yaml:"identifier_may_decide" doc:"Whoever may say whose an address in source code is may vote, and deploy where the duty gate is asked."`
	AdministratorMayDecide        *bool  `yaml:"administrator_may_decide" doc:"Administrators may vote, and deploy where the duty gate is asked."`
	MachinesMayAuthor             *bool  `yaml:"machines_may_author" doc:"Releases of which only machine identities are named as authors are judged; without it they are inconclusive."`
}

// settings are the settings of a policy, in the order of the struct's fields after the standard.
func settings(p *duty.Policy) []*bool {
	var all []*bool
	for _, row := range []*duty.Row{&p.Author, &p.Merger, &p.PipelineEditor, &p.ConfigEditor, &p.Requester} {
		all = append(all, &row.Approve, &row.Alone, &row.Execute)
	}
	return append(all, &p.ApproverMayExecute, &p.SoleApproverMayExecute, &p.ExecutorMayReview, &p.IdentifierMayDecide,
		&p.AdministratorMayDecide, &p.MachinesMayAuthor)
}

// Policy is which duties are kept apart: those of the standard, but for what is set.
func (d Duty) Policy() duty.Policy {
	p, _ := duty.Of(d.Standard)
	v := reflect.ValueOf(d)
	for i, to := range settings(&p) {
		if set := v.Field(i + 1).Interface().(*bool); set != nil {
			*to = *set
		}
	}
	return p
}

// fill writes down what the standard says, so that snapshots and differences show what holds.
func (d *Duty) fill() {
	p := d.Policy()
	v := reflect.ValueOf(d).Elem()
	for i, from := range settings(&p) {
		v.Field(i + 1).Set(reflect.ValueOf(from))
	}
}

// checkDuty names settings that can have no effect.
func (c *Config) checkDuty(s *strict) {
	p := c.Duty.Policy()
	for _, of := range []struct {
		duty  string
		row   duty.Row
		alone *bool
	}{
		{"author", p.Author, c.Duty.AuthorMayApproveAlone}, {"merger", p.Merger, c.Duty.MergerMayApproveAlone},
		{"pipeline_editor", p.PipelineEditor, c.Duty.PipelineEditorMayApproveAlone},
		{"config_editor", p.ConfigEditor, c.Duty.ConfigEditorMayApproveAlone}, {"requester", p.Requester, c.Duty.RequesterMayApproveAlone},
	} {
		if of.alone != nil && *of.alone && !of.row.Approve {
			s.at("duty."+of.duty+"_may_approve_alone", "has no effect: whoever may not vote can't be the only one who voted go")
		}
	}
}
