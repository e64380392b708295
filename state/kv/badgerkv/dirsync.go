package badgerkv

import (
	"fmt"
	"os"
	"time"
)

// dirSync makes the names of new files durable. Badger syncs what it writes into
// a new write-ahead file but not the folder's entry for it, which some file
// systems keep apart.
type dirSync struct {
	seen time.Time // the folder's change time that the last sync surely covered
}

// settle is longer than the coarsest clock that file systems stamp with (10 ms):
// a stamp younger than this may hide a second change under the same value.
const settle = 20 * time.Millisecond

// sync costs one stat when no file came or went since the last call.
func (d *dirSync) sync(dir string) error {
	fi, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	changed := fi.ModTime()
	if changed.Equal(d.seen) {
		return nil
	}
	now := time.Now()
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	err = f.Sync()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	if now.Sub(changed) > settle {
		d.seen = changed
	}
	return nil
}
