package badgerkv

import (
	"sync"
	"sync/atomic"
	"time"
)

// trimmer gives back the memory that mapped table files occupy. Badger maps
// every table whole, and each page read or written stays counted as resident
// until the kernel runs short. Dropping the pages costs a later reader a soft
// fault each, since their contents stay in the kernel's page cache.
type trimmer struct {
	bytes atomic.Int64 // read or written since the last pass
	quit  chan struct{}
	done  sync.WaitGroup
	pass  func()
}

const (
	trimEvery = 500 * time.Millisecond
	trimAfter = 16 << 20 // bytes read or written between passes
)

func (t *trimmer) start(e *Engine) {
	t.quit = make(chan struct{})
	t.pass = func() { dropPages(e.db, e.dir) }
	t.done.Go(func() {
		tick := time.NewTicker(trimEvery)
		defer tick.Stop()
		for {
			select {
			case <-t.quit:
				return
			case <-tick.C:
				if t.bytes.Load() >= trimAfter {
					t.now()
				}
			}
		}
	})
}

// touched counts bytes that passed through the maps.
func (t *trimmer) touched(n int64) { t.bytes.Add(n) }

// now runs a pass at once.
func (t *trimmer) now() {
	t.bytes.Store(0)
	t.pass()
}

func (t *trimmer) stop() {
	close(t.quit)
	t.done.Wait()
}
