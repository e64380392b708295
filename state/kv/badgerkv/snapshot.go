package badgerkv

import (
	"sync"

	"github.com/dgraph-io/badger/v4"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// snapshot holds a read-only transaction. Badger must not end one with a scan
// still in it, so the last user ends it after the release.
type snapshot struct {
	e   *Engine
	txn *badger.Txn // nil when the engine was already closed

	mu       sync.Mutex
	users    int
	released bool
}

// Snapshot implements [kv.Engine].
func (e *Engine) Snapshot() kv.Snapshot {
	if e.gate.enter() != nil {
		return &snapshot{e: e, released: true}
	}
	defer e.gate.leave()
	return &snapshot{e: e, txn: e.db.NewTransaction(false)}
}

func (s *snapshot) Get(key []byte) ([]byte, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	return s.e.get(s.txn, stored(key))
}

func (s *snapshot) Scan(from, to []byte, reverse bool, visit func(key, value []byte) error) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	return s.e.scan(s.txn, from, to, reverse, visit)
}

func (s *snapshot) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.released {
		return
	}
	s.released = true
	if s.users == 0 {
		s.txn.Discard()
	}
}

func (s *snapshot) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.released {
		return kv.ErrClosed
	}
	if err := s.e.gate.enter(); err != nil {
		return err
	}
	s.users++
	return nil
}

func (s *snapshot) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users--; s.users == 0 && s.released {
		s.txn.Discard()
	}
	s.e.gate.leave()
}
