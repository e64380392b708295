// Package kv is the seam between the bot's memory and the engine that keeps it:
// ordered bytes, one consistent moment to read, and one atomic, durable batch
// written under a fencing epoch. It is small so that an embedded engine, an
// in-memory engine that loses power on demand, and a database server all fit.
package kv

import "errors"

// Errors an [Engine] returns, wrapped with what it was doing. All but
// [ErrUncertain] promise that the refused call changed nothing.
var (
	// ErrNotFound says that the key holds no value.
	ErrNotFound = errors.New("kv: key not found")
	// ErrFenced says that a newer epoch was acquired, here or by another process.
	ErrFenced = errors.New("kv: writer is fenced by a newer epoch")
	// ErrTooLarge says that a batch, a key or a value exceeds the engine's [Limits].
	ErrTooLarge = errors.New("kv: batch exceeds the engine's limits")
	// ErrClosed says that the engine was closed or the snapshot released.
	ErrClosed = errors.New("kv: closed")
	// ErrReadOnly says that the store's folder cannot be written.
	ErrReadOnly = errors.New("kv: store is read-only")
	// ErrLocked says that another process holds the store.
	ErrLocked = errors.New("kv: store is held by another process")
	// ErrNoSpace says that free space is below the configured reserve.
	ErrNoSpace = errors.New("kv: free space is below the reserve")
	// ErrUncertain says that a write failed where the engine cannot tell whether
	// it will survive a restart. The engine then refuses every write with this
	// error; only closing it and opening the store again tells which it was.
	ErrUncertain = errors.New("kv: outcome of a write is uncertain, reopen the store")
)

// ErrStop ends a scan early when a visitor returns it; Scan then returns nil.
var ErrStop = errors.New("kv: stop scanning")

// Op writes one value, or removes one key when Delete is set. Removing an absent
// key is no error. When a batch names a key twice, the later operation wins.
type Op struct {
	Key, Value []byte
	Delete     bool
}

// OpOverhead is what each operation counts against [Limits.Bytes] beside its
// key and value: an upper bound, in bytes, of an engine's own framing.
const OpOverhead = 64

// Size is what the operation counts against [Limits.Bytes].
func (o Op) Size() int {
	if o.Delete {
		return len(o.Key) + OpOverhead
	}
	return len(o.Key) + len(o.Value) + OpOverhead
}

// Limits bounds one Apply. A committer splits a group of turns to fit, never a turn.
type Limits struct {
	Ops   int // most operations
	Bytes int // most bytes, summed by [Op.Size]
	Key   int // longest key, in bytes
	Value int // longest value, in bytes
}

// Check returns [ErrTooLarge] when ops exceed the limits.
func (l Limits) Check(ops []Op) error {
	if len(ops) > l.Ops {
		return ErrTooLarge
	}
	size := 0
	for i := range ops {
		if len(ops[i].Key) > l.Key || (!ops[i].Delete && len(ops[i].Value) > l.Value) {
			return ErrTooLarge
		}
		if size += ops[i].Size(); size > l.Bytes {
			return ErrTooLarge
		}
	}
	return nil
}

// Epoch numbers the holders of the right to write. Zero is never valid.
type Epoch uint64

// Reader reads committed values. Every method is safe for concurrent use.
type Reader interface {
	// Get returns a copy of the key's value that the caller owns, or
	// [ErrNotFound]. A present but empty value is not nil.
	Get(key []byte) ([]byte, error)
	// Scan visits the keys in [from, to) in byte order, or in the opposite
	// order when reverse is set: from the greatest key below to, down to from.
	// A nil from starts at the first key, a nil to ends after the last. One
	// scan sees one consistent moment. The slices are valid only during visit
	// and must not be changed. An error from visit ends the scan and is
	// returned, except [ErrStop], which ends it with nil.
	Scan(from, to []byte, reverse bool, visit func(key, value []byte) error) error
}

// Snapshot reads one consistent moment, whatever is written meanwhile.
type Snapshot interface {
	Reader
	// Release frees the snapshot; its reads then return [ErrClosed]. It may be
	// called more than once.
	Release()
}

// Engine is an ordered store with one writer at a time.
type Engine interface {
	Reader
	// Snapshot holds the present moment until it is released.
	Snapshot() Snapshot
	// Acquire durably takes a new epoch, greater than any before it, and so
	// fences every older holder from the moment it returns.
	Acquire() (Epoch, error)
	// Apply writes the batch whole or not at all; when it returns nil the batch
	// has been synced. It returns [ErrFenced] when the epoch is not the newest,
	// [ErrTooLarge] when the batch exceeds Limits, [ErrNoSpace], [ErrReadOnly]
	// or [ErrClosed], all with nothing changed. The slices must not be changed
	// during the call and are not kept after it.
	Apply(epoch Epoch, ops []Op) error
	// Limits bounds one Apply; it never changes during the engine's life.
	Limits() Limits
	// Close waits for calls under way and frees the store. It may be called
	// more than once.
	Close() error
}
