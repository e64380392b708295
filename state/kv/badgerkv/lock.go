package badgerkv

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// lockDir takes the advisory lock on the folder itself, the one that Badger's
// own tools take too. The kernel drops it when the process ends, however it ends.
func lockDir(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("open %s: %w", dir, kv.ErrLocked)
		}
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	return f, nil
}

// probe makes and removes a file, since permissions and mounts can refuse
// writing in ways that only trying shows.
func probe(dir string) error {
	f, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return refused(dir, err)
	}
	name := f.Name()
	if err := errors.Join(f.Close(), os.Remove(name)); err != nil {
		return refused(dir, err)
	}
	return nil
}

// refused names the reasons that an operator can do something about.
func refused(dir string, err error) error {
	switch {
	case errors.Is(err, unix.EROFS), errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return fmt.Errorf("write in %s: %w: %w", dir, kv.ErrReadOnly, err)
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT):
		return fmt.Errorf("write in %s: %w: %w", dir, kv.ErrNoSpace, err)
	}
	return fmt.Errorf("write in %s: %w", dir, err)
}
