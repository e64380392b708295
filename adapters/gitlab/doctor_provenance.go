package gitlab

import (
	"context"
	"maps"
	"slices"
	"strings"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Examine implements port.Examiner: of the projects of the services among the targets, else of those that are written in full.
func (p *Provenance) Examine(ctx context.Context) []port.Finding {
	e := &examination{host: p.host, now: p.outside.clock()}
	if !e.token(ctx, p.settings.Token, "read_api") {
		return e.findings
	}
	for _, path := range p.paths(e) {
		e.source(ctx, p, path)
	}
	return e.findings
}

// paths are the projects to examine, each once.
func (p *Provenance) paths(e *examination) []string {
	paths := map[string]bool{}
	for _, path := range p.settings.Projects {
		paths[path] = true
	}
	if p.settings.Project != "" && !strings.Contains(p.settings.Project, "{") {
		paths[p.settings.Project] = true
	}
	services := map[string]bool{}
	for _, t := range p.outside.targets() {
		services[t.Service] = true
	}
	for _, service := range slices.Sorted(maps.Keys(services)) {
		path, err := p.project(service)
		if err != nil {
			e.bad(chat.Say("gitlab.check.no_path", chat.Word("service", service)), chat.Say("gitlab.check.do_path", chat.Word("service", service)))
			continue
		}
		paths[path] = true
	}
	return slices.Sorted(maps.Keys(paths))
}

// source examines a project that holds source code.
func (e *examination) source(ctx context.Context, p *Provenance, path string) {
	name := chat.Word("project", path)
	of, answer, err := e.host.Projects.GetProject(path, nil, in(ctx))
	switch {
	case gone(answer):
		e.bad(chat.Say("gitlab.check.no_project", name), chat.Say("gitlab.check.do_project"))
		return
	case err != nil || of == nil:
		e.unknown("the project "+path, answer, err)
		return
	}
	role, answer, err := e.role(ctx, path)
	if err != nil {
		e.unknown("the role in "+path, answer, err)
		return
	}
	user := chat.Word("user", e.me.Username)
	if role < api.ReporterPermissions {
		e.bad(chat.Say("gitlab.check.no_reader", name, user, chat.Word("role", roles[role])), chat.Say("gitlab.check.do_reader", name, user))
		return
	}
	target := p.settings.Target
	if target == "" {
		target = of.DefaultBranch
	}
	changed, answer, err := e.host.Commits.ListCommits(path, &api.ListCommitsOptions{
		ListOptions: api.ListOptions{PerPage: 1}, RefName: &target, Path: &p.settings.PipelineFile,
	}, in(ctx))
	switch {
	case gone(answer):
		e.bad(chat.Say("gitlab.check.no_target", name, chat.Word("branch", target)), chat.Say("gitlab.check.do_target"))
	case err != nil:
		e.unknown("the commits of "+path, answer, err)
	case len(changed) == 0:
		e.bad(chat.Say("gitlab.check.no_file", name, chat.Word("file", p.settings.PipelineFile)), chat.Say("gitlab.check.do_file"))
	default:
		e.fine(chat.Say("gitlab.check.source", name, chat.Word("branch", target), chat.Word("file", p.settings.PipelineFile)))
	}
}
