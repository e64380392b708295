package gate_test

import (
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/architecture"
	"github.com/gonogo-chat/gonogo/bot/cadence"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/deferral"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/provenance"
	"github.com/gonogo-chat/gonogo/bot/rehearsal"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/bot/window"
)

var noon = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

var (
	good  = strings.Repeat("ab", 32)
	other = strings.Repeat("cd", 32)
)

// well is a release about which everything is known and in order.
func well() gate.Facts {
	l := lock.New("web", "prod")
	return gate.Facts{
		Now: noon, Release: "R-1", Service: "web", Version: "2.0.0", Environment: "prod", Executor: "p-sre",
		Artifact: &port.Artifact{Service: "web", Version: "2.0.0", Digest: good, Declared: good,
			Build:  port.Build{Commit: "c0ffee00", At: noon.Add(-time.Hour), RunID: "run-7"},
			Source: port.Source{System: "files", At: noon}},
		Planned: good, Pinned: good,
		Ticket:    &port.Ticket{ID: "CHG-1", Status: port.TicketOpen, Change: port.Change{Release: "R-1", Digest: good}},
		TicketAt:  port.Source{System: "book", At: noon},
		Incidents: []port.Incident{}, IncidentsAt: port.Source{System: "pager", At: noon},
		Lower:    &gate.Lower{Environment: "staging", Deployment: "D-1", Digest: good, At: noon.Add(-time.Minute)},
		Ballot:   &approval.Ballot{ID: "B-1", Subject: "R-1", Purpose: approval.Release, State: approval.StatePassed, Digest: "p", Closed: noon},
		Proposal: "p",
		Duty:     &duty.Finding{Verdict: duty.OK},
		Freeze:   &freeze.Verdict{},
		Cadence:  &cadence.Verdict{},
		Window:   &window.Verdict{},
		Deferral: &deferral.Deferral{},
		Board:    &gate.Board{},
		Lock:     &l,
		Running:  &rollout.Build{Version: "1.0.0", Digest: other, Commit: "facade00"},
		Provenance: &provenance.Report{Service: "web", Since: "facade0000", Commit: "c0ffee0000", Commits: 2, Requests: 1, File: "ci.yaml",
			Source: port.Source{System: "host", At: noon}},
		Rehearsed: &gate.Rehearsed{Policy: rehearsal.Policy{Tiers: []string{"high"}, Within: time.Hour}, Tier: "high", Standing: tried(good, other, time.Minute)},
		Cause:     &gate.Cause{Authorised: true, Text: chat.Say("verify.nothing")},
		Previous:  &rollout.Build{Version: "1.0.0", Digest: other},
	}
}

// boarded is a release that depends on more than before, to which the architecture board gave its go.
func boarded() *gate.Board {
	return &gate.Board{Need: architecture.Need{Added: []string{"ledger"}}, Proposal: "e",
		Ballot: &approval.Ballot{ID: "B-2", Subject: "R-1", Purpose: approval.Architecture, State: approval.StatePassed, Digest: "e", Closed: noon}}
}

// tried is what is known after a rollback from one digest to another was rehearsed, as things are asked about good and other.
func tried(from, to string, ago time.Duration) rehearsal.Standing {
	return rehearsal.Look([]rehearsal.Rehearsal{{From: rollout.Build{Digest: from}, To: rollout.Build{Digest: to}, At: noon.Add(-ago)}}, rehearsal.Pair{From: good, To: other})
}

func names() []string {
	var all []string
	for _, g := range gate.All() {
		all = append(all, g.Name)
	}
	return all
}

func emergency() *release.Emergency {
	return &release.Emergency{By: "p1", Second: "p2", Digest: good, Until: noon.Add(time.Hour)}
}

// change is one thing that is not as it should be, and what the gate that looks at it makes of it.
type change struct {
	name   string
	apply  func(*gate.Facts)
	gate   string
	status gate.Status
	reason chat.Code
}

