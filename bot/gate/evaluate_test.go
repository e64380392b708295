package gate_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/cadence"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/deferral"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/rehearsal"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/bot/window"
)

func TestAllInOrder(t *testing.T) {
	t.Parallel()
	r := gate.Evaluate(names(), well())
	if !r.Open() || r.Refusal() != nil || len(r.Overridden()) != 0 {
		t.Fatalf("not open: %+v", r.Closed())
	}
	for i, v := range r.Verdicts {
		if v.Gate != names()[i] || len(v.Reasons) == 0 {
			t.Errorf("verdict %d is %+v", i, v)
		}
	}
}

func has(v gate.Verdict, code chat.Code) bool {
	return code == "" || slices.ContainsFunc(v.Reasons, func(t chat.Text) bool { return t.Code == code })
}

func TestEachReason(t *testing.T) {
	t.Parallel()
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := well()
			c.apply(&f)
			r := gate.Evaluate(names(), f)
			v, _ := r.Verdict(c.gate)
			if v.Status != c.status || !has(v, c.reason) {
				t.Errorf("%s for %v; want %s for %s", v.Status, v.Reasons, c.status, c.reason)
			}
			if r.Open() || r.Refusal() == nil {
				t.Error("the whole is open")
			}
			// Nobody's emergency opens what a checksum, a duty or a lock closes.
			f.Emergency = emergency()
			v, _ = gate.Evaluate(names(), f).Verdict(c.gate)
			may := c.gate == gate.Approval || c.gate == gate.Freeze || c.gate == gate.Staged || c.gate == gate.Incident || c.gate == gate.Window || c.gate == gate.Cadence || c.gate == gate.Rehearsal || c.gate == gate.Deferral || c.gate == gate.Architecture
			if (v.Status == gate.Open) != may || v.Overridden != may || may && !has(v, c.reason) {
				t.Errorf("in an emergency: %s, overridden %v, for %v", v.Status, v.Overridden, v.Reasons)
			}
		})
	}
}

