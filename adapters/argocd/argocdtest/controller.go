package argocdtest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The controller's own times: https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/ and the server's source.
const (
	autoRetries   = 5
	retryFirst    = 5 * time.Second
	retryMost     = 3 * time.Minute
	stepsMost     = 10000
	historyMost   = 10
	healsOverride = 2 * time.Second // between two self-heals of the same
)

// advance does all that the controller would have done by now, in its order.
func (s *Server) advance() time.Time {
	now := s.options.Clock().UTC()
	for range stepsMost {
		var next *app
		var at time.Time
		for _, name := range sortedKeys(s.apps) {
			a := s.apps[name]
			for _, t := range []time.Time{a.due, a.compare} {
				if !t.IsZero() && !t.After(now) && (next == nil || t.Before(at)) {
					next, at = a, t
				}
			}
		}
		if next == nil {
			break
		}
		if !next.due.IsZero() && !next.due.After(at) {
			s.operate(next, at)
		} else {
			s.compareNow(next, at)
		}
	}
	return now
}

// operate takes an operation a step further.
func (s *Server) operate(a *app, at time.Time) {
	a.due = time.Time{}
	op := a.operation
	switch {
	case op == nil:
	case a.state == nil:
		a.state = &opState{Operation: *op, Phase: "Running", StartedAt: stamp(at), Message: "waiting for the resources to be applied"}
		a.attempt = 0
		a.begun[s.declaredUnder(a)]++
		a.due = at.Add(s.options.Step)
		a.version++
	case a.state.Phase == "Terminating":
		message := "Operation terminated"
		if a.attempt > 0 {
			message = fmt.Sprintf("Operation terminated (retried %d times).", a.attempt)
		}
		s.finish(a, at, "Failed", message)
	default:
		s.apply(a, at)
	}
}

func (s *Server) apply(a *app, at time.Time) {
	op := a.operation
	sources := op.Sync.Sources
	if len(sources) == 0 {
		sources = []source{op.Sync.Source}
	}
	a.state.SyncResult = map[string]any{"revision": op.Sync.Revision, "source": op.Sync.Source, "resources": a.results()}
	if len(op.Sync.Sources) > 0 {
		a.state.SyncResult = map[string]any{"revisions": op.Sync.Revisions, "sources": op.Sync.Sources, "resources": a.results()}
	}
	if refused := s.behaviour(sources).Refused; refused != "" {
		message := "one or more objects failed to apply, reason: " + refused
		if a.attempt >= op.Retry.Limit {
			if a.attempt > 0 {
				message += fmt.Sprintf(" (retried %d times).", a.attempt)
			}
			s.finish(a, at, "Failed", message)
			return
		}
		a.attempt++
		a.state.RetryCount, a.state.FinishedAt = a.attempt, stamp(at)
		a.state.Message = fmt.Sprintf("%s Retrying attempt #%d", message, a.attempt)
		a.due = at.Add(min(retryFirst<<(a.attempt-1), retryMost))
		a.version++
		return
	}
	if op.Sync.DryRun {
		s.finish(a, at, "Succeeded", "successfully synced (no more tasks)")
		return
	}
	if children := named(op.Sync.Resources); children == nil || s.renderOnly(a, sources, children, at) {
		a.live, a.liveRev, a.liveAt, a.drifted = clone(sources), op.Sync.Revision, at, false
		if len(op.Sync.Revisions) > 0 {
			a.liveRev = op.Sync.Revisions[0]
		}
		s.render(a, at)
	}
	if len(op.Sync.Resources) == 0 {
		a.remember(history{
			Revision: op.Sync.Revision, Revisions: op.Sync.Revisions, DeployStartedAt: a.state.StartedAt, DeployedAt: stamp(at),
			InitiatedBy: op.InitiatedBy, Source: op.Sync.Source, Sources: op.Sync.Sources,
		})
	}
	s.finish(a, at, "Succeeded", "successfully synced (all tasks run)")
}

func (a *app) remember(h history) {
	if n := len(a.history); n > 0 {
		h.ID = a.history[n-1].ID + 1
	}
	a.history = append(a.history, h)
	a.history = a.history[max(0, len(a.history)-historyMost):]
}

func (a *app) results() []any {
	var all []any
	for _, kind := range a.resource {
		all = append(all, map[string]any{"group": "", "version": "v1", "kind": kind, "namespace": "shop", "name": a.name, "status": "Synced",
			"message": strings.ToLower(kind) + "/" + a.name + " configured", "hookPhase": "Running", "syncPhase": "Sync"})
	}
	return all
}

func (s *Server) finish(a *app, at time.Time, phase, message string) {
	a.state.Phase, a.state.Message, a.state.FinishedAt = phase, message, stamp(at)
	a.operation = nil
	a.version++
	a.compareBy(at.Add(s.options.Step))
}

// render writes what a parent declares into its children, over whatever they hold there.
func (s *Server) render(a *app, at time.Time) {
	for name, revision := range a.rendered(a.live) {
		if c := s.apps[name]; c != nil && c.spec.Source != nil && c.spec.Source["targetRevision"] != revision {
			c.spec.Source["targetRevision"] = revision
			c.version++
			c.compareBy(at.Add(s.options.Step))
		}
	}
}

