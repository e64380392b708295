package risk

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
)

// MaxCost bounds what evaluating one rule may cost, in CEL's own units: a rule that could cost more is refused when
// compiled, one that does is stopped. Looking for a word in every subject of a large change stays well below it.
const MaxCost = 1_000_000

// Sizes that the worst case of a rule is computed for. Greater values are still evaluated, up to MaxCost.
const (
	maxItems = 1000 // of a list
	maxText  = 256  // characters of a text
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

// environment is made once, when first needed: making it takes milliseconds.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	options := []cel.EnvOption{cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateTimestampLiterals(), cel.ValidateDurationLiterals())}
	for _, v := range variables {
		options = append(options, cel.VariableWithDoc(v.Name, v.cel, v.Doc))
	}
	return cel.NewEnv(options...)
})

// compiling lets one caller at a time use the environment: cel-go v0.33.2 makes the catalogue of names that its "did you
// mean" looks in when first needed, while others may be reading it.
var compiling sync.Mutex

// Compile checks and compiles rules; the error joins a RuleError for everything that is wrong with them.
func Compile(rules []Rule) (*Policy, error) {
	env, err := environment()
	if err != nil {
		return nil, fmt.Errorf("prepare risk rules: %w", err)
	}
	compiling.Lock()
	defer compiling.Unlock()
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
		program, problems := compile(env, r.When)
		for _, problem := range problems {
			problem.Rule, problem.Index = r.Name, i
			errs = append(errs, problem)
		}
		p.rules = append(p.rules, compiled{Rule: r, program: program})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return p, nil
}

func compile(env *cel.Env, when string) (cel.Program, []*RuleError) {
	ast, issues := env.Compile(when)
	if issues.Err() != nil {
		var problems []*RuleError
		for _, e := range issues.Errors() {
			problems = append(problems, &RuleError{Line: e.Location.Line(), Column: e.Location.Column() + 1,
				// Rules have no container: that part of CEL's message says nothing.
				Problem: strings.Replace(e.Message, " (in container '')", "", 1)})
		}
		return nil, problems
	}
	if !ast.OutputType().IsExactType(types.BoolType) {
		return nil, []*RuleError{{Problem: fmt.Sprintf("when is of type %s: it must be bool, true or false", ast.OutputType())}}
	}
	worst, err := env.EstimateCost(ast, sizes{})
	if err != nil {
		return nil, []*RuleError{{Problem: fmt.Sprintf("its cost can't be estimated: %v", err)}}
	}
	if worst.Max > MaxCost {
		return nil, []*RuleError{{Problem: fmt.Sprintf("it could cost up to %d: at most %d is allowed; avoid lists within lists", worst.Max, MaxCost)}}
	}
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(MaxCost))
	if err != nil {
		return nil, []*RuleError{{Problem: err.Error()}}
	}
	return program, nil
}

// sizes tells the cost estimate how large the variables may be.
type sizes struct{}

func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	if len(n.Path()) == 0 {
		return nil
	}
	var s cost.SizeEstimate
	switch n.Type().Kind() {
	case types.StringKind:
		s.Max = maxText
	case types.ListKind, types.MapKind:
		s.Max = maxItems
	default:
		return nil
	}
	return &s
}

func (sizes) EstimateCallCost(_, _ string, _ *cost.AstNode, _ []cost.AstNode) *cost.CallEstimate {
	return nil
}
