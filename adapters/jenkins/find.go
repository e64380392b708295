package jenkins

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of the search for a build of a job. Jenkins lists the newest 100 by themselves; any before them it reads from disk.
const (
	pageOfBuilds = 100
	BuildsMost   = 1000               // builds that are gone through: more in a week leave it open whether there is one
	lookBack     = 7 * 24 * time.Hour // older ones are not gone through
)

// Find looks for the key in the queue, and then among the builds of a week of every job that the pipeline may start: in this order,
// as a run goes from the one to the other. While Jenkins may still be at a start whose answer was lost, it does not say that there is none.
func (a *Adapter) Find(ctx context.Context, key string) (port.Run, error) {
	return a.starts.Find(ctx, key, func(ctx context.Context) (port.Run, error) { return a.findAnywhere(ctx, key) })
}

func (a *Adapter) findAnywhere(ctx context.Context, key string) (port.Run, error) {
	if j, ok := a.memory.job(key); ok {
		return a.find(ctx, key, []job{j})
	}
	var jobs []job
	for j := range a.targets() {
		jobs = append(jobs, j)
	}
	slices.Sort(jobs)
	if len(jobs) == 0 {
		return port.Run{}, errors.New("jenkins: the pipeline serves nothing, so there is no job to look in")
	}
	return a.find(ctx, key, jobs)
}

func (a *Adapter) find(ctx context.Context, key string, jobs []job) (port.Run, error) {
	if key == "" {
		return port.Run{}, effect.Permanently(errors.New("jenkins: a run has a key"))
	}
	places, err := a.queue(ctx)
	if err != nil {
		return port.Run{}, err
	}
	var foreign error // whoever may build the job can pass a key that they saw
	for _, p := range places {
		given, ok := p.Actions.parameter(a.settings.KeyParameter)
		at, named := jobAt(p.Task.URL)
		switch {
		case !ok || given != key || !named || !slices.Contains(jobs, at):
		case p.Actions.startedBy(a.settings.User):
			return a.run(runID{job: at, key: key, queue: p.ID}, 0), nil
		default:
			foreign = foreigner(at, key, p.Actions.user())
		}
	}
	var hidden error
	for _, j := range jobs {
		var found *build
		err := a.search(ctx, j, func(b build) bool { // the first one of the bot's
			switch given, ok := b.Actions.parameter(a.settings.KeyParameter); {
			case !ok || given != key:
			case b.Actions.startedBy(a.settings.User):
				found = &b
			default:
				foreign = foreigner(j, key, b.Actions.user())
			}
			return false
		})
		switch {
		case found != nil:
			r := a.idOf(j, *found)
			a.memory.change(r, func(k *known) { k.number = found.Number })
			return a.run(r, found.Number), nil
		case absent(err):
			hidden = unseen(j) // it may be there that the key is
		case err != nil:
			return port.Run{}, err
		}
	}
	if hidden != nil {
		return port.Run{}, hidden
	}
	if foreign != nil {
		return port.Run{}, foreign
	}
	return port.Run{}, fmt.Errorf("jenkins: no build was started under %s: %w", key, effect.ErrNotFound)
}

// foreigner is the error of a key that is there, and that the bot did not pass.
func foreigner(j job, key, user string) error {
	if user == "" {
		user = "nobody who is named"
	}
	return effect.Permanently(fmt.Errorf("jenkins: %s was started with the key %s by %s, not by the bot: look at it before anything is started", j, key, user))
}

func (a *Adapter) queue(ctx context.Context) ([]place, error) {
	var answer struct {
		Items *[]place `json:"items"`
	}
	if _, err := a.get(ctx, "/queue", "items["+placeTree+"]", &answer); err != nil {
		return nil, err
	}
	if answer.Items == nil {
		return nil, effect.Retryable(errors.New("jenkins: what it says of its queue is malformed"), 0)
	}
	return *answer.Items, nil
}

// search goes through the builds of a job, the newest first, until one is it, those of lookBack are through, or there are none any more.
func (a *Adapter) search(ctx context.Context, j job, is func(build) bool) error {
	since := a.outside.Clock().Add(-lookBack)
	for from := 0; from < BuildsMost; from += pageOfBuilds {
		builds, err := a.builds(ctx, j, from, pageOfBuilds)
		if err != nil {
			return err
		}
		for _, b := range builds {
			if is(b) {
				return nil
			}
		}
		if len(builds) < pageOfBuilds || builds[len(builds)-1].began().Before(since) {
			return nil
		}
	}
	return effect.Retryable(fmt.Errorf("jenkins: the job %s has over %d builds in a week, which are too many to search", j, BuildsMost), rest.RightsPause)
}

// builds are some of a job's, the newest first.
func (a *Adapter) builds(ctx context.Context, j job, from, most int) ([]build, error) {
	list := "builds"
	if from > 0 {
		list = "allBuilds"
	}
	var answer struct {
		Newest *[]build `json:"builds"`
		All    *[]build `json:"allBuilds"`
	}
	if _, err := a.get(ctx, j.path(), list+"["+buildTree+"]{"+strconv.Itoa(from)+","+strconv.Itoa(from+most)+"}", &answer); err != nil {
		return nil, err
	}
	all := answer.Newest
	if from > 0 {
		all = answer.All
	}
	if all == nil {
		return nil, effect.Retryable(fmt.Errorf("jenkins: what it says of the builds of %s is malformed", j), 0)
	}
	for _, b := range *all {
		if b.Number <= 0 || b.Building == nil {
			return nil, effect.Retryable(fmt.Errorf("jenkins: what it says of the builds of %s is malformed", j), 0)
		}
	}
	return *all, nil
}
