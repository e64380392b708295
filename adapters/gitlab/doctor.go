package gitlab

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Examine implements port.Examiner.
func (p *Pipeline) Examine(ctx context.Context) []port.Finding {
	e := &examination{host: p.host, now: p.outside.clock()}
	if !e.token(ctx, p.settings.Token, "api") {
		return e.findings
	}
	for _, t := range p.outside.targets() {
		if _, err := p.project(t.Service, t.Environment); err != nil {
			e.bad(chat.Say("gitlab.check.no_path", chat.Word("service", t.Service)), chat.Say("gitlab.check.do_path", chat.Word("service", t.Service)))
		}
	}
	seen := map[string]bool{}
	for _, at := range p.places() {
		if !seen[at.project] {
			seen[at.project] = true
			seen["usable "+at.project] = e.project(ctx, p, at.project)
		}
		if environment := p.environment(at.target.Environment); seen["usable "+at.project] && !seen[at.project+"\n"+environment] {
			seen[at.project+"\n"+environment] = true
			e.environment(ctx, p, at.project, environment)
		}
	}
	return e.findings
}

// examination gathers findings.
type examination struct {
	host     *host
	now      time.Time
	me       *api.User
	findings []port.Finding
}

func (e *examination) fine(what chat.Text) {
	e.findings = append(e.findings, port.Finding{OK: true, What: what})
}

func (e *examination) bad(what, do chat.Text) {
	e.findings = append(e.findings, port.Finding{What: what, Do: do})
}

// unknown is the finding that something could not be found out.
func (e *examination) unknown(what string, answer *api.Response, err error) {
	e.bad(unreachable(what, e.host.class("GET", answer, err, true)), chat.Say("gitlab.check.do_reach"))
}

func unreachable(what string, err error) chat.Text {
	return chat.Say("gitlab.check.unreachable", chat.Word("what", what), chat.Word("error", err.Error()))
}

// expiry is how long before a token's end somebody is told.
const expiry = 14 * 24 * time.Hour

// token examines the token itself, and reports whether it works.
func (e *examination) token(ctx context.Context, reference, scope string) bool {
	at := chat.Word("reference", reference)
	token, answer, err := e.host.PersonalAccessTokens.GetSinglePersonalAccessToken(in(ctx))
	switch {
	case answer != nil && answer.Response != nil && answer.StatusCode == http.StatusUnauthorized:
		e.bad(chat.Say("gitlab.check.no_token", chat.Word("url", e.host.base), at), chat.Say("gitlab.check.do_token", at, chat.Word("scope", scope)))
		return false
	case err != nil || token == nil:
		e.unknown("personal_access_tokens/self", answer, err)
		return false
	}
	me, err := e.host.me(ctx)
	if err != nil {
		e.bad(unreachable("user", err), chat.Say("gitlab.check.do_reach"))
		return false
	}
	e.me = me
	if !slices.Contains(token.Scopes, scope) && !(scope == "read_api" && slices.Contains(token.Scopes, "api")) {
		e.bad(chat.Say("gitlab.check.no_scope", at, chat.Word("scope", scope), chat.List("scopes", append([]string{}, token.Scopes...))),
			chat.Say("gitlab.check.do_token", at, chat.Word("scope", scope)))
		return false
	}
	e.fine(chat.Say("gitlab.check.token", chat.Word("url", e.host.base), chat.Word("user", me.Username)))
	if token.ExpiresAt != nil {
		if end := time.Time(*token.ExpiresAt); end.Before(e.now.Add(expiry)) {
			e.bad(chat.Say("gitlab.check.expires", at, chat.Time("at", end)), chat.Say("gitlab.check.do_renew", at))
		}
	}
	return true
}

// role is the token's role in a project, zero for none.
func (e *examination) role(ctx context.Context, project string) (api.AccessLevelValue, *api.Response, error) {
	member, answer, err := e.host.ProjectMembers.GetInheritedProjectMember(project, e.me.ID, in(ctx))
	if gone(answer) {
		return 0, answer, nil
	}
	if err != nil || member == nil {
		return 0, answer, err
	}
	return member.AccessLevel, answer, nil
}

// roles are GitLab's names of access levels: https://docs.gitlab.com/api/access_requests/#valid-access-levels
var roles = map[api.AccessLevelValue]string{
	0: "none", 5: "Minimal Access", 10: "Guest", 15: "Planner", 20: "Reporter", 25: "Security Manager", 30: "Developer", 40: "Maintainer", 50: "Owner", 60: "Administrator",
}

