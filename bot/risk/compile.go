package risk

import (
	"errors"
	"fmt"

	"github.com/gonogo-chat/gonogo/bot/policy"
)

// RuleError says what is wrong with a rule, and where in its expression.
type RuleError struct {
	Rule         string
	Index        int // in the list of rules, from 0
	Line, Column int // in When, from 1; 0 when the problem is elsewhere
	Problem      string
}

// Error names the rule and the position.
func (e *RuleError) Error() string {
	name := fmt.Sprintf("risk rule %q", e.Rule)
	if e.Rule == "" {
		name = fmt.Sprintf("risk rule %d", e.Index+1)
	}
	if e.Line == 0 {
		return name + ": " + e.Problem
	}
	return fmt.Sprintf("%s: when, line %d, column %d: %s", name, e.Line, e.Column, e.Problem)
}

// tierField is what rules decide, and so can't ask for.
const tierField = "release.tier"

// Compile checks and compiles rules; the error joins a RuleError for everything that is wrong with them.
func Compile(rules []Rule) (*Policy, error) {
	p := &Policy{}
	var errs []error
	seen := map[string]bool{}
	for i, r := range rules {
		wrong := func(problem string) {
			errs = append(errs, &RuleError{Rule: r.Name, Index: i, Problem: problem})
		}
		switch {
		case r.Name == "":
			wrong("it has no name")
		case seen[r.Name]:
			wrong("another rule has this name")
		}
		seen[r.Name] = true
		if !r.Tier.Valid() {
			wrong(fmt.Sprintf("tier is %q: it must be low, medium or high", r.Tier))
		}
		condition, err := policy.Compile(r.Name, r.When)
		for _, e := range policy.Problems(err) {
			errs = append(errs, &RuleError{Rule: r.Name, Index: i, Line: e.Line, Column: e.Column, Problem: e.Problem})
		}
		if err == nil && condition.Reads(tierField) {
			wrong(tierField + " is what the rules decide: a rule can't ask for it")
		}
		p.rules = append(p.rules, compiled{Rule: r, condition: condition})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return p, nil
}
