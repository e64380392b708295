package state

import (
	"sync"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// touches counts, per coalescing key, how often something was decided that an effect under that key must show. One effect
// is enough for any number of decisions: whoever performs it compares the count it started from with the count at its end.
type touches struct {
	mu        sync.Mutex
	due       map[string]uint64 // effect waiting under the key
	decided   map[string]uint64
	committed map[string]uint64
}

func (t *touches) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.due, t.decided, t.committed = map[string]uint64{}, map[string]uint64{}, map[string]uint64{}
}

// Touch asks for a repeatable effect that shows the newest state of something: while one is due under its key, no further
// one is written. It returns the effect's id if it wrote one.
func (tx *Tx) Touch(e effect.Effect) (id uint64, err error) {
	t := &tx.store.touches
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, waiting := t.due[e.Key]; !waiting {
		if id, err = tx.enqueue(e); err != nil {
			return 0, err
		}
		t.due[e.Key] = id
	}
	t.decided[e.Key]++
	key := e.Key
	tx.After(func() {
		t.mu.Lock()
		t.committed[key]++
		t.mu.Unlock()
	})
	return id, nil
}

// Shown settles a repeatable effect that was performed from the state committed when Touched gave seen. It reports whether
// the effect is done; it stays due if more was decided since.
func (tx *Tx) Shown(e effect.Effect, seen uint64) bool {
	t := &tx.store.touches
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.decided[e.Key] != seen {
		return false
	}
	delete(t.due, e.Key)
	delete(t.decided, e.Key)
	delete(t.committed, e.Key)
	tx.DropEffect(e.ID)
	return true
}

// Touched is how many committed decisions a performer starting now will show.
func (s *Store) Touched(key string) uint64 {
	s.touches.mu.Lock()
	defer s.touches.mu.Unlock()
	return s.touches.committed[key]
}
