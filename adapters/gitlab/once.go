package gitlab

import (
	"context"
	"net/http"
	"sync"
)

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

// keyed lets one at a time do something under a key.
type keyed struct {
	mu   sync.Mutex
	held map[lane]chan struct{} // closed when it is free again
}

// lane is a key on one GitLab, reached in one way: tests reach others under the same name.
type lane struct {
	client    *http.Client
	base, key string
}

// hold waits until nobody else holds the key, or ctx is done.
func (k *keyed) hold(ctx context.Context, key lane) (free func(), err error) {
	for {
		k.mu.Lock()
		if k.held == nil {
			k.held = map[lane]chan struct{}{}
		}
		other, taken := k.held[key]
		if !taken {
			mine := make(chan struct{})
			k.held[key] = mine
			k.mu.Unlock()
			return func() {
				k.mu.Lock()
				defer k.mu.Unlock()
				delete(k.held, key)
				close(mine)
			}, nil
		}
		k.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// recent remembers the newest few of many.
type recent[K comparable, V any] struct {
	mu    sync.Mutex
	most  int
	order []K
	all   map[K]V
}

func (r *recent[K, V]) get(key K) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.all[key]
	return v, ok
}

func (r *recent[K, V]) put(key K, v V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = map[K]V{}
	}
	if _, known := r.all[key]; !known {
		r.order = append(r.order, key)
		if len(r.order) > r.most {
			delete(r.all, r.order[0])
			r.order = r.order[1:]
		}
	}
	r.all[key] = v
}
