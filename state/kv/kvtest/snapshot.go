package kvtest

import (
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/gonogo-chat/gonogo/state/kv"
)

func testSnapshot(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	empty := e.Snapshot()
	defer empty.Release()
	apply(t, e, epoch, put("a", "1"), put("b", "1"), put("c", "1"))
	snap := e.Snapshot()
	apply(t, e, epoch, put("a", "2"), put("aa", "phantom"), del("b"), put("d", "phantom"))

	wantKeys(t, empty, nil, nil, false)
	wantGet(t, empty, "a", "")
	for range 2 {
		wantKeys(t, snap, nil, nil, false, "a", "b", "c")
		wantKeys(t, snap, nil, nil, true, "c", "b", "a")
		wantGet(t, snap, "a", "1")
		wantGet(t, snap, "b", "1")
		wantGet(t, snap, "aa", "")
		wantGet(t, snap, "d", "")
	}
	wantKeys(t, e, nil, nil, false, "a", "aa", "c", "d")
	wantGet(t, e, "a", "2")

	snap.Release()
	snap.Release()
	_, err := snap.Get([]byte("a"))
	wantErr(t, "get after release", err, kv.ErrClosed)
	wantErr(t, "scan after release", snap.Scan(nil, nil, false, nil), kv.ErrClosed)

	// Released in the middle of its own scan, it still ends that scan whole.
	mid, calls := e.Snapshot(), 0
	err = mid.Scan(nil, nil, false, func([]byte, []byte) error {
		calls++
		mid.Release()
		return nil
	})
	if err != nil || calls != 4 {
		t.Errorf("release while scanning: %d keys, %v, want 4", calls, err)
	}
}

// testSnapshotBesideWriter lets one writer move a sum between keys that come and
// go, which every snapshot must find unchanged.
func testSnapshotBesideWriter(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	rounds := 300
	if testing.Short() {
		rounds = 60
	}
	const keys = 10
	apply(t, e, epoch, put("k/0", "100"))
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for ended := false; !ended; {
				select {
				case <-done:
					ended = true // and once more, at the end
				default:
				}
				if err := sumIs100(e); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range rounds {
		from, to := fmt.Sprint("k/", i%keys), fmt.Sprint("k/", (i+1)%keys)
		apply(t, e, epoch, del(from), put(to, "100"), put("round", fmt.Sprint(i)))
	}
	close(done)
	wg.Wait()
}

// testCompactBesideOthers merges while one goroutine writes and one reads.
func testCompactBesideOthers(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	m, ok := e.(kv.Maintainer)
	if !ok {
		return // the engine keeps itself in order
	}
	apply(t, e, epoch, put("k/0", "100"))
	done := make(chan struct{})
	var wg sync.WaitGroup
	stopped := func() bool {
		select {
		case <-done:
			return true
		default:
			return false
		}
	}
	wg.Go(func() {
		for i := 0; !stopped(); i++ {
			err := e.Apply(epoch, []kv.Op{del(fmt.Sprint("k/", i%7)), put(fmt.Sprint("k/", (i+1)%7), "100"), put("last", fmt.Sprint(i))})
			if err != nil {
				t.Errorf("apply beside compaction: %v", err)
				return
			}
			if got, err := e.Get([]byte("last")); err != nil || string(got) != fmt.Sprint(i) {
				t.Errorf("batch %d was acknowledged, then %q was read, %v", i, got, err)
				return
			}
		}
	})
	wg.Go(func() {
		for !stopped() {
			if err := sumIs100(e); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 6 {
		if err := m.Compact(t.Context()); err != nil {
			t.Errorf("compact: %v", err)
		}
	}
	close(done)
	wg.Wait()
}

func sumIs100(e kv.Engine) error {
	snap := e.Snapshot()
	defer snap.Release()
	for _, reverse := range []bool{false, true} {
		sum := 0
		err := snap.Scan([]byte("k/"), []byte("k0"), reverse, func(_, value []byte) error {
			n, err := strconv.Atoi(string(value))
			sum += n
			return err
		})
		if err != nil || sum != 100 {
			return fmt.Errorf("a snapshot beside a writer sums to %d, %w, want 100", sum, err)
		}
	}
	return nil
}

func testScanIsOneMoment(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	apply(t, e, epoch, put("a", "1"), put("b", "1"), put("c", "1"))
	var got []string
	err := e.Scan(nil, nil, false, func(key, value []byte) error {
		got = append(got, string(key)+string(value))
		if len(got) == 1 {
			return e.Apply(epoch, []kv.Op{put("b", "2"), put("bb", "2"), del("c")})
		}
		return nil
	})
	if want := "[a1 b1 c1]"; err != nil || fmt.Sprint(got) != want {
		t.Errorf("a write during a scan shows in it: got %v, %v, want %s", got, err, want)
	}
	wantKeys(t, e, nil, nil, false, "a", "b", "bb")
}
