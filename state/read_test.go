package state_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

// names lists what a scan visits, at most limit of it.
func names(scan func(state.Reader, func(string, thing) error) error, r state.Reader, limit int) (string, error) {
	var got []string
	err := scan(r, func(id string, v thing) error {
		if got = append(got, fmt.Sprintf("%s=%d", id, v.Count)); len(got) == limit {
			return kv.ErrStop
		}
		return nil
	})
	return fmt.Sprint(got), err
}

func under(prefix string) func(state.Reader, func(string, thing) error) error {
	return func(r state.Reader, visit func(string, thing) error) error { return things.Under(r, prefix, visit) }
}

func TestATurnReadsWhatIsDecidedOverWhatIsCommitted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := openStore(t, slow())
		update(t, s, putting("b", "d", "f", "h"))
		// On its way: a new before, between and after, one changed, one deleted.
		way := begin(s, entered(func(tx *state.Tx) error {
			things.Delete(tx, "d")
			for _, n := range []string{"a", "c", "f", "i"} {
				if err := things.Put(tx, n, thing{Count: 20}); err != nil {
					return err
				}
			}
			return nil
		}))
		update(t, s, entered(func(tx *state.Tx) error {
			// Of this turn's own: one deleted that is on its way, one put back, one changed.
			things.Delete(tx, "c")
			for _, n := range []string{"d", "h"} {
				if err := things.Put(tx, n, thing{Count: 30}); err != nil {
					return err
				}
			}
			for _, tc := range []struct {
				scan  func(state.Reader, func(string, thing) error) error
				limit int
				want  string
			}{
				{things.All, 0, "[a=20 b=0 d=30 f=20 h=30 i=20]"},
				{things.Latest, 0, "[i=20 h=30 f=20 d=30 b=0 a=20]"},
				{things.All, 1, "[a=20]"},
				{things.All, 2, "[a=20 b=0]"},
				{things.All, 3, "[a=20 b=0 d=30]"},
				{things.Latest, 1, "[i=20]"},
				{things.Latest, 5, "[i=20 h=30 f=20 d=30 b=0]"},
				{under("d"), 0, "[d=30]"},
				{under("c"), 0, "[]"},
			} {
				if got, err := names(tc.scan, tx, tc.limit); err != nil || got != tc.want {
					t.Errorf("at most %d: %s, %v; want %s", tc.limit, got, err, tc.want)
				}
			}
			if _, ok, err := things.Get(tx, "c"); ok || err != nil {
				t.Errorf("a deleted record is there: %v", err)
			}
			return nil
		}))
		if err := <-way; err != nil {
			t.Error(err)
		}
		err := s.View(func(v *state.View) error {
			if got, err := names(things.All, v, 0); got != "[a=20 b=0 d=30 f=20 h=30 i=20]" {
				t.Errorf("committed %s, %v", got, err)
			}
			if got, err := names(things.Latest, v, 2); got != "[i=20 h=30]" {
				t.Errorf("committed, from the end, %s, %v", got, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestAScanEndsWithTheVisitorsError(t *testing.T) {
	t.Parallel()
	s := openStore(t, faultkv.New(faultkv.Options{}))
	update(t, s, putting("a", "c"))
	for _, over := range []string{"a", "b", "d"} {
		visits := 0
		err := s.Update(t.Context(), entered(func(tx *state.Tx) error {
			if err := things.Put(tx, over, thing{}); err != nil {
				return err
			}
			return things.All(tx, func(string, thing) error { visits++; return errChanged })
		}))
		if !errors.Is(err, errChanged) || visits != 1 {
			t.Errorf("%v after %d visits", err, visits)
		}
	}
}

func TestIDsKeepTheirForm(t *testing.T) {
	t.Parallel()
	s := openStore(t, faultkv.New(faultkv.Options{}))
	ids := []string{"R-0", "R-9", "R-10", "R-4294967296", "R-99999999999", "R-", "-1", "CHG-12", "R-1/approve", "R-1x", "é-1", "x"}
	update(t, s, putting(ids...))
	seen := map[string]bool{}
	err := s.View(func(v *state.View) error {
		for i, id := range ids {
			if got, ok, err := things.Get(v, id); err != nil || !ok || got.Count != i {
				t.Errorf("%q: %+v %v %v", id, got, ok, err)
			}
		}
		return things.All(v, func(id string, got thing) error {
			if seen[id] = true; got.Name != id {
				t.Errorf("%q is listed as %q", got.Name, id)
			}
			return nil
		})
	})
	if err != nil || len(seen) != len(ids) {
		t.Errorf("%d of %d listed, %v", len(seen), len(ids), err)
	}
}

// aged is a record as it came to be: first a bare word, then an object, then one with a count.
var (
	agedV1 = state.Governed[string]("aged")
	up1    = func(raw json.RawMessage) (json.RawMessage, error) {
		return json.RawMessage(`{"name":` + string(raw) + `}`), nil
	}
	up2 = func(raw json.RawMessage) (json.RawMessage, error) {
		return append(raw[:len(raw)-1:len(raw)-1], `,"count":7}`...), nil
	}
	agedV2 = state.Governed[thing]("aged", up1)
	agedV3 = state.Governed[thing]("aged", up1, up2)
)

func TestOlderRecordsAreReadAsTheNewest(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	update(t, s, entered(func(tx *state.Tx) error { return agedV1.Put(tx, "a", "ann") }))
	s, engine = reopen(t, engine)
	update(t, s, entered(func(tx *state.Tx) error { return agedV2.Put(tx, "b", thing{Name: "bob", Count: 1}) }))
	s, engine = reopen(t, engine)
	want := map[string]thing{"a": {"ann", 7}, "b": {"bob", 7}}
	check := func(r state.Reader) error {
		for id, w := range want {
			if got, ok, err := agedV3.Get(r, id); err != nil || !ok || got != w {
				t.Errorf("%s: %+v %v %v", id, got, ok, err)
			}
		}
		return nil
	}
	for range 2 { // the second time from memory
		check(s.Latest())
		update(t, s, func(tx *state.Tx) error { return check(tx) })
	}
	if err := s.View(func(v *state.View) error { return check(v) }); err != nil {
		t.Fatal(err)
	}
	update(t, s, entered(func(tx *state.Tx) error { return agedV3.Put(tx, "a", want["a"]) })) // in the newest form
	if r := verify(t, engine); !r.Whole() {
		t.Errorf("audit: %+v", r)
	}
	s, _ = reopen(t, engine)
	if _, _, err := agedV2.Get(s.Latest(), "a"); !errors.Is(err, state.ErrNewer) {
		t.Errorf("an older program read a newer record: %v", err)
	}
	if err := agedV2.All(s.Latest(), func(string, thing) error { return nil }); !errors.Is(err, state.ErrNewer) {
		t.Errorf("an older program listed a newer record: %v", err)
	}
	broken := state.Governed[thing]("aged", func(json.RawMessage) (json.RawMessage, error) { return nil, errChanged }, up2)
	if _, _, err := broken.Get(s.Latest(), "b"); err != nil {
		t.Errorf("the step before the record's version was taken: %v", err)
	}
}

func TestANewerStoreIsNotOpened(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	openStore(t, engine).Close()
	for _, format := range []string{"2", "x", ""} {
		plant(t, engine, kv.Op{Key: []byte("m/format"), Value: []byte(format)})
		if _, err := state.Open(engine, options()); !errors.Is(err, state.ErrNewer) {
			t.Errorf("format %q: %v", format, err)
		}
	}
}

// plant writes behind the store's back.
func plant(t *testing.T, e kv.Engine, ops ...kv.Op) {
	t.Helper()
	epoch, err := e.Acquire()
	if err == nil {
		err = e.Apply(epoch, ops)
	}
	if err != nil {
		t.Fatal(err)
	}
}
