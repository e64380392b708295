package kv_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/state/kv"
)

func TestLimitsCheck(t *testing.T) {
	t.Parallel()
	limits := kv.Limits{Ops: 2, Bytes: 2*kv.OpOverhead + 10, Key: 4, Value: 6}
	op := func(key, value int) kv.Op { return kv.Op{Key: make([]byte, key), Value: make([]byte, value)} }
	for _, c := range []struct {
		name string
		ops  []kv.Op
		fits bool
	}{
		{"nothing", nil, true},
		{"exactly full", []kv.Op{op(4, 1), op(1, 4)}, true},
		{"one byte over", []kv.Op{op(4, 1), op(1, 5)}, false},
		{"one operation over", []kv.Op{op(1, 0), op(1, 0), op(1, 0)}, false},
		{"longest key and value", []kv.Op{op(4, 6)}, true},
		{"key too long", []kv.Op{op(5, 0)}, false},
		{"deleted key too long", []kv.Op{{Key: make([]byte, 5), Delete: true}}, false},
		{"value too long", []kv.Op{op(0, 7)}, false},
		{"a deletion's value is not written", []kv.Op{{Key: []byte("k"), Value: make([]byte, 100), Delete: true}}, true},
	} {
		err := limits.Check(c.ops)
		if c.fits && err != nil || !c.fits && !errors.Is(err, kv.ErrTooLarge) {
			t.Errorf("%s: got %v, want fits %t", c.name, err, c.fits)
		}
	}
}

// A group that fits can be split anywhere, and a group that does not fit cannot
// be made to fit by adding to it: what a committer's splitting relies on.
func TestLimitsAreMonotonic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limits := kv.Limits{
			Ops: rapid.IntRange(0, 6).Draw(t, "ops"), Bytes: rapid.IntRange(0, 500).Draw(t, "bytes"),
			Key: rapid.IntRange(0, 20).Draw(t, "key"), Value: rapid.IntRange(0, 60).Draw(t, "value"),
		}
		ops := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) kv.Op {
			return kv.Op{
				Key:    make([]byte, rapid.IntRange(0, 24).Draw(t, "key")),
				Value:  make([]byte, rapid.IntRange(0, 64).Draw(t, "value")),
				Delete: rapid.Bool().Draw(t, "delete"),
			}
		}), 0, 8).Draw(t, "operations")
		cut := rapid.IntRange(0, len(ops)).Draw(t, "cut")
		if limits.Check(ops) == nil && (limits.Check(ops[:cut]) != nil || limits.Check(ops[cut:]) != nil) {
			t.Fatalf("%d operations fit whole but not cut at %d", len(ops), cut)
		}
	})
}
