package gitlab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/adapters/internal/perkey"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Start implements port.Deployer: it creates a pipeline that carries the key, unless there is one.
func (p *Pipeline) Start(ctx context.Context, d port.Deployment) (port.Run, error) {
	if d.Pipeline != p.outside.Pipeline {
		return port.Run{}, effect.Permanently(fmt.Errorf("%s: %q is another pipeline than %q", System, d.Pipeline, p.outside.Pipeline))
	}
	project, err := p.project(d.Service, d.Environment)
	if err != nil {
		return port.Run{}, effect.Permanently(fmt.Errorf("%s: %w", System, err))
	}
	// GitLab has nothing that would refuse a second pipeline under a key.
	free, err := perkey.Lock(ctx, perkey.Key(p.outside.Client, p.host.base, d.Key))
	if err != nil {
		return port.Run{}, effect.Retryable(err, 0)
	}
	defer free()
	of, err := p.host.project(ctx, project)
	if err != nil {
		return port.Run{}, absent(err)
	}
	run, err := p.findIn(ctx, project, d.Key, []port.Target{{Service: d.Service, Environment: d.Environment}})
	if err == nil {
		p.own.Put(run.ID, true)
	}
	if !errors.Is(err, effect.ErrNotFound) {
		return run, err
	}
	ref := cmp.Or(fill.Text(p.settings.Ref, d), of.DefaultBranch)
	if ref == "" {
		return port.Run{}, effect.Permanently(fmt.Errorf("%s: %s has no branch to run a pipeline on", System, project))
	}
	if err := p.starts.Open(d.Key); err != nil {
		return port.Run{}, err
	}
	return p.starts.Try(d.Key, func() (port.Run, error) { return p.create(ctx, project, ref, d) })
}

func (p *Pipeline) create(ctx context.Context, project, ref string, d port.Deployment) (port.Run, error) {
	created, answer, err := p.host.Pipelines.CreatePipeline(project, p.order(ref, d), in(ctx))
	if err == nil && (created == nil || created.ID <= 0) {
		err = errMalformed
	}
	if err != nil {
		return port.Run{}, p.refused(project, answer, p.host.class("POST /projects/:id/pipeline", answer, err, false))
	}
	run := port.Run{ID: runID(project, created.ID), Link: created.WebURL}
	p.own.Put(run.ID, true)
	return run, nil
}

// absent makes what can't be read worth no other try where nobody is to mend it soon: a project that is not there.
func absent(err error) error {
	if _, after := effect.Classify(err); after == rest.RightsPause && rest.Status(err) == 0 {
		return effect.Permanently(errors.Unwrap(err))
	}
	return err
}

// order is what is asked of GitLab.
func (p *Pipeline) order(ref string, d port.Deployment) *api.CreatePipelineOptions {
	o := &api.CreatePipelineOptions{Ref: &ref}
	if len(p.settings.Inputs) > 0 {
		o.Inputs = api.PipelineInputsOption{p.settings.Key: api.NewPipelineInputValue(d.Key)}
		for name, text := range p.settings.Inputs {
			o.Inputs[name] = api.NewPipelineInputValue(fill.Text(text, d))
		}
		return o
	}
	variables := []*api.PipelineVariableOptions{variable(p.settings.Key, d.Key)}
	for _, name := range slices.Sorted(maps.Keys(p.settings.Variables)) {
		variables = append(variables, variable(name, fill.Text(p.settings.Variables[name], d)))
	}
	o.Variables = &variables
	return o
}

func variable(name, value string) *api.PipelineVariableOptions {
	return &api.PipelineVariableOptions{Key: &name, Value: &value}
}

// refused says what is to be done about what GitLab refuses. A missing right is waited for, like any other.
func (p *Pipeline) refused(project string, answer *api.Response, err error) error {
	if answer == nil || answer.Response == nil || answer.StatusCode != http.StatusBadRequest {
		return err
	}
	says := err.Error()
	switch {
	case strings.Contains(says, "Insufficient permissions to set pipeline variables"):
		return effect.Retryable(fmt.Errorf("%s: %s does not let the token's role set pipeline variables: raise the role, lower the least role that may "+
			"(Settings, CI/CD, Variables), or configure inputs", System, project), rest.RightsPause)
	case strings.Contains(says, "sufficient permission to run a pipeline"):
		return effect.Retryable(fmt.Errorf("%s: the token's user may not run pipelines on that branch or tag of %s: allow it to push or merge there "+
			"(Settings, Repository, Protected branches)", System, project), rest.RightsPause)
	case len(p.settings.Inputs) > 0 && strings.Contains(strings.ToLower(says), "input"):
		return effect.Permanently(fmt.Errorf("%s: the pipeline of %s does not declare the inputs that it is given, %s among them: %w",
			System, project, p.settings.Key, err))
	}
	return err
}
