package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/gonogo-chat/gonogo/bot/when"
)

// MaxCost bounds what evaluating one expression may cost, in CEL's own units: one that could cost more is refused when
// compiled, one that does is stopped. Looking for a word in every subject of a large change stays well below it.
const MaxCost = 1_000_000

// Sizes that the worst case of an expression is computed for. Greater values are still evaluated, up to MaxCost.
const (
	maxItems = 1000 // of a list
	maxText  = 256  // characters of a text
)

// longest bounds an expression, in bytes.
const longest = 16 << 10

// Error says what is wrong with an expression, and where in it.
type Error struct {
	Name         string
	Line, Column int // from 1; 0 when the problem is not at one place
	Problem      string
}

// Error names the expression and the position.
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.Name, e.Problem)
	}
	return fmt.Sprintf("%s: line %d, column %d: %s", e.Name, e.Line, e.Column, e.Problem)
}

// Problems lists every Error that an error of Compile joins.
func Problems(err error) []*Error {
	var out []*Error
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			out = append(out, Problems(e)...)
		}
		return out
	}
	var e *Error
	switch {
	case errors.As(err, &e):
		return []*Error{e}
	case err != nil:
		return []*Error{{Problem: err.Error()}}
	}
	return nil
}

// Condition is a checked expression of type bool. It is safe for concurrent use.
type Condition struct {
	name, expr string
	program    cel.Program
	fields     []int // of the table, that it names, in the table's order
}

// Name is what the condition is called.
func (c *Condition) Name() string { return c.name }

// Expression is the condition as it was written.
func (c *Condition) Expression() string { return c.expr }

// Fields lists the fields that the expression names.
func (c *Condition) Fields() []Field {
	out := make([]Field, len(c.fields))
	for i, at := range c.fields {
		out[i] = fields[at]
	}
	return out
}

// Reads reports whether the expression names a field of a group ("incidents") or the field itself ("release.tier").
func (c *Condition) Reads(name string) bool {
	return slices.ContainsFunc(c.fields, func(at int) bool { return fields[at].Name == name || fields[at].Group() == name })
}

// environment is made once, when first needed: making it takes milliseconds.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.DefaultUTCTimeZone(false), // or local would have no effect
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateTimestampLiterals(), cel.ValidateDurationLiterals()),
		cel.Function("local", cel.MemberOverload("timestamp_local_string", []*cel.Type{cel.TimestampType, cel.StringType}, cel.TimestampType,
			cel.BinaryBinding(local))),
	}
	for _, f := range fields {
		options = append(options, cel.VariableWithDoc(f.Name, f.cel, f.Doc))
	}
	return cel.NewEnv(options...)
})

// local shows an instant on the clocks of a zone: what is asked of it then is asked there.
func local(instant, zone ref.Val) ref.Val {
	at, ok := instant.(types.Timestamp)
	if !ok {
		return types.MaybeNoSuchOverloadErr(instant)
	}
	name, ok := zone.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(zone)
	}
	in, ok := when.Zone(string(name))
	if !ok {
		return types.NewErr("no such time zone: %s", name)
	}
	return types.Timestamp{Time: at.In(in)}
}

// compiling lets one caller at a time use the environment: cel-go v0.33.2 makes the catalogue of names that its "did you
// mean" looks in when first needed, while others may be reading it.
var compiling sync.Mutex

// Compile checks and compiles an expression; the error joins an Error for everything that is wrong with it.
func Compile(name, expr string) (*Condition, error) {
	wrong := func(format string, args ...any) error {
		return &Error{Name: name, Problem: fmt.Sprintf(format, args...)}
	}
	env, err := environment()
	if err != nil {
		return nil, fmt.Errorf("prepare expressions: %w", err)
	}
	if len(expr) > longest {
		return nil, wrong("it has %d bytes: at most %d are allowed", len(expr), longest)
	}
	compiling.Lock()
	defer compiling.Unlock()
	ast, issues := env.Compile(expr)
	if issues.Err() != nil {
		var problems []error
		for _, e := range issues.Errors() {
			problems = append(problems, &Error{Name: name, Line: e.Location.Line(), Column: e.Location.Column() + 1,
				// Expressions have no container: that part of CEL's message says nothing.
				Problem: strings.Replace(e.Message, " (in container '')", "", 1)})
		}
		return nil, errors.Join(problems...)
	}
	if !ast.OutputType().IsExactType(types.BoolType) {
		return nil, wrong("when is of type %s: it must be bool, true or false", ast.OutputType())
	}
	if err := zones(name, ast.NativeRep()); err != nil {
		return nil, err
	}
	worst, err := env.EstimateCost(ast, sizes{})
	if err != nil {
		return nil, wrong("its cost can't be estimated: %v", err)
	}
	if worst.Max > MaxCost {
		return nil, wrong("it could cost up to %d: at most %d is allowed; avoid lists within lists", worst.Max, MaxCost)
	}
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(MaxCost))
	if err != nil {
		return nil, wrong("%s", err)
	}
	c := &Condition{name: name, expr: expr, program: program}
	for _, r := range ast.NativeRep().ReferenceMap() {
		if at, ok := index[r.Name]; ok && !slices.Contains(c.fields, at) {
			c.fields = append(c.fields, at)
		}
	}
	slices.Sort(c.fields)
	return c, nil
}

// zones checks every time zone that is written out: one that does not exist would only be noticed when it is asked.
func zones(name string, ast *celast.AST) error {
	var problems []error
	root := celast.NavigateAST(ast)
	for _, e := range celast.MatchDescendants(root, celast.KindMatcher(celast.CallKind)) {
		call := e.AsCall()
		if !call.IsMemberFunction() || len(call.Args()) != 1 || call.Args()[0].Kind() != celast.LiteralKind {
			continue
		}
		if call.FunctionName() != "local" && (!strings.HasPrefix(call.FunctionName(), "get") || ast.GetType(call.Target().ID()) != types.TimestampType) {
			continue
		}
		zone, ok := call.Args()[0].AsLiteral().Value().(string)
		if _, known := when.Zone(zone); !ok || known || call.FunctionName() != "local" && strings.ContainsAny(zone[:min(1, len(zone))], "+-0123456789") {
			continue // CEL's own functions take "+01:00" too
		}
		at := ast.SourceInfo().GetStartLocation(call.Args()[0].ID())
		problems = append(problems, &Error{Name: name, Line: at.Line(), Column: at.Column() + 1,
			Problem: fmt.Sprintf("%q is not a time zone: write an IANA name like Europe/Berlin, or UTC", zone)})
	}
	return errors.Join(problems...)
}

// sizes tells the cost estimate how large the fields may be.
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
