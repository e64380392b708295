package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of the search for a key among pipelines' variables. One that is searched for by name is found however old it is.
const (
	lookBack = 7 * 24 * time.Hour
	lookMost = 500 // pipelines of the token's user in that time
)

// Find implements port.Deployer. It answers effect.ErrNotFound only after every project that the pipeline serves was read, and not while GitLab
// may still be at a start whose answer was lost: it makes pipelines for up to a minute, and goes on with one that nobody waits for any more.
func (p *Pipeline) Find(ctx context.Context, key string) (port.Run, error) {
	return p.starts.Find(ctx, key, func(ctx context.Context) (port.Run, error) { return p.findAnywhere(ctx, key) })
}

func (p *Pipeline) findAnywhere(ctx context.Context, key string) (port.Run, error) {
	places := p.places()
	if len(places) == 0 {
		return port.Run{}, fmt.Errorf("%s: the pipeline %s serves nothing now: it can't be told whether %s was started", System, p.outside.Pipeline, key)
	}
	for len(places) > 0 {
		project := places[0].project
		var targets []port.Target
		places = slices.DeleteFunc(places, func(at place) bool {
			if at.project == project {
				targets = append(targets, at.target)
			}
			return at.project == project
		})
		run, err := p.findIn(ctx, project, key, targets)
		if !errors.Is(err, effect.ErrNotFound) {
			return run, err
		}
	}
	return port.Run{}, effect.ErrNotFound
}

func (p *Pipeline) findIn(ctx context.Context, project, key string, targets []port.Target) (port.Run, error) {
	if p.settings.Name != "" {
		return p.findNamed(ctx, project, key, targets)
	}
	return p.findVariable(ctx, project, key)
}

// findNamed looks for the name that a pipeline gives itself.
func (p *Pipeline) findNamed(ctx context.Context, project, key string, targets []port.Target) (port.Run, error) {
	asked := map[string]bool{}
	var foreign error
	for _, t := range targets {
		name := fill.Text(p.settings.Name, port.Deployment{Key: key, Service: t.Service, Environment: t.Environment})
		if asked[name] {
			continue
		}
		asked[name] = true
		source := "api"
		found, answer, err := p.host.Pipelines.ListProjectPipelines(project, &api.ListProjectPipelinesOptions{
			ListOptions: api.ListOptions{PerPage: perPage}, Name: &name, Source: &source,
		}, in(ctx))
		if err := p.host.class("GET /projects/:id/pipelines", answer, whole(found, err), true); err != nil {
			return port.Run{}, err
		}
		for _, info := range slices.Backward(found) { // the oldest first
			if info.Name != name || info.Source != source {
				if len(found) == perPage { // a GitLab that does not know the filter lists them all
					return port.Run{}, effect.Retryable(fmt.Errorf("%s: it lists pipelines of other names than %q: a newer GitLab is needed, or leave name out", System, name), rest.RightsPause)
				}
				continue
			}
			run, err := p.ours(ctx, project, key, info.ID)
			var other *foreigner
			if !errors.As(err, &other) {
				return run, err
			}
			foreign = err // whoever sees a key may start another pipeline under it
		}
	}
	if foreign != nil {
		return port.Run{}, foreign
	}
	return port.Run{}, effect.ErrNotFound
}

// foreigner is a pipeline that carries a key of the bot's and that somebody else started.
type foreigner struct {
	project, key, by, me string
	pipeline             int64
}

// Error says what to do about it.
func (f *foreigner) Error() string {
	return fmt.Sprintf("%s: pipeline %d of %s carries the key %s, and %s started it, not the token's user %s: look at it before anything is started",
		System, f.pipeline, f.project, f.key, f.by, f.me)
}

// ours is the run of a pipeline that carries the key, if the bot started it.
func (p *Pipeline) ours(ctx context.Context, project, key string, id int64) (port.Run, error) {
	me, err := p.host.me(ctx)
	if err != nil {
		return port.Run{}, err
	}
	found, answer, err := p.host.Pipelines.GetPipeline(project, id, in(ctx))
	if err == nil && (found == nil || found.ID != id || found.User == nil) {
		err = errMalformed
	}
	if err != nil {
		return port.Run{}, p.host.class("GET /projects/:id/pipelines/:id", answer, err, true)
	}
	if found.User.ID != me.ID {
		return port.Run{}, effect.Permanently(&foreigner{project, key, found.User.Username, me.Username, id})
	}
	return port.Run{ID: runID(project, id), Link: found.WebURL}, nil
}

