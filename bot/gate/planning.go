package gate

import (
	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Deferral is the gate of what holds releases back.
const Deferral = "deferral"

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
func isDeferred(f *Facts) bool { return f.Deferral != nil && f.Deferral.Holds(f.Now) }
