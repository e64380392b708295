// Package badgerkv keeps the store in a folder with Badger, embedded. It is the
// default engine: one process, one writer, every batch synced.
package badgerkv

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"github.com/dgraph-io/badger/v4"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// DefaultReserve is the free space, in bytes, below which writes are refused.
// Badger writes through memory maps of sparse files, where a full disk is not an
// error but ends the process, so the reserve covers the memtables' files and the
// tables under construction.
const DefaultReserve = 128 << 20

// Options configures Open. The zero value is ready to use.
type Options struct {
	// Reserve is the free space, in bytes, below which Apply and Acquire return
	// kv.ErrNoSpace; 0 means DefaultReserve, a negative value no reserve.
	Reserve int64
	// Space asks a folder's file system; nil means FreeSpace.
	Space func(dir string) (Space, error)
	// Logger receives warnings; nil drops them.
	Logger *slog.Logger
}

// Engine is a store in one folder, held by this process until Close.
type Engine struct {
	dir     string
	reserve uint64
	space   func(string) (Space, error)
	db      *badger.DB
	lock    *os.File
	gate    gate
	entries dirSync
	trim    trimmer

	compact sync.Mutex // one Compact at a time
	mu      sync.Mutex // guards the fields below; held while writing
	epoch   kv.Epoch
	failed  error
}

var (
	_ kv.Engine     = (*Engine)(nil)
	_ kv.Maintainer = (*Engine)(nil)
)

// Open opens or creates the store in dir. It returns kv.ErrLocked when another
// process holds it, kv.ErrReadOnly when the folder cannot be written and
// kv.ErrNoSpace when free space is below the reserve.
func Open(dir string, opts Options) (*Engine, error) {
	e := &Engine{dir: dir, space: opts.Space}
	if e.space == nil {
		e.space = FreeSpace
	}
	switch {
	case opts.Reserve == 0:
		e.reserve = DefaultReserve
	case opts.Reserve > 0:
		e.reserve = uint64(opts.Reserve)
	}
	log := opts.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, refused(dir, err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	e.lock = lock
	if err := e.open(log); err != nil {
		_ = lock.Close()
		return nil, err
	}
	return e, nil
}

func (e *Engine) open(log *slog.Logger) error {
	if err := e.room(); err != nil {
		return err
	}
	if err := probe(e.dir); err != nil {
		return err
	}
	db, err := badger.Open(tuned(e.dir, log))
	if err != nil {
		return fmt.Errorf("open store %s: %w", e.dir, err)
	}
	e.db = db
	if err := e.loadEpoch(); err != nil {
		return errors.Join(err, db.Close())
	}
	e.trim.start(e)
	return nil
}

func (e *Engine) loadEpoch() error {
	value, err := e.get(nil, epochKey)
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the writer epoch: %w", err)
	}
	if len(value) != 8 {
		return fmt.Errorf("read the writer epoch: %d bytes where 8 are expected", len(value))
	}
	e.epoch = kv.Epoch(binary.BigEndian.Uint64(value))
	return nil
}

// Limits implements [kv.Engine].
func (e *Engine) Limits() kv.Limits { return limits }

// Close implements [kv.Engine]. Snapshots still held read kv.ErrClosed.
func (e *Engine) Close() error {
	if !e.gate.close() {
		return nil
	}
	e.trim.stop()
	err := e.db.Close()
	if cerr := e.lock.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("close store %s: %w", e.dir, err)
	}
	return nil
}
