package argocd

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Back is how far back the first look tells of syncs that others started.
const Back = time.Hour

// watchID is what Run waits under.
const watchID = "others"

// heardMost bounds the runs remembered as told of; after that it may tell again, which is no harm.
const heardMost = 10000

// Run tells the listener of syncs that others start on what the pipeline serves, until ctx is done.
func (a *Adapter) Run(ctx context.Context) error {
	if a.outside.Listener == nil {
		<-ctx.Done()
		return nil
	}
	a.watch.Loop(ctx, watchID, a.settings.Poll, func(ctx context.Context) error {
		var failed error
		for _, t := range a.outside.Targets() {
			if err := a.listen(ctx, t); err != nil && ctx.Err() == nil {
				a.outside.Log.WarnContext(ctx, "argocd: runs of others can't be seen", "service", t.Service, "environment", t.Environment, "error", err)
				failed = err
			}
		}
		return failed
	})
	return nil
}

// outsideRun is a sync as an Application tells of it.
type outsideRun struct {
	began    string // by Argo CD's clock: its identity
	key      string
	by       initiator
	sources  []source
	selfHeal bool
	state    port.RunState
	at       time.Time
}

// listen tells of the syncs of a target that this process did not start.
func (a *Adapter) listen(ctx context.Context, t port.Target) error {
	p, err := a.settings.place(t)
	if err != nil {
		return effect.Permanently(err)
	}
	v, err := a.read(ctx, p, false)
	if err != nil {
		return err
	}
	for _, o := range v.outsideRuns(a.outside.Clock().Add(-Back)) {
		if o.selfHeal || a.ours(o.key) {
			continue
		}
		run := a.run(p, otherPrefix+o.began)
		if a.told(run.ID, o.state) {
			continue
		}
		n := port.Notice{
			Key: "run:" + a.outside.Pipeline + ":" + run.ID + ":" + string(o.state), System: System, At: o.at,
			Run: &port.RunNotice{Key: o.key, Pipeline: a.outside.Pipeline, Service: t.Service, Environment: t.Environment, Run: run, State: o.state},
		}
		if o.key != "" && o.key == v.record.Key {
			n.Run.Version, n.Run.Run = v.record.Version, a.run(p, o.key)
		}
		if !o.by.Automated && o.by.Username != "" {
			n.Account = chat.Account{Platform: System, ID: o.by.Username}
		}
		if err := a.outside.Listener.Notice(ctx, n); err != nil {
			return err
		}
		a.tell(run.ID, o.state)
	}
	return nil
}

// outsideRuns are the syncs that began since: those of the history, and the last one, which may not be there yet.
func (v view) outsideRuns(since time.Time) []outsideRun {
	var runs []outsideRun
	last := ""
	if s := v.app.Status.OperationState; s != nil {
		last = s.StartedAt
	}
	for _, h := range v.app.Status.History {
		began := h.DeployStartedAt.UTC().Format(time.RFC3339)
		if h.DeployStartedAt.Before(since) || began == last {
			continue
		}
		o := outsideRun{began: began, by: h.InitiatedBy, sources: h.all(), state: port.RunSucceeded, at: h.DeployedAt}
		o.key = v.claimed("", o)
		runs = append(runs, o)
	}
	s := v.app.Status.OperationState
	if s == nil || s.Operation.Sync == nil || s.Operation.Sync.DryRun {
		return runs
	}
	began, err := time.Parse(time.RFC3339, s.StartedAt)
	if err != nil || began.Before(since) {
		return runs
	}
	o := outsideRun{began: s.StartedAt, by: s.Operation.InitiatedBy, sources: s.Operation.Sync.all(), selfHeal: s.Operation.Sync.SelfHeal > 0, state: stateOf(s), at: began}
	if !s.FinishedAt.IsZero() && o.state.Ended() {
		o.at = s.FinishedAt
	}
	o.key = v.claimed(s.Operation.key(), o)
	return append(runs, o)
}

// claimed is the key that a sync says it was started under: one that Argo CD began by itself is that of whoever declared what it brought.
func (v view) claimed(said string, o outsideRun) string {
	if said != "" || !o.by.Automated {
		return said
	}
	for _, s := range o.sources {
		if key := v.record.brought(s, o.began); key != "" {
			return key
		}
	}
	return ""
}

func stateOf(s *operationState) port.RunState {
	switch s.Phase {
	case phaseRunning, phaseTerminating, "":
		return port.RunRunning
	case phaseSucceeded:
		return port.RunSucceeded
	}
	if strings.HasPrefix(s.Message, terminated) {
		return port.RunCancelled
	}
	return port.RunFailed
}

// told reports whether the listener knows of this state of a run.
func (a *Adapter) told(id string, state port.RunState) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.heard[id] == string(state)
}

func (a *Adapter) tell(id string, state port.RunState) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.heard) >= heardMost {
		clear(a.heard)
	}
	a.heard[id] = string(state)
}

// otherPrefix begins what stands for the key in the ids of runs that were started without one.
const otherPrefix = "began@"

func isOther(key string) (began string, is bool) { return strings.CutPrefix(key, otherPrefix) }

// lookAtOther looks at a sync that was started without a key: it ends with its operation.
func (a *Adapter) lookAtOther(ctx context.Context, p place, began string) (port.Progress, error) {
	now := port.Progress{State: port.RunLost, Stage: "another sync came after it", At: a.outside.Clock().UTC()}
	app, err := a.get(ctx, p.app, false)
	if err != nil && !errors.Is(err, effect.ErrNotFound) {
		return now, err
	}
	if err != nil {
		return now, nil
	}
	if s := app.Status.OperationState; s != nil && s.StartedAt == began {
		now.State, now.Stage, now.Percent, now.Tail = stateOf(s), strings.ToLower(s.Phase), app.applied(), app.troubles()
		return now, nil
	}
	for _, h := range app.Status.History {
		if h.DeployStartedAt.UTC().Format(time.RFC3339) == began {
			now.State, now.Stage, now.Percent = port.RunSucceeded, "succeeded", 100
		}
	}
	return now, nil
}
