// Package risk gives a release its tier from configured rules, whose conditions are those of package policy.
package risk

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/policy"
)

// Tier says how much is at stake.
type Tier string

// The tiers, from the least.
const (
	Low    Tier = "low"
	Medium Tier = "medium"
	High   Tier = "high"
)

// Tiers lists every tier, from the least.
func Tiers() []Tier { return []Tier{Low, Medium, High} }

// Valid reports whether the tier is one of the three.
func (t Tier) Valid() bool { return slices.Contains(Tiers(), t) }

// Max is the greater of two tiers; one that is none of the three counts as high.
func (t Tier) Max(o Tier) Tier {
	if o.rank() > t.rank() {
		return o.known()
	}
	return t.known()
}

func (t Tier) known() Tier { return Tiers()[t.rank()] }

func (t Tier) rank() int {
	if i := slices.Index(Tiers(), t); i >= 0 {
		return i
	}
	return len(Tiers()) - 1
}

// Text words the tier.
func (t Tier) Text() chat.Text { return chat.Say("risk.tier." + chat.Code(t)) }

// Rule gives a tier to the releases for which When is true.
type Rule struct {
	Name string `json:"name" yaml:"name"`
	When string `json:"when" yaml:"when"` // CEL, of type bool
	Tier Tier   `json:"tier" yaml:"tier"`
	Why  string `json:"why,omitempty" yaml:"why,omitempty"` // a sentence for people
}

// Policy is a set of compiled rules. It is safe for concurrent use.
type Policy struct {
	rules     []compiled
	otherwise Tier
}

type compiled struct {
	Rule
	condition *policy.Condition
}

// WithDefault is the policy with the tier for releases to which no rule applies; without one they are high, as they are
// when the tier is none of the three.
func (p *Policy) WithDefault(t Tier) *Policy {
	q := *p
	q.otherwise = t.known()
	return &q
}

// Rules lists the rules in configured order.
func (p *Policy) Rules() []Rule {
	rules := make([]Rule, len(p.rules))
	for i, r := range p.rules {
		rules[i] = r.Rule
	}
	return rules
}

// Assessment is a tier with what led to it.
type Assessment struct {
	Tier Tier `json:"tier"`
	// Rule is the name of the rule that decided, empty when none applied; Why is its sentence, as configured.
	Rule string `json:"rule,omitempty"`
	Why  string `json:"why,omitempty"`
	// Inputs are what the rules saw, name to value.
	Inputs map[string]string `json:"inputs,omitempty"`
	// Matched are all rules that applied, Faults those that could not be evaluated, each of which counts as high.
	Matched []string `json:"matched,omitempty"`
	Faults  []Fault  `json:"faults,omitempty"`
}

// Fault is a rule that could not be evaluated.
type Fault struct {
	Rule    string `json:"rule"`
	Problem string `json:"problem"`
}

// Assess gives the tier: the greatest of the rules that apply, decided by the first rule that gives it. A rule that can't
// be evaluated (a fact that it needs is missing, it costs too much) counts as high, after those that apply.
func (p *Policy) Assess(in policy.Context) Assessment {
	a := p.Tier(in)
	a.Inputs = in.Show()
	return a
}

// Tier is Assess without the inputs, which cost more to show than the rules to ask.
func (p *Policy) Tier(in policy.Context) Assessment {
	answers := make([]policy.Answer, len(p.rules))
	for i, r := range p.rules {
		answers[i] = r.condition.Holds(in)
	}
	return p.decide(answers)
}

// Flip is what the tier would be if one rule answered otherwise than it does.
type Flip struct {
	Rule string
	// Held says that the rule applies, and Tier is without it; else it does not, or can't be told, and Tier is with it.
	Held bool
	Tier Tier
}

// Flips lists every rule that alone would make another tier by applying where it does not, or by not applying where it does or
// can't be told.
func (p *Policy) Flips(in policy.Context) []Flip {
	answers := make([]policy.Answer, len(p.rules))
	for i, r := range p.rules {
		answers[i] = r.condition.Holds(in)
	}
	now := p.decide(answers).Tier
	var out []Flip
	for i, was := range answers {
		for _, other := range []policy.Answer{{True: true}, {}} {
			if !was.Unknown && was.True == other.True {
				continue
			}
			answers[i] = other
			if tier := p.decide(answers).Tier; tier != now {
				out = append(out, Flip{Rule: p.rules[i].Name, Held: !other.True, Tier: tier})
			}
		}
		answers[i] = was
	}
	return out
}

// decide gives the tier that the rules' answers come to.
func (p *Policy) decide(answers []policy.Answer) Assessment {
	var a Assessment
	best := -1
	for i, r := range p.rules {
		answer := answers[i]
		if answer.Unknown {
			a.Faults = append(a.Faults, Fault{Rule: r.Name, Problem: answer.Fault})
			continue
		}
		if !answer.True {
			continue
		}
		a.Matched = append(a.Matched, r.Name)
		if rank := r.Tier.rank(); rank > best {
			best, a.Tier, a.Rule, a.Why = rank, r.Tier, r.Name, r.Why
		}
	}
	switch {
	case len(a.Faults) > 0 && a.Tier != High:
		a.Tier, a.Rule, a.Why = High, a.Faults[0].Rule, ""
	case best < 0 && p.otherwise == "":
		a.Tier = High
	case best < 0:
		a.Tier = p.otherwise
	}
	return a
}

// Answered is a rule with what it says of one release.
type Answered struct {
	Rule
	Answer policy.Answer
	Inputs []policy.Input // the fields that it names
}

// Answers asks every rule, in configured order.
func (p *Policy) Answers(in policy.Context) []Answered {
	out := make([]Answered, len(p.rules))
	for i, r := range p.rules {
		out[i] = Answered{Rule: r.Rule, Answer: r.condition.Holds(in), Inputs: r.condition.Inputs(in)}
	}
	return out
}

// Answered asks one rule; false where there is none of that name.
func (p *Policy) Answered(rule string, in policy.Context) (Answered, bool) {
	for _, r := range p.rules {
		if r.Name == rule {
			return Answered{Rule: r.Rule, Answer: r.condition.Holds(in), Inputs: r.condition.Inputs(in)}, true
		}
	}
	return Answered{}, false
}

// Reads reports whether any rule names a field of a group, or the field itself.
func (p *Policy) Reads(name string) bool {
	return slices.ContainsFunc(p.rules, func(r compiled) bool { return r.condition.Reads(name) })
}

// Default is the tier for releases to which no rule applies.
func (p *Policy) Default() Tier { return p.otherwise.known() }

// Text says the tier and the rule that gave it.
func (a Assessment) Text() chat.Text {
	tier := chat.Nested("tier", a.Tier.Text())
	for _, f := range a.Faults {
		if f.Rule == a.Rule {
			return chat.Say("risk.unevaluated", tier, chat.Word("rule", f.Rule), chat.Word("problem", f.Problem))
		}
	}
	if a.Rule == "" {
		return chat.Say("risk.default", tier)
	}
	return chat.Say("risk.rule", tier, chat.Word("rule", a.Rule), chat.Word("why", a.Why))
}
