// Package faultkv is an engine in memory for crash tests. It keeps what a disk
// would have synced apart from what was merely written, loses the latter when
// power fails, and fails on demand at any point of a batch.
package faultkv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"
	"sync/atomic"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// Options configures New. The zero value never fails and syncs every batch.
type Options struct {
	// OnApply is asked before each batch what goes wrong with it; nil means
	// nothing ever does. It may keep the call waiting, must not change ops, and
	// must not call the engine's Apply or Acquire.
	OnApply func(ops []kv.Op) Fault
	// Lazy makes Apply answer before it synced, as a disk that lies does: what
	// was applied since the last call of Sync is lost when power fails.
	Lazy bool
	// Limits bounds one Apply; the zero value means the embedded engine's.
	Limits kv.Limits
}

// disk outlives the engines opened on it.
type disk struct {
	opts Options
	held atomic.Bool

	batch  atomic.Uint64 // the newest; over all openings, whose contents share nodes
	mu     sync.Mutex    // guards synced and epoch
	synced *node
	epoch  kv.Epoch
}

// Engine is one opening of the store. Its methods are safe for concurrent use.
type Engine struct {
	disk *disk
	seen atomic.Pointer[view] // what readers see

	write   sync.Mutex // serialises writers
	state   sync.Mutex // guards the fields below
	ended   error      // kv.ErrClosed or ErrCrashed
	failed  error      // after an uncertain write
	refused error      // set by SetRefuse
}

// view is one version of the contents.
type view struct{ root *node }

var (
	_ kv.Engine     = (*Engine)(nil)
	_ kv.Maintainer = (*Engine)(nil)
)

// New opens an empty store.
func New(opts Options) *Engine {
	if opts.Limits == (kv.Limits{}) {
		opts.Limits = kv.Limits{Ops: 8 << 10, Bytes: 1 << 20, Key: 2 << 10, Value: 512 << 10}
	}
	d := &disk{opts: opts}
	return d.open()
}

func (d *disk) open() *Engine {
	d.held.Store(true)
	d.mu.Lock()
	defer d.mu.Unlock()
	e := &Engine{disk: d}
	e.seen.Store(&view{d.synced})
	return e
}

// Reopen opens the synced image in a fresh engine, after Crash or Close. While
// this or a later engine holds the store it returns kv.ErrLocked.
func (e *Engine) Reopen() (*Engine, error) {
	if !e.disk.held.CompareAndSwap(false, true) {
		return nil, fmt.Errorf("reopen: %w", kv.ErrLocked)
	}
	return e.disk.open(), nil
}

// Crash loses power now: what was not synced is gone, and the engine is dead. A
// batch under way in another goroutine is lost or kept whole.
func (e *Engine) Crash() { e.end(ErrCrashed) }

// Close implements [kv.Engine]. It syncs first, as an orderly stop does.
func (e *Engine) Close() error {
	e.write.Lock()
	defer e.write.Unlock()
	if e.usable() != nil {
		return nil
	}
	e.Sync()
	e.end(kv.ErrClosed)
	return nil
}

func (e *Engine) end(why error) {
	// The disk's lock orders this against a sync: one or the other is first.
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	e.state.Lock()
	defer e.state.Unlock()
	if e.ended != nil {
		return
	}
	e.ended = why
	e.disk.held.Store(false)
}

// usable returns why the engine is no longer in use, or nil.
func (e *Engine) usable() error {
	e.state.Lock()
	defer e.state.Unlock()
	return e.ended
}

// SetRefuse makes every write return err, say kv.ErrNoSpace or kv.ErrReadOnly,
// with nothing changed, until it is called with nil.
func (e *Engine) SetRefuse(err error) {
	e.state.Lock()
	defer e.state.Unlock()
	e.refused = err
}

// Sync makes everything applied survive a crash. Only a lazy store needs it.
func (e *Engine) Sync() {
	_ = e.sync(e.seen.Load().root) // a dead engine has nothing to sync
}

