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
	id := chat.Word("ballot", b.ID)
	switch {
	case b.Subject != f.Release:
		a.close("gate.approval.other", id, chat.Word("about", b.Subject), chat.Word("release", f.Release))
	case b.Purpose != approval.Release:
		a.close("gate.approval.purpose", id, chat.Word("purpose", string(b.Purpose)))
	}
	switch {
	case f.Proposal == "":
		a.doubt("gate.approval.unknown", id)
	case b.Digest != f.Proposal:
		a.close("gate.approval.changed", id, chat.Word("voted", short(b.Digest)), chat.Word("proposed", short(f.Proposal)))
	}
	if s := f.Standing; s != nil && b.State == approval.StatePassed {
		for _, c := range s.Conflicts {
			a.close("gate.approval.fallen", id, chat.Nested("reason", c.Text))
		}
		for _, reason := range s.Unknown {
			a.doubt("gate.approval.fallen", id, chat.Nested("reason", reason))
		}
	}
	if b.State != approval.StatePassed {
		args := []chat.Arg{id, chat.Nested("state", b.State.Text())}
		if f.Tally != nil {
			args = append(args, chat.Nested("tally", f.Tally.Text()))
		}
		if b.State == approval.StateOpen {
			args = append(args, chat.Time("closes", b.Closes))
		}
		a.close("gate.approval.not_passed", args...)
	}
	if len(a.closed)+len(a.unknown) == 0 {
		args := []chat.Arg{id, chat.Time("at", b.Closed)}
		if f.Tally != nil {
			args = append(args, chat.Nested("tally", f.Tally.Text()))
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
