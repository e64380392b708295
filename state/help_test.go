package state_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

// update makes a turn that must succeed.
func update(t *testing.T, s *state.Store, fn func(*state.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// entered adds the entry that a turn with governed writes needs.
func entered(fn func(*state.Tx) error) func(*state.Tx) error {
	return func(tx *state.Tx) error {
		tx.Audit(audit.Entry{At: noon, Act: "test", Outcome: chat.Done})
		return fn(tx)
	}
}

// putting writes things of some names, each counting its place.
func putting(names ...string) func(*state.Tx) error {
	return entered(func(tx *state.Tx) error {
		for i, n := range names {
			if err := things.Put(tx, n, thing{Name: n, Count: i}); err != nil {
				return err
			}
		}
		return nil
	})
}

// slow is an engine whose commits take a second: inside a bubble, what is decided meanwhile is decided over an overlay.
func slow(faults ...faultkv.Fault) *faultkv.Engine {
	applied := 0
	return faultkv.New(faultkv.Options{OnApply: func([]kv.Op) faultkv.Fault {
		time.Sleep(time.Second)
		if applied++; applied <= len(faults) {
			return faults[applied-1]
		}
		return faultkv.Fault{}
	}})
}

// begin hands a turn over and returns once it is decided; the channel gives what became of it.
func begin(s *state.Store, fn func(*state.Tx) error) <-chan error {
	result := make(chan error, 1)
	go func() { result <- s.Update(context.Background(), fn) }()
	synctest.Wait()
	return result
}

// reopen loses power and opens what was synced.
func reopen(t *testing.T, e *faultkv.Engine) (*state.Store, *faultkv.Engine) {
	t.Helper()
	e.Crash()
	again, err := e.Reopen()
	if err != nil {
		t.Fatal(err)
	}
	return openStore(t, again), again
}

var errChanged = errors.New("changed its mind")

// trusted are the public keys that checkpoints are signed with here.
func trusted() []ed25519.PublicKey {
	return []ed25519.PublicKey{options().Key.Public().(ed25519.PublicKey)}
}
