// Package kvtest is the conformance suite of the storage seam: what every engine
// must do, whatever keeps its bytes.
package kvtest

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os/exec"
	"testing"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// Store is one store's contents, empty at first, opened as often as a test
// needs.
type Store interface {
	// Open opens the store. The engine opened before was closed or has crashed.
	// The test closes what it opened.
	Open(t *testing.T) (kv.Engine, error)
}

// Crasher is a store whose engines lose power within the process.
type Crasher interface {
	// Crash drops what the open engine has not synced and makes it unusable.
	Crash(t *testing.T)
}

// Killer is a store that another process can hold.
type Killer interface {
	// Child returns a command, not yet started, that opens the store and runs
	// Loop on it with the command's standard output.
	Child(t *testing.T) *exec.Cmd
}

// Run runs the suite. Every test gets its own store from open.
func Run(t *testing.T, open func(t *testing.T) Store) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s Store)
	}{
		{"Get", testGet},
		{"Order", testOrder},
		{"Ranges", testRanges},
		{"Visitor", testVisitor},
		{"Ownership", testOwnership},
		{"Snapshot", testSnapshot},
		{"SnapshotBesideWriter", testSnapshotBesideWriter},
		{"ScanIsOneMoment", testScanIsOneMoment},
		{"Batch", testBatch},
		{"Rerun", testRerun},
		{"Fencing", testFencing},
		{"FencingRace", testFencingRace},
		{"Limits", testLimits},
		{"LargestBatch", testLargestBatch},
		{"Reopen", testReopen},
		{"Held", testHeld},
		{"Closed", testClosed},
		{"Model", testModel},
		{"Compact", testCompact},
		{"CompactBesideOthers", testCompactBesideOthers},
		{"Crash", testCrash},
		{"Kill", testKill},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, open(t))
		})
	}
}

// opened opens the store and takes an epoch; the test's end closes it.
func opened(t *testing.T, s Store) (kv.Engine, kv.Epoch) {
	t.Helper()
	e := reopened(t, s)
	epoch, err := e.Acquire()
	if err != nil {
		t.Fatalf("acquire: %v", err)
	}
	return e, epoch
}

func reopened(t *testing.T, s Store) kv.Engine {
	t.Helper()
	e, err := s.Open(t)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return e
}

func put(key, value string) kv.Op { return kv.Op{Key: []byte(key), Value: []byte(value)} }
func del(key string) kv.Op        { return kv.Op{Key: []byte(key), Delete: true} }

func apply(t *testing.T, e kv.Engine, epoch kv.Epoch, ops ...kv.Op) {
	t.Helper()
	if err := e.Apply(epoch, ops); err != nil {
		t.Fatalf("apply: %v", err)
	}
}

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

// wantGet checks one key; an empty want means that the key must be absent.
func wantGet(t *testing.T, r kv.Reader, key, want string) {
	t.Helper()
	got, err := r.Get([]byte(key))
	if want == "" {
		wantErr(t, fmt.Sprintf("get %q", key), err, kv.ErrNotFound)
		return
	}
	if err != nil || string(got) != want {
		t.Errorf("get %q: got %q, %v, want %q", key, got, err, want)
	}
}

type pair struct{ key, value string }

// list scans a range into memory.
func list(t interface {
	Helper()
	Fatalf(string, ...any)
}, r kv.Reader, from, to []byte, reverse bool) []pair {
	t.Helper()
	var got []pair
	err := r.Scan(from, to, reverse, func(key, value []byte) error {
		got = append(got, pair{string(key), string(value)})
		return nil
	})
	if err != nil {
		t.Fatalf("scan [%x, %x) reverse %t: %v", from, to, reverse, err)
	}
	return got
}

// wantKeys checks which keys a range holds, in which order.
func wantKeys(t *testing.T, r kv.Reader, from, to []byte, reverse bool, want ...string) {
	t.Helper()
	var got []string
	for _, p := range list(t, r, from, to, reverse) {
		got = append(got, p.key)
	}
	same := len(got) == len(want)
	for i := 0; same && i < len(got); i++ {
		same = got[i] == want[i]
	}
	if !same {
		t.Errorf("scan [%s, %s) reverse %t: got %q, want %q", bound(from), bound(to), reverse, got, want)
	}
}

func bound(b []byte) string {
	if b == nil {
		return "nil"
	}
	return hex.EncodeToString(bytes.Clone(b))
}
