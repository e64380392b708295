// Package perkey lets one request at a time through for each key, in the whole process: adapters of one system look for a key and then
// act, and two of them (the old and the new one of a reload, say) must not both find nothing. Between processes the store's single lease
// holds: only its holder acts.
package perkey

import (
	"context"
	"fmt"
	"net/http"
	"sync"
)

// Locks are held by whoever acts under a key. The zero value is ready to use.
type Locks struct {
	mu   sync.Mutex
	held map[string]*lock
}

type lock struct {
	turn  chan struct{} // full while it is held
	users int           // those who hold it or wait for it
}

// process holds the keys of this process. It must be shared by adapters that know nothing of each other, so it is no field of one.
var process Locks

// Lock is Lock of the locks that the whole process shares: see Key.
func Lock(ctx context.Context, key string) (unlock func(), err error) { return process.Lock(ctx, key) }

// Key makes a key of one system of the process's locks: it is reached through client, nil for the default, at an address. The client keeps
// networks within the process apart: tests beside each other have the same addresses and keys, and each a clock of its own.
func Key(client *http.Client, address, key string) string {
	return fmt.Sprintf("%p\n%s\n%s", client, address, key)
}

// Lock waits until nobody else holds the key, or returns ctx's error.
func (l *Locks) Lock(ctx context.Context, key string) (unlock func(), err error) {
	k := l.join(key)
	select {
	case k.turn <- struct{}{}:
		return sync.OnceFunc(func() { <-k.turn; l.leave(key, k) }), nil
	case <-ctx.Done():
		l.leave(key, k)
		return nil, ctx.Err()
	}
}

func (l *Locks) join(key string) *lock {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held == nil {
		l.held = map[string]*lock{}
	}
	if l.held[key] == nil {
		l.held[key] = &lock{turn: make(chan struct{}, 1)}
	}
	k := l.held[key]
	k.users++
	return k
}

func (l *Locks) leave(key string, k *lock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k.users--; k.users == 0 {
		delete(l.held, key)
	}
}
