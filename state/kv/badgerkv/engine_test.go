package badgerkv_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/badgerkv"
)

func put(key, value string) kv.Op { return kv.Op{Key: []byte(key), Value: []byte(value)} }

func open(t *testing.T, dir string, opts badgerkv.Options) (*badgerkv.Engine, kv.Epoch) {
	t.Helper()
	e, err := badgerkv.Open(dir, opts)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	epoch, err := e.Acquire()
	if err != nil {
		t.Fatalf("acquire: %v", err)
	}
	return e, epoch
}

func TestOtherProcessIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	child := store{dir}.Child(t)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if !bufio.NewScanner(out).Scan() {
		t.Fatal("the child wrote nothing")
	}
	_, err = badgerkv.Open(dir, badgerkv.Options{Reserve: -1})
	if !errors.Is(err, kv.ErrLocked) || !strings.Contains(err.Error(), dir) {
		t.Errorf("open what another process holds: %v, want kv.ErrLocked naming %s", err, dir)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed
	open(t, dir, badgerkv.Options{Reserve: -1})
}

func TestReserve(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var now atomic.Pointer[badgerkv.Space]
	set := func(s badgerkv.Space) { now.Store(&s) }
	set(badgerkv.Space{Free: 1000})
	opts := badgerkv.Options{Reserve: 1000, Space: func(asked string) (badgerkv.Space, error) {
		if asked != dir {
			t.Errorf("asked for the space of %q, want %q", asked, dir)
		}
		return *now.Load(), nil
	}}
	e, epoch := open(t, dir, opts)
	for _, c := range []struct {
		name  string
		space badgerkv.Space
		want  error
	}{
		{"at the reserve", badgerkv.Space{Free: 1000}, nil},
		{"below the reserve", badgerkv.Space{Free: 999}, kv.ErrNoSpace},
		{"space again", badgerkv.Space{Free: 1 << 40}, nil},
		{"remounted read-only", badgerkv.Space{Free: 1 << 40, ReadOnly: true}, kv.ErrReadOnly},
		{"writable again", badgerkv.Space{Free: 1 << 40}, nil},
	} {
		set(c.space)
		err := e.Apply(epoch, []kv.Op{put(c.name, "x")})
		if !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: apply: %v, want %v", c.name, err, c.want)
		}
		if _, err := e.Get([]byte(c.name)); (err == nil) != (c.want == nil) {
			t.Errorf("%s: the batch is there: %t", c.name, err == nil)
		}
		if err := e.Writable(); !errors.Is(err, c.want) {
			t.Errorf("%s: writable: %v, want %v", c.name, err, c.want)
		}
		if c.want == nil {
			continue
		}
		if _, err := e.Acquire(); !errors.Is(err, c.want) {
			t.Errorf("%s: acquire: %v, want %v", c.name, err, c.want)
		}
		if err := e.Compact(context.Background()); !errors.Is(err, c.want) {
			t.Errorf("%s: compact: %v, want %v", c.name, err, c.want)
		}
	}
	set(badgerkv.Space{Free: 0})
	if _, err := badgerkv.Open(t.TempDir(), badgerkv.Options{Space: func(string) (badgerkv.Space, error) {
		return badgerkv.Space{Free: badgerkv.DefaultReserve - 1}, nil
	}}); !errors.Is(err, kv.ErrNoSpace) {
		t.Errorf("open below the default reserve: %v, want kv.ErrNoSpace", err)
	}
}

func TestSpaceThatCannotBeAskedStopsWriting(t *testing.T) {
	t.Parallel()
	broken := errors.New("stale file handle")
	var fail atomic.Bool
	e, epoch := open(t, t.TempDir(), badgerkv.Options{Space: func(string) (badgerkv.Space, error) {
		if fail.Load() {
			return badgerkv.Space{}, broken
		}
		return badgerkv.Space{Free: 1 << 40}, nil
	}})
	fail.Store(true)
	if err := e.Apply(epoch, []kv.Op{put("a", "1")}); !errors.Is(err, broken) {
		t.Errorf("apply: %v, want %v", err, broken)
	}
}