// findVariable looks through the variables of what the token's user started lately.
func (p *Pipeline) findVariable(ctx context.Context, project, key string) (port.Run, error) {
	me, err := p.host.me(ctx)
	if err != nil {
		return port.Run{}, err
	}
	since, source := p.outside.clock().Add(-lookBack).UTC(), "api"
	found, more, answer, err := pages(lookMost, func(o api.ListOptions) ([]*api.PipelineInfo, *api.Response, error) {
		return p.host.Pipelines.ListProjectPipelines(project, &api.ListProjectPipelinesOptions{
			ListOptions: o, Source: &source, Username: &me.Username, CreatedAfter: &since,
		}, in(ctx))
	})
	if err := p.host.class("GET /projects/:id/pipelines", answer, whole(found, err), true); err != nil {
		return port.Run{}, err
	}
	for _, info := range found {
		says, err := p.says(ctx, project, info.ID)
		if err != nil {
			return port.Run{}, err
		}
		if says[p.settings.Key] == key {
			return port.Run{ID: runID(project, info.ID), Link: info.WebURL}, nil
		}
	}
	if more {
		return port.Run{}, effect.Retryable(fmt.Errorf("%s: %s has over %d pipelines of %s in a week: configure name, so that keys are found by it",
			System, project, lookMost, me.Username), rest.RightsPause)
	}
	return port.Run{}, effect.ErrNotFound
}

// says are the variables that a pipeline was given; they never change.
func (p *Pipeline) says(ctx context.Context, project string, id int64) (map[string]string, error) {
	at := runID(project, id)
	if says, known := p.declared.Get(at); known {
		return says, nil
	}
	variables, answer, err := p.host.Pipelines.GetPipelineVariables(project, id, in(ctx))
	if answer != nil && answer.Response != nil && answer.StatusCode == http.StatusForbidden {
		return nil, effect.Retryable(&unreadable{project, id}, rest.RightsPause)
	}
	if err := p.host.class("GET /projects/:id/pipelines/:id/variables", answer, whole(variables, err), true); err != nil {
		return nil, err
	}
	says := map[string]string{}
	for _, v := range variables {
		says[v.Key] = v.Value
	}
	p.declared.Put(at, says)
	return says, nil
}

// deployment is what a pipeline says that it deploys, by its name and else by its variables; fields that it does not tell are empty.
func (p *Pipeline) deployment(ctx context.Context, project string, id int64, name string) (port.Deployment, error) {
	d := port.Deployment{Pipeline: p.outside.Pipeline}
	if p.named != nil {
		if m := p.named.FindStringSubmatch(name); m != nil {
			for i, group := range p.named.SubexpNames() {
				switch group {
				case "key":
					d.Key = m[i]
				case "service":
					d.Service = m[i]
				case "environment":
					d.Environment = m[i]
				}
			}
		}
	}
	if len(p.settings.Inputs) > 0 {
		return d, nil
	}
	says, err := p.says(ctx, project, id)
	if err != nil {
		return d, err
	}
	d.Key = says[p.settings.Key]
	for variable, text := range p.settings.Variables {
		switch strings.TrimSpace(text) {
		case "{service}":
			d.Service = says[variable]
		case "{environment}":
			d.Environment = says[variable]
		case "{version}":
			d.Version = says[variable]
		}
	}
	return d, nil
}

// unreadable says that the variables of a pipeline are not for the token to read.
type unreadable struct {
	project  string
	pipeline int64
}

// Error says what would mend it.
func (u *unreadable) Error() string {
	return fmt.Sprintf("%s: the variables of pipeline %d of %s can't be read: it takes the role Maintainer, or for pipelines of the token's own user Developer with "+
		"the right to push to their branch; or configure name", System, u.pipeline, u.project)
}
