package gate

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// The gates by name, as configuration lists them.
const (
	Artifact = "artifact"
	Metadata = "metadata"
	Ticket   = "ticket"
	Staged   = "staged"
	Approval = "approval"
	Duty     = "duty"
	Freeze   = "freeze"
	Lock     = "lock"
	Window   = "window"
	Cadence  = "cadence"
	Rollback = "rollback"
	Incident = "incident"
)

// The gates of a rollback besides Lock.
const (
	CauseGate    = "cause"
	PreviousGate = "previous"
)

// Phase says when a gate is asked: what never changes by itself first, and the lock last, so that nobody holds or waits for it
// while anything else is closed.
type Phase int

// The phases, in their order.
const (
	Static    Phase = iota // of the version and where it comes from
	Approvals              // of people
	Moment                 // what holds now and may not in an hour
	Exclusive              // the lock
)

// Gate is one condition.
type Gate struct {
	Name  string
	Doc   string
	Phase Phase
	// Emergency says that the emergency path opens it.
	Emergency bool
	// Always says that it is asked whatever an environment names.
	Always bool

	// concerns, where it is set, says that it is asked whatever an environment names, since it has something to say.
	concerns func(*Facts) bool

	ask func(*Facts, *answer)
}

// gates is every gate that an environment may name.
var gates = []Gate{
	{Name: Artifact, Doc: "The artifact has the SHA-256 checksum that its build declared, and is the one that was planned.",
		Always: true, ask: artifact},
	{Name: Metadata, Doc: "The build names its commit, its time and the pipeline run that made it.", ask: metadata},
	{Name: Ticket, Doc: "The change ticket is open, and about this release.", ask: ticket},
	{Name: Staged, Doc: "The same artifact passed the environment before this one.", Emergency: true, ask: staged},
	{Name: Provenance, Doc: "Every change since what runs now, and the last one of the pipeline file, was approved by somebody other than its author and committers after its last push.",
		ask: reviewed},
	{Name: Rollback, Doc: "It is known what to go back to.", ask: undo},
	{Name: Rehearsal, Doc: "Going back from this artifact to the one that runs there was rehearsed in an earlier environment, not long ago, where the risk tier asks for that.",
		Emergency: true, ask: rehearsed},
	{Name: Approval, Phase: Approvals, Doc: "The vote passed for exactly what is proposed now.", Emergency: true, ask: approve},
	{Name: Architecture, Phase: Approvals, Doc: "The architecture board gave its go, where what the service depends on has changed or a rule asks for it. Asked whenever that is so.",
		Emergency: true, concerns: needsBoard, ask: boarded},
	{Name: Duty, Phase: Approvals, Doc: "Who deploys has no duty that excludes it.", ask: duties},
	{Name: Incident, Phase: Moment, Doc: "No incident of the service is open that is as bad as configured.", Emergency: true, ask: incidents},
	{Name: Freeze, Phase: Moment, Doc: "No freeze holds, or an exception opens it.", Emergency: true, ask: freezes},
	{Name: Cadence, Phase: Moment, Doc: "The service is released by one of its trains, or somebody said why it is not. Asked wherever there are trains.",
		Emergency: true, concerns: cadenceConcerns, ask: trains},
	{Name: Window, Phase: Moment, Doc: "A deployment that takes the service down is within a window that the business agreed to; no security test is disturbed. Asked wherever that matters.",
		Emergency: true, concerns: windowConcerns, ask: windows},
	{Name: Deferral, Phase: Moment, Doc: "No rule and nobody holds the release back. Asked whenever something does, whatever an environment names.",
		Emergency: true, concerns: isDeferred, ask: deferred},
	{Name: Lock, Phase: Exclusive, Doc: "Nobody else has the lock of the service in the environment.", Always: true, ask: locked},
}

// rollbackGates is what a rollback is asked. Freezes, votes and missing facts are not among them: going back to what ran
// before must be possible when nothing else is.
var rollbackGates = []Gate{
	{Name: CauseGate, Doc: "The bot saw a failure, or somebody who may asked for it.", ask: cause},
	{Name: PreviousGate, Doc: "The artifact to go back to is known by its digest.", ask: previous},
	{Name: Lock, Doc: "Nobody else has the lock; that of the deployment rolled back is taken over.", ask: locked},
}

// All lists every gate that an environment may name.
func All() []Gate { return slices.Clone(gates) }

