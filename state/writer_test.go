package state_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

func TestATurnBeyondTheEnginesLimitsHarmsNobodyElse(t *testing.T) {
	t.Parallel()
	many := make([]string, 60)
	for i := range many {
		many[i] = fmt.Sprint("m", i)
	}
	long := func(key, value int) func(*state.Tx) error {
		return entered(func(tx *state.Tx) error {
			return things.Put(tx, strings.Repeat("k", key), thing{Name: strings.Repeat("v", value)})
		})
	}
	for name, turn := range map[string]func(*state.Tx) error{
		"operations": putting(many...), "a value": long(1, 5000), "a key": long(200, 1),
		"bytes": entered(func(tx *state.Tx) error {
			for i := range 7 {
				if err := things.Put(tx, fmt.Sprint(i), thing{Name: strings.Repeat("v", 3000)}); err != nil {
					return err
				}
			}
			return nil
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				engine := faultkv.New(faultkv.Options{
					Limits:  kv.Limits{Ops: 50, Bytes: 16 << 10, Key: 100, Value: 12 << 10 / 3},
					OnApply: func([]kv.Op) faultkv.Fault { time.Sleep(time.Second); return faultkv.Fault{} },
				})
				s := openStore(t, engine)
				way, beside := begin(s, increment("T-1")), begin(s, increment("T-1"))
				if err := s.Update(t.Context(), turn); !errors.Is(err, kv.ErrTooLarge) {
					t.Errorf("got %v, want ErrTooLarge", err)
				}
				for _, r := range []<-chan error{way, beside, begin(s, increment("T-1"))} {
					if err := <-r; err != nil {
						t.Error(err)
					}
				}
				if got := read(t, s, "T-1").Count; got != 3 || s.Broken() != nil {
					t.Errorf("counts %d, %v", got, s.Broken())
				}
				if r := verify(t, engine); !r.Whole() || r.Last != 3 {
					t.Errorf("audit: %+v", r)
				}
			})
		})
	}
}

func TestAFullGroupLeavesATurnToTheNext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		engine := faultkv.New(faultkv.Options{
			Limits: kv.Limits{Ops: 10, Bytes: 1 << 20, Key: 1 << 10, Value: 1 << 18},
			OnApply: func(ops []kv.Op) faultkv.Fault {
				sizes = append(sizes, len(ops))
				time.Sleep(time.Second)
				return faultkv.Fault{}
			},
		})
		s := openStore(t, engine)
		var results []<-chan error
		for i := range 6 { // 5 operations each, with the entry: two fit
			names := []string{"same"}
			for j := range 3 {
				names = append(names, fmt.Sprintf("n%d-%d", i, j))
			}
			results = append(results, begin(s, putting(names...)))
		}
		results = append(results, begin(s, increment("same")))
		for i, r := range results {
			if err := <-r; err != nil {
				t.Errorf("turn %d: %v", i, err)
			}
		}
		if got := fmt.Sprint(sizes); got != "[1 5 10 10 7]" {
			t.Errorf("commits of %s operations", got)
		}
		if r := verify(t, engine); !r.Whole() || r.Last != 7 {
			t.Errorf("audit: %+v", r)
		}
		if got := read(t, s, "same").Count; got != 1 {
			t.Errorf("counts %d", got)
		}
	})
}

func TestWhatRestsOnARefusedCommitIsRefusedToo(t *testing.T) {
	t.Parallel()
	for _, refusal := range []error{kv.ErrNoSpace, kv.ErrReadOnly} {
		synctest.Test(t, func(t *testing.T) {
			engine := slow(faultkv.Fault{}, faultkv.Fault{}, faultkv.Refuse(refusal))
			s := openStore(t, engine)
			update(t, s, increment("T-1"))
			var hooks atomic.Int32
			hooked := func(tx *state.Tx) error { tx.After(func() { hooks.Add(1) }); return increment("T-1")(tx) }
			way := begin(s, hooked)
			rests := []<-chan error{begin(s, hooked), begin(s, func(tx *state.Tx) error {
				if v, _, err := things.Get(tx, "T-1"); v.Count != 3 {
					t.Errorf("reads %d, %v", v.Count, err)
				}
				return nil
			})}
			for _, r := range append(rests, way) {
				if err := <-r; !errors.Is(err, refusal) {
					t.Errorf("got %v, want %v", err, refusal)
				}
			}
			if hooks.Load() != 0 || s.Broken() != nil || s.Seq() != 1 {
				t.Errorf("%d hooks ran, broken %v, entry %d", hooks.Load(), s.Broken(), s.Seq())
			}
			update(t, s, hooked)
			if r := verify(t, engine); read(t, s, "T-1").Count != 2 || hooks.Load() != 1 || !r.Whole() || r.Last != 2 {
				t.Errorf("%+v, %d hooks, audit %+v", read(t, s, "T-1"), hooks.Load(), r)
			}
		})
	}
}

