package webchat

import (
	"hash/maphash"
	"sync"
)

// keySlots is how many keys are remembered at most: those used last, roughly.
const keySlots = 1 << 13

// keyMemory notices a key that is used for another request than before. It remembers hashes alone, in bounded memory, and
// forgets: whoever keeps to one key a request never depends on it.
type keyMemory struct {
	mu    sync.Mutex
	slots [keySlots]struct{ key, what uint64 }
}

var keySeed = maphash.MakeSeed()

// same reports whether the key is not known to belong to another request, and remembers it.
func (m *keyMemory) same(key string, what [4]string) bool {
	k := maphash.String(keySeed, key) | 1 // never the zero of an empty slot
	w := maphash.Comparable(keySeed, what)
	m.mu.Lock()
	defer m.mu.Unlock()
	slot := &m.slots[k>>1%keySlots]
	if slot.key == k {
		return slot.what == w
	}
	slot.key, slot.what = k, w
	return true
}
