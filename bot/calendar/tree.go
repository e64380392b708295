package calendar

import (
	"cmp"
	"time"
)

// tree keeps what holds once by its start, and knows of every part the latest end: what covers an instant among many that are over or yet to
// come is found without looking at those. It is a treap whose priorities are a hash of the id, so its shape follows from what is in it,
// and a change copies the path to what changed: who reads an older tree keeps it.
type tree struct {
	*entry
	priority    uint64
	left, right *tree
	last        time.Time // the latest end in the tree; zero: something has none
}

func node(e *entry) *tree {
	return &tree{entry: e, priority: hash(e.ID), last: e.To}
}

// hash is FNV-1a.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// compare orders entries by start, then id.
func compare(a, b *entry) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID)) }

// with is the tree with its children.
func (t tree) with(left, right *tree) *tree {
	t.left, t.right, t.last = left, right, t.To
	for _, child := range []*tree{left, right} {
		if child != nil && !t.last.IsZero() && (child.last.IsZero() || child.last.After(t.last)) {
			t.last = child.last
		}
	}
	return &t
}

// insert returns the tree with one more entry, which is not in it.
func (t *tree) insert(n *tree) *tree {
	if t == nil {
		return n
	}
	if n.priority > t.priority {
		left, right := t.split(n.entry)
		return n.with(left, right)
	}
	if compare(n.entry, t.entry) < 0 {
		return t.with(t.left.insert(n), t.right)
	}
	return t.with(t.left, t.right.insert(n))
}

// split divides the tree into what is before an entry and what is after it.
func (t *tree) split(at *entry) (before, after *tree) {
	if t == nil {
		return nil, nil
	}
	if compare(t.entry, at) < 0 {
		before, after = t.right.split(at)
		return t.with(t.left, before), after
	}
	before, after = t.left.split(at)
	return before, t.with(after, t.right)
}

// remove returns the tree without an entry.
func (t *tree) remove(e *entry) *tree {
	switch {
	case t == nil:
		return nil
	case t.entry == e:
		return join(t.left, t.right)
	case compare(e, t.entry) < 0:
		return t.with(t.left.remove(e), t.right)
	}
	return t.with(t.left, t.right.remove(e))
}

// join puts two trees together of which the first is all before the second.
func join(a, b *tree) *tree {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.priority > b.priority:
		return a.with(a.left, join(a.right, b))
	}
	return b.with(join(a, b.left), b.right)
}

// visit goes, in order, through the entries that begin before an end and are not over at a beginning; false once it was stopped.
func (t *tree) visit(from, to time.Time, see func(*entry) bool) bool {
	if t == nil || !t.last.IsZero() && !t.last.After(from) {
		return true
	}
	if !t.left.visit(from, to, see) {
		return false
	}
	if !t.From.Before(to) {
		return true
	}
	if (t.To.IsZero() || t.To.After(from)) && !see(t.entry) {
		return false
	}
	return t.right.visit(from, to, see)
}