// named are the Applications that a sync of some resources is about; nil if it is about none.
func named(resources []map[string]any) []string {
	var names []string
	for _, r := range resources {
		if name, _ := r["name"].(string); r["kind"] == "Application" {
			names = append(names, name)
		}
	}
	return names
}

// renderOnly writes into some children, and reports whether all are then as declared.
func (s *Server) renderOnly(a *app, sources []source, children []string, at time.Time) bool {
	all := true
	for name, revision := range a.rendered(sources) {
		c := s.apps[name]
		if c == nil {
			continue
		}
		if slices.Contains(children, name) && c.spec.Source["targetRevision"] != revision {
			c.spec.Source["targetRevision"] = revision
			c.version++
			c.compareBy(at.Add(s.options.Step))
		}
		all = all && c.spec.Source["targetRevision"] == revision
	}
	return all
}

// declaredUnder is the bot's key beside what declares an Application.
func (s *Server) declaredUnder(a *app) string {
	for _, other := range s.apps {
		if key, there := other.annotations[a.name+".gonogo.chat/key"]; there {
			return key
		}
	}
	return a.annotations["gonogo.chat/key"]
}

// rendered is the targetRevision that sources declare for each child.
func (a *app) rendered(sources []source) map[string]string {
	all := map[string]string{}
	helm, _ := sources[0]["helm"].(map[string]any)
	list, _ := helm["parameters"].([]any)
	for child, parameter := range a.renders {
		for _, v := range list {
			p, _ := v.(map[string]any)
			if p["name"] == parameter {
				all[child], _ = p["value"].(string)
			}
		}
	}
	return all
}

// compareNow compares what is declared with what is there, judges health, and lets auto-sync do its part.
func (s *Server) compareNow(a *app, at time.Time) {
	a.compare = time.Time{}
	declared := a.sources()
	a.compared, a.revision, a.at = declared, resolve(declared[0]), at
	a.synced = "Synced"
	if !equal(declared, a.live) || a.revision != a.liveRev || a.drifted || s.childrenDiffer(a) {
		a.synced = "OutOfSync"
	}
	s.assess(a, at)
	a.version++
	s.autoSync(a, at)
}

func (s *Server) childrenDiffer(a *app) bool {
	for name, revision := range a.rendered(a.live) {
		if c := s.apps[name]; c != nil && c.spec.Source["targetRevision"] != revision {
			return true
		}
	}
	return false
}

func (s *Server) assess(a *app, at time.Time) {
	b := s.behaviour(a.live)
	health := b.Health
	if health == "" {
		health = "Healthy"
	}
	if ready := a.liveAt.Add(b.After); at.Before(ready) {
		health = "Progressing"
		a.compareBy(ready)
	}
	if health != a.health {
		a.health, a.healthAt = health, at
	}
	a.message = ""
	if health != "Healthy" {
		a.message = b.Message
	}
}

func (s *Server) autoSync(a *app, at time.Time) {
	auto := a.auto()
	if auto == nil || a.operation != nil || a.synced != "OutOfSync" {
		if a.synced == "Synced" {
			a.fault = ""
		}
		return
	}
	heals := 0
	if st := a.state; st != nil && st.SyncResult != nil && a.attempted(st) {
		if st.Phase != "Succeeded" {
			a.fault = fmt.Sprintf("Failed last sync attempt to [%s]: %s", a.revision, st.Message)
			return
		}
		if !auto.SelfHeal {
			return
		}
		heals = st.Operation.Sync.SelfHeal + 1
	}
	a.fault = ""
	op := &operation{InitiatedBy: initiator{Automated: true}, Retry: retry{Limit: autoRetries}}
	op.Sync = s.syncOf(a)
	op.Sync.Prune, op.Sync.SelfHeal = auto.Prune, heals
	if heals > 0 {
		op.Sync.Resources = []map[string]any{{"kind": "Deployment", "group": "apps", "name": a.name}}
		at = at.Add(healsOverride)
	}
	s.begin(a, op, at)
}

// attempted reports whether the last operation was about what is declared.
func (a *app) attempted(st *opState) bool {
	if len(a.spec.Sources) > 0 {
		return equal(st.SyncResult["sources"], a.spec.Sources)
	}
	return st.SyncResult["revision"] == a.revision && equal(st.SyncResult["source"], a.spec.Source)
}

// syncOf is an operation's sync to what is declared.
func (s *Server) syncOf(a *app) syncOperation {
	o := syncOperation{}
	if len(a.spec.Sources) > 0 {
		o.Sources = a.sources()
		for _, src := range o.Sources {
			o.Revisions = append(o.Revisions, resolve(src))
		}
		return o
	}
	o.Source = a.sources()[0]
	o.Revision = resolve(o.Source)
	return o
}

// begin sets an operation; what was known of the last one is gone from then on.
func (s *Server) begin(a *app, op *operation, at time.Time) {
	a.operation, a.state, a.due = op, nil, at.Add(s.options.Step)
	a.version++
}
