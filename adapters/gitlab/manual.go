package gitlab

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// choose finds the job that counts among those of a pipeline.
func (p *Pipeline) choose(ctx context.Context, project string, at *look) error {
	if p.settings.Job == "" {
		return nil
	}
	d := port.Deployment{Pipeline: p.outside.Pipeline}
	if strings.Contains(p.settings.Job, "{") {
		var err error
		if d, err = p.deployment(ctx, project, at.pipeline.ID, at.pipeline.Name); err != nil {
			return err
		}
	}
	name := fill.Text(p.settings.Job, d)
	for _, j := range at.jobs {
		if j.Name == name {
			at.job = j
			return nil
		}
	}
	if len(at.jobs) == 0 && !states[at.pipeline.Status].Ended() {
		return nil // they are being made
	}
	return effect.Permanently(fmt.Errorf("%s: pipeline %d of %s has no job %q: correct job, or the rules that leave it out", System, at.pipeline.ID, project, name))
}

// play starts the configured job where it waits for being played. GitLab refuses a job that plays already, so that playing it twice is
// playing it once.
func (p *Pipeline) play(ctx context.Context, project string, at *look) error {
	if at.job == nil || at.job.Status != "manual" || states[at.pipeline.Status] == port.RunCancelled {
		return nil
	}
	blocked, err := p.blocked(ctx, project, at.job)
	if err != nil || blocked != "" {
		return err
	}
	played, answer, err := p.host.Jobs.PlayJob(project, at.job.ID, &api.PlayJobOptions{}, in(ctx))
	status := 0
	if answer != nil && answer.Response != nil {
		status = answer.StatusCode
	}
	switch {
	case status == http.StatusForbidden:
		return effect.Retryable(fmt.Errorf("%s: the token's user may not play the job %s of %s: allow it in the protected environment, or in the branch that the pipeline runs on",
			System, at.job.Name, project), rest.RightsPause)
	case status == http.StatusBadRequest:
		return nil // unplayable: somebody else played it meanwhile, as the next look tells
	case err == nil && (played == nil || states[played.Status] == ""):
		err = errMalformed
	}
	if err := p.host.class("POST /projects/:id/jobs/:id/play", answer, err, true); err != nil {
		return err
	}
	at.job.Status = played.Status
	return nil
}

// waiting words what a manual job waits for.
func (p *Pipeline) waiting(ctx context.Context, project string, job *api.Job) (string, error) {
	environment, err := p.blocked(ctx, project, job)
	if err != nil {
		return "", err
	}
	if environment != "" {
		return "waiting for approval of " + environment, nil
	}
	return "waiting for " + job.Name + " to be played", nil
}

// blocked is the protected environment whose approvals a job waits for, empty for none. GitLab holds such a job like a manual one, and says
// so of its deployment alone.
func (p *Pipeline) blocked(ctx context.Context, project string, job *api.Job) (string, error) {
	status, newest := "blocked", "desc"
	held, answer, err := p.host.Deployments.ListProjectDeployments(project, &api.ListProjectDeploymentsOptions{
		ListOptions: api.ListOptions{PerPage: perPage}, Status: &status, Sort: &newest,
	}, in(ctx))
	if err := p.host.class("GET /projects/:id/deployments", answer, whole(held, err), true); err != nil {
		return "", err
	}
	for _, d := range held {
		if d.Status == status && d.Deployable.ID == job.ID && d.Environment != nil {
			return d.Environment.Name, nil
		}
	}
	return "", nil
}
