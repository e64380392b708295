package github

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Examine asks GitHub whether provenance can be read: token, repositories, branch, pipeline file, pull requests and pushes.
func (p *Provenance) Examine(ctx context.Context) []port.Finding {
	e := &examination{host: p.host, token: p.settings.Token}
	if !e.connection(ctx) {
		return e.findings
	}
	seen := map[repository]bool{}
	services := p.services()
	for _, service := range services {
		repo, err := p.repos.of(service)
		if err != nil {
			e.bad(chat.Say("github.check.unmapped", chat.Word("service", service)), chat.Say("github.check.do_map", chat.Word("service", service)))
			continue
		}
		if seen[repo] {
			continue
		}
		seen[repo] = true
		if r := e.repository(ctx, repo); r != nil {
			p.examine(ctx, e, repo, orElse(p.settings.Branch, r.GetDefaultBranch()))
		}
	}
	if len(services) == 0 {
		e.fine(chat.Say("github.check.any_repository", chat.Word("repository", p.settings.Repository)))
	}
	return e.findings
}

// services are those whose repositories can be examined: what is deployed, and what the settings name. One repository for all stands for
// every service.
func (p *Provenance) services() []string {
	all := slices.Sorted(maps.Keys(p.settings.Repositories))
	for _, t := range p.outside.Targets() {
		if !slices.Contains(all, t.Service) {
			all = append(all, t.Service)
		}
	}
	if len(all) == 0 && p.settings.Repository != "" && !strings.Contains(p.settings.Repository, "{") {
		all = append(all, "")
	}
	return all
}

func (p *Provenance) examine(ctx context.Context, e *examination, repo repository, branch string) {
	at, name := chat.Word("repository", repo.String()), chat.Word("ref", branch)
	head, answer, err := p.api.Repositories.GetCommit(ctx, repo.owner, repo.name, url.PathEscape(branch), &gh.ListOptions{PerPage: 1})
	err = p.class(fmt.Sprintf("GET /repos/%s/commits/%s", repo, branch), answer, err, true)
	if rest.Status(err) == http.StatusUnprocessableEntity {
		e.bad(chat.Say("github.check.no_ref", at, name), chat.Say("github.check.do_ref"))
		return
	}
	if !e.asked(branch, err, chat.Say("github.check.no_ref", at, name), chat.Say("github.check.do_ref"), chat.Say("github.check.do_contents")) {
		return
	}
	if _, ok := e.file(ctx, repo, p.settings.PipelineFile, branch); ok {
		e.fine(chat.Say("github.check.file", at, chat.Word("file", p.settings.PipelineFile)))
	}
	_, answer, err = p.api.PullRequests.ListPullRequestsWithCommit(ctx, repo.owner, repo.name, head.GetSHA(), &gh.ListOptions{PerPage: 1})
	err = p.class(fmt.Sprintf("GET /repos/%s/commits/%s/pulls", repo, head.GetSHA()), answer, err, true)
	right := chat.Say("github.check.do_right", chat.Word("right", "Pull requests: read"))
	if e.asked("pull requests", err, chat.Say("github.check.no_pulls", at), right, right) {
		e.fine(chat.Say("github.check.pulls", at))
	}
	_, answer, err = p.api.Repositories.ListRepositoryActivities(ctx, repo.owner, repo.name, &gh.ListRepositoryActivityOptions{PerPage: 1})
	if err = p.class(fmt.Sprintf("GET /repos/%s/activity", repo), answer, err, true); err != nil {
		e.bad(chat.Say("github.check.no_pushes", at, chat.Word("error", err.Error())), chat.Say("github.check.do_pushes"))
		return
	}
	e.fine(chat.Say("github.check.pushes", at))
}
