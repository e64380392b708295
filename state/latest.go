package state

import (
	"errors"
	"sync"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// Latest reads what is committed at the moment of each read: records written together may be seen apart. It keeps decoded
// records, so it suits what is only asked on the way to a decision that reads anew.
type Latest struct{ store *Store }

// Latest is a reader of what is committed now.
func (s *Store) Latest() Latest { return Latest{s} }

// recent keeps decoded records as they were last committed.
type recent struct {
	mu         sync.RWMutex
	cache      cache
	generation uint64 // grows with every commit
}

func (r *recent) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cache.reset()
	r.generation++
}

// committed follows what a group wrote.
func (r *recent) committed(writes []write) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.generation++
	for i := range writes {
		r.cache.put(&writes[i])
	}
}

func (l Latest) cached(key string) (any, bool) {
	r := &l.store.recent
	r.mu.RLock()
	v, found := r.cache.young[key]
	_, older := r.cache.old[key]
	r.mu.RUnlock()
	if !found && older { // what is still asked for stays
		r.mu.Lock()
		defer r.mu.Unlock()
		v, found = r.cache.get(key)
	}
	return v.value, found
}

// keep takes a record that was read, unless something was committed since: it could be that record.
func (l Latest) keep(key string, _ []byte, value any, generation uint64) {
	r := &l.store.recent
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.generation == generation {
		r.cache.add(key, cached{value: value})
	}
}

func (l Latest) remember(key string, value any, moment uint64) { l.keep(key, nil, value, moment) }

func (l Latest) nearest() Reader { return l }

func (l Latest) moment() uint64 {
	r := &l.store.recent
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.generation
}

func (l Latest) get(key string) ([]byte, error) {
	v, err := l.store.engine.Get([]byte(key))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	return v, err
}

func (l Latest) scan(prefix string, reverse bool, visit func(string, []byte) error) error {
	return (&View{reader: l.store.engine, store: l.store}).scan(prefix, reverse, visit)
}
