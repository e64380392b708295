package kv

import "context"

// Maintainer is an engine whose store needs housekeeping. Ask for it with a
// type assertion: an engine without it keeps itself in order.
type Maintainer interface {
	// Compact drops what overwriting and deleting left behind. It may run
	// beside reads and writes, one call at a time, and takes seconds on a large
	// store. It stops between steps when ctx ends and returns ctx's error.
	Compact(ctx context.Context) error
	// Size is the store's size on disk, in bytes.
	Size() (int64, error)
	// Writable returns nil when a write would now be accepted, else
	// [ErrNoSpace], [ErrReadOnly], [ErrUncertain] or [ErrClosed].
	Writable() error
}
