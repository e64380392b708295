package artifactdir

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// stamp is what changes when a file's bytes do. The change time can't be set by programs, so a modification time that
// was set back does not hide a rewrite.
type stamp struct {
	inode        uint64
	size         int64
	mtime, ctime int64 // nanoseconds
}

// settled is how old a file's last change must be for its stamp to be trusted: a second change within one tick of the
// file system's clock would leave the stamp as it is.
const settled = 2 * time.Second

// maxCached bounds each cache, in files.
const maxCached = 4096

type cache[T any] struct {
	mu    sync.Mutex
	items map[string]item[T]
}

type item[T any] struct {
	stamp stamp
	value T
}

func newCache[T any]() *cache[T] { return &cache[T]{items: map[string]item[T]{}} }

func (c *cache[T]) get(path string, s stamp) (T, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	it, ok := c.items[path]
	return it.value, ok && it.stamp == s
}

func (c *cache[T]) put(path string, s stamp, v T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.items) >= maxCached {
		clear(c.items)
	}
	c.items[path] = item[T]{s, v}
}

// lookUp reads a file unless it is cached as it is, and returns its size with what was read.
func lookUp[T any](ctx context.Context, a *Adapter, root *os.Root, c *cache[T], path string,
	read func(context.Context, *os.File) (T, error)) (T, int64, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, 0, err
	}
	fi, err := root.Stat(path)
	if err != nil {
		return none, 0, err
	}
	if !fi.Mode().IsRegular() {
		return none, 0, errors.New("not a regular file")
	}
	before := stampOf(fi)
	if v, ok := c.get(path, before); ok {
		return v, before.size, nil
	}
	f, err := root.Open(path)
	if err != nil {
		return none, 0, err
	}
	defer f.Close()
	v, err := read(ctx, f)
	if err != nil {
		return none, 0, err
	}
	fi, err = f.Stat()
	if err != nil {
		return none, 0, err
	}
	if stampOf(fi) != before {
		return none, 0, effect.Retryable(errors.New("changed while it was read"), time.Second)
	}
	if a.clock().Sub(time.Unix(0, max(before.ctime, before.mtime))) > settled {
		c.put(path, before, v)
	}
	return v, before.size, nil
}
