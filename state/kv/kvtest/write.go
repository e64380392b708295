package kvtest

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/gonogo-chat/gonogo/state/kv"
)

func testBatch(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	apply(t, e, epoch)
	apply(t, e, epoch, del("never there"))
	apply(t, e, epoch, put("twice", "1"), put("gone", "1"), del("back"), put("twice", "2"), del("gone"), put("back", "1"))
	wantGet(t, e, "twice", "2")
	wantGet(t, e, "gone", "")
	wantGet(t, e, "back", "1")
	wantKeys(t, e, nil, nil, false, "back", "twice")
	apply(t, e, epoch, kv.Op{Key: []byte("back"), Value: []byte("ignored"), Delete: true})
	wantGet(t, e, "back", "")
}

// testRerun applies the same batch again, as a committer does that was not
// answered the first time.
func testRerun(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	batch := []kv.Op{put("a", "1"), del("b"), put("c", "1")}
	for range 3 {
		apply(t, e, epoch, batch...)
		wantKeys(t, e, nil, nil, false, "a", "c")
	}
}

func testFencing(t *testing.T, s Store) {
	e := reopened(t, s)
	wantErr(t, "apply with no epoch", e.Apply(0, []kv.Op{put("a", "0")}), kv.ErrFenced)
	wantErr(t, "apply with an epoch never given", e.Apply(7, []kv.Op{put("a", "0")}), kv.ErrFenced)
	first, err := e.Acquire()
	if err != nil || first == 0 {
		t.Fatalf("acquire: %d, %v", first, err)
	}
	apply(t, e, first, put("a", "1"))
	second, err := e.Acquire()
	if err != nil || second <= first {
		t.Fatalf("acquire again: %d, %v, want more than %d", second, err, first)
	}
	for _, ops := range [][]kv.Op{{put("a", "fenced"), put("b", "fenced")}, {del("a")}, nil} {
		wantErr(t, "apply with the older epoch", e.Apply(first, ops), kv.ErrFenced)
	}
	wantErr(t, "apply with a later epoch", e.Apply(second+1, []kv.Op{put("a", "0")}), kv.ErrFenced)
	wantKeys(t, e, nil, nil, false, "a")
	wantGet(t, e, "a", "1")
	apply(t, e, second, put("a", "2"))

	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = reopened(t, s)
	third, err := e.Acquire()
	if err != nil || third <= second {
		t.Fatalf("acquire after reopening: %d, %v, want more than %d", third, err, second)
	}
	wantErr(t, "apply with an epoch from before", e.Apply(second, []kv.Op{put("a", "fenced")}), kv.ErrFenced)
	apply(t, e, third, put("b", "3"))
	wantGet(t, e, "a", "2")
	wantGet(t, e, "b", "3")
}

// testFencingRace lets holders take the store from each other. What a fenced
// holder wrote must all be older than what the holder after it wrote.
func testFencingRace(t *testing.T, s Store) {
	e := reopened(t, s)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 5 {
				epoch, err := e.Acquire()
				if err != nil {
					t.Errorf("acquire: %v", err)
					return
				}
				for n := 0; n < 20; n++ {
					err := e.Apply(epoch, []kv.Op{put("holder", fmt.Sprintf("%08d", epoch)), put(fmt.Sprintf("log/%08d/%02d", epoch, n), "")})
					if errors.Is(err, kv.ErrFenced) {
						break
					}
					if err != nil {
						t.Errorf("apply: %v", err)
						return
					}
					if got, err := e.Get([]byte("holder")); err != nil || string(got) < fmt.Sprintf("%08d", epoch) {
						t.Errorf("epoch %d committed, then the holder read %q, %v", epoch, got, err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
}

func testLimits(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	apply(t, e, epoch, put("before", "1"))
	l := e.Limits()
	if l.Ops < 1024 || l.Bytes < 512<<10 || l.Key < 1024 || l.Value < 64<<10 || l.Value+l.Key+kv.OpOverhead > l.Bytes {
		t.Fatalf("limits %+v leave too little to a turn", l)
	}
	many := make([]kv.Op, l.Ops+1)
	for i := range many {
		many[i] = put(fmt.Sprint("k", i), "")
	}
	var big []kv.Op
	for size := 0; size <= l.Bytes; {
		op := kv.Op{Key: fmt.Append(nil, "b", len(big)), Value: make([]byte, 32<<10)}
		big, size = append(big, op), size+op.Size()
	}
	for _, c := range []struct {
		name string
		ops  []kv.Op
	}{
		{"operations", many},
		{"bytes", big},
		{"key", []kv.Op{put("ok", "1"), {Key: make([]byte, l.Key+1)}}},
		{"deleted key", []kv.Op{put("ok", "1"), {Key: make([]byte, l.Key+1), Delete: true}}},
		{"value", []kv.Op{put("ok", "1"), {Key: []byte("v"), Value: make([]byte, l.Value+1)}}},
	} {
		wantErr(t, "too much by "+c.name, e.Apply(epoch, c.ops), kv.ErrTooLarge)
	}
	wantKeys(t, e, nil, nil, false, "before")
	apply(t, e, epoch, put("after", "1"))
	wantKeys(t, e, nil, nil, false, "after", "before")
}

// testLargestBatch fills the limits exactly, in each of their directions.
func testLargestBatch(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	l := e.Limits()
	small := make([]kv.Op, 0, l.Ops)
	for i := 0; i < l.Ops; i++ {
		op := put(fmt.Sprintf("k%07d", i), "")
		if (i+1)*op.Size() > l.Bytes {
			break
		}
		small = append(small, op)
	}
	apply(t, e, epoch, small...)
	for _, op := range []kv.Op{small[0], small[len(small)-1]} {
		if _, err := e.Get(op.Key); err != nil {
			t.Errorf("get %s of the longest batch: %v", op.Key, err)
		}
	}
	var wide []kv.Op
	left := l.Bytes
	for i := 0; left > l.Key+kv.OpOverhead; i++ {
		key := bytes.Repeat([]byte{byte(i), 0xff}, l.Key/2)
		n := min(l.Value, left-len(key)-kv.OpOverhead)
		wide = append(wide, kv.Op{Key: key, Value: bytes.Repeat([]byte{byte(i + 1)}, n)})
		left -= wide[i].Size()
	}
	apply(t, e, epoch, wide...)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = reopened(t, s)
	for _, op := range wide {
		if got, err := e.Get(op.Key); err != nil || !bytes.Equal(got, op.Value) {
			t.Errorf("a value of %d bytes came back as %d bytes, %v", len(op.Value), len(got), err)
		}
	}
	if got := len(list(t, e, []byte("k"), []byte("l"), false)); got < len(small) {
		t.Errorf("%d of %d operations of the longest batch are there", got, len(small))
	}
}
