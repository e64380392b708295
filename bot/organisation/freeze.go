package organisation

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/freeze"
)

// Freezes is what holds for every freeze.
type Freezes struct {
	Exception string // approval rule by which an exception is voted; empty: no exceptions
	// Exceptions are rules for some of them, in the order in which they are asked: the first that fits decides.
	Exceptions []ExceptionRule
	Lifetime   time.Duration
	Announce   []time.Duration
	// Running is what becomes of a deployment under way when a freeze of its place begins, by risk tier.
	Running map[string]freeze.Running
	// Standing are the freezes that the configuration declares.
	Standing []freeze.Standing
}

// ExceptionRule says by which approval rule some exceptions are voted.
type ExceptionRule struct {
	Approval string
	Tiers    []string // empty: all
	Scope    calendar.Scope
}

// Rule is the approval rule by which an exception for a release of a tier to a target is voted; empty: none is configured.
func (f Freezes) Rule(tier string, t calendar.Target) string {
	for _, r := range f.Exceptions {
		if (len(r.Tiers) == 0 || slices.Contains(r.Tiers, tier)) && r.Scope.Covers(t) {
			return r.Approval
		}
	}
	return f.Exception
}
