package kvtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/state/kv"
)

func testReopen(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	for i := range 3 {
		apply(t, e, epoch, put("a", fmt.Sprint(i)), put(fmt.Sprint("round/", i), "x"), del(fmt.Sprint("round/", i-1)))
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		e, epoch = opened(t, s)
		wantGet(t, e, "a", fmt.Sprint(i))
		wantKeys(t, e, nil, nil, false, "a", fmt.Sprint("round/", i))
	}
}

func testHeld(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	apply(t, e, epoch, put("a", "1"))
	second, err := s.Open(t)
	wantErr(t, "open what is held", err, kv.ErrLocked)
	if err == nil {
		_ = second.Close()
	}
	apply(t, e, epoch, put("a", "2"))
	wantGet(t, e, "a", "2")
}

func testClosed(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	apply(t, e, epoch, put("a", "1"))
	snap := e.Snapshot()
	for range 2 {
		if err := e.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
	}
	visit := func([]byte, []byte) error { return errors.New("visited a closed engine") }
	_, err := e.Get([]byte("a"))
	wantErr(t, "get", err, kv.ErrClosed)
	wantErr(t, "scan", e.Scan(nil, nil, false, visit), kv.ErrClosed)
	wantErr(t, "apply", e.Apply(epoch, []kv.Op{put("a", "2")}), kv.ErrClosed)
	_, err = e.Acquire()
	wantErr(t, "acquire", err, kv.ErrClosed)
	_, err = snap.Get([]byte("a"))
	wantErr(t, "get in a snapshot", err, kv.ErrClosed)
	wantErr(t, "scan in a snapshot", snap.Scan(nil, nil, false, visit), kv.ErrClosed)
	snap.Release()
	late := e.Snapshot()
	_, err = late.Get([]byte("a"))
	wantErr(t, "get in a snapshot of a closed engine", err, kv.ErrClosed)
	late.Release()
	if m, ok := e.(kv.Maintainer); ok {
		wantErr(t, "writable", m.Writable(), kv.ErrClosed)
		wantErr(t, "compact", m.Compact(context.Background()), kv.ErrClosed)
	}
	wantGet(t, reopened(t, s), "a", "1")
}

// testModel compares the engine with a map under random batches and scans.
func testModel(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	key := rapid.Custom(func(t *rapid.T) string {
		return rapid.StringOfN(rapid.RuneFrom([]rune{0, '/', 'a', 'ÿ'}), 0, 3, -1).Draw(t, "key")
	})
	rapid.Check(t, func(rt *rapid.T) {
		// Each check starts from an empty store.
		var clear []kv.Op
		for _, p := range list(rt, e, nil, nil, false) {
			clear = append(clear, del(p.key))
		}
		if err := e.Apply(epoch, clear); err != nil {
			rt.Fatalf("clear: %v", err)
		}
		model := map[string]string{}
		for range rapid.IntRange(1, 6).Draw(rt, "batches") {
			var ops []kv.Op
			for range rapid.IntRange(0, 8).Draw(rt, "operations") {
				k := key.Draw(rt, "key")
				if rapid.Bool().Draw(rt, "delete") {
					ops = append(ops, del(k))
					delete(model, k)
				} else {
					v := rapid.StringN(0, 4, -1).Draw(rt, "value")
					ops = append(ops, put(k, v))
					model[k] = v
				}
			}
			if err := e.Apply(epoch, ops); err != nil {
				rt.Fatalf("apply: %v", err)
			}
		}
		from, to, reverse := key.Draw(rt, "from"), key.Draw(rt, "to"), rapid.Bool().Draw(rt, "reverse")
		var want []pair
		for _, k := range slices.Sorted(maps.Keys(model)) {
			if k >= from && k < to {
				want = append(want, pair{k, model[k]})
			}
		}
		if reverse {
			slices.Reverse(want)
		}
		if got := list(rt, e, []byte(from), []byte(to), reverse); !slices.Equal(got, want) {
			rt.Fatalf("scan [%q, %q) reverse %t: got %q, want %q", from, to, reverse, got, want)
		}
	})
}

func testCompact(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	m, ok := e.(kv.Maintainer)
	if !ok {
		return // the engine keeps itself in order
	}
	apply(t, e, epoch, put("kept", "1"), put("gone", "1"))
	snap := e.Snapshot()
	defer snap.Release()
	apply(t, e, epoch, put("kept", "2"), del("gone"))
	for range 2 {
		if err := m.Compact(context.Background()); err != nil {
			t.Fatalf("compact: %v", err)
		}
	}
	wantGet(t, e, "kept", "2")
	wantGet(t, e, "gone", "")
	wantGet(t, snap, "kept", "1")
	wantGet(t, snap, "gone", "1")
	if n, err := m.Size(); err != nil || n <= 0 {
		t.Errorf("size: %d, %v", n, err)
	}
	if err := m.Writable(); err != nil {
		t.Errorf("writable: %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	wantErr(t, "compact with an ended context", m.Compact(ended), context.Canceled)
}
