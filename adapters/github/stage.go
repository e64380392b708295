package github

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of what is read of a run's output.
const (
	jobPages = 3       // of 100 jobs
	logMost  = 8 << 20 // bytes of a job's log that are gone through for its end
	lineMost = 500     // bytes of a line
)

// statuses are the statuses of a run that has not ended. GitHub calls "requested", "waiting" and "pending" what holds it up:
// an approval, a timer, a concurrency limit.
var statuses = map[string]port.RunState{
	"queued": port.RunQueued, "requested": port.RunQueued, "waiting": port.RunQueued, "pending": port.RunQueued,
	"in_progress": port.RunRunning,
}

// conclusions are how runs end. One of which nothing ran, or that says neither yes nor no, deployed nothing that anybody could count on.
var conclusions = map[string]port.RunState{
	"success": port.RunSucceeded,
	"failure": port.RunFailed, "timed_out": port.RunFailed, "startup_failure": port.RunFailed, "action_required": port.RunFailed,
	"neutral": port.RunFailed, "skipped": port.RunFailed,
	"cancelled": port.RunCancelled,
	"stale":     port.RunLost, // GitHub itself gave it up
}

// stateOf reads a run's status and conclusion; false for what no run of GitHub's has.
func stateOf(status, conclusion string) (port.RunState, bool) {
	if status == "completed" {
		state, ok := conclusions[conclusion]
		return state, ok
	}
	state, ok := statuses[status]
	return state, ok
}

// jobs lists the jobs of a run's newest attempt.
func (p *Pipeline) jobs(ctx context.Context, id runID) ([]*gh.WorkflowJob, error) {
	route := fmt.Sprintf("GET /repos/%s/actions/runs/%d/jobs", id.repo, id.id)
	o := &gh.ListWorkflowJobsOptions{ListOptions: gh.ListOptions{PerPage: perPage}}
	var all []*gh.WorkflowJob
	for range jobPages {
		page, answer, err := p.api.Actions.ListWorkflowJobs(ctx, id.repo.owner, id.repo.name, id.id, o)
		if err := p.class(route, answer, err, true); err != nil {
			return nil, unseen(err)
		}
		if page == nil || page.TotalCount == nil {
			return nil, malformed(route)
		}
		all = append(all, page.Jobs...)
		if o.Page = answer.NextPage; o.Page == 0 {
			break
		}
	}
	return all, nil
}

func begunAlready(jobs []*gh.WorkflowJob) bool {
	for _, j := range jobs {
		if s := j.GetStatus(); s == "in_progress" || s == "completed" && j.GetConclusion() != "skipped" {
			return true
		}
	}
	return false
}

// stage is the job and step that a run is at, or that it ended at, and the share of steps that are done. A job whose steps GitHub does not
// tell yet counts as one.
func stage(jobs []*gh.WorkflowJob, state port.RunState) (string, int) {
	at, failed, last := "", "", ""
	done, all := 0, 0
	for _, j := range slices.DeleteFunc(slices.Clone(jobs), func(j *gh.WorkflowJob) bool { return j == nil }) {
		ended := j.GetStatus() == "completed"
		step, broke := "", ""
		for _, s := range j.Steps {
			all++
			if ended || s.GetStatus() == "completed" {
				done++
			}
			if s.GetStatus() == "in_progress" {
				step = s.GetName()
			}
			if s.GetConclusion() == "failure" && broke == "" {
				broke = s.GetName()
			}
		}
		if len(j.Steps) == 0 {
			all++
			if ended {
				done++
			}
		}
		switch {
		case j.GetStatus() == "in_progress" && at == "":
			at = join(j.GetName(), step)
		case ended && j.GetConclusion() == "success":
			last = j.GetName()
		case ended && j.GetConclusion() != "skipped" && failed == "":
			failed = join(j.GetName(), broke)
		}
	}
	percent := 0
	if all > 0 {
		percent = 100 * done / all
	}
	switch {
	case state == port.RunSucceeded:
		return last, 100
	case state.Ended():
		return orElse(failed, last), min(percent, 99)
	}
	return orElse(at, last), min(percent, 99)
}

