// Package recent remembers the newest few of many: what adapters know of runs and notices, which saves asking again and is not kept.
package recent

import "sync"

// Most is how many are remembered if nothing else is said: more than are under way at once anywhere.
const Most = 4096

// Map remembers values by key; the oldest key is forgotten first. The zero value is ready to use.
type Map[K comparable, V any] struct {
	// Most is how many keys are remembered; zero for the usual bound. It must not change while the map is in use.
	Most int

	mu    sync.Mutex
	all   map[K]V
	order []K // the oldest first
}

// Get returns what is remembered under a key.
func (m *Map[K, V]) Get(key K) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.all[key]
	return v, ok
}

// Put remembers a value. A key that is known keeps its age.
func (m *Map[K, V]) Put(key K, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil {
		m.all = map[K]V{}
	}
	most := m.Most
	if most == 0 {
		most = Most
	}
	if _, known := m.all[key]; !known {
		if m.order = append(m.order, key); len(m.order) > most {
			delete(m.all, m.order[0])
			m.order = m.order[1:]
		}
	}
	m.all[key] = v
}

// Each calls f with each, in no order. It holds the map meanwhile: f must not use it.
func (m *Map[K, V]) Each(f func(key K, v V)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k, v := range m.all {
		f(k, v)
	}
}
