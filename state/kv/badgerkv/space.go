package badgerkv

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Space is what a file system says about itself.
type Space struct {
	Free     uint64 // bytes that an unprivileged process may still write
	ReadOnly bool   // mounted without write access
}

// FreeSpace asks the file system that holds dir.
func FreeSpace(dir string) (Space, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return Space{}, fmt.Errorf("free space of %s: %w", dir, err)
	}
	const readOnly = 1 // ST_RDONLY on Linux, MNT_RDONLY on the BSDs
	return Space{
		Free:     uint64(st.Bavail) * uint64(st.Bsize),
		ReadOnly: uint64(st.Flags)&readOnly != 0,
	}, nil
}
