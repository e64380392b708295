package jenkins

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Follow asks about the run until it is otherwise than seen, further and further apart. A webhook makes it ask at once.
func (a *Adapter) Follow(ctx context.Context, run port.Run, seen port.Progress) (port.Progress, error) {
	r, err := parseRun(run.ID)
	if err != nil {
		return seen, err
	}
	found := seen
	err = a.watch.Until(ctx, run.ID, func(ctx context.Context) (bool, error) {
		p, err := a.look(ctx, r, seen)
		if err != nil || !p.State.Ended() && !differs(p, seen) {
			return false, err
		}
		found = p
		return true, nil
	})
	return found, err
}

func differs(a, b port.Progress) bool {
	return a.State != b.State || a.Stage != b.Stage || a.Percent != b.Percent || !slices.Equal(a.Tail, b.Tail)
}

// whereabouts is what was found out of where a run is: under way as a build, or somewhere that has no build.
type whereabouts struct {
	number int           // of its build, zero for none
	state  port.RunState // without a build
	waits  string        // what it waits for in the queue
}

// locate finds a run in the queue, or its build: by the queue, and once that has forgotten it, among the job's builds.
func (a *Adapter) locate(ctx context.Context, r runID) (whereabouts, error) {
	number := a.memory.get(r).number
	if r.queue == 0 {
		number = r.build
	}
	if number > 0 {
		return whereabouts{number: number}, nil
	}
	var p place
	_, err := a.get(ctx, "/queue/item/"+strconv.FormatInt(r.queue, 10), placeTree, &p)
	key, _ := p.Actions.parameter(a.settings.KeyParameter)
	switch {
	case absent(err):
		return a.rediscover(ctx, r)
	case err != nil:
		return whereabouts{}, err
	case p.ID != r.queue || key != r.key:
		return a.rediscover(ctx, r) // somebody else's: a Jenkins whose queue was lost counts anew
	case p.Cancelled:
		return whereabouts{state: port.RunCancelled}, nil
	case p.Executable == nil || p.Executable.Number <= 0:
		return whereabouts{state: port.RunQueued, waits: p.waits()}, nil
	}
	a.memory.change(r, func(k *known) { k.number = p.Executable.Number })
	return whereabouts{number: p.Executable.Number}, nil
}

func (a *Adapter) rediscover(ctx context.Context, r runID) (whereabouts, error) {
	number := 0
	err := a.search(ctx, r.job, func(b build) bool {
		if a.idOf(r.job, b).String() != r.String() {
			return false
		}
		number = b.Number
		return true
	})
	if absent(err) {
		return whereabouts{}, unseen(r.job)
	}
	if err != nil {
		return whereabouts{}, err
	}
	if number > 0 {
		a.memory.change(r, func(k *known) { k.number = number })
		return whereabouts{number: number}, nil
	}
	return whereabouts{state: port.RunLost}, nil
}

// build asks about a run's build; ok is false if there is none any more.
func (a *Adapter) build(ctx context.Context, r runID, number int) (b build, now time.Time, ok bool, err error) {
	answer, err := a.get(ctx, buildPath(r.job, number), buildTree, &b)
	if absent(err) {
		if _, err := a.read(ctx, r.job); absent(err) {
			return b, now, false, unseen(r.job)
		} else if err != nil {
			return b, now, false, err
		}
		return b, now, false, nil // the job is there, and the build was deleted
	}
	if err == nil {
		err = b.check()
	}
	if err != nil {
		return b, now, false, err
	}
	if b.Number != number || a.idOf(r.job, b).String() != r.String() {
		return b, now, false, nil // the job was deleted and made anew: its numbers begin again
	}
	return b, a.time(answer), true, nil
}

func buildPath(j job, number int) string { return j.path() + "/" + strconv.Itoa(number) }

// time is what Jenkins says the time is: what it says of a build's beginning is by the same clock.
func (a *Adapter) time(answer rest.Answer) time.Time {
	if at, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		return at
	}
	return a.outside.Clock()
}

// look asks how far a run has come. What could not be read of its stages and output stays as it was seen.
func (a *Adapter) look(ctx context.Context, r runID, seen port.Progress) (port.Progress, error) {
	p := port.Progress{At: a.outside.Clock().UTC()}
	where, err := a.locate(ctx, r)
	if err != nil {
		return p, err
	}
	if where.number == 0 {
		p.State, p.Stage = where.state, where.waits
		return p, nil
	}
	b, now, ok, err := a.build(ctx, r, where.number)
	if err != nil {
		return p, err
	}
	if !ok {
		p.State = port.RunLost
		return p, nil
	}
	p.State, p.Percent = a.state(b), b.percent(now)
	if p.State.Ended() {
		p.At, p.Percent = b.ended(), b.percent(b.ended())
	}
	if p.State == port.RunSucceeded {
		p.Percent = 100
	}
	if p.Stage, err = a.stage(ctx, r, b); err != nil {
		p.Stage = seen.Stage
	}
	if p.Tail, err = a.tail(ctx, r, b); err != nil {
		p.Tail = seen.Tail
	}
	return p, ctx.Err()
}

// stage asks for the stage that a build is in, where the Pipeline: REST API plugin tells it.
func (a *Adapter) stage(ctx context.Context, r runID, b build) (string, error) {
	if a.memory.get(r).stageless {
		return "", nil
	}
	var s stages
	_, err := a.client.Do(ctx, rest.Request{Method: http.MethodGet, Path: buildPath(r.job, b.Number) + "/wfapi/describe", Out: &s, Safe: true})
	if absent(err) {
		a.memory.change(r, func(k *known) { k.stageless = true })
		return "", nil
	}
	return s.now(), err
}

// Cancel takes the run out of the queue, or stops its build. One that ended, or that nobody knows any more, stays as it is.
func (a *Adapter) Cancel(ctx context.Context, run port.Run) error {
	r, err := parseRun(run.ID)
	if err != nil {
		return err
	}
	for range 2 { // it may leave the queue in between
		where, err := a.locate(ctx, r)
		switch {
		case err != nil:
			return err
		case where.number > 0:
			return a.stop(ctx, r, where.number)
		case where.state.Ended():
			return nil
		}
		answer, err := a.post(ctx, "/queue/cancelItem", map[string][]string{"id": {strconv.FormatInt(r.queue, 10)}}, nil)
		switch answer.Status {
		case http.StatusNotFound, http.StatusInternalServerError: // it is not there any more, or has left
			continue
		case http.StatusFound: // up to Jenkins 2.3xx: back to a page
			return nil
		case http.StatusUnprocessableEntity: // the right is missing
			return effect.Retryable(err, rest.RightsPause)
		}
		return err
	}
	return effect.Retryable(errors.New("jenkins: the run can't be taken out of the queue"), 0)
}

func (a *Adapter) stop(ctx context.Context, r runID, number int) error {
	b, _, ok, err := a.build(ctx, r, number)
	if err != nil || !ok || !*b.Building {
		return err
	}
	answer, err := a.post(ctx, buildPath(r.job, number)+"/stop", nil, nil)
	if answer.Status == http.StatusFound { // on to a page for people
		return nil
	}
	return err
}
