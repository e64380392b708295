package gate

import (
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/architecture"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
)

// The gates of how a release is planned.
const (
	Deferral     = "deferral"
	Architecture = "architecture"
)

// Board is the architecture board's part in a release.
type Board struct {
	Need     architecture.Need
	Ballot   *approval.Ballot // the newest; nil: it was not asked
	Proposal string           // the digest of what it would be asked now
	Tally    *approval.Tally
	Standing *duty.Finding // about those who gave their go
}

// boarded: the board gave its go to exactly this, or is not needed.
func boarded(f *Facts, a *answer) {
	switch b := f.Board; {
	case b == nil:
		a.missing(f, "architecture")
	case !b.Need.Needed():
		a.pass("gate.architecture.not_needed")
	case b.Ballot == nil:
		a.closed = append(b.Need.Texts(), chat.Say("gate.architecture.none", chat.Word("release", f.Release)))
	default:
		vote{ballot: *b.Ballot, purpose: approval.Architecture, proposal: b.Proposal, tally: b.Tally, standing: b.Standing}.stands(f, a)
		if len(a.closed)+len(a.unknown) > 0 {
			a.closed = append(b.Need.Texts(), a.closed...)
		}
	}
}

// needsBoard reports whether the architecture board is needed: the gate is asked then, whatever an environment names.
func needsBoard(f *Facts) bool { return f.Board == nil || f.Board.Need.Needed() }

// deferred: no rule and nobody holds the release back.
func deferred(f *Facts, a *answer) {
	if f.Deferral == nil {
		a.missing(f, "deferral")
		return
	}
	for _, c := range f.Deferral.Standing(f.Now) {
		a.closed = append(a.closed, c.Texts()...)
	}
	if len(a.closed) > 0 {
		a.next = f.Deferral.Ends(f.Now)
		return
	}
	a.pass("gate.deferral.open", chat.Word("release", f.Release))
}

// isDeferred reports whether something holds the release back: the gate is asked then, whatever an environment names.
func isDeferred(f *Facts) bool { return f.Deferral == nil || f.Deferral.Holds(f.Now) }