// project examines a project that deploys, and reports whether the token may run pipelines there.
func (e *examination) project(ctx context.Context, p *Pipeline, path string) bool {
	name := chat.Word("project", path)
	of, answer, err := e.host.Projects.GetProject(path, nil, in(ctx))
	switch {
	case gone(answer):
		e.bad(chat.Say("gitlab.check.no_project", name), chat.Say("gitlab.check.do_project"))
		return false
	case err != nil || of == nil:
		e.unknown("the project "+path, answer, err)
		return false
	case of.Archived:
		e.bad(chat.Say("gitlab.check.archived", name), chat.Say("gitlab.check.do_archived"))
		return false
	}
	role, answer, err := e.role(ctx, path)
	if err != nil {
		e.unknown("the role in "+path, answer, err)
		return false
	}
	user, is := chat.Word("user", e.me.Username), chat.Word("role", roles[role])
	if role < api.DeveloperPermissions {
		e.bad(chat.Say("gitlab.check.no_role", name, user, is), chat.Say("gitlab.check.do_role", name, user))
		return false
	}
	e.fine(chat.Say("gitlab.check.project", name, user, is))
	e.variables(p, path, of, role)
	e.definition(ctx, p, path, of)
	e.hooks(ctx, p, path, role)
	return true
}

// least is the access level that each setting of the least role that may set variables asks for:
// https://docs.gitlab.com/ci/variables/#restrict-pipeline-variables
var least = map[api.CIPipelineVariablesMinimumOverrideRoleValue]api.AccessLevelValue{
	"no_one_allowed": 1000, "owner": api.OwnerPermissions, "maintainer": api.MaintainerPermissions, "developer": api.DeveloperPermissions,
}

func (e *examination) variables(p *Pipeline, path string, of *api.Project, role api.AccessLevelValue) {
	if len(p.settings.Inputs) > 0 {
		return
	}
	name := chat.Word("project", path)
	set := of.CIPipelineVariablesMinimumOverrideRole
	if role < least[set] {
		e.bad(chat.Say("gitlab.check.no_variables", name, chat.Word("role", roles[role]), chat.Word("least", string(set))), chat.Say("gitlab.check.do_variables"))
	}
}

func (e *examination) environment(ctx context.Context, p *Pipeline, path, environment string) {
	name, env := chat.Word("project", path), chat.Word("environment", environment)
	found, answer, err := p.protection(ctx, path, environment)
	switch {
	case denied(answer) || err == nil && found == nil:
		return // not protected, or by no edition that protects: whether it should be is for the audit
	case err != nil:
		e.unknown("protected environments of "+path, answer, err)
		return
	}
	role, answer, err := e.role(ctx, path)
	if err != nil {
		e.unknown("the role in "+path, answer, err)
		return
	}
	groups := false
	for _, l := range found.DeployAccessLevels {
		if l.UserID == e.me.ID || l.UserID == 0 && l.GroupID == 0 && role >= l.AccessLevel {
			e.fine(chat.Say("gitlab.check.environment", name, env, chat.Word("user", e.me.Username)))
			return
		}
		groups = groups || l.GroupID != 0
	}
	if groups {
		e.fine(chat.Say("gitlab.check.environment_group", name, env, chat.Word("user", e.me.Username)))
		return
	}
	e.bad(chat.Say("gitlab.check.no_environment", name, env, chat.Word("user", e.me.Username)), chat.Say("gitlab.check.do_environment", env, chat.Word("user", e.me.Username)))
}

// hooks looks whether a webhook tells the bot; only maintainers see that.
func (e *examination) hooks(ctx context.Context, p *Pipeline, path string, role api.AccessLevelValue) {
	if p.secret == "" || role < api.MaintainerPermissions {
		return
	}
	name, door := chat.Word("project", path), "/hooks/pipelines/"+p.outside.Pipeline
	all, _, answer, err := pages(perPage, func(o api.ListOptions) ([]*api.ProjectHook, *api.Response, error) {
		return e.host.Projects.ListProjectHooks(path, &api.ListProjectHooksOptions{ListOptions: o}, in(ctx))
	})
	if err != nil {
		e.unknown("webhooks of "+path, answer, err)
		return
	}
	for _, h := range all {
		if u, err := url.Parse(h.URL); err != nil || !strings.HasSuffix(strings.TrimRight(u.Path, "/"), door) {
			continue
		}
		if h.PipelineEvents && h.JobEvents && h.DeploymentEvents && h.AlertStatus != "disabled" {
			e.fine(chat.Say("gitlab.check.hook", name))
		} else {
			e.bad(chat.Say("gitlab.check.deaf_hook", name), chat.Say("gitlab.check.do_deaf_hook"))
		}
		return
	}
	e.bad(chat.Say("gitlab.check.no_hook", name), chat.Say("gitlab.check.do_hook", chat.Word("door", door)))
}
