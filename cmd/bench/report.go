package main

import (
	"cmp"
	"fmt"
	"slices"
)

// report collects figures with their limits.
type report struct{ rows []row }

type row struct {
	name, value, limit string
	met                bool
}

// limit prints a figure and keeps whether it meets its limit.
func (r *report) limit(met bool, name, value, limit string) {
	r.rows = append(r.rows, row{name, value, limit, met})
	fmt.Printf("  %-58s %-14s %s %s\n", name, value, limit, verdict(met))
}

// note prints a figure that has no limit.
func (r *report) note(name, value string) { fmt.Printf("  %-58s %s\n", name, value) }

func (r *report) summary() {
	short := 0
	for _, row := range r.rows {
		if !row.met {
			short++
		}
	}
	fmt.Printf("\n%d of %d limits are met.\n", len(r.rows)-short, len(r.rows))
	for _, row := range r.rows {
		if !row.met {
			fmt.Printf("  falls short: %s: %s, %s\n", row.name, row.value, row.limit)
		}
	}
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "FALLS SHORT"
}

// median of several rounds.
func median[T cmp.Ordered](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}