func TestOpenRefusals(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if e, err := badgerkv.Open(file, badgerkv.Options{Reserve: -1}); err == nil {
		t.Error("opened a file as a folder")
		_ = e.Close()
	}
	_, err := badgerkv.Open(t.TempDir(), badgerkv.Options{Space: func(string) (badgerkv.Space, error) {
		return badgerkv.Space{Free: 1 << 40, ReadOnly: true}, nil
	}})
	if !errors.Is(err, kv.ErrReadOnly) {
		t.Errorf("open on a read-only mount: %v, want kv.ErrReadOnly", err)
	}
	t.Run("no write permission", func(t *testing.T) {
		becomeAnybody(t)
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		if _, err := badgerkv.Open(dir, badgerkv.Options{Reserve: -1}); !errors.Is(err, kv.ErrReadOnly) {
			t.Errorf("open: %v, want kv.ErrReadOnly", err)
		}
	})
}

func TestFreeSpace(t *testing.T) {
	t.Parallel()
	s, err := badgerkv.FreeSpace(t.TempDir())
	if err != nil || s.Free == 0 || s.ReadOnly {
		t.Errorf("free space of a temporary folder: %+v, %v", s, err)
	}
	if _, err := badgerkv.FreeSpace(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("free space of a missing folder: %v", err)
	}
}

// TestRewritingIsBounded rewrites few keys many times over. After compaction the
// store must hold about what is live, however much was written.
func TestRewritingIsBounded(t *testing.T) {
	t.Parallel()
	e, epoch := open(t, t.TempDir(), badgerkv.Options{Reserve: -1})
	const keys, size, rounds = 500, 4000, 40 // 2 MB live, 80 MB written
	for r := range rounds {
		for from := 0; from < keys; from += 100 {
			var ops []kv.Op
			for i := from; i < from+100; i++ {
				ops = append(ops, kv.Op{Key: fmt.Appendf(nil, "k/%05d", i), Value: noise(size, r*keys+i)})
			}
			if err := e.Apply(epoch, ops); err != nil {
				t.Fatal(err)
			}
		}
	}
	before, err := e.Size()
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Compact(context.Background()); err != nil {
		t.Fatal(err)
	}
	after, err := e.Size()
	if err != nil {
		t.Fatal(err)
	}
	// Beside what is live: a fresh memtable, the manifest and framing.
	if limit := int64(keys*size + 2<<20); after > limit || before <= limit {
		t.Errorf("%d bytes on disk before compaction and %d after, want at most %d only after", before, after, limit)
	}
	if v, err := e.Get([]byte("k/00007")); err != nil || string(v) != string(noise(size, (rounds-1)*keys+7)) {
		t.Errorf("the newest value is not there: %d bytes, %v", len(v), err)
	}
}

// TestDeletedIsGone finds no trace in the folder of what was deleted before the
// store was compacted for the first time.
func TestDeletedIsGone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e, epoch := open(t, dir, badgerkv.Options{Reserve: -1})
	secret := noise(64, 4711)
	if err := e.Apply(epoch, []kv.Op{{Key: []byte("secret"), Value: secret}, put("other", "kept")}); err != nil {
		t.Fatal(err)
	}
	if !holds(t, dir, secret) {
		t.Fatal("what was written is not in the folder: this test proves nothing")
	}
	if err := e.Apply(epoch, []kv.Op{{Key: []byte("secret"), Delete: true}}); err != nil {
		t.Fatal(err)
	}
	if err := e.Compact(context.Background()); err != nil {
		t.Fatal(err)
	}
	if holds(t, dir, secret) {
		t.Error("a deleted value is still in the folder")
	}
	if err := e.Apply(epoch, []kv.Op{put("after", "1")}); err != nil {
		t.Errorf("apply after compacting: %v", err)
	}
	if v, err := e.Get([]byte("other")); err != nil || string(v) != "kept" {
		t.Errorf("what was kept: %q, %v", v, err)
	}
}

func holds(t *testing.T, dir string, want []byte) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if bytes.Contains(b, want) {
			return true
		}
	}
	return false
}

// noise is incompressible and the same for the same seed (xorshift64).
func noise(n, seed int) []byte {
	b, x := make([]byte, n), uint64(seed)*0x9e3779b97f4a7c15+1
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x >> 32)
	}
	return b
}
