package bot

import (
	"context"
	"sync"
)

// chains counts, per request, the effects that it caused and that have not ended, those of the turns that followed
// included.
type chains struct {
	mu    sync.Mutex
	roots map[string]*chain
}

type chain struct {
	left int
	idle chan struct{}
}

func newChains() *chains { return &chains{roots: map[string]*chain{}} }

func (c *chains) add(root string, n int) {
	if root == "" || n == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.roots[root]
	if r == nil {
		r = &chain{idle: make(chan struct{})}
		c.roots[root] = r
	}
	if r.left += n; r.left <= 0 {
		close(r.idle)
		delete(c.roots, root)
	}
}

// wait returns true once nothing of the root is left, false if ctx ends first.
func (c *chains) wait(ctx context.Context, root string) bool {
	c.mu.Lock()
	r := c.roots[root]
	c.mu.Unlock()
	if r == nil {
		return true
	}
	select {
	case <-r.idle:
		return true
	case <-ctx.Done():
		return false
	}
}
