package state

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/jsonappend"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// Tx is one turn: it reads what was decided before it and collects what it writes. It is valid only within its Update.
type Tx struct {
	store  *Store
	head   head
	writes []write
	entry  *audit.Entry
	hooks  []func()
	accept []func()
	start  head
	met    map[string]string // ids that the turn gives, by handle
}

// Discard drops everything that the turn wrote so far: what is left is to say why.
func (tx *Tx) Discard() {
	tx.head, tx.writes, tx.entry, tx.hooks, tx.accept, tx.met = tx.start, nil, nil, nil, nil, nil
}

// write is one key written by a turn.
type write struct {
	key      string
	raw      []byte // nil deletes
	value    any    // what raw decodes to; nil if it is not kept decoded
	governed bool
	memo     bool // kept decoded only, never stored
	digest   audit.Hash
}

// Audit records what the turn decided: one entry, the last one said.
func (tx *Tx) Audit(e audit.Entry) { tx.entry = &e }

// After runs fn once the turn is durable, in the order of decision. It must be short and must not fail.
func (tx *Tx) After(fn func()) { tx.hooks = append(tx.hooks, fn) }

// Seq is the number that this turn's audit entry will have.
func (tx *Tx) Seq() uint64 { return tx.head.Seq + 1 }

// Now is the store's clock.
func (tx *Tx) Now() time.Time { return tx.store.options.Now() }

// Next gives the next short id of a kind: Next("R") is R-1, then R-2. Ids are never given twice.
func (tx *Tx) Next(letter string) (string, error) {
	n, _, err := counters.Get(tx, letter)
	if err != nil {
		return "", err
	}
	n++
	return fmt.Sprintf("%s-%d", letter, n), counters.Put(tx, letter, n)
}

var counters = Governed[uint64]("counter")

// Governs reports whether the turn wrote a governed record so far.
func (tx *Tx) Governs() bool {
	return slices.ContainsFunc(tx.writes, func(w write) bool { return w.governed })
}

func (tx *Tx) put(w write) {
	for i := range tx.writes {
		if tx.writes[i].key == w.key {
			tx.writes[i] = w
			return
		}
	}
	tx.writes = append(tx.writes, w)
}

func (tx *Tx) find(key string) *write {
	for i := range tx.writes {
		if tx.writes[i].key == key {
			return &tx.writes[i]
		}
	}
	return nil
}

func (tx *Tx) cached(key string) (any, bool) {
	if w := tx.find(key); w != nil {
		return w.value, w.value != nil
	}
	v, ok := tx.store.cache.get(key)
	return v.value, ok
}

func (tx *Tx) moment() uint64 { return 0 }

func (tx *Tx) keep(key string, raw []byte, value any, _ uint64) {
	tx.store.cache.add(key, cached{value, audit.RecordDigest([]byte(key), raw)})
}

// remember keeps a memo with the turn: it may follow from what the turn itself wrote.
func (tx *Tx) remember(key string, value any, _ uint64) {
	tx.put(write{key: key, value: value, memo: true})
}

func (tx *Tx) nearest() Reader { return tx }

func (tx *Tx) get(key string) ([]byte, error) {
	if w := tx.find(key); w != nil {
		return w.raw, nil
	}
	if d, ok := tx.store.pending.entries[key]; ok {
		return d.raw, nil
	}
	v, err := tx.store.engine.Get([]byte(key))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	return v, err
}

// scan merges what is committed with what was decided since.
func (tx *Tx) scan(prefix string, reverse bool, visit func(string, []byte) error) error {
	return tx.merge(prefix, prefix, reverse, visit)
}

// scanFrom is scan from a key on, upwards.
func (tx *Tx) scanFrom(prefix, from string, visit func(string, []byte) error) error {
	return tx.merge(prefix, from, false, visit)
}

func (tx *Tx) merge(prefix, from string, reverse bool, visit func(string, []byte) error) error {
	over := tx.store.pending.under(prefix)
	for i := range tx.writes {
		if k := tx.writes[i].key; strings.HasPrefix(k, prefix) {
			if at, found := slices.BinarySearch(over, k); !found {
				over = slices.Insert(over, at, k)
			}
		}
	}
	over = slices.DeleteFunc(over, func(k string) bool { return k < from })
	if reverse {
		slices.Reverse(over)
	}
	before := func(a, b string) bool { return a < b && !reverse || a > b && reverse }
	stopped := false // the engine swallows ErrStop: what was decided since must not be visited after it
	stopping := func(key string, raw []byte) error {
		err := visit(key, raw)
		stopped = stopped || errors.Is(err, kv.ErrStop)
		return err
	}
	decided := func(key string) error {
		raw, err := tx.get(key)
		if err != nil || raw == nil {
			return err
		}
		return stopping(key, raw)
	}
	err := tx.store.engine.Scan([]byte(from), audit.PrefixEnd(prefix), reverse, func(k, v []byte) error {
		key := string(k)
		for len(over) > 0 && before(over[0], key) {
			next := over[0]
			over = over[1:]
			if err := decided(next); err != nil {
				return err
			}
		}
		if len(over) > 0 && over[0] == key {
			over = over[1:]
			return decided(key)
		}
		return stopping(key, slices.Clone(v))
	})
	for err == nil && !stopped && len(over) > 0 {
		err = decided(over[0])
		over = over[1:]
	}
	if errors.Is(err, kv.ErrStop) {
		return nil
	}
	return err
}

