package badgerkv

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// compactors is how many tables are merged at once by Compact.
const compactors = 1

// flushKey is written only to be dropped again, see settle.
var flushKey = []byte{ownSpace, 'f', 'l', 'u', 's', 'h'}

// Compact implements [kv.Maintainer]: it merges all levels into one, which drops
// every overwritten value and deleted key that no snapshot still reads. What the
// current memtable holds, at most 8 MiB, waits for a later call.
func (e *Engine) Compact(ctx context.Context) error {
	if err := e.gate.enter(); err != nil {
		return err
	}
	defer e.gate.leave()
	e.compact.Lock()
	defer e.compact.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := e.Writable(); err != nil {
		return fmt.Errorf("compact: %w", err)
	}
	if err := e.settle(); err != nil {
		return fmt.Errorf("compact: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := e.db.Flatten(compactors); err != nil {
		return fmt.Errorf("compact: %w", err)
	}
	return nil
}

// settle gives a young store its bottom level. As long as level 0 is the only
// one, Badger's Flatten sees nothing to merge it with and leaves it alone, and
// a store of few megabytes would keep everything ever written to it. Dropping a
// prefix flushes the memtables and merges level 0 whatever its size. Writers
// wait meanwhile, about a second at most for a full level 0; it happens once in
// a store's life.
func (e *Engine) settle() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, l := range e.db.Levels() {
		if l.Level > 0 && l.NumTables > 0 {
			return nil
		}
	}
	if err := e.writable(); err != nil {
		return err
	}
	txn := e.db.NewTransaction(true)
	defer txn.Discard()
	if err := txn.Set(flushKey, nil); err != nil {
		return err
	}
	if err := e.commit(txn); err != nil {
		return err
	}
	if err := e.db.DropPrefix(flushKey); err != nil {
		e.failed = fmt.Errorf("%w: %w", kv.ErrUncertain, err)
		return e.failed
	}
	return nil
}

// Size implements [kv.Maintainer]. It counts blocks in use: Badger's write-ahead
// files are sparse.
func (e *Engine) Size() (int64, error) {
	if err := e.gate.enter(); err != nil {
		return 0, err
	}
	defer e.gate.leave()
	var total int64
	err := filepath.WalkDir(e.dir, func(path string, d fs.DirEntry, err error) error {
		var st unix.Stat_t
		if err == nil && d.Type().IsRegular() {
			err = unix.Lstat(path, &st)
			total += int64(st.Blocks) * 512
		}
		if os.IsNotExist(err) {
			return nil // compaction removed it meanwhile
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("size of %s: %w", e.dir, err)
	}
	return total, nil
}
