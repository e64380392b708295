package command

import (
	"slices"
	"strings"
)

// nearest returns at most most of the words that said is likely a slip for, nearest first and in the given order among
// equals: words within a third of its length in edits, then words that it begins; none that is more than one edit
// farther than the nearest.
func nearest(said string, words []string, most int) []string {
	type match struct {
		word  string
		edits int
	}
	low := []rune(strings.ToLower(clip(said)))
	allowed := max(1, len(low)/3)
	var found []match
	for _, w := range words {
		candidate := strings.ToLower(w)
		if n := distance(low, []rune(candidate), allowed); n <= allowed {
			found = append(found, match{w, n})
		} else if len(low) > 1 && strings.HasPrefix(candidate, string(low)) {
			found = append(found, match{w, allowed + 1})
		}
	}
	slices.SortStableFunc(found, func(a, b match) int { return a.edits - b.edits })
	var out []string
	for _, m := range found {
		if len(out) < most && m.edits <= found[0].edits+1 && !slices.Contains(out, m.word) {
			out = append(out, m.word)
		}
	}
	return out
}

// distance counts the insertions, deletions, substitutions and swaps of neighbours that turn a into b, no part edited
// twice (Damerau's errors in their restricted form); past limit it stops counting and returns limit+1.
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		best := row[0]
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			n := min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				n = min(n, before[j-1]+1)
			}
			row[j+1] = n
			best = min(best, n)
		}
		if best > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit+1)
}