// Known reports whether an environment may name such a gate.
func Known(name string) bool { return find(name) >= 0 }

func find(name string) int {
	return slices.IndexFunc(gates, func(g Gate) bool { return g.Name == name })
}

// Evaluate asks the named gates, each once, and besides them those that are always asked: phase after phase, within one in the
// order of the names. A name that is not known is inconclusive.
func Evaluate(names []string, f Facts) Report {
	r := Report{Release: f.Release, Environment: f.Environment, At: f.Now.UTC()}
	for _, name := range names {
		if _, twice := r.Verdict(name); twice {
			continue
		}
		if g, ok := gateNamed(name, &f); ok {
			r.Verdicts = append(r.Verdicts, g.verdict(&f))
			continue
		}
		r.Verdicts = append(r.Verdicts, Verdict{Gate: name, Status: Inconclusive,
			Reasons: []chat.Text{chat.Say("gate.unknown", chat.Word("gate", name))}})
	}
	for _, g := range gates {
		if _, asked := r.Verdict(g.Name); !asked && (g.Always || g.concerns != nil && g.concerns(&f)) {
			r.Verdicts = append(r.Verdicts, g.verdict(&f))
		}
	}
	slices.SortStableFunc(r.Verdicts, func(a, b Verdict) int { return int(phaseOf(a.Gate) - phaseOf(b.Gate)) })
	return r
}

func phaseOf(name string) Phase {
	if i := find(name); i >= 0 {
		return gates[i].Phase
	}
	if _, condition := ConditionOf(name); condition {
		return Moment
	}
	return Static
}

// EvaluateRollback asks the gates of a rollback.
func EvaluateRollback(f Facts) Report {
	r := Report{Release: f.Release, Environment: f.Environment, At: f.Now.UTC()}
	for _, g := range rollbackGates {
		r.Verdicts = append(r.Verdicts, g.verdict(&f))
	}
	return r
}

func (g Gate) verdict(f *Facts) Verdict {
	var a answer
	g.ask(f, &a)
	v := Verdict{Gate: g.Name, Status: a.status(), Source: a.source, NextOpen: a.next, Openers: f.Openers[g.Name],
		Reasons: slices.Concat(a.closed, a.unknown, a.open)}
	v.Unread = v.Status == Inconclusive && len(a.unknown) == a.unread
	if v.Status != Open && g.Emergency && f.Emergency.Granted(f.digest(), f.Now) {
		v.Status, v.Overridden = Open, true
		v.Reasons = append([]chat.Text{chat.Say("gate.emergency", chat.Person("by", f.Emergency.By),
			chat.Person("second", f.Emergency.Second), chat.Time("until", f.Emergency.Until))}, v.Reasons...)
	}
	return v
}

// answer collects what a gate finds.
type answer struct {
	closed, unknown, open []chat.Text
	source                port.Source
	next                  time.Time
	unread                int // how many of the unknown are facts that could not be read just now
}

// status is open only if something was found to hold, and nothing else was found.
func (a *answer) status() Status {
	switch {
	case len(a.closed) > 0:
		return Closed
	case len(a.unknown) > 0 || len(a.open) == 0:
		return Inconclusive
	}
	return Open
}

func (a *answer) close(code chat.Code, args ...chat.Arg) {
	a.closed = append(a.closed, chat.Say(code, args...))
}
func (a *answer) doubt(code chat.Code, args ...chat.Arg) {
	a.unknown = append(a.unknown, chat.Say(code, args...))
}
func (a *answer) pass(code chat.Code, args ...chat.Arg) {
	a.open = append(a.open, chat.Say(code, args...))
}

// fresh notes where a fact came from, and doubts one that is too old or of unknown age.
func (a *answer) fresh(f *Facts, fact string, s port.Source) {
	a.source = s
	if s.At.IsZero() {
		a.doubt("gate.undated", factArg(fact))
	} else if age := f.Now.Sub(s.At); age > f.maxAge() {
		a.doubt("gate.stale", factArg(fact), chat.Duration("age", age), chat.Duration("max", f.maxAge()))
	}
}

// missing doubts a fact that is not there, with why if that is known.
func (a *answer) missing(f *Facts, fact string) {
	args := []chat.Arg{factArg(fact)}
	if fault := f.Faults[fact]; fault != "" {
		a.unread++
		args = append(args, chat.Word("fault", fault))
	}
	a.doubt("gate.missing", args...)
}
