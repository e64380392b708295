package badgerkv

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// compactors is how many tables are merged at once by Compact.
const compactors = 1

// Compact implements [kv.Maintainer]: it merges all levels into one, which drops
// every overwritten value and deleted key that no snapshot still reads.
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
	if err := e.db.Flatten(compactors); err != nil {
		return fmt.Errorf("compact: %w", err)
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