var changes = []change{
	{"no artifact", func(f *gate.Facts) { f.Artifact = nil }, gate.Artifact, gate.Inconclusive, "gate.missing"},
	{"artifact read long ago", func(f *gate.Facts) { f.Artifact.Source.At = noon.Add(-gate.DefaultMaxAge - 1) }, gate.Artifact, gate.Inconclusive, "gate.stale"},
	{"artifact of unknown age", func(f *gate.Facts) { f.Artifact.Source.At = time.Time{} }, gate.Artifact, gate.Inconclusive, "gate.undated"},
	{"no checksum", func(f *gate.Facts) { f.Artifact.Digest = "" }, gate.Artifact, gate.Inconclusive, "gate.artifact.no_digest"},
	{"no checksum declared", func(f *gate.Facts) { f.Artifact.Declared = "" }, gate.Artifact, gate.Inconclusive, "gate.artifact.undeclared"},
	{"another declared", func(f *gate.Facts) { f.Artifact.Declared = other }, gate.Artifact, gate.Closed, "gate.artifact.checksum"},
	{"none planned", func(f *gate.Facts) { f.Planned = "" }, gate.Artifact, gate.Inconclusive, "gate.artifact.unplanned"},
	{"another planned", func(f *gate.Facts) { f.Planned = other }, gate.Artifact, gate.Closed, "gate.artifact.changed"},
	{"another pinned", func(f *gate.Facts) { f.Pinned = other }, gate.Artifact, gate.Closed, "gate.artifact.pinned"},
	{"checksum cut short", func(f *gate.Facts) { f.Artifact.Digest = good[:62] }, gate.Artifact, gate.Closed, "gate.artifact.malformed"},
	{"another version", func(f *gate.Facts) { f.Artifact.Version = "1.0.0" }, gate.Artifact, gate.Closed, "gate.artifact.other"},
	{"no commit", func(f *gate.Facts) { f.Artifact.Build.Commit = "" }, gate.Metadata, gate.Closed, "gate.metadata.missing"},
	{"no build time", func(f *gate.Facts) { f.Artifact.Build.At = time.Time{} }, gate.Metadata, gate.Closed, "gate.metadata.missing"},
	{"no run id", func(f *gate.Facts) { f.Artifact.Build.RunID = "" }, gate.Metadata, gate.Closed, "gate.metadata.missing"},
	{"built tomorrow", func(f *gate.Facts) { f.Artifact.Build.At = noon.Add(24 * time.Hour) }, gate.Metadata, gate.Closed, "gate.metadata.future"},
	{"nothing known of the build", func(f *gate.Facts) { f.Artifact = nil }, gate.Metadata, gate.Inconclusive, "gate.missing"},
	{"cadence unknown", func(f *gate.Facts) { f.Cadence = nil }, gate.Cadence, gate.Inconclusive, "gate.missing"},
	{"between two trains", func(f *gate.Facts) {
		f.Cadence = &cadence.Verdict{Trains: true, Next: &cadence.Slot{From: noon.Add(time.Hour)}}
	}, gate.Cadence, gate.Closed, "gate.cadence.off"},
	{"windows unknown", func(f *gate.Facts) { f.Window = nil }, gate.Window, gate.Inconclusive, "gate.missing"},
	{"downtime without a window", func(f *gate.Facts) { f.Window.Needs = true }, gate.Window, gate.Closed, "gate.window.outside"},
	{"nothing agreed ahead", func(f *gate.Facts) { f.Window.Needs = true }, gate.Window, gate.Closed, "gate.window.no_next"},
	{"planned for another window", func(f *gate.Facts) { f.Window.Needs, f.Window.Bound = true, "W-2" }, gate.Window, gate.Closed, "gate.window.bound"},
	{"a window that ends too soon", func(f *gate.Facts) {
		f.Window = &window.Verdict{Needs: true, Length: time.Hour, Late: &window.Window{ID: "W-1", To: noon.Add(time.Minute)}, Next: &window.Window{ID: "W-2"}}
	}, gate.Window, gate.Closed, "gate.window.late"},
	{"a window ahead", func(f *gate.Facts) { f.Window = &window.Verdict{Needs: true, Next: &window.Window{ID: "W-2"}} }, gate.Window, gate.Closed, "gate.window.next"},
	{"a test under way", func(f *gate.Facts) { f.Window.Tests = []window.Window{{ID: "W-3"}} }, gate.Window, gate.Closed, "gate.window.test"},
	{"no ticket", func(f *gate.Facts) { f.Ticket = nil }, gate.Ticket, gate.Inconclusive, "gate.missing"},
	{"an incident is open", func(f *gate.Facts) {
		f.Incidents = []port.Incident{{ID: "Q1", Service: "checkout", Severity: port.Critical, State: port.IncidentTriggered, OpenedAt: noon}}
	}, gate.Incident, gate.Closed, "gate.incident.open"},
	{"going back is not known", func(f *gate.Facts) { f.Rehearsed = nil }, gate.Rehearsal, gate.Inconclusive, "gate.missing"},
	{"nobody knows what it depends on", func(f *gate.Facts) { f.Board = nil }, gate.Architecture, gate.Inconclusive, "gate.missing"},
	{"the board was not asked", func(f *gate.Facts) { f.Board = boarded(); f.Board.Ballot = nil }, gate.Architecture, gate.Closed, "gate.architecture.none"},
	{"the board said no", func(f *gate.Facts) { f.Board = boarded(); f.Board.Ballot.State = approval.StateRejected }, gate.Architecture, gate.Closed, "architecture.added"},
	{"the board was asked about other edges", func(f *gate.Facts) { f.Board = boarded(); f.Board.Proposal = "f" }, gate.Architecture, gate.Closed, "gate.approval.changed"},
	{"another vote is no board's", func(f *gate.Facts) { f.Board = boarded(); f.Board.Ballot.Purpose = approval.Release }, gate.Architecture, gate.Closed, "gate.approval.purpose"},
	{"what a rule reads is not known, and nobody was asked", func(f *gate.Facts) {
		f.Board = &gate.Board{Need: architecture.Need{Unknown: []string{"budget.spent"}}}
	}, gate.Architecture, gate.Closed, "architecture.unknown"},
	{"nobody knows whether it is deferred", func(f *gate.Facts) { f.Deferral = nil }, gate.Deferral, gate.Inconclusive, "gate.missing"},
	{"a rule defers it", func(f *gate.Facts) {
		f.Deferral = &deferral.Deferral{Causes: []deferral.Cause{{Rule: "budget", At: noon}}}
	}, gate.Deferral, gate.Closed, "deferral.by_rule"},
	{"somebody defers it", func(f *gate.Facts) {
		f.Deferral = &deferral.Deferral{Causes: []deferral.Cause{{By: "p-dev", At: noon, Until: noon.Add(time.Minute)}}}
	}, gate.Deferral, gate.Closed, "deferral.by_person"},
	{"going back was never tried", func(f *gate.Facts) { f.Rehearsed.Standing = rehearsal.Standing{} }, gate.Rehearsal, gate.Closed, "gate.rehearsal.never"},
	{"going back was tried too long ago", func(f *gate.Facts) { f.Rehearsed.Standing = tried(good, other, time.Hour+1) }, gate.Rehearsal, gate.Closed, "gate.rehearsal.old"},
	{"going back to another was tried", func(f *gate.Facts) { f.Rehearsed.Standing = tried(good, good, 0) }, gate.Rehearsal, gate.Closed, "gate.rehearsal.other"},
	{"nobody knows what to go back to", func(f *gate.Facts) { f.Running = &rollout.Build{Version: "1.0.0"} }, gate.Rehearsal, gate.Inconclusive, "gate.rehearsal.nothing"},
	{"the pager can't be asked", func(f *gate.Facts) { f.Incidents = nil }, gate.Incident, gate.Inconclusive, "gate.missing"},
	{"incidents of unknown age", func(f *gate.Facts) { f.IncidentsAt = port.Source{} }, gate.Incident, gate.Inconclusive, "gate.undated"},
	{"ticket of unknown age", func(f *gate.Facts) { f.TicketAt = port.Source{} }, gate.Ticket, gate.Inconclusive, "gate.undated"},
	{"ticket closed", func(f *gate.Facts) { f.Ticket.Status = port.TicketDone }, gate.Ticket, gate.Closed, "gate.ticket.closed"},
	{"ticket in a strange status", func(f *gate.Facts) { f.Ticket.Status = "" }, gate.Ticket, gate.Closed, "gate.ticket.closed"},
	{"ticket of another release", func(f *gate.Facts) { f.Ticket.Change.Release = "R-2" }, gate.Ticket, gate.Closed, "gate.ticket.other"},
	{"ticket of another artifact", func(f *gate.Facts) { f.Ticket.Change.Digest = strings.Repeat("ef", 32) }, gate.Ticket, gate.Closed, "gate.ticket.digest"},
	{"staging unknown", func(f *gate.Facts) { f.Lower = nil }, gate.Staged, gate.Inconclusive, "gate.missing"},
	{"never staged", func(f *gate.Facts) { f.Lower.Deployment = "" }, gate.Staged, gate.Closed, "gate.staged.never"},
	{"another artifact staged", func(f *gate.Facts) { f.Lower.Digest = other }, gate.Staged, gate.Closed, "gate.staged.other"},
	{"unknown artifact staged", func(f *gate.Facts) { f.Lower.Digest = "" }, gate.Staged, gate.Inconclusive, "gate.staged.unknown"},
	{"no vote", func(f *gate.Facts) { f.Ballot = nil }, gate.Approval, gate.Closed, "gate.approval.none"},
	{"vote under way", func(f *gate.Facts) { f.Ballot.State = approval.StateOpen }, gate.Approval, gate.Closed, "gate.approval.not_passed"},
	{"vote fell", func(f *gate.Facts) { f.Ballot.State = approval.StateVoid }, gate.Approval, gate.Closed, "gate.approval.not_passed"},
	{"vote on something else", func(f *gate.Facts) { f.Ballot.Digest = "q" }, gate.Approval, gate.Closed, "gate.approval.changed"},
	{"proposal unknown", func(f *gate.Facts) { f.Proposal = "" }, gate.Approval, gate.Inconclusive, "gate.approval.unknown"},
	{"vote on another release", func(f *gate.Facts) { f.Ballot.Subject = "R-2" }, gate.Approval, gate.Closed, "gate.approval.other"},
	{"vote on another question", func(f *gate.Facts) { f.Ballot.Purpose = approval.Review }, gate.Approval, gate.Closed, "gate.approval.purpose"},
	{"provenance unknown", func(f *gate.Facts) { f.Provenance = nil }, gate.Provenance, gate.Inconclusive, "gate.missing"},
	{"no host configured", func(f *gate.Facts) { f.Provenance, f.NoProvenance = nil, true }, gate.Provenance, gate.Inconclusive, "gate.provenance.unconfigured"},
	{"provenance read long ago", func(f *gate.Facts) { f.Provenance.Source.At = noon.Add(-time.Hour) }, gate.Provenance, gate.Inconclusive, "gate.stale"},
	{"provenance of another commit", func(f *gate.Facts) { f.Provenance.Commit = "facade0000" }, gate.Provenance, gate.Inconclusive, "gate.provenance.other"},
	{"provenance of another service", func(f *gate.Facts) { f.Provenance.Service = "shop" }, gate.Provenance, gate.Inconclusive, "gate.provenance.other"},
	{"the build names no commit", func(f *gate.Facts) { f.Artifact.Build.Commit = "" }, gate.Provenance, gate.Inconclusive, "gate.provenance.other"},
	{"provenance of no artifact", func(f *gate.Facts) { f.Artifact = nil }, gate.Provenance, gate.Inconclusive, "gate.missing"},
	{"provenance since another", func(f *gate.Facts) { f.Provenance.Since = "0000000000" }, gate.Provenance, gate.Inconclusive, "gate.provenance.since"},
	{"provenance since nothing", func(f *gate.Facts) { f.Provenance.Since = "" }, gate.Provenance, gate.Inconclusive, "gate.provenance.since"},
	{"commit that runs not noted", func(f *gate.Facts) { f.Provenance.Since, f.Running.Commit = "", "" }, gate.Provenance, gate.Inconclusive, "gate.provenance.since_unknown"},
	{"what runs unknown since", func(f *gate.Facts) { f.Running = nil }, gate.Provenance, gate.Inconclusive, "gate.missing"},
	{"came in unapproved", func(f *gate.Facts) { f.Provenance.Closed = []chat.Text{chat.Say("provenance.unapproved")} }, gate.Provenance, gate.Closed, "provenance.unapproved"},
	{"whose is not known", func(f *gate.Facts) { f.Provenance.Unknown = []chat.Text{chat.Say("provenance.whose")} }, gate.Provenance, gate.Inconclusive, "provenance.whose"},
	{"duties unknown", func(f *gate.Facts) { f.Duty = nil }, gate.Duty, gate.Inconclusive, "gate.missing"},
	{"duties conflict", func(f *gate.Facts) {
		f.Duty = &duty.Finding{Verdict: duty.Conflicting, Conflicts: []duty.Conflict{{Text: chat.Say("duty.conflict")}}}
	}, gate.Duty, gate.Closed, "duty.conflict"},
	{"an author unresolved", func(f *gate.Facts) {
		f.Duty = &duty.Finding{Verdict: duty.Inconclusive, Unknown: []chat.Text{chat.Say("duty.unresolved")}}
	}, gate.Duty, gate.Inconclusive, "duty.unresolved"},
	{"an empty finding", func(f *gate.Facts) { f.Duty = &duty.Finding{} }, gate.Duty, gate.Inconclusive, ""},
	{"freezes unknown", func(f *gate.Facts) { f.Freeze = nil }, gate.Freeze, gate.Inconclusive, "gate.missing"},
	{"frozen", func(f *gate.Facts) {
		f.Freeze = &freeze.Verdict{Blocking: []freeze.Freeze{{ID: "F-1", From: noon}}, NextOpen: noon.Add(time.Hour)}
	}, gate.Freeze, gate.Closed, "freeze.freeze"},
	{"lock unknown", func(f *gate.Facts) { f.Lock = nil }, gate.Lock, gate.Inconclusive, "gate.missing"},
	{"locked by another deployment", func(f *gate.Facts) { hold(f, "D-9", lock.Deployment) }, gate.Lock, gate.Closed, "lock.held"},
	{"locked by another person", func(f *gate.Facts) { hold(f, "p-dev", lock.Manual) }, gate.Lock, gate.Closed, "lock.held"},
	{"a wider lock is another's", func(f *gate.Facts) {
		f.Wider = []lock.Lock{{Service: lock.All, Environment: "prod", Owner: "p-dev", Kind: lock.Manual}}
	}, gate.Lock, gate.Closed, "lock.held_wide"},
	{"others wait for a wider lock", func(f *gate.Facts) {
		f.Wider = []lock.Lock{{Service: lock.All, Environment: lock.All, Queue: []lock.Waiter{{Owner: "p-dev", Kind: lock.Manual, Ticket: 1}}}}
	}, gate.Lock, gate.Closed, "lock.queued_wide"},
	{"others wait for the lock", func(f *gate.Facts) { f.Lock.Queue = []lock.Waiter{{Owner: "D-8", Kind: lock.Deployment}} }, gate.Lock, gate.Closed, "gate.lock.queue"},
	{"lock of somewhere else", func(f *gate.Facts) { f.Lock.Environment = "staging" }, gate.Lock, gate.Closed, "gate.lock.other"},
	{"what runs is unknown", func(f *gate.Facts) { f.Running = nil }, gate.Rollback, gate.Inconclusive, "gate.missing"},
	{"what runs has no checksum", func(f *gate.Facts) { f.Running.Digest = "" }, gate.Rollback, gate.Closed, "gate.rollback.no_digest"},
}

func hold(f *gate.Facts, owner string, kind lock.Kind) {
	f.Lock.Owner, f.Lock.Kind, f.Lock.At, f.Lock.Expires = owner, kind, noon, noon.Add(time.Hour)
}
