package argocd

import (
	"fmt"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// judgement is what an Application says of a run, before time is taken into account.
type judgement struct {
	port.Progress
	mood  mood
	act   action
	fresh bool // what it says of sync and health is from after the last operation
}

// mood is what decides by its duration.
type mood string

const (
	calm      mood = ""
	healthy   mood = "healthy"   // for Settings.Settle: then it has succeeded
	unsettled mood = "unsettled" // for Settings.DegradedFor: then it has failed
	idle      mood = "idle"      // for grace: then the sync that auto-sync does not begin is asked for
)

// action is what the run needs.
type action string

const (
	nothing         action = ""
	syncApp         action = "sync"
	syncParent      action = "sync the parent"
	terminateApp    action = "terminate"
	terminateParent action = "terminate the parent's"
)

// judge says where the run under key stands.
func (v view) judge(key string, s Settings) judgement {
	r := v.record
	switch {
	case v.fault != nil:
		return ended(port.RunLost, v.fault.Error())
	case r.Key != key && r.knows(key):
		return ended(port.RunLost, "superseded by "+r.Key)
	case r.Key != key:
		return ended(port.RunLost, "no longer declared")
	}
	if v.parent != nil {
		if j, decided := v.judgeParent(); decided {
			return j
		}
	}
	if at := v.source(s); !r.Own.holds(at) {
		return ended(port.RunFailed, "superseded by "+r.Own.shown(at).String(), v.app.troubles()...)
	}
	return v.judgeApp()
}

// source is the Application's own that declares the version; nil if it has no such.
func (v view) source(s Settings) source {
	if sources := v.app.sources(); s.Source < len(sources) {
		return sources[s.Source]
	}
	return nil
}

func ended(state port.RunState, stage string, tail ...string) judgement {
	return judgement{Progress: port.Progress{State: state, Stage: stage, Tail: tail}}
}

func underWay(state port.RunState, stage string, percent int, tail ...string) judgement {
	return judgement{Progress: port.Progress{State: state, Stage: stage, Percent: percent, Tail: tail}}
}

// wants makes a judgement one that needs something.
func (j judgement) wants(act action) judgement { j.act = act; return j }

func (j judgement) feels(m mood) judgement { j.mood = m; return j }

// judgeParent judges as long as the Application does not declare what the parent does.
func (v view) judgeParent() (j judgement, decided bool) {
	p, r := v.parent, v.record
	name := v.place.parent.name
	if r.Parent == nil || len(p.sources()) == 0 || !r.Parent.holds(p.sources()[0]) {
		stage := "superseded at its parent"
		if r.Parent != nil && len(p.sources()) > 0 {
			stage = "superseded by " + r.Parent.shown(p.sources()[0]).String()
		}
		return ended(port.RunFailed, stage, p.troubles()...), true
	}
	for _, s := range v.app.sources() {
		if r.Own.holds(s) {
			return judgement{}, false
		}
	}
	waiting := underWay(port.RunQueued, "waiting for "+name+" to declare it", 0, p.troubles()...)
	if r.Cancelled {
		if p.busy() && p.ours(r.Key, r.ParentAfter) {
			return p.stopping(terminateParent), true
		}
		return ended(port.RunCancelled, "cancelled"), true
	}
	switch {
	case p.busy() && p.inTheWay(r):
		return waiting.wants(terminateParent), true
	case p.busy():
		return waiting, true
	case p.failed(r.Key, r.ParentAfter):
		return ended(port.RunFailed, "the sync of "+name+" failed", p.troubles()...), true
	case p.ours(r.Key, r.ParentAfter), p.compared() && p.Status.Sync.Status == isSynced:
		return underWay(port.RunQueued, name+" is synced, and "+v.place.app.name+" declares something else", 0, p.troubles()...).feels(unsettled), true
	case !p.automated(), p.refusedBefore(r.ParentAfter):
		return waiting.wants(syncParent), true
	case p.compared():
		return waiting.wants(syncParent).feels(idle), true
	}
	return waiting, true
}

// judgeApp judges what declares the run's version.
func (v view) judgeApp() judgement {
	app, r := v.app, v.record
	state := port.RunQueued
	if app.ours(r.Key, r.After) {
		state = port.RunRunning
	}
	if r.Cancelled {
		if app.busy() && app.Operation.brings(app.sources()) {
			return app.stopping(terminateApp)
		}
		return ended(port.RunCancelled, "cancelled", app.troubles()...)
	}
	switch {
	case app.busy():
		return v.judgeOperation(state)
	case app.failed(r.Key, r.After) && strings.HasPrefix(app.Status.OperationState.Message, terminated):
		return ended(port.RunCancelled, "terminated in Argo CD", app.troubles()...)
	case app.failed(r.Key, r.After):
		return ended(port.RunFailed, "the sync failed", app.troubles()...)
	case !app.compared():
		j := underWay(state, "waiting for Argo CD to compare", 0)
		if state == port.RunQueued && !app.automated() {
			j.act = syncApp
		}
		return j
	}
	switch app.Status.Sync.Status {
	case isSynced:
		return v.judgeHealth()
	case isOutOfSync:
		return v.judgeDifference(state)
	}
	return underWay(state, "Argo CD can't compare", 0, app.troubles()...)
}

// judgeOperation judges while an operation is asked for or runs.
func (v view) judgeOperation(state port.RunState) judgement {
	app := v.app
	switch {
	case app.inTheWay(v.record):
		return underWay(port.RunQueued, "ending a sync to what was declared before", 0, app.troubles()...).wants(terminateApp)
	case !app.Operation.brings(app.sources()), app.Operation.dry():
		return underWay(port.RunQueued, "waiting for another sync to end", 0)
	case app.Status.OperationState == nil:
		return underWay(port.RunQueued, "waiting for Argo CD to sync", 0)
	}
	stage := "syncing"
	if n := app.Status.OperationState.RetryCount; n > 0 {
		stage = fmt.Sprintf("syncing again, retry %d", n)
	}
	return underWay(state, stage, app.applied()/2, app.troubles()...)
}

// judgeDifference judges what was compared and is out of sync.
func (v view) judgeDifference(state port.RunState) judgement {
	app := v.app
	if state == port.RunRunning {
		j := underWay(state, "synced, and still out of sync", 50, app.troubles()...).feels(unsettled)
		j.fresh = app.fresh()
		return j
	}
	j := underWay(state, "waiting for Argo CD to sync", 0, app.troubles()...).wants(syncApp)
	if app.automated() && !app.refusedBefore(v.record.After) {
		j.mood = idle
	}
	return j
}

// judgeHealth judges what is synced.
func (v view) judgeHealth() judgement {
	app := v.app
	percent := 50 + app.well()*45/100
	tail := app.troubles()
	j := underWay(port.RunRunning, "synced, waiting for health: "+strings.ToLower(orElse(app.Status.Health.Status, "unknown")), percent, tail...)
	switch app.Status.Health.Status {
	case isHealthy:
		j.Stage, j.mood = "synced and healthy", healthy
	case isDegraded:
		j.Stage, j.mood = "synced and degraded", unsettled
	}
	j.fresh = app.fresh()
	return j
}

// stopping judges a cancelled run whose operation is to end, or is ending.
func (a *application) stopping(by action) judgement {
	if s := a.Status.OperationState; s == nil || s.Phase == phaseTerminating {
		by = nothing // one that was not taken up yet can't be ended
	}
	return underWay(port.RunRunning, "stopping", 0).wants(by)
}

// busy reports whether an operation is asked for or runs.
func (a *application) busy() bool { return a.Operation != nil }

// ours reports whether the last operation brought what is declared: it began after the run declared it, or was asked for under its key.
func (a *application) ours(key, after string) bool {
	s := a.Status.OperationState
	return s != nil && !s.Operation.dry() && s.Operation.brings(a.sources()) && (s.Operation.key() == key || s.StartedAt != after)
}

// failed reports whether the run's own operation ended without success.
func (a *application) failed(key, after string) bool {
	return a.ours(key, after) && !a.busy() && a.Status.OperationState.Phase != phaseSucceeded
}

// refusedBefore reports whether the last operation before the run failed to bring the same: auto-sync never tries that again by itself.
func (a *application) refusedBefore(after string) bool {
	s := a.Status.OperationState
	return s != nil && s.StartedAt == after && !s.Operation.dry() && s.Operation.brings(a.sources()) && s.Phase != phaseSucceeded
}

// inTheWay reports whether an operation under way is to be ended: it brings what is no longer declared, and is either failing (it is
// repeated for minutes, with what is declared now held back) or what a rollback is to undo.
func (a *application) inTheWay(r record) bool {
	s := a.Status.OperationState
	return s != nil && s.Phase == phaseRunning && !s.Operation.brings(a.sources()) && (r.Rollback || s.RetryCount > 0)
}

// compared reports whether sync and health are about what is declared now: after a change they are about what was before for a while.
func (a *application) compared() bool { return same(a.Status.Sync.ComparedTo.all(), a.sources()) }

// fresh reports whether sync and health were read after the last operation; both times are whole seconds of one clock.
func (a *application) fresh() bool {
	s := a.Status.OperationState
	return s == nil || a.Status.ReconciledAt.After(s.FinishedAt)
}

// applied is the percentage of resources that the operation has brought.
func (a *application) applied() int {
	s := a.Status.OperationState
	if s == nil || s.SyncResult == nil {
		return 0
	}
	n := 0
	for _, r := range s.SyncResult.Resources {
		if r.Status == isSynced {
			n++
		}
	}
	return percentage(n, max(len(a.Status.Resources), len(s.SyncResult.Resources)))
}

// well is the percentage of resources that are healthy, or have no health.
func (a *application) well() int {
	n := 0
	for _, r := range a.Status.Resources {
		if r.Health == nil || r.Health.Status == isHealthy || r.Health.Status == "" {
			n++
		}
	}
	return percentage(n, len(a.Status.Resources))
}

func percentage(n, of int) int {
	if of == 0 {
		return 0
	}
	return n * 100 / of
}

// lineMost bounds a line of what went wrong, in bytes: Argo CD repeats whole manifests.
const lineMost = 300

// troubles are what the Application says is wrong: of the operation, of resources, and its conditions.
func (a *application) troubles() []string {
	var lines []string
	if s := a.Status.OperationState; s != nil && s.Phase != phaseSucceeded && s.Message != "" {
		lines = append(lines, s.Message)
	}
	if a.Status.Health.Message != "" {
		lines = append(lines, a.Status.Health.Message)
	}
	for _, r := range a.Status.Resources {
		name := r.Kind + " " + r.Name
		switch {
		case r.Health != nil && r.Health.Status != isHealthy && r.Health.Status != "":
			lines = append(lines, strings.TrimSuffix(fmt.Sprintf("%s: %s: %s", name, r.Health.Status, r.Health.Message), ": "))
		case r.Status == isOutOfSync && r.RequiresPruning:
			lines = append(lines, name+": no longer declared, and not pruned")
		case r.Status == isOutOfSync:
			lines = append(lines, name+": out of sync")
		}
	}
	for _, c := range a.Status.Conditions {
		lines = append(lines, c.Type+": "+c.Message)
	}
	lines = lines[:min(len(lines), port.TailLines)]
	for i, l := range lines {
		lines[i] = oneLine(l)
	}
	return lines
}

func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > lineMost {
		text = strings.ToValidUTF8(text[:lineMost], "") + "…"
	}
	return text
}