func join(job, step string) string {
	if step == "" {
		return job
	}
	return job + " / " + step
}

// waiting is the stage of a run that waits for an environment's protection, otherwise is what it is at besides.
func (p *Pipeline) waiting(ctx context.Context, id runID, otherwise string) (string, error) {
	route := fmt.Sprintf("GET /repos/%s/actions/runs/%d/pending_deployments", id.repo, id.id)
	pending, answer, err := p.api.Actions.GetPendingDeployments(ctx, id.repo.owner, id.repo.name, id.id)
	if err := p.class(route, answer, err, true); err != nil {
		return "", unseen(err)
	}
	var names []string
	for _, d := range pending {
		if name := d.GetEnvironment().GetName(); name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return otherwise, nil
	}
	return "waiting for approval of " + strings.Join(names, ", "), nil
}

// tail is the end of the log of the first job that failed, where it can be read, and how the run ended if that is no plain failure.
func (p *Pipeline) tail(ctx context.Context, repo repository, jobs []*gh.WorkflowJob, conclusion string) []string {
	var lines []string
	for _, j := range jobs {
		if s := conclusions[j.GetConclusion()]; j.GetStatus() == "completed" && s == port.RunFailed && j.GetConclusion() != "skipped" {
			text, err := p.logOf(ctx, repo, j.GetID())
			if err != nil {
				p.log.Info("github: a job's log can't be read", "repository", repo.String(), "job", j.GetID(), "error", err)
			}
			lines = lastLines(text)
			break
		}
	}
	if conclusion != "failure" {
		lines = append(lines, "GitHub says that it ended as "+conclusion)
	}
	return lines[max(0, len(lines)-port.TailLines):]
}

// logOf reads a job's log. It is kept elsewhere, at an address that says who may read it: the token is not sent there.
func (p *Pipeline) logOf(ctx context.Context, repo repository, job int64) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, rest.Patience) // the library asks for this past the client's own patience
	defer cancel()
	at, answer, err := p.api.Actions.GetWorkflowJobLogs(ctx, repo.owner, repo.name, job, 1)
	if err != nil {
		return "", p.class(fmt.Sprintf("GET /repos/%s/actions/jobs/%d/logs", repo, job), answer, err, true)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return "", err
	}
	if u, _ := url.Parse(p.url); at.Scheme != "https" && at.Scheme != u.Scheme {
		return "", fmt.Errorf("the log is not at an https address")
	}
	log, err := p.plain.Do(r)
	if err != nil {
		return "", fmt.Errorf("reading the log at %s failed", at.Host) // its address is a credential
	}
	defer log.Body.Close()
	if log.StatusCode != http.StatusOK {
		return "", fmt.Errorf("reading the log at %s: HTTP %d", at.Host, log.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(log.Body, logMost))
	if err != nil {
		return "", fmt.Errorf("reading the log at %s failed", at.Host)
	}
	return string(text), nil
}

var (
	stamp  = regexp.MustCompile(`^\x{FEFF}?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z `) // before every line of a log
	colour = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`)
)

// lastLines is the end of a log without its time stamps, colours and empty lines.
func lastLines(log string) []string {
	var lines []string
	for line := range strings.Lines(log) {
		line = colour.ReplaceAllString(stamp.ReplaceAllString(strings.TrimRight(line, "\r\n"), ""), "")
		line = strings.Map(func(r rune) rune {
			if r < ' ' && r != '\t' || r == 0x7f {
				return -1
			}
			return r
		}, strings.ToValidUTF8(line, "\uFFFD"))
		if strings.TrimSpace(line) == "" {
			continue
		}
		if len(line) > lineMost {
			line = strings.ToValidUTF8(line[:lineMost], "") + "…"
		}
		if lines = append(lines, line); len(lines) > port.TailLines {
			lines = lines[1:]
		}
	}
	return lines
}
