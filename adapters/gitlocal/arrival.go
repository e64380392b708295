package gitlocal

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// How commits came in is told by Reviewed-by lines where they are trusted: those of a merge on the main line hold for all that it
// merged, those of another commit for itself. What was reviewed is the very commit that says so, so nothing was pushed after it.

// arrivals gives each commit the request that it came in with, nil where none is known. They are ordered with parents first, the last
// being the tip of the main line.
func arrivals(all []object) []port.Commit {
	at := make(map[string]int, len(all))
	for i, o := range all {
		at[o.ID] = i
	}
	cameWith := make([]*port.MergeRequest, len(all))
	for _, m := range mainLine(all, at) {
		o := all[m]
		q := o.request(all, at)
		cameWith[m] = q
		if !o.Merge || q == nil {
			continue
		}
		for i := range sides(all, at, o) {
			cameWith[i] = q
		}
	}
	commits := make([]port.Commit, len(all))
	for i, o := range all {
		if cameWith[i] == nil {
			cameWith[i] = o.request(all, at)
		}
		commits[i] = o.Commit
		commits[i].Request = cameWith[i]
	}
	return commits
}

// mainLine is the tip, its first parent, that one's first parent and so on, as far as they are among all.
func mainLine(all []object, at map[string]int) (line []int) {
	for i, held := len(all)-1, len(all) > 0; held; {
		line = append(line, i)
		if len(all[i].parents) == 0 {
			break
		}
		i, held = at[all[i].parents[0]], has(at, all[i].parents[0])
	}
	return line
}

func has(at map[string]int, id string) bool { _, ok := at[id]; return ok }

// sides are the commits that a merge brought onto the main line: those behind its other parents and not behind its first.
func sides(all []object, at map[string]int, merge object) map[int]bool {
	behind := func(ids []string, not map[int]bool) map[int]bool {
		found := map[int]bool{}
		for todo := slices.Clone(ids); len(todo) > 0; {
			i, ok := at[todo[len(todo)-1]]
			todo = todo[:len(todo)-1]
			if ok && !found[i] && !not[i] {
				found[i] = true
				todo = append(todo, all[i].parents...)
			}
		}
		return found
	}
	return behind(merge.parents[1:], behind(merge.parents[:1], nil))
}

// request is the review that a commit itself tells of; nil if it tells of none. Whoever made a merge could put anything into it, so
// they count as its author: as one who merged at a host would not.
func (o object) request(all []object, at map[string]int) *port.MergeRequest {
	if len(o.reviewers) == 0 {
		return nil
	}
	q := &port.MergeRequest{ID: o.ID[:12], Title: o.Subject, Author: o.Author, Head: o.ID, MergedBy: o.Committer}
	if o.Merge {
		if tip, ok := at[o.parents[1]]; ok {
			q.Author = all[tip].Author
		}
	}
	for _, r := range o.reviewers {
		q.Approvals = append(q.Approvals, port.Approval{By: r, Commit: o.ID})
	}
	return q
}
