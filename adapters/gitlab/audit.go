package gitlab

import (
	"context"
	"slices"
	"strconv"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Audit implements port.Orchestrator: of each project and environment that the pipeline serves.
func (p *Pipeline) Audit(ctx context.Context) []port.Reading {
	a := &auditing{p: p}
	seen := map[string]bool{}
	for _, at := range p.places() {
		if !seen[at.project] {
			seen[at.project] = true
			a.log(ctx, at.project)
			a.sight(ctx, at.project)
			a.branch(ctx, at.project)
		}
		if environment := p.environment(at.target.Environment); !seen[at.project+"\n"+environment] {
			seen[at.project+"\n"+environment] = true
			a.environment(ctx, at.project, environment)
		}
	}
	return a.readings
}

type auditing struct {
	p        *Pipeline
	readings []port.Reading
}

func (a *auditing) read(of port.Guard, on bool, what, do chat.Text) {
	if on {
		do = chat.Text{}
	}
	a.readings = append(a.readings, port.Reading{Of: of, On: &on, What: what, Do: do})
}

func (a *auditing) unread(of port.Guard, what, do chat.Text) {
	a.readings = append(a.readings, port.Reading{Of: of, What: what, Do: do})
}

// log asks for one audit event: GitLab keeps them by itself where the edition has them, and shows them to owners.
func (a *auditing) log(ctx context.Context, project string) {
	name := chat.Word("project", project)
	_, answer, err := a.p.host.AuditEvents.ListProjectAuditEvents(project, &api.ListAuditEventsOptions{ListOptions: api.ListOptions{PerPage: 1}}, in(ctx))
	switch {
	case err == nil:
		a.read(port.AuditLog, true, chat.Say("gitlab.audit.log", name), chat.Text{})
	case denied(answer):
		a.unread(port.AuditLog, chat.Say("gitlab.audit.no_log", name), chat.Say("gitlab.audit.do_log"))
	default:
		a.unread(port.AuditLog, a.failed("audit_events", project, answer, err), chat.Say("gitlab.check.do_reach"))
	}
}

// sight says who sees the project.
func (a *auditing) sight(ctx context.Context, project string) {
	name := chat.Word("project", project)
	of, answer, err := a.p.host.Projects.GetProject(project, nil, in(ctx))
	switch {
	case err == nil && of != nil:
		a.read(port.AccessControl, of.Visibility != api.PublicVisibility,
			chat.Say("gitlab.audit.visibility", name, chat.Word("visibility", string(of.Visibility))), chat.Say("gitlab.audit.do_visibility"))
	case denied(answer):
		a.unread(port.AccessControl, chat.Say("gitlab.check.no_project", name), chat.Say("gitlab.check.do_project"))
	default:
		a.unread(port.AccessControl, a.failed("projects", project, answer, err), chat.Say("gitlab.check.do_reach"))
	}
}

// branch says who may change what the pipeline runs, where it runs on the project's default branch or one that is named.
func (a *auditing) branch(ctx context.Context, project string) {
	ref, err := a.p.branch(ctx, project)
	if err != nil || ref == "" {
		return // the reading before says why, and a branch of each deployment's own can't be read here
	}
	name, branch := chat.Word("project", project), chat.Word("branch", ref)
	found, answer, err := a.p.host.ProtectedBranches.GetProtectedBranch(project, ref, in(ctx))
	switch {
	case err == nil && found != nil:
		push, merge := describe(found.PushAccessLevels), describe(found.MergeAccessLevels)
		a.read(port.AccessControl, !found.AllowForcePush, chat.Say("gitlab.audit.branch", name, branch, chat.List("push", push), chat.List("merge", merge)),
			chat.Say("gitlab.audit.do_force", branch))
	case gone(answer):
		a.read(port.AccessControl, false, chat.Say("gitlab.audit.no_branch", name, branch), chat.Say("gitlab.audit.do_branch", branch))
	case denied(answer):
		a.unread(port.AccessControl, chat.Say("gitlab.audit.unread_branch", name), chat.Say("gitlab.audit.do_maintainer"))
	default:
		a.unread(port.AccessControl, a.failed("protected_branches", project, answer, err), chat.Say("gitlab.check.do_reach"))
	}
}

func describe(levels []*api.BranchAccessDescription) (who []string) {
	for _, l := range levels {
		who = append(who, l.AccessLevelDescription)
	}
	if len(who) == 0 {
		who = []string{"—"}
	}
	return who
}

// environment says who may deploy.
func (a *auditing) environment(ctx context.Context, project, environment string) {
	name, env := chat.Word("project", project), chat.Word("environment", environment)
	found, answer, err := a.p.protection(ctx, project, environment)
	switch {
	case err == nil && found != nil:
		approvals := int(found.RequiredApprovalCount)
		for _, r := range found.ApprovalRules {
			approvals += int(r.RequiredApprovalCount)
		}
		a.read(port.AccessControl, true, chat.Say("gitlab.audit.environment", name, env, chat.List("who", deployers(found)), chat.Count("approvals", approvals)), chat.Text{})
	case err == nil:
		a.read(port.AccessControl, false, chat.Say("gitlab.audit.no_environment", name, env), chat.Say("gitlab.audit.do_environment", env))
	case denied(answer):
		a.unread(port.AccessControl, chat.Say("gitlab.audit.unread_environment", name, env), chat.Say("gitlab.audit.do_premium"))
	default:
		a.unread(port.AccessControl, a.failed("protected_environments", project, answer, err), chat.Say("gitlab.check.do_reach"))
	}
}

func (a *auditing) failed(what, project string, answer *api.Response, err error) chat.Text {
	return unreachable(what+" of "+project, a.p.host.class("GET", answer, err, true))
}

// protection is how an environment is protected; nil, without an error, if it is not.
func (p *Pipeline) protection(ctx context.Context, project, environment string) (*api.ProtectedEnvironment, *api.Response, error) {
	all, _, answer, err := pages(10*perPage, func(o api.ListOptions) ([]*api.ProtectedEnvironment, *api.Response, error) {
		return p.host.ProtectedEnvironments.ListProtectedEnvironments(project, &api.ListProtectedEnvironmentsOptions{ListOptions: o}, in(ctx))
	})
	if err != nil {
		return nil, answer, err
	}
	i := slices.IndexFunc(all, func(e *api.ProtectedEnvironment) bool { return e.Name == environment })
	if i < 0 {
		return nil, answer, nil
	}
	return all[i], answer, nil
}

func deployers(of *api.ProtectedEnvironment) (who []string) {
	for _, l := range of.DeployAccessLevels {
		switch {
		case l.AccessLevelDescription != "":
			who = append(who, l.AccessLevelDescription)
		case l.UserID != 0:
			who = append(who, "user "+strconv.FormatInt(l.UserID, 10))
		case l.GroupID != 0:
			who = append(who, "group "+strconv.FormatInt(l.GroupID, 10))
		}
	}
	if len(who) == 0 {
		who = []string{"—"}
	}
	return who
}

// denied reports whether GitLab said that this is not for the token to see, in one way or the other.
func denied(answer *api.Response) bool {
	return gone(answer) || answer != nil && answer.Response != nil && answer.StatusCode == 403
}
