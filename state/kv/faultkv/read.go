package faultkv

import (
	"bytes"
	"errors"
	"sync/atomic"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// Get implements [kv.Reader].
func (e *Engine) Get(key []byte) ([]byte, error) {
	if err := e.usable(); err != nil {
		return nil, err
	}
	return e.seen.Load().get(key)
}

// Scan implements [kv.Reader].
func (e *Engine) Scan(from, to []byte, reverse bool, visit func(key, value []byte) error) error {
	if err := e.usable(); err != nil {
		return err
	}
	return e.seen.Load().scan(from, to, reverse, visit)
}

// Snapshot implements [kv.Engine].
func (e *Engine) Snapshot() kv.Snapshot {
	return &snapshot{e: e, view: e.seen.Load()}
}

type snapshot struct {
	e        *Engine
	view     *view
	released atomic.Bool
}

func (s *snapshot) Get(key []byte) ([]byte, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	return s.view.get(key)
}

func (s *snapshot) Scan(from, to []byte, reverse bool, visit func(key, value []byte) error) error {
	if err := s.usable(); err != nil {
		return err
	}
	return s.view.scan(from, to, reverse, visit)
}

func (s *snapshot) Release() { s.released.Store(true) }

func (s *snapshot) usable() error {
	if s.released.Load() {
		return kv.ErrClosed
	}
	return s.e.usable()
}

func (v *view) get(key []byte) ([]byte, error) {
	n := v.root.get(key)
	if n == nil {
		return nil, kv.ErrNotFound
	}
	return append([]byte{}, n.value...), nil
}

func (v *view) scan(from, to []byte, reverse bool, visit func(key, value []byte) error) error {
	if from != nil && to != nil && bytes.Compare(from, to) >= 0 {
		return nil
	}
	if err := v.root.scan(from, to, reverse, visit); !errors.Is(err, kv.ErrStop) {
		return err
	}
	return nil
}
