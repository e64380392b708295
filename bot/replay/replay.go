// Package replay asks what another policy would have decided: of what rules saw when they decided, which was kept, it says every
// tier, approval rule and condition that would differ.
package replay

import (
	"maps"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/risk"
)

// Version is the schema version of a stored Decision.
const Version = 1

// Standing is what a condition said of a release.
type Standing string

// The standings of a condition.
const (
	Held    Standing = "held"    // it closed its gate, whoever opened that
	Not     Standing = "not"     // it did not hold
	Unknown Standing = "unknown" // it could not be told
	Absent  Standing = "absent"  // it was not asked
)

// StandingOf is what an answer comes to.
func StandingOf(a policy.Answer) Standing {
	switch {
	case a.Unknown:
		return Unknown
	case a.True:
		return Held
	}
	return Not
}

// Decision is what rules decided of a release once, and all that they saw: its tier when it was planned, or whether it might go to
// an environment.
type Decision struct {
	V           int       `json:"v"`
	Release     string    `json:"release"`
	Subject     string    `json:"subject"`               // "checkout 2.4.0"
	Environment string    `json:"environment,omitempty"` // empty: its tier was decided
	At          time.Time `json:"at"`
	// Policy is the digest of the configuration that it was decided under.
	Policy  string         `json:"policy"`
	Context policy.Context `json:"context"`
	// Tier, Rule and Approval were decided: Approval is the name of the rule that was to carry, and Terms a digest of it.
	Tier     string `json:"tier,omitempty"`
	Rule     string `json:"rule,omitempty"`
	Approval string `json:"approval,omitempty"`
	Terms    string `json:"terms,omitempty"`
	// Conditions are those that the environment asked, by name.
	Conditions map[string]Standing `json:"conditions,omitempty"`
	// Verdicts are what the other gates of the environment said, by name, in the words of the gates; nil where that was not kept.
	Verdicts map[string]string `json:"verdicts,omitempty"`
	// Refused says that it was not let there.
	Refused bool `json:"refused,omitempty"`
	// Unrecorded says that what the rules saw was not kept: only what the release's own record says is in Context.
	Unrecorded bool `json:"-"`
}

// Policy is what is asked instead.
type Policy struct {
	Risk *risk.Policy
	// Approval is the rule that each tier asks for, and Terms its digest.
	Approval map[string]string
	Terms    map[string]string
	// Closures are the conditions of each environment.
	Closures map[string][]policy.Closure
	// Gates are the other gates of each environment, by name.
	Gates map[string][]string
	// Open is the verdict with which a gate lets something through.
	Open string
}

// Kind says what differs.
type Kind string

// What may differ.
const (
	Tier      Kind = "tier"
	Approval  Kind = "approval" // another rule would have had to carry
	Terms     Kind = "terms"    // the same rule, which says something else
	Condition Kind = "condition"
	Gate      Kind = "gate" // it is asked and was not, or was in the way and is asked no more
)

// Difference is one decision that the other policy would have made otherwise.
type Difference struct {
	Decision Decision
	Kind     Kind
	// Rule is the risk rule or the condition that did it; empty where no rule applies.
	Rule          string
	Before, After string
	// Inputs are the figures that it rests on; Fault says why it could not be told.
	Inputs []policy.Input
	Fault  string
}

// Compare lists everything that the policy would have decided otherwise.
func (p Policy) Compare(d Decision) []Difference {
	if d.Environment == "" {
		return p.compareTier(d)
	}
	return append(p.compareConditions(d), p.compareGates(d)...)
}

// compareGates lists the gates that were in the way and are asked no more, and those that are asked now and were not: what these would
// have said is not known.
func (p Policy) compareGates(d Decision) []Difference {
	if d.Verdicts == nil {
		return nil
	}
	var out []Difference
	for _, name := range p.Gates[d.Environment] {
		if _, asked := d.Verdicts[name]; !asked {
			out = append(out, Difference{Decision: d, Kind: Gate, Rule: name, Before: string(Absent), After: string(Unknown)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.Verdicts)) {
		if verdict := d.Verdicts[name]; verdict != p.Open && !slices.Contains(p.Gates[d.Environment], name) {
			out = append(out, Difference{Decision: d, Kind: Gate, Rule: name, Before: verdict, After: string(Absent)})
		}
	}
	return out
}

func (p Policy) compareTier(d Decision) []Difference {
	now := p.Risk.Tier(d.Context)
	tier := string(now.Tier)
	var kinds []Difference
	if tier != d.Tier {
		kinds = append(kinds, Difference{Kind: Tier, Before: d.Tier, After: tier})
	}
	switch asked := p.Approval[tier]; {
	case asked != d.Approval:
		kinds = append(kinds, Difference{Kind: Approval, Before: d.Approval, After: asked})
	case p.Terms[tier] != d.Terms && d.Terms != "":
		kinds = append(kinds, Difference{Kind: Terms, Before: d.Approval, After: asked})
	}
	if len(kinds) == 0 {
		return nil
	}
	because, _ := p.Risk.Answered(now.Rule, d.Context)
	for i := range kinds {
		kinds[i].Decision, kinds[i].Rule = d, now.Rule
		kinds[i].Inputs, kinds[i].Fault = because.Inputs, because.Answer.Fault
	}
	return kinds
}

func (p Policy) compareConditions(d Decision) []Difference {
	var out []Difference
	asked := map[string]bool{}
	for _, c := range p.Closures[d.Environment] {
		asked[c.Name] = true
		answer := c.When.Holds(d.Context)
		before, known := d.Conditions[c.Name]
		if !known {
			before = Absent
		}
		after := StandingOf(answer)
		if after == before || before == Absent && after == Not {
			continue
		}
		out = append(out, Difference{Decision: d, Kind: Condition, Rule: c.Name, Before: string(before), After: string(after),
			Inputs: c.When.Inputs(d.Context), Fault: answer.Fault})
	}
	var gone []string
	for name, before := range d.Conditions {
		if !asked[name] && before != Not {
			gone = append(gone, name)
		}
	}
	slices.Sort(gone)
	for _, name := range gone {
		out = append(out, Difference{Decision: d, Kind: Condition, Rule: name, Before: string(d.Conditions[name]), After: string(Absent)})
	}
	return out
}

// Count is what a replay went through.
type Count struct {
	Releases   int
	Decisions  int
	Unrecorded int // decisions of which was not kept what the rules saw
	Differ     int // decisions that would differ, in one thing or more
}
