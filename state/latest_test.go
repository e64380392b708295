package state_test

import (
	"fmt"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

func TestLatestIsNeverOlderThanWhatWasAnswered(t *testing.T) {
	t.Parallel()
	s := openStore(t, faultkv.New(faultkv.Options{}))
	var wg sync.WaitGroup
	for w := range 4 {
		name := fmt.Sprintf("T-%d", w)
		wg.Go(func() {
			for i := range 200 {
				if err := s.Update(t.Context(), increment(name)); err != nil {
					t.Error(err)
				}
				if v, _, err := things.Get(s.Latest(), name); err != nil || v.Count < i+1 {
					t.Errorf("%s counts %d after %d answered turns, %v", name, v.Count, i+1, err)
				}
			}
		})
		wg.Go(func() { // fills what is kept while it is being overwritten
			last := 0
			for range 400 {
				v, _, err := things.Get(s.Latest(), name)
				if err != nil || v.Count < last {
					t.Errorf("%s went back from %d to %d, %v", name, last, v.Count, err)
				}
				last = v.Count
			}
		})
	}
	wg.Wait()
}

func TestLatestForgetsWhatIsDeleted(t *testing.T) {
	t.Parallel()
	s := openStore(t, faultkv.New(faultkv.Options{}))
	update(t, s, putting("a"))
	if _, ok, err := things.Get(s.Latest(), "a"); !ok || err != nil {
		t.Fatalf("%v %v", ok, err)
	}
	update(t, s, entered(func(tx *state.Tx) error { things.Delete(tx, "a"); things.Delete(tx, "never"); return nil }))
	if _, ok, err := things.Get(s.Latest(), "a"); ok || err != nil {
		t.Errorf("%v %v", ok, err)
	}
}

func TestMoreRecordsThanAreKept(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	const all, turn = 20_000, 500 // two and a half generations
	id := func(i int) string { return fmt.Sprintf("T-%d", i) }
	for from := 0; from < all; from += turn {
		update(t, s, entered(func(tx *state.Tx) error {
			for i := from; i < from+turn; i++ {
				if err := things.Put(tx, id(i), thing{Count: i}); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	for _, i := range []int{0, 1, 7999, 8000, 8001, 15999, 16000, 19999} {
		update(t, s, entered(func(tx *state.Tx) error {
			v, ok, err := things.Get(tx, id(i))
			if !ok || v.Count != i {
				t.Errorf("%d: %+v %v %v", i, v, ok, err)
			}
			v.Count = -i
			return things.Put(tx, id(i), v)
		}))
		if v, _, err := things.Get(s.Latest(), id(i)); err != nil || v.Count != -i {
			t.Errorf("%d is committed as %+v, %v", i, v, err)
		}
	}
	if r := verify(t, engine); !r.Whole() {
		t.Errorf("audit: %+v", r)
	}
}

func TestMemos(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		memo := state.NewMemo[int]("sum")
		engine := slow()
		s := openStore(t, engine)
		get := func(r state.Reader, want int, wanted bool) {
			t.Helper()
			if v, ok := memo.Get(r, "x"); v != want || ok != wanted {
				t.Errorf("got %d %v, want %d %v", v, ok, want, wanted)
			}
		}
		get(s.Latest(), 0, false)
		way := begin(s, entered(func(tx *state.Tx) error {
			memo.Set(tx, "x", 5)
			get(tx, 5, true)
			return things.Put(tx, "x", thing{Count: 5})
		}))
		get(s.Latest(), 0, false) // not before the commit
		update(t, s, func(tx *state.Tx) error { get(tx, 5, true); return nil })
		if err := <-way; err != nil {
			t.Fatal(err)
		}
		get(s.Latest(), 5, true)
		_ = s.Update(t.Context(), func(tx *state.Tx) error { memo.Set(tx, "x", 6); return errChanged })
		update(t, s, func(tx *state.Tx) error { memo.Set(tx, "x", 7); tx.Discard(); return nil })
		get(s.Latest(), 5, true)
		if _, ok := state.NewMemo[string]("sum").Get(s.Latest(), "x"); ok {
			t.Error("read as another type")
		}
		s, _ = reopen(t, engine)
		get(s.Latest(), 0, false) // stored nowhere
	})
}

// What is asked for again and again stays at hand, however much else comes by.
func TestMemosInUseStay(t *testing.T) {
	t.Parallel()
	memo, others, loose := state.NewMemo[int]("used"), state.NewMemo[int]("others"), state.Ungoverned[thing]("loose")
	s := openStore(t, faultkv.New(faultkv.Options{}))
	made := 0
	for round := range 50 {
		if _, err := memo.Load(s.Latest(), "x", func() (int, error) { made++; return 1, nil }); err != nil {
			t.Fatal(err)
		}
		update(t, s, func(tx *state.Tx) error {
			for i := range 500 {
				others.Set(tx, strconv.Itoa(round*500+i), i)
			}
			return loose.Put(tx, "x", thing{Count: round})
		})
	}
	if made != 1 {
		t.Errorf("made %d times", made)
	}
	if _, ok := others.Get(s.Latest(), "0"); ok {
		t.Error("what nobody asks for is kept for ever")
	}
}

// A reader of one fixed moment finds by what was put together for those who read the latest.
func TestFixedMomentsFindByTheLatest(t *testing.T) {
	t.Parallel()
	memo := state.NewMemo[int]("found")
	s := openStore(t, faultkv.New(faultkv.Options{}))
	made := 0
	find := func(r state.Reader, want int) {
		t.Helper()
		v, err := memo.Find(r, "x", func(state.Reader) (int, error) { made++; return made, nil })
		if err != nil || v != want {
			t.Errorf("found %d, %v, want %d", v, err, want)
		}
	}
	for range 2 {
		if err := s.View(func(v *state.View) error { find(v, 1); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	find(s.Latest(), 1)
	err := s.View(func(v *state.View) error {
		update(t, s, entered(func(tx *state.Tx) error {
			memo.Set(tx, "x", 7)
			find(tx, 7)
			return things.Put(tx, "x", thing{Count: 7})
		}))
		find(v, 7)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A memo is made once, from what the reader sees, and made again after what it follows from was given up.
func TestMemosAreMadeOnce(t *testing.T) {
	t.Parallel()
	memo := state.NewMemo[int]("made")
	s := openStore(t, slow())
	made := 0
	load := func(r state.Reader) int {
		v, err := memo.Load(r, "x", func() (int, error) {
			made++
			v, _, err := things.Get(r, "x")
			return v.Count, err
		})
		if err != nil {
			t.Error(err)
		}
		return v
	}
	if load(s.Latest()); load(s.Latest()) != 0 || made != 1 {
		t.Errorf("made %d times", made)
	}
	// What a turn wrote and then gave up is in nobody's memo.
	update(t, s, func(tx *state.Tx) error {
		if err := things.Put(tx, "x", thing{Count: 5}); err != nil {
			return err
		}
		if v := load(tx); v != 5 {
			t.Errorf("the turn sees %d", v)
		}
		tx.Discard()
		return nil
	})
	update(t, s, func(tx *state.Tx) error {
		if v := load(tx); v != 0 {
			t.Errorf("the next turn sees %d", v)
		}
		return nil
	})
	if made != 3 {
		t.Errorf("made %d times, want 3", made)
	}
}
