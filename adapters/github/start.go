package github

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of looking for what was dispatched.
const (
	lookEvery = time.Second
	lookFor   = 10 * time.Second // a longer lag is left to the next look
	keepFor   = 24 * time.Hour   // how long it is remembered what was started here
)

// Start dispatches the workflow, unless a run of its key is there. A GitHub that offers it tells which run that became; another lists it
// some seconds later, and Start waits for that, up to 10 seconds: after that, Find finds it.
func (p *Pipeline) Start(ctx context.Context, d port.Deployment) (port.Run, error) {
	if d.Pipeline != p.outside.Pipeline {
		return port.Run{}, effect.Permanently(fmt.Errorf("github: this is the pipeline %q and not %q", p.outside.Pipeline, d.Pipeline))
	}
	if d.Key == "" {
		return port.Run{}, effect.Permanently(errors.New("github: the deployment has no key"))
	}
	repo, err := p.repos.of(d.Service)
	if err != nil {
		return port.Run{}, effect.Permanently(fmt.Errorf("github: %w", err))
	}
	last, leave, err := begun.enter(ctx, place{p.outside.Client, p.url, repo, d.Key})
	if err != nil {
		return port.Run{}, effect.Retryable(err, 0)
	}
	last = p.recall(d.Key, last)
	run, err := p.startOnce(ctx, repo, d, &last)
	leave(last)
	if err == nil {
		p.remember(d.Key, last)
	}
	return run, err
}

// recall is the attempt under a key that is known: told by who was at it before, or remembered.
func (p *Pipeline) recall(key string, told attempt) attempt {
	p.mu.Lock()
	defer p.mu.Unlock()
	if told.at.IsZero() {
		return p.started[key]
	}
	return told
}

func (p *Pipeline) remember(key string, a attempt) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock()
	maps.DeleteFunc(p.started, func(_ string, a attempt) bool { return now.Sub(a.at) > keepFor })
	maps.DeleteFunc(p.own, func(_ string, at time.Time) bool { return now.Sub(at) > keepFor })
	maps.DeleteFunc(p.asked, func(_ string, at time.Time) bool { return now.Sub(at) > keepFor })
	if a.at.IsZero() {
		delete(p.started, key)
		return
	}
	p.started[key] = a
	if a.run.ID != "" {
		p.own[a.run.ID] = a.at
	}
}

// startOnce starts a run where nobody else is at its key. last is what was tried under it, and becomes what was tried now.
func (p *Pipeline) startOnce(ctx context.Context, repo repository, d port.Deployment, last *attempt) (port.Run, error) {
	if last.run.ID != "" {
		return last.run, nil
	}
	run, err := p.look(ctx, repo, d.Key)
	if err == nil {
		*last = attempt{repo, orElse(last.at, p.clock()), run}
		return run, nil
	}
	if errors.Is(err, errUnseen) {
		if _, seen := p.visible(ctx, repo); seen == nil {
			err = effect.Permanently(fmt.Errorf("github: there is no workflow %s in %s", p.settings.Workflow, repo))
		}
	}
	if !notThere(err) {
		return port.Run{}, err
	}
	if !last.at.IsZero() && p.clock().Before(last.at.Add(p.settings.ListingLag)) {
		return port.Run{}, fmt.Errorf("github: %s was dispatched for %s, and no run is listed yet", p.settings.Workflow, d.Key)
	}
	ref, err := p.ref(ctx, repo, d)
	if err != nil {
		return port.Run{}, err
	}
	p.announce(ctx, repo, d, ref)
	*last = attempt{repo: repo, at: p.clock()}
	p.remember(d.Key, *last)
	run, err = p.dispatch(ctx, repo, d, ref)
	if err != nil {
		if verdict, _ := effect.Classify(err); verdict != effect.Unknown { // nothing was started
			*last = attempt{}
			p.remember(d.Key, *last)
		}
		if verdict, _ := effect.Classify(err); verdict == effect.Permanent {
			p.withdraw(ctx, repo, d.Key)
		}
		return port.Run{}, err
	}
	last.run = run
	return run, nil
}

// ref is what the workflow runs from.
func (p *Pipeline) ref(ctx context.Context, repo repository, d port.Deployment) (string, error) {
	if ref := fill.Text(p.settings.Ref, d); ref != "" {
		return ref, nil
	}
	r, err := p.visible(ctx, repo)
	return r.GetDefaultBranch(), err
}

func (p *Pipeline) inputs(d port.Deployment) map[string]any {
	all := map[string]any{p.settings.Key: d.Key}
	for name, text := range p.settings.Inputs {
		all[name] = fill.Text(text, d)
	}
	return all
}

func (p *Pipeline) dispatch(ctx context.Context, repo repository, d port.Deployment, ref string) (port.Run, error) {
	route := fmt.Sprintf("POST /repos/%s/actions/workflows/%s/dispatches", repo, p.settings.Workflow)
	for {
		body := gh.CreateWorkflowDispatchEventRequest{Ref: ref, Inputs: p.inputs(d)}
		terse := p.isTerse()
		if !terse {
			body.ReturnRunDetails = new(true)
		}
		details, answer, err := p.api.Actions.CreateWorkflowDispatchEventByFileName(ctx, repo.owner, repo.name, p.settings.Workflow, body)
		classed := p.class(route, answer, err, false)
		switch {
		case classed == nil && details.GetWorkflowRunID() > 0:
			return runOf(repo, details.GetWorkflowRunID(), details.GetHTMLURL()), nil
		case classed == nil:
			return p.appears(ctx, repo, d.Key)
		case isStatus(answer, http.StatusUnprocessableEntity) && !terse && strings.Contains(message(err), "return_run_details"):
			p.setTerse()
			continue // nothing was started
		case isStatus(answer, http.StatusUnprocessableEntity), isStatus(answer, http.StatusNotFound):
			return port.Run{}, effect.Permanently(p.refused(repo, ref, answer, err))
		}
		return port.Run{}, classed
	}
}

// refused says in one sentence why a workflow can't be dispatched so.
func (p *Pipeline) refused(repo repository, ref string, answer *gh.Response, err error) error {
	told := message(err)
	switch {
	case isStatus(answer, http.StatusNotFound):
		return fmt.Errorf("github: there is no workflow %s in %s that the token may see", p.settings.Workflow, repo)
	case strings.Contains(told, "nexpected inputs"):
		names := append(slices.Sorted(maps.Keys(p.settings.Inputs)), p.settings.Key)
		return fmt.Errorf("github: the workflow %s of %s does not declare all the inputs that it is given (%s): %s",
			p.settings.Workflow, repo, strings.Join(names, ", "), says(answer.Response, err))
	}
	return fmt.Errorf("github: the workflow %s of %s can't be started from %s: %s", p.settings.Workflow, repo, ref, says(answer.Response, err))
}

func (p *Pipeline) isTerse() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.terse
}

func (p *Pipeline) setTerse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.terse = true
}

// appears waits until a dispatched run is listed. Failing, its errors are unclassed: something was started.
func (p *Pipeline) appears(ctx context.Context, repo repository, key string) (port.Run, error) {
	until := p.clock().Add(lookFor)
	for {
		run, err := p.look(ctx, repo, key)
		if err == nil {
			return run, nil
		}
		if !p.clock().Before(until) || ctx.Err() != nil {
			return port.Run{}, fmt.Errorf("github: the run of %s was dispatched, and is not listed yet: %s", key, err.Error())
		}
		pause(ctx, p.every)
	}
}

// pause waits, at most until ctx is done.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
