// Package state is the bot's memory: governed records under an audit chain, the inbox that makes requests harmless to
// repeat, the outbox of effects, the timers, and one serial writer that commits whole turns in groups.
package state

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// Errors of the store.
var (
	// ErrNewer says that the store was written by a newer version of the program.
	ErrNewer = errors.New("state: the store was written by a newer version of gonogo")
	// ErrClosed says that the store takes no more turns.
	ErrClosed = errors.New("state: closed")
	// ErrBroken says that a write failed in a way that only a restart can recover from.
	ErrBroken = errors.New("state: a write failed, the store must be reopened")
	// ErrTampered says that the end of the audit trail does not hold.
	ErrTampered = errors.New("state: the audit trail does not hold")
	// ErrUnaudited says that a turn wrote a governed record and no audit entry: a mistake in the program.
	ErrUnaudited = errors.New("state: a governed record was written without an audit entry")
)

// Options configure a store.
type Options struct {
	// Key signs checkpoints; it is kept outside the store.
	Key ed25519.PrivateKey
	// Master wraps the per-person keys (32 bytes); it is kept outside the store.
	Master []byte
	// Now is the clock: entries and checkpoints are dated by it.
	Now func() time.Time
	// Group bounds the turns of one commit; 0 for DefaultGroup.
	Group int
}

// DefaultGroup is the most turns that share a commit: at 256 people waiting no turn waits for a second group, and a group
// stays far below an engine's limits.
const DefaultGroup = 512

// checkpointEvery is how many entries may follow a checkpoint before the next is due: what a start re-verifies.
const checkpointEvery = 4096

// Store is an open store with its one writer.
type Store struct {
	engine  kv.Engine
	epoch   kv.Epoch
	options Options
	limits  kv.Limits
	vault   *vault

	pool     sync.Pool // of *request
	requests chan *request
	closing  chan struct{}
	closed   chan struct{}
	once     sync.Once
	broken   atomic.Pointer[error]

	head    head // the writer's alone
	pending overlay
	cache   cache

	committed atomic.Pointer[head]
	recent    recent
	touches   touches
}

// head is the end of the trail and the counters that grow with it.
type head struct {
	Seq    uint64
	Hash   audit.Hash
	State  audit.Sum
	Effect uint64 // id of the newest effect
	// EffectBound is the stored bound that effect ids stay below.
	EffectBound uint64
	Checkpoint  uint64 // entry of the newest checkpoint
}

// Open takes the next writer epoch and verifies the end of the trail, from the newest checkpoint on.
func Open(engine kv.Engine, o Options) (*Store, error) {
	if o.Group == 0 {
		o.Group = DefaultGroup
	}
	s := &Store{
		engine: engine, options: o, limits: engine.Limits(),
		requests: make(chan *request, 1024), closing: make(chan struct{}), closed: make(chan struct{}),
	}
	s.pool.New = newRequest
	if err := s.checkFormat(); err != nil {
		return nil, err
	}
	var err error
	if s.vault, err = newVault(o.Master); err != nil {
		return nil, err
	}
	if err := s.load(); err != nil {
		return nil, err
	}
	if s.epoch, err = engine.Acquire(); err != nil {
		return nil, fmt.Errorf("take the writer epoch: %w", err)
	}
	if err := s.writeFormat(); err != nil {
		return nil, err
	}
	go s.write()
	return s, nil
}

// load reads where the trail ends and verifies its tail.
func (s *Store) load() error {
	trust := audit.Trust{Keys: []ed25519.PublicKey{s.options.Key.Public().(ed25519.PublicKey)}}
	var h head
	err := s.engine.Scan([]byte(audit.CheckpointPrefix), audit.PrefixEnd(audit.CheckpointPrefix), true, func(_, value []byte) error {
		c, err := audit.DecodeCheckpoint(value)
		if err != nil {
			return fmt.Errorf("read the newest checkpoint: %w", err)
		}
		trust.After = &c
		h.Checkpoint = c.Seq
		return kv.ErrStop
	})
	if err != nil {
		return err
	}
	report, err := audit.Chain(s.engine, trust)
	if err != nil {
		return fmt.Errorf("verify the end of the audit trail: %w", err)
	}
	if report.Why != "" {
		return fmt.Errorf("%w: %s", ErrTampered, report.Why)
	}
	h.Seq, h.Hash, h.State = report.Last, report.Hash, report.State
	if report.Entries == 0 && trust.After != nil {
		copy(h.Hash[:], trust.After.Hash)
		h.State = sumOf(trust.After.State)
	}
	if err := s.loadOutbox(&h); err != nil {
		return err
	}
	if err := s.vault.fill(s.engine); err != nil {
		return err
	}
	s.head = h
	s.committed.Store(&h)
	s.pending.reset()
	s.cache.reset()
	s.recent.reset()
	return nil
}

// Update decides one turn: fn reads what was decided before it and says what to write. Update returns when the turn is
// durable. fn may run again and must do nothing but use its Tx; an error from it leaves nothing behind and is returned.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	r := s.pool.Get().(*request)
	r.decide = fn
	select {
	case s.requests <- r:
	case <-s.closing:
		s.pool.Put(r)
		return s.stopped()
	case <-ctx.Done():
		s.pool.Put(r)
		return ctx.Err()
	}
	// Once handed over, the turn's outcome is awaited whatever the caller's patience: "not done" must be true when said.
	select {
	case err := <-r.done:
		s.pool.Put(r)
		return err
	case <-s.closed:
		select {
		case err := <-r.done:
			return err
		default:
			return s.stopped()
		}
	}
}

// View reads one consistent moment of what was committed.
func (s *Store) View(fn func(*View) error) error {
	snapshot := s.engine.Snapshot()
	defer snapshot.Release()
	return fn(&View{reader: snapshot, store: s})
}

// Engine is the engine below, for verification, export and backup of what was committed.
func (s *Store) Engine() kv.Engine { return s.engine }

// Epoch is this writer's epoch: it grows with every start and restore.
func (s *Store) Epoch() uint64 { return uint64(s.epoch) }

// Seq is the newest committed audit entry.
func (s *Store) Seq() uint64 { return s.committed.Load().Seq }

// Broken returns why the store stopped taking turns, nil while it takes them.
func (s *Store) Broken() error {
	if e := s.broken.Load(); e != nil {
		return *e
	}
	return nil
}

// Close finishes the turns that were handed over and stops the writer. It does not close the engine.
func (s *Store) Close() error {
	s.once.Do(func() { close(s.closing) })
	<-s.closed
	return s.Broken()
}

func (s *Store) stopped() error {
	if err := s.Broken(); err != nil {
		return err
	}
	return ErrClosed
}
