package badgerkv

import (
	"runtime/debug"
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
	last  int64 // and at the last check
	quiet int   // checks since anything much was mapped
	busy  bool  // something was, and the heap has not been given back since
}

const (
	trimEvery = 250 * time.Millisecond
	trimAbove = 8 << 20 // bytes above the floor that are worth a pass
	trimStir  = 1 << 20 // bytes between two checks that are not quiet
	trimQuiet = 4       // quiet checks after which the heap is given back,
	trimRest  = 60      // and once more: Badger lets go of its buffers one by one
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
	now := residentFile()
	if stirred := now > t.last+trimStir; stirred {
		t.busy, t.quiet = true, 0
	} else {
		t.quiet++
	}
	if now > t.floor+trimAbove {
		t.pass()
		t.floor = residentFile()
		now = t.floor
	}
	t.last = now
	if t.busy && (t.quiet == trimQuiet || t.quiet == trimRest) {
		t.busy = t.quiet != trimRest
		// Merging tables leaves tens of megabytes of garbage, which an idle
		// process would keep until its next collection, minutes later.
		debug.FreeOSMemory()
	}
}

func (t *trimmer) stop() {
	close(t.quit)
	t.done.Wait()
}
