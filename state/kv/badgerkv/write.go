package badgerkv

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// Acquire implements [kv.Engine].
func (e *Engine) Acquire() (kv.Epoch, error) {
	if err := e.gate.enter(); err != nil {
		return 0, err
	}
	defer e.gate.leave()
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.writable(); err != nil {
		return 0, fmt.Errorf("acquire a writer epoch: %w", err)
	}
	next := e.epoch + 1
	txn := e.db.NewTransaction(true)
	defer txn.Discard()
	if err := txn.Set(epochKey, binary.BigEndian.AppendUint64(nil, uint64(next))); err != nil {
		return 0, fmt.Errorf("acquire a writer epoch: %w", err)
	}
	if err := e.commit(txn); err != nil {
		return 0, fmt.Errorf("acquire a writer epoch: %w", err)
	}
	e.epoch = next
	return next, nil
}

// Apply implements [kv.Engine]. Badger frames one transaction in its write-ahead
// file, so that a torn one is dropped whole when the store opens again.
func (e *Engine) Apply(epoch kv.Epoch, ops []kv.Op) error {
	if err := e.gate.enter(); err != nil {
		return err
	}
	defer e.gate.leave()
	e.mu.Lock()
	defer e.mu.Unlock()
	if epoch == 0 || epoch != e.epoch {
		return fmt.Errorf("apply with epoch %d, newest is %d: %w", epoch, e.epoch, kv.ErrFenced)
	}
	if err := limits.Check(ops); err != nil {
		return fmt.Errorf("apply %d operations: %w", len(ops), err)
	}
	if err := e.writable(); err != nil {
		return fmt.Errorf("apply %d operations: %w", len(ops), err)
	}
	if len(ops) == 0 {
		return nil
	}
	txn := e.db.NewTransaction(true)
	defer txn.Discard()
	err := stage(txn, ops)
	if errors.Is(err, badger.ErrTxnTooBig) {
		err = kv.ErrTooLarge
	}
	if err != nil {
		return fmt.Errorf("apply %d operations: %w", len(ops), err)
	}
	if err := e.commit(txn); err != nil {
		return fmt.Errorf("apply %d operations: %w", len(ops), err)
	}
	return nil
}

// stage hands the operations to the transaction. All stored keys share one
// allocation, and so do all entries.
func stage(txn *badger.Txn, ops []kv.Op) error {
	total := 0
	for i := range ops {
		total += len(ops[i].Key) + 1
	}
	keys := make([]byte, 0, total)
	entries := make([]badger.Entry, len(ops))
	for i := range ops {
		start := len(keys)
		keys = append(append(keys, dataSpace), ops[i].Key...)
		key := keys[start:len(keys):len(keys)]
		var err error
		if ops[i].Delete {
			err = txn.Delete(key)
		} else {
			entries[i].Key, entries[i].Value = key, ops[i].Value
			err = txn.SetEntry(&entries[i])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// commit writes and syncs. When it fails, part of the transaction may be on
// disk, so nothing more is written until the store is opened again.
func (e *Engine) commit(txn *badger.Txn) error {
	err := txn.Commit()
	if err == nil {
		err = e.entries.sync(e.dir)
	}
	if err != nil {
		e.failed = fmt.Errorf("%w: %w", kv.ErrUncertain, err)
		return e.failed
	}
	return nil
}

// Writable implements [kv.Maintainer].
func (e *Engine) Writable() error {
	if err := e.gate.enter(); err != nil {
		return err
	}
	defer e.gate.leave()
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.writable()
}

func (e *Engine) writable() error {
	if e.failed != nil {
		return e.failed
	}
	return e.room()
}

// room is asked before every write: one system call of about a microsecond
// against a sync of a hundred and more.
func (e *Engine) room() error {
	s, err := e.space(e.dir)
	switch {
	case err != nil:
		return err
	case s.ReadOnly:
		return fmt.Errorf("write in %s: %w", e.dir, kv.ErrReadOnly)
	case s.Free < e.reserve:
		return fmt.Errorf("write in %s: %d bytes free, reserve %d: %w", e.dir, s.Free, e.reserve, kv.ErrNoSpace)
	}
	return nil
}
