package pagerduty

import "sync"

// recentMost is how many things of a kind are remembered: more than are open at once anywhere.
const recentMost = 4096

// recent remembers the newest by key. The zero value is empty.
type recent[V any] struct {
	mu    sync.Mutex
	all   map[string]V
	order []string // the oldest first
}

func (r *recent[V]) get(key string) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.all[key]
	return v, ok
}

func (r *recent[V]) put(key string, v V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = map[string]V{}
	}
	if _, known := r.all[key]; !known {
		r.order = append(r.order, key)
	}
	r.all[key] = v
	if len(r.order) > recentMost {
		delete(r.all, r.order[0])
		r.order = r.order[1:]
	}
}

// list calls f with each, in no order.
func (r *recent[V]) list(f func(key string, v V)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, v := range r.all {
		f(k, v)
	}
}