// seal closes the turn: it updates the state digest, numbers and chains the audit entry, and lays out the operations.
func (tx *Tx) seal() ([]kv.Op, error) {
	ops := make([]kv.Op, 0, len(tx.writes)+1)
	var changes []audit.Change
	for i := range tx.writes {
		w := &tx.writes[i]
		if w.memo {
			continue
		}
		if w.governed {
			change, err := tx.account(w)
			if err != nil {
				return nil, err
			}
			if change != nil {
				changes = append(changes, *change)
			}
		}
		ops = append(ops, kv.Op{Key: []byte(w.key), Value: w.raw, Delete: w.raw == nil})
	}
	if tx.entry == nil {
		if len(changes) > 0 {
			return nil, fmt.Errorf("%w: %s", ErrUnaudited, changes[0].Record)
		}
		return ops, nil
	}
	tx.head.Seq++
	e := *tx.entry
	e.Version, e.Seq, e.Changes, e.State = audit.Version, tx.head.Seq, changes, tx.head.State
	value, hash, err := audit.Encode(tx.head.Hash, e)
	if err != nil {
		return nil, err
	}
	tx.head.Hash = hash
	// Written like the rest, so that a request delivered again before the commit finds the reply.
	key := audit.Key(e.Seq)
	tx.writes = append(tx.writes, write{key: string(key), raw: value})
	ops = append(ops, kv.Op{Key: key, Value: value})
	if tx.head.Seq-tx.head.Checkpoint >= checkpointEvery {
		op, err := tx.checkpoint()
		if err != nil {
			return nil, err
		}
		ops = append(ops, op)
	}
	return ops, nil
}

// account moves the state digest from a governed record's old content to its new one; nil if nothing changed.
func (tx *Tx) account(w *write) (*audit.Change, error) {
	before, existed, err := tx.before(w.key)
	if err != nil {
		return nil, err
	}
	change := audit.Change{Record: recordName(w.key)}
	if existed {
		change.Before = append(audit.Digest(nil), before[:]...)
		tx.head.State.Remove(before)
	}
	if w.raw != nil {
		w.digest = audit.RecordDigest([]byte(w.key), w.raw)
		change.After = append(audit.Digest(nil), w.digest[:]...)
		tx.head.State.Add(w.digest)
	}
	if w.raw == nil && !existed || existed && w.raw != nil && before == w.digest {
		return nil, nil
	}
	return &change, nil
}

func (tx *Tx) before(key string) (audit.Hash, bool, error) {
	if c, ok := tx.store.cache.get(key); ok {
		return c.digest, true, nil
	}
	if d, ok := tx.store.pending.entries[key]; ok {
		return audit.RecordDigest([]byte(key), d.raw), d.raw != nil, nil
	}
	raw, err := tx.store.engine.Get([]byte(key))
	if errors.Is(err, kv.ErrNotFound) {
		return audit.Hash{}, false, nil
	}
	return audit.RecordDigest([]byte(key), raw), err == nil, err
}

// raw writes a value that is no record under a key.
func (tx *Tx) raw(key string, value any) error {
	body, err := jsonappend.Marshal(0, value)
	if err != nil {
		return fmt.Errorf("encode %s: %w", key, err)
	}
	tx.put(write{key: key, raw: body})
	return nil
}

// View is one consistent moment of what was committed.
type View struct {
	reader kv.Reader
	store  *Store
}

func (v *View) cached(string) (any, bool) { return nil, false }

func (v *View) moment() uint64 { return 0 }

func (v *View) keep(string, []byte, any, uint64) {}

func (v *View) remember(string, any, uint64) {}

func (v *View) nearest() Reader { return v.store.Latest() }

func (v *View) get(key string) ([]byte, error) {
	b, err := v.reader.Get([]byte(key))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	return b, err
}

func (v *View) scan(prefix string, reverse bool, visit func(string, []byte) error) error {
	err := v.reader.Scan([]byte(prefix), audit.PrefixEnd(prefix), reverse, func(k, value []byte) error {
		return visit(string(k), value)
	})
	if errors.Is(err, kv.ErrStop) {
		return nil
	}
	return err
}

// Reader gives the consistent moment below, for verification and export.
func (v *View) Reader() kv.Reader { return v.reader }
