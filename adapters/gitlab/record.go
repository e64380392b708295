package gitlab

import (
	"context"
	"fmt"
	"net/http"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/adapters/internal/perkey"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// record adds the deployment of a run that succeeded to GitLab's environment, where that is configured and no job did. What GitLab refuses
// for good takes nothing from the success: it is logged.
func (p *Pipeline) record(ctx context.Context, project string, at *look, state port.RunState) error {
	if !p.settings.Record || state != port.RunSucceeded {
		return nil
	}
	err := p.recorded(ctx, project, at)
	verdict, _ := effect.Classify(err)
	status := rest.Status(err)
	if verdict == effect.Permanent || status == http.StatusUnauthorized || status == http.StatusForbidden {
		p.outside.logger().Warn("the deployment is not recorded in GitLab", "run", runID(project, at.pipeline.ID), "error", err)
		return nil
	}
	return err
}

// recorded looks for the deployment before it adds it: following a run again records nothing twice.
func (p *Pipeline) recorded(ctx context.Context, project string, at *look) error {
	d, err := p.deployment(ctx, project, at.pipeline.ID, at.pipeline.Name)
	if err != nil {
		return err
	}
	if d.Environment == "" {
		return effect.Permanently(fmt.Errorf("%s: pipeline %d of %s does not tell its environment", System, at.pipeline.ID, project))
	}
	free, err := perkey.Lock(ctx, perkey.Key(p.outside.Client, p.host.base, runID(project, at.pipeline.ID)))
	if err != nil {
		return err
	}
	defer free()
	environment, newest := p.environment(d.Environment), "desc"
	known, answer, err := p.host.Deployments.ListProjectDeployments(project, &api.ListProjectDeploymentsOptions{
		ListOptions: api.ListOptions{PerPage: perPage}, Environment: &environment, Sort: &newest,
	}, in(ctx))
	if err := p.host.class("GET /projects/:id/deployments", answer, whole(known, err), true); err != nil {
		return err
	}
	for _, k := range known {
		later := k.CreatedAt != nil && at.pipeline.CreatedAt != nil && !k.CreatedAt.Before(*at.pipeline.CreatedAt)
		if k.Deployable.Pipeline.ID == at.pipeline.ID || k.SHA == at.pipeline.SHA && k.Deployable.ID == 0 && later {
			return nil
		}
	}
	status := api.DeploymentStatusSuccess
	_, answer, err = p.host.Deployments.CreateProjectDeployment(project, &api.CreateProjectDeploymentOptions{
		Environment: &environment, Ref: &at.pipeline.Ref, SHA: &at.pipeline.SHA, Tag: &at.pipeline.Tag, Status: &status,
	}, in(ctx))
	return p.host.class("POST /projects/:id/deployments", answer, err, true)
}
