package gitlab

import (
	"context"
	"errors"
	"fmt"
	"time"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// lookFirst is how old a deployment may be that is told of after a start.
const lookFirst = time.Hour

// elsewhere is what the loop of runs that others started is nudged by.
const elsewhere = "elsewhere"

// Run tells the listener of runs that this process did not start, until ctx is done. They are seen by the deployments to the environments
// that the pipeline serves, which GitLab keeps whoever or whatever started the job.
func (p *Pipeline) Run(ctx context.Context) error {
	if p.outside.Listener == nil {
		<-ctx.Done()
		return nil
	}
	since := p.outside.clock().Add(-lookFirst)
	p.watch.Loop(ctx, elsewhere, p.settings.Poll, func(ctx context.Context) error {
		began := p.outside.clock()
		var faults []error
		for _, at := range p.places() {
			if err := p.lookAround(ctx, at, since); err != nil && ctx.Err() == nil {
				p.outside.logger().Warn("deployments in GitLab can't be read", "project", at.project, "environment", at.target.Environment, "error", err)
				faults = append(faults, err)
			}
		}
		if len(faults) == 0 {
			since = began.Add(-lookFirst / 4) // clocks differ, and what is listed may lag behind
		}
		return longest(faults)
	})
	return nil
}

// longest is one of the errors, the one that wants to be waited for longest.
func longest(faults []error) error {
	var worst error
	var most time.Duration
	for _, err := range faults {
		if _, after := effect.Classify(err); worst == nil || after > most {
			worst, most = err, after
		}
	}
	return worst
}

// around bounds the deployments of one environment that are looked at in one go.
const around = 200

func (p *Pipeline) lookAround(ctx context.Context, at place, since time.Time) error {
	environment, order, since := p.environment(at.target.Environment), "updated_at", since.UTC()
	listed, _, answer, err := pages(around, func(o api.ListOptions) ([]*api.Deployment, *api.Response, error) {
		sort := "desc"
		return p.host.Deployments.ListProjectDeployments(at.project, &api.ListProjectDeploymentsOptions{
			ListOptions: o, Environment: &environment, UpdatedAfter: &since, OrderBy: &order, Sort: &sort,
		}, in(ctx))
	})
	if err := p.host.class("GET /projects/:id/deployments", answer, err, true); err != nil {
		return err
	}
	for i := len(listed) - 1; i >= 0; i-- { // the oldest first
		if err := p.hear(ctx, at, listed[i]); err != nil {
			return err
		}
	}
	return nil
}

// deployed says what the status of a deployment is told as. One that nobody let start yet is not told.
var deployed = map[string]port.RunState{
	"running": port.RunRunning, "success": port.RunSucceeded, "failed": port.RunFailed, "canceled": port.RunCancelled,
}

// hear tells of a deployment, unless that was done or this process started it.
func (p *Pipeline) hear(ctx context.Context, at place, d *api.Deployment) error {
	if d == nil || d.ID == 0 {
		return fmt.Errorf("%s: %w", System, errMalformed)
	}
	state, known := deployed[d.Status]
	pipeline := d.Deployable.Pipeline.ID
	id := runID(at.project, pipeline)
	if !known || pipeline == 0 {
		return nil // one without a pipeline was only noted: by record, or by another program
	}
	if _, ours := p.own.Get(id); ours {
		me, err := p.host.me(ctx)
		if err != nil || d.Deployable.User == nil || d.Deployable.User.ID == me.ID {
			return err
		}
		// A person played or repeated a job of it.
	}
	key := "run:" + p.outside.Pipeline + ":" + id + ":" + string(state)
	once := key + "\n" + at.target.Service
	if _, told := p.told.Get(once); told {
		return nil
	}
	found, answer, err := p.host.Pipelines.GetPipeline(at.project, pipeline, in(ctx))
	if gone(answer) {
		return nil // deleted meanwhile
	}
	if err := p.host.class("GET /projects/:id/pipelines/:id", answer, err, true); err != nil {
		return err
	}
	says, err := p.deployment(ctx, at.project, pipeline, found.Name)
	if err != nil {
		var unreadable *unreadable
		if !errors.As(err, &unreadable) {
			return err
		}
	}
	if says.Service != "" && says.Service != at.target.Service {
		return nil // another service of the same project
	}
	if says.Service == "" && p.shared(at) {
		key += ":" + at.target.Service // it may be of any of them
	}
	n := port.Notice{
		Key: key, System: System, At: deref(d.UpdatedAt), Account: account(deployer(d, found)),
		Run: &port.RunNotice{
			Key: says.Key, Pipeline: p.outside.Pipeline, Service: at.target.Service, Environment: at.target.Environment, Version: says.Version,
			Run: port.Run{ID: id, Link: found.WebURL}, State: state,
		},
	}
	if n.Run.Version == "" && found.Tag {
		n.Run.Version = found.Ref
	}
	if err := p.outside.Listener.Notice(ctx, n); err != nil {
		return err
	}
	p.told.Put(once, true)
	return nil
}

// shared reports whether a project deploys several services to an environment.
func (p *Pipeline) shared(at place) bool {
	for _, other := range p.places() {
		if other.project == at.project && other.target.Environment == at.target.Environment && other.target.Service != at.target.Service {
			return true
		}
	}
	return false
}

// deployer is the name of who deployed: who played the job, else who started the pipeline.
func deployer(d *api.Deployment, of *api.Pipeline) string {
	switch {
	case d.Deployable.User != nil && d.Deployable.User.Username != "":
		return d.Deployable.User.Username
	case d.User != nil && d.User.Username != "":
		return d.User.Username
	case of.User != nil:
		return of.User.Username
	}
	return ""
}

// account is somebody's on GitLab, zero for nobody.
func account(username string) chat.Account {
	if username == "" {
		return chat.Account{}
	}
	return chat.Account{Platform: System, ID: username}
}
