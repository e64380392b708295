package badgerkv

import (
	"sync"
	"time"
)

// trimmer gives back the memory that mapped table files occupy. Badger maps
// every table whole, and each page that a read, a flush or a compaction touched
// stays counted as resident until the kernel runs short. Dropping the pages
// costs a later reader a soft fault each, since their contents stay in the
// kernel's page cache.
type trimmer struct {
	quit chan struct{}
	done sync.WaitGroup

	mu    sync.Mutex
	pass  func()
	floor int64 // file-backed resident bytes after the last pass
}

const (
	trimEvery = 250 * time.Millisecond
	trimAbove = 8 << 20 // bytes above the floor that are worth a pass
)

func (t *trimmer) start(e *Engine) {
	t.quit = make(chan struct{})
	t.pass = func() { dropPages(e.db, e.dir) }
	t.floor = residentFile()
	t.done.Go(func() {
		tick := time.NewTicker(trimEvery)
		defer tick.Stop()
		for {
			select {
			case <-t.quit:
				return
			case <-tick.C:
				t.check()
			}
		}
	})
}

// check runs a pass when mapped pages have piled up since the last one.
func (t *trimmer) check() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if residentFile() > t.floor+trimAbove {
		t.pass()
		t.floor = residentFile()
	}
}

func (t *trimmer) stop() {
	close(t.quit)
	t.done.Wait()
}
