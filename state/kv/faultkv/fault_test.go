package faultkv_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

func put(key, value string) kv.Op { return kv.Op{Key: []byte(key), Value: []byte(value)} }

func acquire(t *testing.T, e kv.Engine) kv.Epoch {
	t.Helper()
	epoch, err := e.Acquire()
	if err != nil {
		t.Fatalf("acquire: %v", err)
	}
	return epoch
}

func has(t *testing.T, e kv.Engine, key string) bool {
	t.Helper()
	_, err := e.Get([]byte(key))
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		t.Fatalf("get %q: %v", key, err)
	}
	return err == nil
}

var errDisk = errors.New("the disk says no")

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		fault    faultkv.Fault
		want     error // what Apply returns
		later    error // what the next Apply returns
		survives bool  // whether the reopened store has the batch
	}{
		{"none", faultkv.Fault{}, nil, nil, true},
		{"refused for space", faultkv.Refuse(kv.ErrNoSpace), kv.ErrNoSpace, nil, false},
		{"refused as read-only", faultkv.Refuse(kv.ErrReadOnly), kv.ErrReadOnly, nil, false},
		{"power lost before writing", faultkv.CrashAt(faultkv.BeforeWrite), faultkv.ErrCrashed, kv.ErrClosed, false},
		{"power lost before syncing", faultkv.CrashAt(faultkv.BeforeSync), faultkv.ErrCrashed, kv.ErrClosed, false},
		{"power lost before answering", faultkv.CrashAt(faultkv.BeforeAnswer), faultkv.ErrCrashed, kv.ErrClosed, true},
		{"sync failed", faultkv.Fault{At: faultkv.BeforeSync, Err: errDisk}, kv.ErrUncertain, kv.ErrUncertain, false},
		{"sync failed late", faultkv.Fault{At: faultkv.BeforeAnswer, Err: errDisk}, kv.ErrUncertain, kv.ErrUncertain, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := faultkv.New(faultkv.Options{OnApply: func(ops []kv.Op) faultkv.Fault {
				if string(ops[0].Key) == "second" {
					return c.fault
				}
				return faultkv.Fault{}
			}})
			epoch := acquire(t, e)
			if err := e.Apply(epoch, []kv.Op{put("first", "1")}); err != nil {
				t.Fatal(err)
			}
			err := e.Apply(epoch, []kv.Op{put("second", "1"), put("also second", "1"), {Key: []byte("first"), Delete: true}})
			if !errors.Is(err, c.want) || c.want == nil && err != nil {
				t.Errorf("apply: got %v, want %v", err, c.want)
			}
			if c.fault.Err == errDisk && !errors.Is(err, errDisk) {
				t.Errorf("apply: got %v, which hides its cause", err)
			}
			err = e.Apply(epoch, []kv.Op{put("third", "1")})
			if !errors.Is(err, c.later) || c.later == nil && err != nil {
				t.Errorf("next apply: got %v, want %v", err, c.later)
			}
			e.Crash()
			e, err = e.Reopen()
			if err != nil {
				t.Fatal(err)
			}
			for key, want := range map[string]bool{
				"first": !c.survives, "second": c.survives, "also second": c.survives, "third": c.later == nil,
			} {
				if got := has(t, e, key); got != want {
					t.Errorf("after reopening, %q there: %t, want %t", key, got, want)
				}
			}
			if err := e.Apply(epoch, []kv.Op{put("fourth", "1")}); err != nil {
				t.Errorf("the newest epoch still writes after a crash: %v", err)
			}
		})
	}
}

func TestUncertainWriteIsNotSeen(t *testing.T) {
	t.Parallel()
	e := faultkv.New(faultkv.Options{OnApply: func([]kv.Op) faultkv.Fault {
		return faultkv.Fault{At: faultkv.BeforeAnswer, Err: errDisk}
	}})
	err := e.Apply(acquire(t, e), []kv.Op{put("a", "1")})
	if !errors.Is(err, kv.ErrUncertain) || has(t, e, "a") {
		t.Errorf("an unanswered batch: %v, seen %t, want kv.ErrUncertain and unseen", err, has(t, e, "a"))
	}
	if err := e.Writable(); !errors.Is(err, kv.ErrUncertain) {
		t.Errorf("writable: %v, want kv.ErrUncertain", err)
	}
	if _, err := e.Acquire(); !errors.Is(err, kv.ErrUncertain) {
		t.Errorf("acquire: %v, want kv.ErrUncertain", err)
	}
}