func TestAnUncertainCommitEndsTheStore(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault faultkv.Fault
		count int // what a restart finds
	}{
		"lost": {faultkv.Fault{At: faultkv.BeforeSync, Err: errors.New("io")}, 1},
		"kept": {faultkv.Fault{At: faultkv.BeforeAnswer, Err: errors.New("io")}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				engine := slow(faultkv.Fault{}, faultkv.Fault{}, tc.fault)
				s := openStore(t, engine)
				update(t, s, increment("T-1"))
				way, rests := begin(s, increment("T-1")), begin(s, increment("T-1"))
				for _, r := range []<-chan error{way, rests} {
					if err := <-r; !errors.Is(err, kv.ErrUncertain) {
						t.Errorf("got %v, want ErrUncertain", err)
					}
				}
				if err := <-begin(s, increment("T-1")); !errors.Is(err, state.ErrBroken) {
					t.Errorf("got %v, want ErrBroken", err)
				}
				if err := s.Close(); !errors.Is(err, state.ErrBroken) {
					t.Errorf("closed with %v", err)
				}
				s, engine = reopen(t, engine)
				if got := read(t, s, "T-1").Count; got != tc.count {
					t.Errorf("counts %d, want %d", got, tc.count)
				}
				if r := verify(t, engine); !r.Whole() {
					t.Errorf("audit: %+v", r)
				}
			})
		})
	}
}

func TestAFencedWriterCommitsNothing(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	s2 := openStore(t, engine)
	if err := s.Update(t.Context(), increment("T-1")); !errors.Is(err, kv.ErrFenced) {
		t.Errorf("got %v, want ErrFenced", err)
	}
	if !errors.Is(s.Broken(), state.ErrBroken) {
		t.Error("it goes on")
	}
	update(t, s2, increment("T-1"))
}

func TestReadsWaitForWhatTheyRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := openStore(t, slow())
		way := begin(s, increment("T-1"))
		reads := begin(s, func(tx *state.Tx) error { _, _, err := things.Get(tx, "T-1"); return err })
		select {
		case err := <-reads:
			t.Fatalf("answered before what it read was durable: %v", err)
		default:
		}
		if err := errors.Join(<-way, <-reads); err != nil {
			t.Error(err)
		}
		start := time.Now()
		update(t, s, func(*state.Tx) error { return nil })
		if time.Since(start) != 0 {
			t.Errorf("a turn that wrote nothing took %v", time.Since(start))
		}
	})
}

// Close must end however far the turns handed over are: each case closes while a commit is under way.
func TestCloseFinishesWhatWasHandedOver(t *testing.T) {
	t.Parallel()
	reading := func(*state.Tx) error { return nil }
	for name, after := range map[string][]func(*state.Tx) error{
		"nothing": nil, "a read": {reading}, "a write": {increment("T-1")}, "a write and a read": {increment("T-1"), reading},
		"a failure": {func(*state.Tx) error { return errChanged }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := openStore(t, slow())
				results := []<-chan error{begin(s, increment("T-1"))}
				for _, fn := range after {
					results = append(results, begin(s, fn))
				}
				closed := make(chan error, 1)
				go func() { closed <- s.Close() }()
				synctest.Wait()
				for i, r := range results {
					if err := <-r; err != nil && !errors.Is(err, errChanged) {
						t.Errorf("turn %d: %v", i, err)
					}
				}
				select {
				case err := <-closed:
					if err != nil {
						t.Error(err)
					}
				case <-time.After(time.Minute):
					t.Fatal("it never ends")
				}
				if err := s.Update(t.Context(), reading); !errors.Is(err, state.ErrClosed) {
					t.Errorf("got %v, want ErrClosed", err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestAnImpatientCallerIsToldTheTruth(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := openStore(t, slow())
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := s.Update(ctx, increment("T-1")); err != nil { // handed over: its outcome is awaited
			t.Error(err)
		}
		if got := read(t, s, "T-1").Count; got != 1 {
			t.Errorf("counts %d", got)
		}
	})
}

func TestWhatATurnLeavesWhenItFails(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	hook := func(tx *state.Tx) { tx.After(func() { t.Error("a hook of it ran") }) }
	if err := s.Update(t.Context(), func(tx *state.Tx) error {
		hook(tx)
		if err := increment("T-1")(tx); err != nil {
			return err
		}
		return errChanged
	}); !errors.Is(err, errChanged) {
		t.Error(err)
	}
	update(t, s, func(tx *state.Tx) error {
		hook(tx)
		if id, err := tx.Next("R"); id != "R-1" || err != nil {
			t.Error(id, err)
		}
		if err := increment("T-1")(tx); err != nil || !tx.Governs() {
			t.Errorf("%v %v", err, tx.Governs())
		}
		if tx.Discard(); tx.Governs() {
			t.Error("it governs still")
		}
		return nil
	})
	if size, _ := engine.Size(); s.Seq() != 0 || size > int64(len("m/format")+1) {
		t.Errorf("entry %d, %d bytes", s.Seq(), size)
	}
	for want := 1; want <= 3; want++ {
		update(t, s, entered(func(tx *state.Tx) error {
			if id, err := tx.Next("R"); id != fmt.Sprintf("R-%d", want) || err != nil {
				t.Errorf("got %s, %v", id, err)
			}
			return nil
		}))
	}
}