func TestWhatOpens(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		apply  func(*gate.Facts)
		gate   string
		reason chat.Code
	}{
		{"no vote needed", func(f *gate.Facts) { f.NoVote, f.Ballot = true, nil }, gate.Approval, "gate.approval.not_needed"},
		{"no lower environment", func(f *gate.Facts) { f.Lower = &gate.Lower{} }, gate.Staged, "gate.staged.first"},
		{"an exception", func(f *gate.Facts) {
			f.Freeze = &freeze.Verdict{Excepted: []freeze.Freeze{{ID: "F-1"}}, Exceptions: []string{"X-1"}}
		}, gate.Freeze, "gate.freeze.excepted"},
		{"nothing runs yet", func(f *gate.Facts) { f.Running = &rollout.Build{} }, gate.Rollback, "gate.rollback.first"},
		{"nothing came in before", func(f *gate.Facts) { f.Running, f.Provenance.Since = &rollout.Build{}, "" }, gate.Provenance, "gate.provenance.open"},
		{"the commit that runs noted late", func(f *gate.Facts) { f.Running.Commit = "" }, gate.Provenance, "gate.provenance.open"},
		{"never pinned", func(f *gate.Facts) { f.Pinned = "" }, gate.Artifact, "gate.artifact.open"},
		{"ticket without details", func(f *gate.Facts) { f.Ticket.Change.Digest, f.Ticket.Change.Release = "", "" }, gate.Ticket, "gate.ticket.open"},
		{"nothing changed that the board decides on", func(*gate.Facts) {}, gate.Architecture, "gate.architecture.not_needed"},
		{"the board gave its go", func(f *gate.Facts) { f.Board = boarded() }, gate.Architecture, "gate.approval.open"},
		{"deferred until now", func(f *gate.Facts) {
			f.Deferral = &deferral.Deferral{Causes: []deferral.Cause{{By: "p-dev", Until: noon}}}
		}, gate.Deferral, "gate.deferral.open"},
		{"a tier that needs no rehearsal", func(f *gate.Facts) { f.Rehearsed.Tier, f.Rehearsed.Standing = "low", rehearsal.Standing{} }, gate.Rehearsal, "gate.rehearsal.tier"},
		{"a hotfix is another way out", func(f *gate.Facts) { f.Rehearsed.Hotfix, f.Rehearsed.Standing = true, rehearsal.Standing{} }, gate.Rehearsal, "gate.rehearsal.hotfix"},
		{"rehearsed just in time", func(f *gate.Facts) { f.Rehearsed.Standing = tried(good, other, time.Hour) }, gate.Rehearsal, "gate.rehearsal.open"},
		{"with a train", func(f *gate.Facts) { f.Cadence = &cadence.Verdict{Trains: true, In: &cadence.Slot{}} }, gate.Cadence, "gate.cadence.on"},
		{"with none, and it is said why", func(f *gate.Facts) {
			f.Cadence, f.OffCadence = &cadence.Verdict{Trains: true}, &gate.OffCadence{By: "p-dev"}
		}, gate.Cadence, "gate.cadence.excused"},
		{"no trains", func(*gate.Facts) {}, gate.Cadence, "gate.cadence.none"},
		{"within a window", func(f *gate.Facts) { f.Window = &window.Verdict{Needs: true, In: &window.Window{ID: "W-1"}} }, gate.Window, "gate.window.open"},
		{"no downtime", func(*gate.Facts) {}, gate.Window, "gate.window.not_needed"},
		{"let into a test", func(f *gate.Facts) {
			f.Window.Let = []window.Window{{ID: "W-3", Agreed: []window.Agreement{{Release: "R-1", Digest: good, By: "p-sec"}}}}
		}, gate.Window, "gate.window.let"},
		{"its own lock", func(f *gate.Facts) { f.Deployment = "D-2"; hold(f, "D-2", lock.Deployment) }, gate.Lock, "gate.lock.own"},
		{"the executor's lock", func(f *gate.Facts) { hold(f, "p-sre", lock.Manual) }, gate.Lock, "gate.lock.own"},
		{"an expired lock", func(f *gate.Facts) { hold(f, "p-dev", lock.Manual); f.Lock.Expires = noon }, gate.Lock, "gate.lock.open"},
		{"first in the queue", func(f *gate.Facts) {
			f.Deployment, f.Lock.Queue = "D-2", []lock.Waiter{{Owner: "D-2", Ticket: 1}, {Owner: "D-3", Ticket: 2}}
		}, gate.Lock, "gate.lock.open"},
		{"facts as old as allowed", func(f *gate.Facts) { f.MaxAge, f.TicketAt.At = time.Hour, noon.Add(-time.Hour) }, gate.Ticket, "gate.ticket.open"},
	} {
		f := well()
		tt.apply(&f)
		if v, _ := gate.Evaluate(names(), f).Verdict(tt.gate); v.Status != gate.Open || !has(v, tt.reason) {
			t.Errorf("%s: %s for %v", tt.name, v.Status, v.Reasons)
		}
	}
}

func TestEveryReasonAtOnce(t *testing.T) {
	t.Parallel()
	f := well()
	f.Artifact.Declared, f.Planned, f.Pinned = other, other, other
	f.Artifact.Source.At = noon.Add(-time.Hour)
	v, _ := gate.Evaluate(names(), f).Verdict(gate.Artifact)
	for _, code := range []chat.Code{"gate.artifact.checksum", "gate.artifact.changed", "gate.artifact.pinned", "gate.stale"} {
		if !has(v, code) {
			t.Errorf("%s is not said: %v", code, v.Reasons)
		}
	}
	f.Artifact.Build.Commit, f.Artifact.Build.RunID = "", ""
	if v, _ = gate.Evaluate(names(), f).Verdict(gate.Metadata); len(v.Reasons) != 3 {
		t.Errorf("metadata says %v", v.Reasons)
	}
}