func TestLazyDiskLosesWhatItDidNotSync(t *testing.T) {
	t.Parallel()
	e := faultkv.New(faultkv.Options{Lazy: true})
	epoch := acquire(t, e)
	for i := range 4 {
		if err := e.Apply(epoch, []kv.Op{put(fmt.Sprint(i), "x")}); err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			e.Sync()
		}
	}
	if !has(t, e, "3") {
		t.Error("an applied batch is not seen")
	}
	e.Crash()
	e, err := e.Reopen()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, true, false, false} {
		if got := has(t, e, fmt.Sprint(i)); got != want {
			t.Errorf("batch %d there: %t, want %t", i, got, want)
		}
	}
	if err := e.Apply(epoch, []kv.Op{put("5", "x")}); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if e, err = e.Reopen(); err != nil || !has(t, e, "5") {
		t.Errorf("an orderly stop lost a batch, %v", err)
	}
}

func TestSetRefuse(t *testing.T) {
	t.Parallel()
	e := faultkv.New(faultkv.Options{})
	epoch := acquire(t, e)
	e.SetRefuse(kv.ErrNoSpace)
	if err := e.Apply(epoch, []kv.Op{put("a", "1")}); !errors.Is(err, kv.ErrNoSpace) || has(t, e, "a") {
		t.Errorf("apply: %v, written %t", err, has(t, e, "a"))
	}
	if _, err := e.Acquire(); !errors.Is(err, kv.ErrNoSpace) {
		t.Errorf("acquire: %v", err)
	}
	e.SetRefuse(nil)
	if err := e.Apply(epoch, []kv.Op{put("a", "1")}); err != nil {
		t.Errorf("apply once there is space: %v", err)
	}
}

// TestCrashWhileApplying crashes from another goroutine at the very point where
// the batch is about to be written.
func TestCrashWhileApplying(t *testing.T) {
	t.Parallel()
	reached, proceed := make(chan struct{}), make(chan struct{})
	e := faultkv.New(faultkv.Options{OnApply: func(ops []kv.Op) faultkv.Fault {
		if bytes.Equal(ops[0].Key, []byte("slow")) {
			close(reached)
			<-proceed
		}
		return faultkv.Fault{}
	}})
	epoch := acquire(t, e)
	done := make(chan error)
	go func() { done <- e.Apply(epoch, []kv.Op{put("slow", "1")}) }()
	<-reached
	e.Crash()
	next, err := e.Reopen()
	if err != nil {
		t.Fatal(err)
	}
	close(proceed)
	if err := <-done; !errors.Is(err, faultkv.ErrCrashed) {
		t.Errorf("apply during the crash: %v, want ErrCrashed", err)
	}
	if has(t, next, "slow") {
		t.Error("a dead engine wrote into the reopened store")
	}
	if _, err := e.Reopen(); !errors.Is(err, kv.ErrLocked) {
		t.Errorf("a second opening: %v, want kv.ErrLocked", err)
	}
}

func BenchmarkApply(b *testing.B) {
	e := faultkv.New(faultkv.Options{})
	epoch, err := e.Acquire()
	if err != nil {
		b.Fatal(err)
	}
	ops, n := make([]kv.Op, 256), 0
	for b.Loop() {
		for i := range ops {
			n++
			ops[i] = put(fmt.Sprintf("k/%09d", n), "a value of a few bytes")
		}
		if err := e.Apply(epoch, ops); err != nil {
			b.Fatal(err)
		}
	}
}

// TestLostBatchLeavesNoTrace loses a batch of every length of life: none may show in what was synced by an earlier life.
func TestLostBatchLeavesNoTrace(t *testing.T) {
	t.Parallel()
	lose := false
	e := faultkv.New(faultkv.Options{OnApply: func([]kv.Op) faultkv.Fault {
		if lose {
			return faultkv.CrashAt(faultkv.BeforeSync)
		}
		return faultkv.Fault{}
	}})
	epoch := acquire(t, e)
	for i := range 8 {
		if err := e.Apply(epoch, []kv.Op{put(fmt.Sprint(i), "kept"), put(fmt.Sprint("x", i), "kept")}); err != nil {
			t.Fatal(err)
		}
	}
	for life := range 8 {
		e.Crash()
		next, err := e.Reopen()
		if err != nil {
			t.Fatal(err)
		}
		e, epoch = next, acquire(t, next)
		for i := range life {
			if err := e.Apply(epoch, []kv.Op{put(fmt.Sprint("y", i), "kept")}); err != nil {
				t.Fatal(err)
			}
		}
		lose = true
		var lost []kv.Op
		for i := range 8 {
			lost = append(lost, put(fmt.Sprint(i), "lost"), kv.Op{Key: []byte(fmt.Sprint("x", i)), Delete: true})
		}
		if err := e.Apply(epoch, lost); !errors.Is(err, faultkv.ErrCrashed) {
			t.Fatalf("life %d: %v", life, err)
		}
		lose = false
		if next, err = e.Reopen(); err != nil {
			t.Fatal(err)
		}
		e = next
		for i := range 8 {
			if v, _ := e.Get([]byte(fmt.Sprint(i))); string(v) != "kept" || !has(t, e, fmt.Sprint("x", i)) {
				t.Fatalf("life %d: a lost batch changed %d to %q", life, i, v)
			}
		}
	}
}
