package config

import (
	"errors"
	"strings"
)

// compile refuses what can't be a condition. TODO: the risk rules' own compiler.
func compile(expr string) error {
	if strings.Count(expr, "(") != strings.Count(expr, ")") {
		return errors.New("the brackets don't match")
	}
	return nil
}
