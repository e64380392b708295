package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// forceAfter is how long a run may take to end once it was asked to: cancelling it again then ends it without its own conditions.
const forceAfter = 5 * time.Minute

// Follow looks at the run every second at first and every 15 seconds while nothing changes, and at once when a webhook tells of it.
func (p *Pipeline) Follow(ctx context.Context, run port.Run, seen port.Progress) (port.Progress, error) {
	id, err := parseRun(run.ID)
	if err != nil {
		return seen, err
	}
	got := seen
	err = p.watch.Until(ctx, run.ID, func(ctx context.Context) (bool, error) {
		now, err := p.progress(ctx, id)
		if err != nil || !now.State.Ended() && !differs(now, seen) {
			return false, err
		}
		got = now
		return true, nil
	})
	return got, err
}

func differs(a, b port.Progress) bool {
	return a.State != b.State || a.Stage != b.Stage || a.Percent != b.Percent || !slices.Equal(a.Tail, b.Tail)
}

// progress reads how a run stands, and brings its record up to date.
func (p *Pipeline) progress(ctx context.Context, id runID) (port.Progress, error) {
	route := fmt.Sprintf("GET /repos/%s/actions/runs/%d", id.repo, id.id)
	r, answer, err := p.api.Actions.GetWorkflowRunByID(ctx, id.repo.owner, id.repo.name, id.id)
	if err := p.class(route, answer, err, true); err != nil {
		if !notThere(err) {
			return port.Progress{}, err
		}
		if _, hidden := p.visible(ctx, id.repo); hidden != nil {
			return port.Progress{}, hidden
		}
		return port.Progress{State: port.RunLost, At: p.clock().UTC()}, nil
	}
	if r.GetID() != id.id {
		return port.Progress{}, malformed(route)
	}
	state, ok := stateOf(r.GetStatus(), r.GetConclusion())
	if !ok {
		return port.Progress{}, malformed(route)
	}
	now := port.Progress{State: state, At: r.GetUpdatedAt().UTC()}
	jobs, err := p.jobs(ctx, id)
	if err != nil {
		return port.Progress{}, err
	}
	now.Stage, now.Percent = stage(jobs, state)
	if state == port.RunQueued && begunAlready(jobs) {
		now.State = port.RunRunning
	}
	switch {
	case r.GetStatus() == "waiting":
		if now.Stage, err = p.waiting(ctx, id, now.Stage); err != nil {
			return port.Progress{}, err
		}
	case state == port.RunFailed || state == port.RunLost:
		now.Tail = p.tail(ctx, id.repo, jobs, r.GetConclusion())
	}
	p.note(ctx, id, title(r), r.GetHTMLURL(), now.State)
	return now, nil
}

// Cancel asks the run to stop. Where it is asked again after 5 minutes, it is ended without regard to its own conditions.
func (p *Pipeline) Cancel(ctx context.Context, run port.Run) error {
	id, err := parseRun(run.ID)
	if err != nil {
		return err
	}
	how := "cancel"
	if first, ok := p.firstAsked(run.ID); ok && p.clock().Sub(first) >= forceAfter {
		how = "force-cancel"
	}
	path := fmt.Sprintf("repos/%s/actions/runs/%d/%s", id.repo, id.id, how)
	q, err := p.api.NewRequest(ctx, http.MethodPost, path, nil)
	if err != nil {
		return effect.Permanently(fmt.Errorf("github: %w", err))
	}
	answer, err := p.api.Do(q, nil)
	if isStatus(answer, http.StatusAccepted) {
		p.remind(run.ID)
		return nil
	}
	if err == nil { // GitHub accepts with 202 and nothing else
		return malformed("POST /" + path)
	}
	classed := p.class("POST /"+path, answer, err, true)
	if !isStatus(answer, http.StatusConflict) && !notThere(classed) {
		return classed
	}
	now, looked := p.progress(ctx, id)
	switch {
	case looked != nil:
		return looked
	case now.State == port.RunLost:
		return effect.Permanently(fmt.Errorf("github: the run %s: %w", run.ID, effect.ErrNotFound))
	case now.State.Ended():
		return nil
	}
	return effect.Retryable(errors.Join(errors.New("github: the run does not stop yet"), classed), rest.RightsPause)
}

func (p *Pipeline) firstAsked(run string) (time.Time, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.asked[run]
	return at, ok
}

func (p *Pipeline) remind(run string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.asked[run]; !ok {
		p.asked[run] = p.clock()
	}
}