func TestNamesAskedFor(t *testing.T) {
	t.Parallel()
	r := gate.Evaluate([]string{"weather", gate.Ticket, gate.Ticket}, well())
	var got []string
	for _, v := range r.Verdicts {
		got = append(got, v.Gate)
	}
	if !slices.Equal(got, []string{"weather", gate.Ticket, gate.Artifact, gate.Lock}) {
		t.Errorf("asked were %v", got)
	}
	if v, _ := r.Verdict("weather"); v.Status != gate.Inconclusive || r.Open() {
		t.Errorf("an unknown gate is %s", v.Status)
	}
	if (gate.Report{}).Open() || gate.Known("weather") || !gate.Known(gate.Duty) {
		t.Error("an empty report is open, or names are not known rightly")
	}
	for _, g := range gate.All() {
		if g.Doc == "" {
			t.Errorf("%s has no doc", g.Name)
		}
	}
}

func TestEmergencyHasLimits(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]func(*release.Emergency){
		"over":             func(e *release.Emergency) { e.Until = noon },
		"not agreed to":    func(e *release.Emergency) { e.Second = "" },
		"another artifact": func(e *release.Emergency) { e.Digest = other },
	} {
		f := well()
		f.Ballot, f.Emergency = nil, emergency()
		e(f.Emergency)
		if v, _ := gate.Evaluate(names(), f).Verdict(gate.Approval); v.Status == gate.Open {
			t.Errorf("%s, yet it opens", name)
		}
	}
	f := well()
	f.Emergency = emergency()
	if r := gate.Evaluate(names(), f); len(r.Overridden()) != 0 {
		t.Errorf("open by themselves, yet overridden are %v", r.Overridden())
	}
}

func TestRollback(t *testing.T) {
	t.Parallel()
	// Whatever is wrong with the release, going back is open.
	for _, c := range changes {
		if c.gate == gate.Lock {
			continue
		}
		f := well()
		c.apply(&f)
		if r := gate.EvaluateRollback(f); !r.Open() {
			t.Errorf("%s closes a rollback: %v", c.name, r.Refusal().Reasons)
		}
	}
	for _, tt := range []struct {
		name   string
		apply  func(*gate.Facts)
		closed string
	}{
		{"no cause", func(f *gate.Facts) { f.Cause = nil }, gate.CauseGate},
		{"a cause not said", func(f *gate.Facts) { f.Cause.Text = chat.Text{} }, gate.CauseGate},
		{"somebody who may not", func(f *gate.Facts) { f.Cause.Authorised = false }, gate.CauseGate},
		{"nothing before", func(f *gate.Facts) { f.Previous = &rollout.Build{} }, gate.PreviousGate},
		{"what was before unknown", func(f *gate.Facts) { f.Previous = nil }, gate.PreviousGate},
		{"its checksum unknown", func(f *gate.Facts) { f.Previous.Digest = "" }, gate.PreviousGate},
		{"another's lock", func(f *gate.Facts) { hold(f, "D-9", lock.Deployment) }, gate.Lock},
		{"the lock of what it rolls back", func(f *gate.Facts) { f.Of = "D-9"; hold(f, "D-9", lock.Deployment) }, ""},
	} {
		f := well()
		tt.apply(&f)
		var closed string
		for _, v := range gate.EvaluateRollback(f).Closed() {
			closed += v.Gate
		}
		if closed != tt.closed {
			t.Errorf("%s: closed is %q, want %q", tt.name, closed, tt.closed)
		}
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	f := well()
	f.Freeze = &freeze.Verdict{Blocking: []freeze.Freeze{{ID: "F-1", From: noon}}, NextOpen: noon.Add(time.Hour)}
	hold(&f, "p-dev", lock.Manual)
	f.Lock.Expires = noon.Add(2 * time.Hour)
	f.Openers = map[string][]string{gate.Freeze: {"p1", "p2"}}
	r := gate.Evaluate(names(), f)
	if at, ok := r.NextOpen(); !ok || !at.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("next open %v, %v", at, ok)
	}
	v, _ := r.Verdict(gate.Freeze)
	line := v.Line()
	if line.Mark != chat.MarkClosed || len(line.Sub) != 3 {
		t.Errorf("line is %+v", line)
	}
	refusal := r.Refusal()
	if count, _ := refusal.Text.Arg("count"); count.Number != 2 || len(refusal.Reasons) != 2 || refusal.Outcome != chat.Refused {
		t.Errorf("refusal is %+v", refusal)
	}
	f.Ballot = nil
	if at, ok := gate.Evaluate(names(), f).NextOpen(); ok {
		t.Errorf("a vote does not open by itself, yet next open is %v", at)
	}
	if _, ok := gate.Evaluate(names(), well()).NextOpen(); ok {
		t.Error("an open report opens again")
	}
	if len(r.Lines()) != len(r.Verdicts) || gate.Inconclusive.Mark() != chat.MarkUnknown || gate.Open.Mark() != chat.MarkOpen {
		t.Error("lines or marks are wrong")
	}
	f = well()
	f.Ballot.State, f.Ballot.Closes = approval.StateOpen, noon.Add(time.Hour)
	f.Tally = &approval.Tally{Go: 1, Quorum: 2, Missing: 1, Seats: 3}
	v, _ = gate.Evaluate(names(), f).Verdict(gate.Approval)
	if tally, ok := v.Reasons[0].Arg("tally"); !ok || tally.Text.Code != "approval.tally" {
		t.Errorf("the tally is not said: %v", v.Reasons)
	}
}

