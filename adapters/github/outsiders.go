package github

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of looking for runs that others started.
const (
	recent      = time.Hour
	recentPages = 3 // of 100 runs
	sweepName   = "runs"
	toldMost    = 5000
)

// Run looks for runs that others started, until ctx ends.
func (p *Pipeline) Run(ctx context.Context) error {
	if p.outside.Listener == nil {
		<-ctx.Done()
		return nil
	}
	p.watch.Loop(ctx, sweepName, p.settings.Poll, p.sweep)
	return nil
}

// sweep tells of the runs of the last hour, and of those that were told of before and had not ended.
func (p *Pipeline) sweep(ctx context.Context) error {
	var first error
	for _, s := range p.serves() {
		looked := map[string]bool{}
		var runs []*gh.WorkflowRun
		err := p.list(ctx, s.repo, "", p.clock().Add(-recent), recentPages, func(r *gh.WorkflowRun) { runs = append(runs, r) })
		for _, r := range slices.Backward(runs) { // as they came
			looked[attemptOf(s.repo, r)] = true
			if told := p.tell(ctx, s, r); told != nil && err == nil {
				err = told
			}
		}
		for _, id := range p.open(s.repo, looked) {
			if looked := p.lookAgain(ctx, s, id); looked != nil && err == nil {
				err = looked
			}
		}
		if err != nil && first == nil {
			first = err
		}
	}
	if first != nil && ctx.Err() == nil {
		p.log.Warn("github: looking for runs that others started", "error", first)
	}
	return first
}

// attemptOf is a run's attempt, of which its first is called as the run: who runs one again starts it anew.
func attemptOf(repo repository, r *gh.WorkflowRun) string {
	id := runID{repo, r.GetID()}.String()
	if r.GetRunAttempt() > 1 {
		id += "." + strconv.Itoa(r.GetRunAttempt())
	}
	return id
}

// again is the end of an attempt that is not the first.
var again = regexp.MustCompile(`/(\d+)\.\d+$`)

// tell tells the listener of a run that others started, unless it knows.
func (p *Pipeline) tell(ctx context.Context, s served, r *gh.WorkflowRun) error {
	attempt := attemptOf(s.repo, r)
	state, ok := stateOf(r.GetStatus(), r.GetConclusion())
	if p.outside.Listener == nil || !ok || !p.ofWorkflow(r) || p.isOwn(attempt) || p.knows(attempt, state) {
		return nil
	}
	by := r.GetTriggeringActor().GetLogin()
	targets := aimed(s.targets, title(r), p.settings)
	for _, t := range targets {
		key := fmt.Sprintf("run:%s:%s:%s", p.outside.Pipeline, attempt, state)
		if len(targets) > 1 {
			key += ":" + t.Service + ":" + t.Environment
		}
		err := p.outside.Listener.Notice(ctx, port.Notice{
			Key: key, System: SystemName, At: r.GetUpdatedAt().UTC(), Account: account(orElse(by, r.GetActor().GetLogin())),
			Run: &port.RunNotice{
				Key: claimed(title(r)), Pipeline: p.outside.Pipeline, Service: t.Service, Environment: t.Environment,
				Run: runOf(s.repo, r.GetID(), r.GetHTMLURL()), State: state,
			},
		})
		if err != nil {
			return fmt.Errorf("github: telling of the run %s: %w", attempt, err)
		}
	}
	p.learned(attempt, state)
	return nil
}

// aimed are the targets that a run could be for: those that its title names, or all where it names none. GitHub tells nobody what inputs a
// run was given.
func aimed(all []port.Target, title string, s PipelineSettings) []port.Target {
	keep := func(from []port.Target, names func(port.Target) bool) []port.Target {
		var some []port.Target
		for _, t := range from {
			if names(t) {
				some = append(some, t)
			}
		}
		if len(some) == 0 {
			return from
		}
		return some
	}
	all = keep(all, func(t port.Target) bool { return holds(title, t.Service) })
	return keep(all, func(t port.Target) bool {
		return holds(title, t.Environment) || holds(title, s.environment(t.Environment))
	})
}

// open lists the runs of a repository that were told of, had not ended then, and were not looked at now.
func (p *Pipeline) open(repo repository, looked map[string]bool) []runID {
	p.mu.Lock()
	defer p.mu.Unlock()
	var ids []runID
	for _, attempt := range slices.Sorted(maps.Keys(p.told)) {
		id, err := parseRun(again.ReplaceAllString(attempt, "/$1"))
		if err == nil && id.repo == repo && !p.told[attempt].Ended() && !looked[attempt] {
			ids = append(ids, id)
		}
	}
	return ids
}

func (p *Pipeline) lookAgain(ctx context.Context, s served, id runID) error {
	r, answer, err := p.api.Actions.GetWorkflowRunByID(ctx, id.repo.owner, id.repo.name, id.id)
	if err := p.class(fmt.Sprintf("GET /repos/%s/actions/runs/%d", id.repo, id.id), answer, err, true); err != nil {
		if notThere(err) {
			p.learned(id.String(), port.RunLost)
			return nil
		}
		return err
	}
	if r.GetID() != id.id {
		return malformed("GET a run")
	}
	return p.tell(ctx, s, r)
}

func (p *Pipeline) isOwn(attempt string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, own := p.own[attempt]
	return own
}

func (p *Pipeline) knows(attempt string, state port.RunState) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.told[attempt] == state
}

// learned remembers what the listener knows; what is forgotten is told again under the same key.
func (p *Pipeline) learned(attempt string, state port.RunState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.told) >= toldMost {
		maps.DeleteFunc(p.told, func(_ string, s port.RunState) bool { return s.Ended() })
	}
	p.told[attempt] = state
}
