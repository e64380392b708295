package gate

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/rehearsal"
)

// Rehearsal is the name of the gate that asks whether going back was tried.
const Rehearsal = "rehearsal"

// Rehearsed is what is known of rollbacks that were rehearsed.
type Rehearsed struct {
	Policy rehearsal.Policy
	Tier   string // risk tier of the release
	// Hotfix says that the service has another way back to well than going back.
	Hotfix   bool
	Standing rehearsal.Standing
}

// rehearsed: going back from this artifact to the one that runs there was tried below, not long ago, where that is asked for.
func rehearsed(f *Facts, a *answer) {
	r := f.Rehearsed
	switch {
	case r == nil:
		a.missing(f, "rehearsal")
		return
	case !slices.Contains(r.Policy.Tiers, r.Tier):
		a.pass("gate.rehearsal.tier", chat.Word("tier", r.Tier))
		return
	case r.Hotfix:
		a.pass("gate.rehearsal.hotfix", chat.Word("service", f.Service))
		return
	case f.digest() == "" || f.Running == nil:
		a.missing(f, "rehearsal")
		return
	case f.Running.Digest == "":
		a.doubt("gate.rehearsal.nothing", chat.Word("service", f.Service), chat.Word("environment", f.Environment))
		return
	}
	how := chat.Word("release", f.Release)
	back := chat.Word("back", f.Running.Version)
	switch s := r.Standing; {
	case s.Fresh(r.Policy, f.Now):
		a.pass("gate.rehearsal.open", chat.Nested("rehearsal", s.Newest.Text()), chat.Time("until", s.Expires(r.Policy)))
	case s.Newest != nil:
		a.close("gate.rehearsal.old", chat.Nested("rehearsal", s.Newest.Text()), chat.Duration("age", f.Now.Sub(s.Newest.At)), chat.Duration("within", r.Policy.Within), how)
	case s.Other != nil:
		a.close("gate.rehearsal.other", chat.Nested("rehearsal", s.Other.Text()), back, how)
	default:
		a.close("gate.rehearsal.never", chat.Word("version", f.Version), back, how)
	}
}
