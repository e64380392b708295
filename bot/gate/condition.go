package gate

import (
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/policy"
)

// conditionPrefix begins the names of gates that are configured conditions: "condition:friday".
const conditionPrefix = "condition:"

// ConditionGate is the name by which an environment names a configured condition as a gate.
func ConditionGate(condition string) string { return conditionPrefix + condition }

// ConditionOf is the configured condition that a gate's name stands for.
func ConditionOf(gate string) (string, bool) { return strings.CutPrefix(gate, conditionPrefix) }

// OpeningVersion is the schema version of a stored Opening.
const OpeningVersion = 1

// Opening is a condition that somebody opened for one release, with its artifact as it was then.
type Opening struct {
	V           int          `json:"v"`
	Release     string       `json:"release"`
	Environment string       `json:"environment"`
	Condition   string       `json:"condition"`
	Digest      string       `json:"digest"` // of the artifact
	By          string       `json:"by"`     // opaque person id
	At          time.Time    `json:"at"`
	Until       time.Time    `json:"until"` // the first instant at which it no longer holds
	Reason      *chat.Sealed `json:"reason,omitempty"`
	// Fallen is why it opens nothing any more: a duty of whoever opened it that became known since.
	Fallen []chat.Text `json:"-"`
}

// Holds reports whether the opening opens the condition for an artifact at an instant.
func (o Opening) Holds(digest string, at time.Time) bool {
	return o.By != "" && len(o.Fallen) == 0 && digest != "" && o.Digest == digest && !at.Before(o.At) && at.Before(o.Until)
}

// gateNamed is the gate of a name: one of the table, or a configured condition.
func gateNamed(name string, f *Facts) (Gate, bool) {
	if i := find(name); i >= 0 {
		return gates[i], true
	}
	condition, ok := ConditionOf(name)
	c, configured := f.Conditions[condition]
	if !ok || !configured {
		return Gate{}, false
	}
	return Gate{Name: name, Phase: Moment, Emergency: c.Emergency, ask: func(f *Facts, a *answer) { conditions(c, f, a) }}, true
}

// conditions: a configured condition that closes while it holds. What can't be told is not open, nor is what rests on a fact of
// the moment that is too old.
func conditions(c policy.Closure, f *Facts, a *answer) {
	name := chat.Word("condition", c.Name)
	o, ok := f.Openings[c.Name]
	if ok && o.Holds(f.digest(), f.Now) {
		args := []chat.Arg{name, chat.Person("by", o.By), chat.Time("until", o.Until)}
		if o.Reason != nil {
			args = append(args, chat.Quote("reason", *o.Reason))
		}
		a.pass("gate.condition.opened", args...)
		return
	}
	answer, unread := c.When.Holds(f.Policy), false
	expression := chat.Word("expression", c.When.Expression())
	switch stale := c.When.Stale(f.Policy, f.maxAge()); {
	case answer.True:
		a.close("gate.condition.closed", name, chat.Word("closes", c.Closes), expression)
		a.next, _ = c.When.NextFalse(f.Policy)
	case answer.Unknown:
		a.doubt("gate.condition.unknown", name, chat.Word("problem", answer.Fault), expression)
		for _, missing := range answer.Missing {
			if group, _, _ := strings.Cut(missing, "."); f.Faults[group] != "" {
				a.doubt("gate.missing", factArg(group), chat.Word("fault", f.Faults[group]))
				unread = true
				break
			}
		}
	case len(stale) > 0:
		for _, in := range stale {
			a.fresh(f, in.Field.Name, in.Source)
		}
	default:
		a.pass("gate.condition.open", name, expression)
	}
	for _, reason := range o.Fallen {
		if len(a.closed) > 0 {
			a.close("gate.condition.fallen", name, chat.Nested("reason", reason))
		}
	}
	a.figures(c.When.Inputs(f.Policy))
	if unread {
		a.unread = len(a.unknown) // of which all follow from that
	}
}

// figures adds what an answer rests on to the reasons for it.
func (a *answer) figures(inputs []policy.Input) {
	to := &a.open
	switch {
	case len(a.closed) > 0:
		to = &a.closed
	case len(a.unknown) > 0:
		to = &a.unknown
	}
	for _, in := range inputs {
		*to = append(*to, in.Text())
	}
}
