package badgerkv

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// Get implements [kv.Reader].
func (e *Engine) Get(key []byte) ([]byte, error) {
	if err := e.gate.enter(); err != nil {
		return nil, err
	}
	defer e.gate.leave()
	return e.get(nil, stored(key))
}

// Scan implements [kv.Reader].
func (e *Engine) Scan(from, to []byte, reverse bool, visit func(key, value []byte) error) error {
	if err := e.gate.enter(); err != nil {
		return err
	}
	defer e.gate.leave()
	return e.scan(nil, from, to, reverse, visit)
}

// get reads in txn, or in the present moment when it is nil.
func (e *Engine) get(txn *badger.Txn, key []byte) ([]byte, error) {
	if txn == nil {
		txn = e.db.NewTransaction(false)
		defer txn.Discard()
	}
	item, err := txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, kv.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	value, err := item.ValueCopy(nil)
	if err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	if value == nil {
		value = []byte{}
	}
	return value, nil
}

func (e *Engine) scan(txn *badger.Txn, from, to []byte, reverse bool, visit func(key, value []byte) error) error {
	lo, hi := bounds(from, to)
	if bytes.Compare(lo, hi) >= 0 {
		return nil
	}
	if txn == nil {
		txn = e.db.NewTransaction(false)
		defer txn.Discard()
	}
	// Values lie beside their keys, so fetching them ahead would only cost a
	// goroutine each.
	it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix(lo, hi, reverse), Reverse: reverse})
	defer it.Close()
	if reverse {
		it.Seek(hi)
		if it.Valid() && bytes.Equal(it.Item().Key(), hi) {
			it.Next() // the end is exclusive
		}
	} else {
		it.Seek(lo)
	}
	for ; it.Valid(); it.Next() {
		item := it.Item()
		key := item.Key()
		if reverse && bytes.Compare(key, lo) < 0 || !reverse && bytes.Compare(key, hi) >= 0 {
			return nil
		}
		err := item.Value(func(value []byte) error {
			return visit(key[1:], value)
		})
		if errors.Is(err, kv.ErrStop) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}
