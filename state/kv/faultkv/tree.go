package faultkv

import (
	"bytes"
	"hash/maphash"
)

// node is a treap's: ordered by key, a heap by rank. Versions share what did not
// change between them, so that holding an old root is a snapshot at no cost.
type node struct {
	key, value  []byte
	rank        uint64
	batch       uint64 // the batch that made the node and may still change it
	left, right *node
}

// ranks differ between runs of a program, never within one: any ranks give the
// same contents, only another shape.
var ranks = maphash.MakeSeed()

// own returns a node that batch may change.
func (n *node) own(batch uint64) *node {
	if n.batch == batch {
		return n
	}
	c := *n
	c.batch = batch
	return &c
}

// put returns the tree with the value under key. It keeps both slices.
func (n *node) put(key, value []byte, rank, batch uint64) *node {
	if n == nil {
		return &node{key: key, value: value, rank: rank, batch: batch}
	}
	n = n.own(batch)
	switch c := bytes.Compare(key, n.key); {
	case c == 0:
		n.value = value
	case c < 0:
		n.left = n.left.put(key, value, rank, batch)
		if l := n.left; l.rank > n.rank {
			n.left, l.right = l.right, n
			return l
		}
	default:
		n.right = n.right.put(key, value, rank, batch)
		if r := n.right; r.rank > n.rank {
			n.right, r.left = r.left, n
			return r
		}
	}
	return n
}

// remove returns the tree without key.
func (n *node) remove(key []byte, batch uint64) *node {
	if n.get(key) == nil {
		return n // nothing to copy a path for
	}
	return n.cut(key, batch)
}

func (n *node) cut(key []byte, batch uint64) *node {
	c := bytes.Compare(key, n.key)
	if c == 0 {
		return join(n.left, n.right, batch)
	}
	n = n.own(batch)
	if c < 0 {
		n.left = n.left.cut(key, batch)
	} else {
		n.right = n.right.cut(key, batch)
	}
	return n
}

// join merges two trees, every key of l below every key of r.
func join(l, r *node, batch uint64) *node {
	switch {
	case l == nil:
		return r
	case r == nil:
		return l
	case l.rank > r.rank:
		l = l.own(batch)
		l.right = join(l.right, r, batch)
		return l
	default:
		r = r.own(batch)
		r.left = join(l, r.left, batch)
		return r
	}
}

func (n *node) get(key []byte) *node {
	for n != nil {
		switch c := bytes.Compare(key, n.key); {
		case c == 0:
			return n
		case c < 0:
			n = n.left
		default:
			n = n.right
		}
	}
	return nil
}

// scan visits [from, to); a nil bound is open.
func (n *node) scan(from, to []byte, reverse bool, visit func(key, value []byte) error) error {
	if n == nil {
		return nil
	}
	above := from == nil || bytes.Compare(n.key, from) >= 0
	below := to == nil || bytes.Compare(n.key, to) < 0
	first, then := n.left, n.right
	enterFirst, enterThen := above, below
	if reverse {
		first, then = then, first
		enterFirst, enterThen = enterThen, enterFirst
	}
	if enterFirst {
		if err := first.scan(from, to, reverse, visit); err != nil {
			return err
		}
	}
	if above && below {
		if err := visit(n.key, n.value); err != nil {
			return err
		}
	}
	if enterThen {
		return then.scan(from, to, reverse, visit)
	}
	return nil
}

// size is the sum of keys and values, in bytes.
func (n *node) size() int64 {
	if n == nil {
		return 0
	}
	return int64(len(n.key)+len(n.value)) + n.left.size() + n.right.size()
}
