// Package policy is what the organisation's own rules may look at, and how they are asked: expressions in the Common Expression
// Language (cel.dev) over one documented, typed context. Risk rules, gate conditions, deferrals and freeze policies all use it.
//
// A field that is not known makes an answer unknown, never false.
package policy

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/interpreter"
)

// Answer is what a condition says of a context.
type Answer struct {
	// True says that the condition holds. It is never set together with Unknown.
	True bool `json:"true,omitempty"`
	// Unknown says that it can't be told whether it holds, and Fault why, in the evaluator's words.
	Unknown bool   `json:"unknown,omitempty"`
	Fault   string `json:"fault,omitempty"`
	// Missing are the fields that it needed and that are not known; empty when something else was wrong.
	Missing []string `json:"missing,omitempty"`
}

// Holds asks the condition. What is missing and could not have changed the answer does not make it unknown: true || x is true.
func (c *Condition) Holds(in Context) Answer {
	answer, _ := c.ask(in)
	return answer
}

// ask is Holds, with what it cost in CEL's own units.
func (c *Condition) ask(in Context) (answer Answer, spent uint64) {
	vars := activation{context: &in}
	out, details, err := c.program.Eval(&vars)
	if details != nil && details.ActualCost() != nil {
		spent = *details.ActualCost()
	}
	if err != nil {
		return Answer{Unknown: true, Fault: strings.TrimSpace(err.Error()), Missing: vars.missing}, spent
	}
	holds, ok := out.Value().(bool)
	if !ok {
		return Answer{Unknown: true, Fault: fmt.Sprintf("it gave %v: neither true nor false", out.Value())}, spent
	}
	return Answer{True: holds}, spent
}

// activation gives the context to CEL by name, and notes what it did not have.
type activation struct {
	context *Context
	missing []string
}

func (a *activation) ResolveName(name string) (any, bool) {
	i, ok := index[name]
	if !ok {
		return nil, false
	}
	value, known := fields[i].get(a.context)
	if !known && !slices.Contains(a.missing, name) {
		a.missing = append(a.missing, name)
	}
	return value, known
}

func (a *activation) Parent() interpreter.Activation { return nil }
