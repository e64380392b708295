package state

import (
	"sync"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// touches counts, per coalescing key, how often something was decided that an effect under that key must show. One effect
// is enough for any number of decisions: whoever performs it compares the count it started from with the count at its end.
type touches struct {
	mu  sync.Mutex
	due map[string]touched
	// base is where counts begin: beyond every count from before the store was read anew, so that a performer which began
	// then can't take a later decision for the one it shows.
	base uint64
}

// touched is the effect that waits under a key.
type touched struct {
	id                 uint64
	decided, committed uint64
}

// reset begins anew with the effects that wait, by key.
func (t *touches) reset(waiting map[string]uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, v := range t.due {
		t.base = max(t.base, v.decided)
	}
	t.base++
	t.due = make(map[string]touched, len(waiting))
	for key, id := range waiting {
		t.due[key] = touched{id, t.base, t.base}
	}
}

func (t *touches) change(key string, by func(*touched)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	v, ok := t.due[key]
	if !ok {
		v = touched{0, t.base, t.base}
	}
	by(&v)
	t.due[key] = v
}

func (t *touches) get(key string) (touched, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	v, ok := t.due[key]
	if !ok {
		v = touched{0, t.base, t.base}
	}
	return v, ok
}

// Touch asks for a repeatable effect that shows the newest state of something: while one is due under its key, no further
// one is written. It returns the effect's id if it wrote one. A turn touches a key once.
func (tx *Tx) Touch(e effect.Effect) (id uint64, err error) {
	t, key := &tx.store.touches, e.Key
	if _, waiting := t.get(key); !waiting {
		if id, err = tx.Enqueue(e); err != nil {
			return 0, err
		}
	}
	tx.accept = append(tx.accept, func() {
		t.change(key, func(v *touched) {
			v.decided++
			if id != 0 {
				v.id = id
			}
		})
	})
	tx.After(func() { t.change(key, func(v *touched) { v.committed++ }) })
	return id, nil
}

// Shown settles a repeatable effect that was performed from the state committed when Touched gave seen. It reports whether
// the effect is done; it stays due if more was decided since.
func (tx *Tx) Shown(e effect.Effect, seen uint64) bool {
	t := &tx.store.touches
	if v, _ := t.get(e.Key); v.decided != seen {
		return false
	}
	tx.DropEffect(e.ID)
	tx.accept = append(tx.accept, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.due, e.Key)
	})
	return true
}

// Touched is how many committed decisions a performer starting now will show.
func (s *Store) Touched(key string) uint64 {
	v, _ := s.touches.get(key)
	return v.committed
}