// Whatever goes wrong, together with whatever else: never open, and each gate says its own.
func TestNothingWrongIsEverOpen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := well()
		broken := map[string]bool{}
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(changes)-1), 1, 4, rapid.ID[int]).Draw(t, "changes") {
			// A later change may look at what an earlier one took away.
			func() {
				defer func() { _ = recover() }()
				changes[i].apply(&f)
				broken[changes[i].gate] = true
			}()
		}
		r := gate.Evaluate(names(), f)
		if r.Open() {
			t.Fatalf("open although %v", broken)
		}
		for name := range broken {
			if v, _ := r.Verdict(name); v.Status == gate.Open {
				t.Fatalf("%s is open", name)
			}
		}
		if len(r.Verdicts) != len(names()) {
			t.Fatalf("%d of %d gates were asked", len(r.Verdicts), len(names()))
		}
	})
}

func TestNothingKnownOpensNothing(t *testing.T) {
	t.Parallel()
	for _, v := range append(gate.Evaluate(names(), gate.Facts{}).Verdicts, gate.EvaluateRollback(gate.Facts{}).Verdicts...) {
		if v.Status == gate.Open || len(v.Reasons) == 0 {
			t.Errorf("%s is %s for %v", v.Gate, v.Status, v.Reasons)
		}
	}
}

// An approval falls when somebody who gave it turns out to have written what was approved, and is in doubt when nobody
// knows who wrote it.
func TestApprovalStandsOnWhoGaveIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		standing *duty.Finding
		want     gate.Status
	}{
		{"not asked", nil, gate.Open},
		{"nothing against it", &duty.Finding{Verdict: duty.OK}, gate.Open},
		{"one of them wrote it", &duty.Finding{Verdict: duty.Conflicting, Conflicts: []duty.Conflict{{Person: "p-owner", As: duty.CommitAuthor,
			Text: chat.Say("duty.conflict", chat.Person("person", "p-owner"))}}}, gate.Closed},
		{"nobody knows who did", &duty.Finding{Verdict: duty.Inconclusive, Unknown: []chat.Text{chat.Say("duty.no_author")}}, gate.Inconclusive},
	} {
		f := well()
		f.Standing = tt.standing
		v, _ := gate.Evaluate(names(), f).Verdict(gate.Approval)
		if v.Status != tt.want || (tt.want != gate.Open) != has(v, "gate.approval.fallen") {
			t.Errorf("%s: %s for %v", tt.name, v.Status, v.Reasons)
		}
	}
}

// A gate that nobody names and that is asked only where something concerns it is asked as well where that is not known.
func TestWhatIsNotKnownToConcernIsAsked(t *testing.T) {
	t.Parallel()
	report := gate.Evaluate(nil, gate.Facts{})
	for _, name := range []string{gate.Cadence, gate.Window, gate.Deferral, gate.Architecture} {
		if i := slices.IndexFunc(report.Verdicts, func(v gate.Verdict) bool { return v.Gate == name }); i < 0 || report.Verdicts[i].Status != gate.Inconclusive {
			t.Errorf("%s is not inconclusive: %+v", name, report.Verdicts)
		}
	}
}
