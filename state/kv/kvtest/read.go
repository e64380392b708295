package kvtest

import (
	"errors"
	"slices"
	"testing"

	"github.com/gonogo-chat/gonogo/state/kv"
)

func testGet(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	wantGet(t, e, "a", "")
	apply(t, e, epoch, put("a", "1"), put("empty", ""), put("a\x00", "2"), put("\x00", "3"), put("\xff\xff", "4"))
	wantGet(t, e, "a", "1")
	wantGet(t, e, "a\x00", "2")
	wantGet(t, e, "\x00", "3")
	wantGet(t, e, "\xff\xff", "4")
	for _, absent := range []string{"b", "a\x00\x00", "\xff", "\x00\x00", "!badger!txn", "epoch"} {
		wantGet(t, e, absent, "")
	}
	if v, err := e.Get([]byte("empty")); err != nil || v == nil || len(v) != 0 {
		t.Errorf("get a present, empty value: got %v, %v, want an empty slice, not nil", v, err)
	}
	apply(t, e, epoch, del("a"))
	wantGet(t, e, "a", "")
	wantGet(t, e, "a\x00", "2")
}

// awkward are keys whose order naive comparisons get wrong, in byte order.
var awkward = []string{
	"", "\x00", "\x00\x00", "\x00\xff", "\x01", "!badger!x", "0", "A", "a", "a\x00", "a\x00\x00", "a\x00\xff",
	"a\x01", "a/", "a/1", "a/10", "a/2", "a/\xff", "a/\xff\xff", "a0", "aa", "ab", "a\xff", "a\xff\x00", "a\xff\xff",
	"b", "o", "\x7f", "\x80", "é", "\xfe\xff", "\xff", "\xff\x00", "\xff\xff", "\xff\xff\xff",
}

func testOrder(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	sorted := slices.Sorted(slices.Values(awkward))
	for i := len(awkward) - 1; i >= 0; i-- { // written against the order, one batch each
		apply(t, e, epoch, put(awkward[i], "v"))
	}
	backward := slices.Clone(sorted)
	slices.Reverse(backward)
	wantKeys(t, e, nil, nil, false, sorted...)
	wantKeys(t, e, nil, nil, true, backward...)
	// Every pair of keys as bounds, and just beside them.
	var bounds []string
	for _, k := range awkward {
		bounds = append(bounds, k, k+"\x00")
	}
	for _, from := range bounds {
		for _, to := range bounds {
			var want []string
			for _, k := range sorted {
				if k >= from && k < to {
					want = append(want, k)
				}
			}
			wantKeys(t, e, []byte(from), []byte(to), false, want...)
			slices.Reverse(want)
			wantKeys(t, e, []byte(from), []byte(to), true, want...)
		}
	}
}

func testRanges(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	wantKeys(t, e, nil, nil, false)
	wantKeys(t, e, nil, nil, true)
	apply(t, e, epoch, put("a/1", "1"), put("a/2", "2"), put("b/1", "3"), put("b/2", "4"))
	for _, c := range []struct {
		name     string
		from, to []byte
		want     []string
	}{
		{"prefix", []byte("a/"), []byte("a0"), []string{"a/1", "a/2"}},
		{"end is exclusive", []byte("a/1"), []byte("b/1"), []string{"a/1", "a/2"}},
		{"start is inclusive", []byte("a/2"), []byte("b/2"), []string{"a/2", "b/1"}},
		{"open start", nil, []byte("a/2"), []string{"a/1"}},
		{"open end", []byte("b/"), nil, []string{"b/1", "b/2"}},
		{"between keys", []byte("a/3"), []byte("b/"), nil},
		{"before all", nil, []byte("a"), nil},
		{"after all", []byte("c"), nil, nil},
		{"empty", []byte("a/1"), []byte("a/1"), nil},
		{"crossed", []byte("b"), []byte("a"), nil},
		{"nothing lies before an empty end", nil, []byte{}, nil},
	} {
		wantKeys(t, e, c.from, c.to, false, c.want...)
		slices.Reverse(c.want)
		wantKeys(t, e, c.from, c.to, true, c.want...)
		if t.Failed() {
			t.Fatalf("case %q", c.name)
		}
	}
	apply(t, e, epoch, del("a/2"), del("b/1"))
	wantKeys(t, e, nil, nil, false, "a/1", "b/2")
	wantKeys(t, e, nil, nil, true, "b/2", "a/1")
}

func testVisitor(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	apply(t, e, epoch, put("a", "1"), put("b", "2"), put("c", "3"))
	broken := errors.New("visitor failed")
	for _, reverse := range []bool{false, true} {
		for _, c := range []struct{ give, want error }{{kv.ErrStop, nil}, {broken, broken}} {
			calls := 0
			err := e.Scan(nil, nil, reverse, func([]byte, []byte) error {
				if calls++; calls == 2 {
					return c.give
				}
				return nil
			})
			if !errors.Is(err, c.want) || calls != 2 {
				t.Errorf("visitor returning %v: got %v after %d calls, want %v after 2", c.give, err, calls, c.want)
			}
		}
	}
	// A visitor may read, and scan, the same engine.
	var seen []string
	err := e.Scan(nil, nil, false, func(key, _ []byte) error {
		value, err := e.Get(key)
		if err != nil {
			return err
		}
		return e.Scan(key, nil, true, func(inner, _ []byte) error {
			seen = append(seen, string(key)+string(value)+string(inner))
			return kv.ErrStop
		})
	})
	if want := []string{"a1c", "b2c", "c3c"}; err != nil || !slices.Equal(seen, want) {
		t.Errorf("reading while visiting: got %q, %v, want %q", seen, err, want)
	}
}

func testOwnership(t *testing.T, s Store) {
	e, epoch := opened(t, s)
	key, value := []byte("key"), []byte("value")
	apply(t, e, epoch, kv.Op{Key: key, Value: value})
	copy(key, "xxx")
	copy(value, "xxxxx")
	wantGet(t, e, "key", "value")
	got, err := e.Get([]byte("key"))
	if err != nil {
		t.Fatal(err)
	}
	copy(got, "yyyyy")
	wantGet(t, e, "key", "value")
	if grown := append(got, "zzz"...); string(grown[:5]) != "yyyyy" {
		t.Errorf("a value that Get returned changed under its owner: %q", grown)
	}
	wantGet(t, e, "key", "value")
}
