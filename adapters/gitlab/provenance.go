package gitlab

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Provenance reads from GitLab how source code came to be. It implements port.Provenance and port.Examiner.
type Provenance struct {
	settings ProvenanceSettings
	outside  Outside
	host     *host
	noreply  string // domain of the addresses that this GitLab gives people for their commits
}

var (
	_ port.Provenance = (*Provenance)(nil)
	_ port.Examiner   = (*Provenance)(nil)
)

// NewProvenance makes the adapter from its settings. It sends nothing.
func NewProvenance(s ProvenanceSettings, o Outside) (*Provenance, error) {
	s = s.filled()
	if err := s.Validate(); err != nil {
		return nil, err
	}
	h, err := newHost(s.URL, s.Token, o)
	if err != nil {
		return nil, err
	}
	p := &Provenance{settings: s, outside: o, host: h}
	if u, err := url.Parse(h.base); err == nil {
		p.noreply = "users.noreply." + u.Hostname()
	}
	return p, nil
}

func (p *Provenance) project(service string) (string, error) {
	return projectOf(service, p.settings.Project, p.settings.Projects, func(text string) ([]string, error) {
		return fill.Segments(text, port.Deployment{Service: service})
	})
}

// source is a project as it is read for one range.
type source struct {
	*Provenance
	path   string
	id     int64
	target string // branch that requests are merged into
	people *people
}

// Range implements port.Provenance.
func (p *Provenance) Range(ctx context.Context, service, since, commit string) (port.CommitRange, error) {
	s, err := p.source(ctx, service)
	if err != nil {
		return port.CommitRange{}, err
	}
	r := port.CommitRange{Service: service, File: p.settings.PipelineFile, Source: port.Source{System: System, At: p.outside.clock()}}
	last, err := s.commit(ctx, commit)
	if err != nil {
		return port.CommitRange{}, err
	}
	r.Commit = last.ID
	found := []*api.Commit{last}
	if since != "" {
		first, err := s.commit(ctx, since)
		if err != nil {
			return port.CommitRange{}, err
		}
		r.Since = first.ID
		if found, r.More, err = s.between(ctx, first.ID, last.ID); err != nil {
			return port.CommitRange{}, err
		}
	}
	changed, err := s.pipelineChange(ctx, last.ID)
	if err != nil {
		return port.CommitRange{}, err
	}
	all := found
	if changed != nil {
		all = append(slices.Clone(found), changed)
	}
	commits, err := s.told(ctx, all)
	if err != nil {
		return port.CommitRange{}, err
	}
	if changed != nil {
		r.Pipeline = &commits[len(commits)-1]
		commits = commits[:len(commits)-1]
	}
	r.Commits = slices.Clip(commits)
	return r, nil
}

func (p *Provenance) source(ctx context.Context, service string) (*source, error) {
	path, err := p.project(service)
	if err != nil {
		return nil, effect.Permanently(fmt.Errorf("%s: %w: %w", System, err, effect.ErrNotFound))
	}
	of, answer, err := p.host.Projects.GetProject(path, nil, in(ctx))
	if gone(answer) {
		return nil, effect.Permanently(fmt.Errorf("%s: there is no project %s that the token may see: %w", System, path, effect.ErrNotFound))
	}
	if err == nil && (of == nil || of.ID == 0) {
		err = errMalformed
	}
	if err := p.host.class("GET /projects/:id", answer, err, true); err != nil {
		return nil, err
	}
	target := p.settings.Target
	if target == "" {
		target = of.DefaultBranch
	}
	return &source{Provenance: p, path: path, id: of.ID, target: target, people: &people{host: p.host, noreply: p.noreply}}, nil
}

// commit reads one by any name of it.
func (s *source) commit(ctx context.Context, name string) (*api.Commit, error) {
	c, answer, err := s.host.Commits.GetCommit(s.path, name, &api.GetCommitOptions{Stats: new(false)}, in(ctx))
	if gone(answer) {
		return nil, effect.Permanently(fmt.Errorf("%s: %s has no commit %s: %w", System, s.path, name, effect.ErrNotFound))
	}
	if err == nil && (c == nil || c.ID == "") {
		err = errMalformed
	}
	return c, s.host.class("GET /projects/:id/repository/commits/:sha", answer, err, true)
}

// between lists what is reachable from one commit and not from another, the oldest first.
func (s *source) between(ctx context.Context, since, commit string) ([]*api.Commit, bool, error) {
	span := since + ".." + commit
	found, more, answer, err := pages(port.CommitsMost, func(o api.ListOptions) ([]*api.Commit, *api.Response, error) {
		return s.host.Commits.ListCommits(s.path, &api.ListCommitsOptions{ListOptions: o, RefName: &span}, in(ctx))
	})
	for _, c := range found {
		if err == nil && (c == nil || c.ID == "") {
			err = errMalformed
		}
	}
	if err := s.host.class("GET /projects/:id/repository/commits", answer, whole(found, err), true); err != nil {
		return nil, false, err
	}
	slices.Reverse(found)
	return found, more, nil
}

// pipelineChange is the last commit that changed the pipeline's definition, nil if there is none.
func (s *source) pipelineChange(ctx context.Context, commit string) (*api.Commit, error) {
	found, answer, err := s.host.Commits.ListCommits(s.path, &api.ListCommitsOptions{
		ListOptions: api.ListOptions{PerPage: 1}, RefName: &commit, Path: &s.settings.PipelineFile,
	}, in(ctx))
	if err == nil && len(found) > 0 && (found[0] == nil || found[0].ID == "") {
		err = errMalformed
	}
	if err := s.host.class("GET /projects/:id/repository/commits", answer, whole(found, err), true); err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}
