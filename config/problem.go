package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a file.
type Problem struct {
	File     string `json:"file,omitempty"`
	Line     int    `json:"line"`
	Path     string `json:"path"`     // "services[1].depends_on[0]"
	Sentence string `json:"sentence"` // what is wrong and what would be right
}

// String is the problem as compilers write theirs, so that editors can jump to it.
func (p Problem) String() string {
	where := fmt.Sprintf("%s:%d: ", cmp.Or(p.File, "configuration"), p.Line)
	if p.Path == "" {
		return where + p.Sentence
	}
	return where + p.Path + ": " + p.Sentence
}

// Problems is everything wrong with a file, by line. It is an error where it is not empty.
type Problems []Problem

// MaxProblems bounds how many problems are listed: a file that is not a configuration at all would list thousands.
const MaxProblems = 100

// Error lists every problem, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// err sorts the problems and bounds their number; nil where there are none.
func (ps Problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	slices.SortStableFunc(ps, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	if more := len(ps) - MaxProblems; more > 0 {
		last := ps[MaxProblems-1]
		ps = append(ps[:MaxProblems:MaxProblems], Problem{File: last.File, Line: last.Line,
			Sentence: fmt.Sprintf("and %d more problems", more)})
	}
	return ps
}

// clip keeps what a file says short enough to be repeated in a sentence.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
