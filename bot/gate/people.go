package gate

import (
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
)

// approve: the newest ballot passed, for exactly what is proposed now.
func approve(f *Facts, a *answer) {
	if f.NoVote {
		a.pass("gate.approval.not_needed")
		return
	}
	b := f.Ballot
	if b == nil {
		a.close("gate.approval.none", chat.Word("release", f.Release))
		return
	}
	vote{ballot: *b, purpose: approval.Release, proposal: f.Proposal, tally: f.Tally, standing: f.Standing}.stands(f, a)
}

// vote is a ballot with what it must have passed for: a purpose, and the digest of what is proposed now.
type vote struct {
	ballot   approval.Ballot
	purpose  approval.Purpose
	proposal string
	tally    *approval.Tally
	standing *duty.Finding
}

// stands: it passed, for exactly what is proposed now, by people whose go still counts.
func (v vote) stands(f *Facts, a *answer) {
	b := v.ballot
	id := chat.Word("ballot", b.ID)
	switch {
	case b.Subject != f.Release:
		a.close("gate.approval.other", id, chat.Word("about", b.Subject), chat.Word("release", f.Release))
	case b.Purpose != v.purpose:
		a.close("gate.approval.purpose", id, chat.Word("purpose", string(b.Purpose)))
	}
	switch {
	case v.proposal == "":
		a.doubt("gate.approval.unknown", id)
	case b.Digest != v.proposal:
		a.close("gate.approval.changed", id, chat.Word("voted", short(b.Digest)), chat.Word("proposed", short(v.proposal)))
	}
	if s := v.standing; s != nil && b.State == approval.StatePassed {
		for _, c := range s.Conflicts {
			a.close("gate.approval.fallen", id, chat.Nested("reason", c.Text))
		}
		for _, reason := range s.Unknown {
			a.doubt("gate.approval.fallen", id, chat.Nested("reason", reason))
		}
	}
	if b.State != approval.StatePassed {
		args := []chat.Arg{id, chat.Nested("state", b.State.Text())}
		if v.tally != nil {
			args = append(args, chat.Nested("tally", v.tally.Text()))
		}
		if b.State == approval.StateOpen {
			args = append(args, chat.Time("closes", b.Closes))
		}
		a.close("gate.approval.not_passed", args...)
	}
	if len(a.closed)+len(a.unknown) == 0 {
		args := []chat.Arg{id, chat.Time("at", b.Closed)}
		if v.tally != nil {
			args = append(args, chat.Nested("tally", v.tally.Text()))
		}
		a.pass("gate.approval.open", args...)
	}
}

// duties: the verdict on the executor, with every reason of it.
func duties(f *Facts, a *answer) {
	switch {
	case f.Duty == nil:
		a.missing(f, "duty")
	case f.Duty.Verdict == duty.OK:
		a.pass("gate.duty.open", chat.Person("person", f.Executor))
	case f.Duty.Verdict == duty.Conflicting:
		a.closed = append(a.closed, f.Duty.Reasons()...)
		if len(a.closed) == 0 {
			a.close("gate.duty.conflict", chat.Person("person", f.Executor))
		}
	default:
		a.unknown = append(a.unknown, f.Duty.Reasons()...)
	}
}
