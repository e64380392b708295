package state

import (
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/state/audit"
)

// overlay holds what was decided and is not committed yet. Only the writer touches it.
type overlay struct {
	entries map[string]decided
}

type decided struct {
	raw   []byte // nil for a deletion
	group uint64
}

func (o *overlay) reset() { o.entries = map[string]decided{} }

func (o *overlay) put(w *write, group uint64) { o.entries[w.key] = decided{w.raw, group} }

// settle drops what a group committed, unless a later turn decided the key anew.
func (o *overlay) settle(writes []write, group uint64) {
	for i := range writes {
		if k := writes[i].key; o.entries[k].group == group {
			delete(o.entries, k)
		}
	}
}

// under lists the decided keys with a prefix, in order.
func (o *overlay) under(prefix string) []string {
	var keys []string
	for k := range o.entries {
		if strings.HasPrefix(k, prefix) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// cache keeps decoded records and their digests for the writer, so that a turn on a record written lately neither reads
// nor decodes it. Two generations bound it: when the young one is full it becomes the old one.
type cache struct {
	young, old map[string]cached
}

type cached struct {
	value  any
	digest audit.Hash
}

// cacheGeneration bounds one generation: 16,000 records of about a kilobyte keep the cache within some 16 MB.
const cacheGeneration = 8000

func (c *cache) reset() { c.young, c.old = map[string]cached{}, nil }

func (c *cache) get(key string) (cached, bool) {
	if v, ok := c.young[key]; ok {
		return v, true
	}
	v, ok := c.old[key]
	if ok {
		c.add(key, v)
	}
	return v, ok
}

// put follows a decided write.
func (c *cache) put(w *write) {
	if w.value == nil {
		delete(c.young, w.key)
		delete(c.old, w.key)
		return
	}
	c.add(w.key, cached{w.value, w.digest})
}

func (c *cache) add(key string, v cached) {
	if len(c.young) >= cacheGeneration {
		c.young, c.old = make(map[string]cached, cacheGeneration), c.young
	}
	c.young[key] = v
}