// sync replaces the synced image unless the engine ended before.
func (e *Engine) sync(root *node) error {
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	if err := e.usable(); err != nil {
		return err
	}
	e.disk.synced = root
	return nil
}

// Limits implements [kv.Engine].
func (e *Engine) Limits() kv.Limits { return e.disk.opts.Limits }

// Writable implements [kv.Maintainer].
func (e *Engine) Writable() error {
	e.state.Lock()
	defer e.state.Unlock()
	for _, err := range []error{e.ended, e.failed, e.refused} {
		if err != nil {
			return err
		}
	}
	return nil
}

// Compact implements [kv.Maintainer]; there is never anything to drop.
func (e *Engine) Compact(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return e.Writable()
}

// Size implements [kv.Maintainer]: the bytes of all keys and values.
func (e *Engine) Size() (int64, error) {
	if err := e.usable(); err != nil {
		return 0, err
	}
	return e.seen.Load().root.size(), nil
}

// Acquire implements [kv.Engine].
func (e *Engine) Acquire() (kv.Epoch, error) {
	e.write.Lock()
	defer e.write.Unlock()
	if err := e.Writable(); err != nil {
		return 0, fmt.Errorf("acquire a writer epoch: %w", err)
	}
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	if err := e.usable(); err != nil {
		return 0, fmt.Errorf("acquire a writer epoch: %w", err)
	}
	e.disk.epoch++
	return e.disk.epoch, nil
}

// Apply implements [kv.Engine].
func (e *Engine) Apply(epoch kv.Epoch, ops []kv.Op) error {
	e.write.Lock()
	defer e.write.Unlock()
	if err := e.admit(epoch, ops); err != nil {
		return fmt.Errorf("apply %d operations: %w", len(ops), err)
	}
	var fault Fault
	if e.disk.opts.OnApply != nil {
		fault = e.disk.opts.OnApply(ops)
	}
	if err := e.carryOut(ops, fault); err != nil {
		return fmt.Errorf("apply %d operations: %w", len(ops), err)
	}
	return nil
}

func (e *Engine) admit(epoch kv.Epoch, ops []kv.Op) error {
	if err := e.usable(); err != nil {
		return err
	}
	e.disk.mu.Lock()
	newest := e.disk.epoch
	e.disk.mu.Unlock()
	if epoch == 0 || epoch != newest {
		return kv.ErrFenced
	}
	if err := e.disk.opts.Limits.Check(ops); err != nil {
		return err
	}
	return e.Writable()
}

func (e *Engine) carryOut(ops []kv.Op, fault Fault) error {
	if fault.At == BeforeWrite {
		if fault.Err != nil {
			return fault.Err
		}
		e.Crash()
		return ErrCrashed
	}
	root := e.apply(ops)
	if fault.At == BeforeSync {
		return e.fail(fault)
	}
	if !e.disk.opts.Lazy || fault.At == BeforeAnswer {
		if err := e.sync(root); err != nil {
			return err
		}
	}
	if fault.At == BeforeAnswer {
		return e.fail(fault)
	}
	e.seen.Store(&view{root})
	return e.usable()
}

// fail ends a write whose outcome its caller cannot know.
func (e *Engine) fail(fault Fault) error {
	if fault.Err == nil {
		e.Crash()
		return ErrCrashed
	}
	e.state.Lock()
	defer e.state.Unlock()
	e.failed = errors.Join(kv.ErrUncertain, fault.Err)
	return e.failed
}

func (e *Engine) apply(ops []kv.Op) *node {
	batch := e.disk.batch.Add(1)
	root := e.seen.Load().root
	for i := range ops {
		if ops[i].Delete {
			root = root.remove(ops[i].Key, batch)
			continue
		}
		key, value := bytes.Clone(ops[i].Key), append([]byte{}, ops[i].Value...)
		root = root.put(key, value, maphash.Bytes(ranks, key), batch)
	}
	return root
}
