package risk

import (
	"fmt"
	"regexp"
	"strings"

	"cel.dev/cel-go/common"
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

var qualified = regexp.MustCompile(`^[A-Za-z_][A-Za-z_0-9]*(\.[A-Za-z_][A-Za-z_0-9]*)*`)

// explain words CEL's message for people who write rules: a name that is not known is given whole, with the nearest one
// that is.
func explain(when, message string, at common.Location) string {
	if !strings.HasPrefix(message, "undeclared reference") {
		return message
	}
	lines := strings.Split(when, "\n")
	if at.Line() < 1 || at.Line() > len(lines) {
		return message
	}
	rest := []rune(lines[at.Line()-1])
	name := qualified.FindString(string(rest[min(max(at.Column(), 0), len(rest)):]))
	if name == "" {
		return message
	}
	near, best := "", len(name)/2+1
	for _, v := range variables {
		if d := distance(name, v.Name); d < best {
			near, best = v.Name, d
		}
	}
	if near == "" || near == name {
		return fmt.Sprintf("%q is not known", name)
	}
	return fmt.Sprintf("%q is not known: did you mean %q?", name, near)
}

// distance is the Levenshtein distance in bytes: names are ASCII.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
