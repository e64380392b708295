package risk

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/interpreter"
)

// activation gives the inputs to CEL by name.
type activation struct{ inputs *Inputs }

func (a *activation) ResolveName(name string) (any, bool) {
	i, ok := index[name]
	if !ok {
		return nil, false
	}
	return variables[i].get(a.inputs)
}

func (a *activation) Parent() interpreter.Activation { return nil }

// eval reports whether the rule applies, or why that can't be told.
func (r compiled) eval(vars *activation) (applies bool, problem string) {
	out, _, err := r.program.Eval(vars)
	if err != nil {
		return false, strings.TrimSpace(err.Error())
	}
	applies, ok := out.Value().(bool)
	if !ok {
		return false, fmt.Sprintf("it gave %v: neither true nor false", out.Value())
	}
	return applies, ""
}
