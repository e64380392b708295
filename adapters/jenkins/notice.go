package jenkins

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of looking for builds that others started.
const (
	noticedMost = 50        // newest builds of a job that are looked at each time
	noticedPast = time.Hour // how long ago a build may have ended that is told at first
)

// noticed is what the loop has told already, by notice key; only what is still listed is kept.
type noticed map[string]bool

// Run looks for builds that others started until ctx is done.
func (a *Adapter) Run(ctx context.Context) error {
	if a.outside.Listener == nil || a.outside.Targets == nil {
		<-ctx.Done()
		return nil
	}
	since, told := a.outside.Clock().Add(-noticedPast), noticed{}
	a.watch.Loop(ctx, "runs", a.settings.Poll, func(ctx context.Context) error {
		next := noticed{}
		err := a.notice(ctx, since, told, next)
		if err == nil {
			told = next
			return nil
		}
		for key := range next { // the rest was not looked at
			told[key] = true
		}
		a.outside.Log.WarnContext(ctx, "looking for builds that others started", "pipeline", a.outside.Pipeline, "error", err)
		return err
	})
	return nil
}

// notice tells what is new since told, and notes in next what need not be told again. A job that can't be seen does not hide the others.
func (a *Adapter) notice(ctx context.Context, since time.Time, told, next noticed) error {
	var faults []error
	targets := a.targets()
	for _, j := range sorted(targets) {
		builds, err := a.builds(ctx, j, 0, noticedMost)
		if absent(err) {
			a.outside.Log.DebugContext(ctx, "no such job, or not to be seen", "job", string(j))
			continue
		}
		if err != nil {
			return errors.Join(append(faults, err)...)
		}
		for _, b := range slices.Backward(builds) {
			if err := a.tell(ctx, j, b, targets[j], since, told, next); err != nil {
				faults = append(faults, err)
			}
		}
	}
	return errors.Join(faults...)
}

func (a *Adapter) tell(ctx context.Context, j job, b build, targets []port.Target, since time.Time, told, next noticed) error {
	r := a.idOf(j, b)
	if b.check() != nil {
		return nil // it ends just now: the next look tells how
	}
	if !*b.Building && b.ended().Before(since) || a.memory.get(r).own || a.memory.isStarting(r.key) {
		return nil
	}
	state := a.state(b)
	key := "run:" + a.outside.Pipeline + ":" + r.String() + ":" + string(state)
	if told[key] {
		next[key] = true
		return nil
	}
	target, ok := a.target(b, targets)
	if !ok {
		a.outside.Log.DebugContext(ctx, "a build of nothing that is governed, or of what can't be told", "job", string(j), "build", b.Number)
		return nil
	}
	at := b.began()
	if state.Ended() {
		at = b.ended()
	}
	n := port.Notice{Key: key, System: SystemName, At: at, Run: &port.RunNotice{
		Key: r.key, Pipeline: a.outside.Pipeline, Service: target.Service, Environment: target.Environment,
		Version: a.version(b), Run: a.run(r, b.Number), State: state,
	}}
	if user := b.Actions.user(); user != "" {
		n.Account = chat.Account{Platform: SystemName, ID: user}
	}
	if err := a.outside.Listener.Notice(ctx, n); err != nil {
		return err
	}
	next[key] = true
	return nil
}

// target is what a build deploys to: of the targets that its job serves, the only one that its parameters don't speak against.
func (a *Adapter) target(b build, targets []port.Target) (port.Target, bool) {
	var fit []port.Target
	for _, t := range targets {
		if a.fits(b, t) {
			fit = append(fit, t)
		}
	}
	if len(fit) != 1 {
		return port.Target{}, false
	}
	return fit[0], true
}

func (a *Adapter) fits(b build, t port.Target) bool {
	for name, template := range a.settings.Parameters {
		if fill.Check(template, jobPlaceholders...) != nil {
			continue // it says something else as well
		}
		if given, ok := b.Actions.parameter(name); ok && given != fill.Text(template, a.deployment(t)) {
			return false
		}
	}
	return true
}

// version is what a build says that it deploys, where a parameter takes nothing but that.
func (a *Adapter) version(b build) string {
	for _, name := range a.parameterNames() {
		if a.settings.Parameters[name] == "{version}" {
			v, _ := b.Actions.parameter(name)
			return v
		}
	}
	return ""
}

func sorted(targets map[job][]port.Target) []job {
	jobs := make([]job, 0, len(targets))
	for j := range targets {
		jobs = append(jobs, j)
	}
	slices.Sort(jobs)
	return jobs
}
