package badgerkv

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/state/kv"
)

func TestFailedCommitStopsWriting(t *testing.T) {
	t.Parallel()
	e, err := Open(t.TempDir(), Options{Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	epoch, err := e.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	if err := e.db.Close(); err != nil { // every commit fails from here on
		t.Fatal(err)
	}
	ops := []kv.Op{{Key: []byte("a"), Value: []byte("1")}}
	for range 2 {
		if err := e.Apply(epoch, ops); !errors.Is(err, kv.ErrUncertain) {
			t.Errorf("apply: %v, want kv.ErrUncertain", err)
		}
	}
	if _, err := e.Acquire(); !errors.Is(err, kv.ErrUncertain) {
		t.Errorf("acquire: %v, want kv.ErrUncertain", err)
	}
	if err := e.Writable(); !errors.Is(err, kv.ErrUncertain) {
		t.Errorf("writable: %v, want kv.ErrUncertain", err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCloseWaitsForReaders(t *testing.T) {
	t.Parallel()
	var g gate
	if err := g.enter(); err != nil {
		t.Fatal(err)
	}
	closed := make(chan bool)
	go func() { closed <- g.close() }()
	for g.enter() == nil { // until the close has begun
		g.leave()
	}
	select {
	case <-closed:
		t.Fatal("closed with a call under way")
	default:
	}
	g.leave()
	if !<-closed {
		t.Error("the first close does not know that it was")
	}
	if g.close() {
		t.Error("a second close takes itself for the first")
	}
	if err := g.enter(); !errors.Is(err, kv.ErrClosed) {
		t.Errorf("enter a closed gate: %v", err)
	}
}

// The prefix that an iterator is given must hold every key of the range, and
// where the search starts.
func TestPrefixCoversTheRange(t *testing.T) {
	t.Parallel()
	key := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 'a', 'b', 0xfe, 0xff}), 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		from, to, k := key.Draw(t, "from"), key.Draw(t, "to"), key.Draw(t, "key")
		if rapid.Bool().Draw(t, "open end") {
			to = nil
		}
		lo, hi := bounds(from, to)
		if bytes.Compare(lo, hi) >= 0 {
			return
		}
		forward, backward := prefix(lo, hi, false), prefix(lo, hi, true)
		if !bytes.HasPrefix(hi, backward) || !bytes.HasPrefix(lo, forward) {
			t.Fatalf("[%x, %x): a search starts outside prefix %x or %x", lo, hi, forward, backward)
		}
		if s := stored(k); bytes.Compare(s, lo) >= 0 && bytes.Compare(s, hi) < 0 {
			if !bytes.HasPrefix(s, forward) || !bytes.HasPrefix(s, backward) {
				t.Fatalf("[%x, %x) holds %x, prefixes %x and %x do not", lo, hi, s, forward, backward)
			}
		}
	})
	for _, c := range []struct{ lo, hi, want string }{
		{"dx/", "dx0", "dx/"}, {"dx/1", "dx/9", "dx/"}, {"da", "e", "d"}, {"d", "e", "d"}, {"dx\xff", "dy", "dx"},
	} {
		if got := shared([]byte(c.lo), []byte(c.hi)); string(got) != c.want {
			t.Errorf("[%q, %q): prefix %q, want %q", c.lo, c.hi, got, c.want)
		}
	}
}

func TestDirSyncSeesNewFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(dir, old, old); err != nil {
		t.Fatal(err)
	}
	var d dirSync
	if err := d.sync(dir); err != nil || !d.seen.Equal(old) {
		t.Fatalf("sync: %v, remembered %v, want %v", err, d.seen, old)
	}
	if err := os.WriteFile(filepath.Join(dir, "new"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// The change is so fresh that another could share its time: not remembered.
	if err := d.sync(dir); err != nil || !d.seen.Equal(old) {
		t.Errorf("sync just after a change: %v, remembered %v, want still %v", err, d.seen, old)
	}
	if err := d.sync(filepath.Join(dir, "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("sync a missing folder: %v", err)
	}
}

// TestDropPages drops the pages of live tables while they are read and merged.
func TestDropPages(t *testing.T) {
	t.Parallel()
	e, err := Open(t.TempDir(), Options{Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	epoch, err := e.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	const keys = 4000
	for from := 0; from < keys; from += 200 {
		var ops []kv.Op
		for i := from; i < from+200; i++ {
			key := fmt.Appendf(nil, "%06d", i)
			ops = append(ops, kv.Op{Key: key, Value: bytes.Repeat(key, 800)})
		}
		if err := e.Apply(epoch, ops); err != nil {
			t.Fatal(err)
		}
	}
	for range 5 {
		e.trim.pass()
		n := 0
		err := e.Scan(nil, nil, false, func(key, value []byte) error {
			if n++; n%500 == 0 {
				e.trim.pass()
			}
			if !bytes.Equal(value, bytes.Repeat(key, 800)) {
				return fmt.Errorf("the value of %s changed", key)
			}
			return nil
		})
		if err != nil || n != keys {
			t.Fatalf("scan: %d keys, %v, want %d", n, err, keys)
		}
	}
}
