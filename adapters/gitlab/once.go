package gitlab

import "sync"

// once keeps what was read once, where reading succeeded.
type once[T any] struct {
	mu    sync.Mutex
	known bool
	value T
}

func (o *once[T]) get(read func() (T, error)) (T, error) {
	o.mu.Lock()
	value, known := o.value, o.known
	o.mu.Unlock()
	if known {
		return value, nil
	}
	value, err := read() // two may read at once: that does no harm, and nobody waits behind a lock
	if err != nil {
		return value, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.value, o.known = value, true
	return value, nil
}
