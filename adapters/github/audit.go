package github

import (
	"context"
	"fmt"
	"slices"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Audit reads, of every repository that the pipeline serves: the organisation's audit log, who may start the workflow, how its environments
// are protected, what a workflow's own token may do, and whose actions may run.
func (p *Pipeline) Audit(ctx context.Context) []port.Reading {
	a := &audit{pipeline: p}
	owners := map[string]bool{}
	for _, s := range p.serves() {
		if !owners[s.repo.owner] {
			owners[s.repo.owner] = true
			a.log(ctx, s.repo)
		}
		a.starters(ctx, s.repo)
		a.environments(ctx, s)
		a.token(ctx, s.repo)
		a.actions(ctx, s.repo)
	}
	return a.readings
}

type audit struct {
	pipeline *Pipeline
	readings []port.Reading
}

func (a *audit) read(of port.Guard, on bool, what, do chat.Text) {
	if on {
		do = chat.Text{}
	}
	a.readings = append(a.readings, port.Reading{Of: of, On: &on, What: what, Do: do})
}

// unread is that something could not be read, and which right it would take.
func (a *audit) unread(of port.Guard, what, do chat.Text) {
	a.readings = append(a.readings, port.Reading{Of: of, What: what, Do: do})
}

// log reads whether the owner keeps an audit log that can be asked: organisations do, people don't.
func (a *audit) log(ctx context.Context, repo repository) {
	p, owner := a.pipeline, chat.Word("owner", repo.owner)
	r, err := p.visible(ctx, repo)
	if err == nil && r.GetOwner().GetType() == "User" {
		a.read(port.AuditLog, false, chat.Say("github.audit.no_log", owner), chat.Say("github.audit.do_log", owner))
		return
	}
	route := "GET /orgs/" + repo.owner + "/audit-log"
	_, answer, err := p.api.Organizations.GetAuditLog(ctx, repo.owner, &gh.GetAuditLogOptions{ListCursorOptions: gh.ListCursorOptions{PerPage: 1}})
	if err := p.class(route, answer, err, true); err != nil {
		a.unread(port.AuditLog, chat.Say("github.audit.log_unread", owner, chat.Word("error", err.Error())), chat.Say("github.audit.do_log_right"))
		return
	}
	a.read(port.AuditLog, true, chat.Say("github.audit.log", owner), chat.Text{})
}

// starters reads who may start the workflow: whoever may write to the repository.
func (a *audit) starters(ctx context.Context, repo repository) {
	p, at := a.pipeline, chat.Word("repository", repo.String())
	route := fmt.Sprintf("GET /repos/%s/collaborators", repo)
	people, answer, err := p.api.Repositories.ListCollaborators(ctx, repo.owner, repo.name, &gh.ListCollaboratorsOptions{
		Permission: "push", ListOptions: gh.ListOptions{PerPage: perPage},
	})
	if err := p.class(route, answer, err, true); err != nil {
		a.unread(port.AccessControl, chat.Say("github.audit.starters_unread", at, chat.Word("error", err.Error())), chat.Say("github.audit.do_metadata"))
		return
	}
	var logins []string
	for _, u := range people {
		logins = append(logins, u.GetLogin())
	}
	slices.Sort(logins)
	if answer.NextPage != 0 {
		logins = append(logins, "…")
	}
	a.read(port.AccessControl, true, chat.Say("github.audit.starters", at, chat.List("people", logins)), chat.Text{})
}

// environments reads the protection of each environment that the pipeline deploys to.
func (a *audit) environments(ctx context.Context, s served) {
	p, at := a.pipeline, chat.Word("repository", s.repo.String())
	seen := map[string]bool{}
	for _, t := range s.targets {
		name := p.settings.environment(t.Environment)
		if seen[name] {
			continue
		}
		seen[name] = true
		environment := chat.Word("environment", name)
		route := fmt.Sprintf("GET /repos/%s/environments/%s", s.repo, name)
		e, answer, err := p.api.Repositories.GetEnvironment(ctx, s.repo.owner, s.repo.name, name)
		err = p.class(route, answer, err, true)
		switch {
		case notThere(err):
			a.read(port.AccessControl, false, chat.Say("github.audit.no_environment", at, environment), chat.Say("github.audit.do_environment", environment))
		case err != nil:
			a.unread(port.AccessControl, chat.Say("github.audit.environment_unread", at, environment, chat.Word("error", err.Error())), chat.Say("github.audit.do_actions_read"))
		default:
			reviewed, others := reviewers(e)
			switch {
			case !reviewed:
				a.read(port.AccessControl, false, chat.Say("github.audit.unreviewed", at, environment), chat.Say("github.audit.do_reviewers", environment))
			case !others:
				a.read(port.AccessControl, false, chat.Say("github.audit.self_review", at, environment), chat.Say("github.audit.do_self_review", environment))
			default:
				a.read(port.AccessControl, true, chat.Say("github.audit.reviewed", at, environment), chat.Text{})
			}
		}
	}
}

// reviewers reports whether an environment wants reviewers, and others than whoever started the run.
func reviewers(e *gh.Environment) (reviewed, others bool) {
	for _, r := range e.ProtectionRules {
		if r.GetType() == "required_reviewers" {
			reviewed, others = true, others || r.GetPreventSelfReview()
		}
	}
	return reviewed, others
}

// token reads what the token that GitHub gives each workflow may do by itself.
func (a *audit) token(ctx context.Context, repo repository) {
	p, at := a.pipeline, chat.Word("repository", repo.String())
	route := fmt.Sprintf("GET /repos/%s/actions/permissions/workflow", repo)
	w, answer, err := p.api.Repositories.GetDefaultWorkflowPermissions(ctx, repo.owner, repo.name)
	if err := p.class(route, answer, err, true); err != nil {
		a.unread(port.AccessControl, chat.Say("github.audit.token_unread", at, chat.Word("error", err.Error())), chat.Say("github.audit.do_administration"))
		return
	}
	switch {
	case w.GetDefaultWorkflowPermissions() != "read":
		a.read(port.AccessControl, false, chat.Say("github.audit.token_writes", at), chat.Say("github.audit.do_token"))
	case w.GetCanApprovePullRequestReviews():
		a.read(port.AccessControl, false, chat.Say("github.audit.token_approves", at), chat.Say("github.audit.do_token"))
	default:
		a.read(port.AccessControl, true, chat.Say("github.audit.token", at), chat.Text{})
	}
}

// actions reads whose actions workflows may use.
func (a *audit) actions(ctx context.Context, repo repository) {
	p, at := a.pipeline, chat.Word("repository", repo.String())
	route := fmt.Sprintf("GET /repos/%s/actions/permissions", repo)
	allowed, answer, err := p.api.Repositories.GetActionsPermissions(ctx, repo.owner, repo.name)
	if err := p.class(route, answer, err, true); err != nil {
		a.unread(port.AccessControl, chat.Say("github.audit.actions_unread", at, chat.Word("error", err.Error())), chat.Say("github.audit.do_administration"))
		return
	}
	if allowed.GetAllowedActions() == "all" {
		a.read(port.AccessControl, false, chat.Say("github.audit.any_action", at), chat.Say("github.audit.do_actions"))
		return
	}
	a.read(port.AccessControl, true, chat.Say("github.audit.actions", at, chat.Word("allowed", allowed.GetAllowedActions())), chat.Text{})
}
