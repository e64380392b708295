package gitlab

import (
	"context"
	"fmt"
	"slices"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// states says what a pipeline's or job's status means: https://docs.gitlab.com/api/pipelines/, and Ci::HasStatus in GitLab's source.
// Where nothing was done because everything was skipped, nothing is deployed either.
var states = map[string]port.RunState{
	"created": port.RunQueued, "waiting_for_resource": port.RunQueued, "preparing": port.RunQueued, "waiting_for_callback": port.RunQueued,
	"pending": port.RunQueued, "running": port.RunRunning, "canceling": port.RunRunning, "scheduled": port.RunRunning, "manual": port.RunRunning,
	"success": port.RunSucceeded, "failed": port.RunFailed, "skipped": port.RunFailed, "canceled": port.RunCancelled,
}

// Follow implements port.Deployer. It plays the configured manual job once that can be played.
func (p *Pipeline) Follow(ctx context.Context, run port.Run, seen port.Progress) (port.Progress, error) {
	project, id, err := parseRun(run)
	if err != nil {
		return seen, err
	}
	now := seen
	err = p.watch.Until(ctx, run.ID, func(ctx context.Context) (bool, error) {
		next, err := p.progress(ctx, project, id, seen)
		if err != nil || same(next, seen) && !seen.State.Ended() {
			return false, err
		}
		now = next
		return true, nil
	})
	return now, err
}

func same(a, b port.Progress) bool {
	return a.State == b.State && a.Stage == b.Stage && a.Percent == b.Percent && slices.Equal(a.Tail, b.Tail)
}

// look is what was read of a pipeline.
type look struct {
	pipeline *api.Pipeline
	jobs     []*api.Job
	job      *api.Job // the configured one, nil without
}

// progress is where a pipeline stands. What could not be read of a job's output stays as it was seen.
func (p *Pipeline) progress(ctx context.Context, project string, id int64, seen port.Progress) (port.Progress, error) {
	at, err := p.pipelineAt(ctx, project, id)
	if err != nil {
		return port.Progress{}, err
	}
	if at == nil {
		return port.Progress{State: port.RunLost, At: p.outside.clock()}, nil
	}
	if err := p.play(ctx, project, at); err != nil {
		return port.Progress{}, err
	}
	now := port.Progress{State: at.state(), At: deref(at.pipeline.UpdatedAt)}
	if now.At.IsZero() {
		now.At = p.outside.clock()
	}
	now.Percent = at.percent()
	if now.State == port.RunSucceeded {
		now.Percent = 100
	}
	shown := at.shown(now.State)
	if shown == nil {
		if at.pipeline.Status == "skipped" {
			now.Stage = "skipped"
		}
		return now, p.record(ctx, project, at, now.State)
	}
	now.Stage = shown.Name
	if shown.Status == "manual" {
		if now.Stage, err = p.waiting(ctx, project, shown); err != nil {
			return port.Progress{}, err
		}
		return now, nil
	}
	if now.Tail, err = p.tail(ctx, project, shown); err != nil {
		p.outside.logger().Debug("a job's output can't be read", "project", project, "job", shown.ID, "error", err)
		if seen.Stage == now.Stage {
			now.Tail = seen.Tail
		}
	}
	if err := ctx.Err(); err != nil {
		return port.Progress{}, err
	}
	return now, p.record(ctx, project, at, now.State)
}

// pipelineAt reads a pipeline with its jobs; nil if GitLab no longer knows it.
func (p *Pipeline) pipelineAt(ctx context.Context, project string, id int64) (*look, error) {
	found, answer, err := p.host.Pipelines.GetPipeline(project, id, in(ctx))
	if gone(answer) {
		// Said of a pipeline that was deleted, and of a project that the token may no longer see.
		_, err := p.host.project(ctx, project)
		return nil, err
	}
	if err == nil && (found == nil || found.ID != id || states[found.Status] == "") {
		err = fmt.Errorf("%w: pipeline %d has no known status", errMalformed, id)
	}
	if err := p.host.class("GET /projects/:id/pipelines/:id", answer, err, true); err != nil {
		return nil, err
	}
	jobs, _, answer, err := pages(10*perPage, func(o api.ListOptions) ([]*api.Job, *api.Response, error) {
		return p.host.Jobs.ListPipelineJobs(project, id, &api.ListJobsOptions{ListOptions: o}, in(ctx))
	})
	for _, j := range jobs {
		if err == nil && (j == nil || states[j.Status] == "") {
			err = fmt.Errorf("%w: a job of pipeline %d has no known status", errMalformed, id)
		}
	}
	if err := p.host.class("GET /projects/:id/pipelines/:id/jobs", answer, err, true); err != nil {
		return nil, err
	}
	slices.SortFunc(jobs, func(a, b *api.Job) int { return int(a.ID - b.ID) })
	at := &look{pipeline: found, jobs: jobs}
	return at, p.choose(ctx, project, at)
}

// state is that of the pipeline, or of the job that counts with what comes after it.
func (l *look) state() port.RunState {
	whole := states[l.pipeline.Status]
	if l.job == nil {
		if whole == port.RunQueued && slices.ContainsFunc(l.jobs, func(j *api.Job) bool { return j.StartedAt != nil }) {
			return port.RunRunning // between two jobs
		}
		return whole
	}
	switch done := states[l.job.Status]; {
	case l.job.Status == "skipped" && !whole.Ended():
		return port.RunRunning // what comes before it may be tried again
	case done == port.RunSucceeded && l.pipeline.Status == "skipped", done == port.RunSucceeded && l.pipeline.Status == "manual":
		return port.RunSucceeded // what remains is for people to play
	case done == port.RunSucceeded && !whole.Ended():
		return port.RunRunning // what comes after it may still fail
	case done == port.RunSucceeded:
		return whole
	case done.Ended():
		return done
	case whole == port.RunFailed, whole == port.RunCancelled:
		return whole // it was never reached
	case whole == port.RunSucceeded, l.job.Status == "manual":
		return port.RunRunning // a manual job does not hold up a pipeline that may go without it
	default:
		return whole
	}
}

// percent counts the jobs that ended among those that are to run: not those that were left out, or that the pipeline may go without.
func (l *look) percent() int {
	done, all := 0, 0
	for _, j := range l.jobs {
		if j != l.job && (j.Status == "manual" && j.AllowFailure || j.Status == "skipped") {
			continue
		}
		all++
		if states[j.Status].Ended() {
			done++
		}
	}
	if all == 0 {
		return 0
	}
	return 100 * done / all
}

// shown is the job to tell of: the one that failed or was cancelled, that runs, that waits for somebody, or that ended last.
func (l *look) shown(state port.RunState) *api.Job {
	first := func(is func(*api.Job) bool) *api.Job {
		if i := slices.IndexFunc(l.jobs, is); i >= 0 {
			return l.jobs[i]
		}
		return nil
	}
	status := func(s string) func(*api.Job) bool { return func(j *api.Job) bool { return j.Status == s } }
	var wanted []func(*api.Job) bool
	switch state {
	case port.RunFailed:
		wanted = append(wanted, func(j *api.Job) bool { return j.Status == "failed" && !j.AllowFailure })
	case port.RunCancelled:
		wanted = append(wanted, status("canceled"))
	case port.RunQueued, port.RunRunning:
		wanted = append(wanted, status("running"), status("canceling"))
		if l.job != nil && l.job.Status == "manual" {
			wanted = append(wanted, func(j *api.Job) bool { return j == l.job })
		} else if l.pipeline.Status == "manual" {
			wanted = append(wanted, status("manual"))
		}
	}
	for _, is := range wanted {
		if j := first(is); j != nil {
			return j
		}
	}
	var last *api.Job
	for _, j := range l.jobs {
		if j.StartedAt != nil && j.FinishedAt != nil && (last == nil || !j.FinishedAt.Before(*last.FinishedAt)) {
			last = j
		}
	}
	return last
}

// Cancel implements port.Deployer.
func (p *Pipeline) Cancel(ctx context.Context, run port.Run) error {
	project, id, err := parseRun(run)
	if err != nil {
		return err
	}
	at, err := p.pipelineAt(ctx, project, id)
	if err != nil || at == nil || at.state().Ended() {
		return err
	}
	_, answer, err := p.host.Pipelines.CancelPipelineBuild(project, id, in(ctx))
	if err := p.host.class("POST /projects/:id/pipelines/:id/cancel", answer, err, true); err != nil {
		return err
	}
	p.watch.Nudge(run.ID)
	return nil
}
