package state_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

var card = effect.Effect{Kind: "card", Class: effect.Repeatable, Key: "card:R-1", Lane: "card:R-1", At: noon}

// touch asks for the card and gives the effect's id if one was written.
func touch(t *testing.T, s *state.Store) (id uint64) {
	t.Helper()
	update(t, s, func(tx *state.Tx) (err error) { id, err = tx.Touch(card); return err })
	return id
}

// show settles a showing and reports whether the effect is done.
func show(t *testing.T, s *state.Store, id, seen uint64) (done bool) {
	t.Helper()
	update(t, s, func(tx *state.Tx) error { e := card; e.ID = id; done = tx.Shown(e, seen); return nil })
	return done
}

func waiting(t *testing.T, s *state.Store) string {
	t.Helper()
	list := []string{}
	err := s.View(func(v *state.View) error {
		return v.Effects(func(e effect.Effect) error { list = append(list, fmt.Sprint(e.Key, " ", e.Status)); return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(list)
}

func TestTouchesAreShownOnceAndNoneIsLost(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	id := touch(t, s)
	if again := touch(t, s); id == 0 || again != 0 {
		t.Errorf("effect %d, then %d", id, again)
	}
	seen := s.Touched(card.Key)
	touch(t, s)
	if show(t, s, id, seen) {
		t.Error("done, though something was decided meanwhile")
	}
	if got := waiting(t, s); got != "[card:R-1 due]" {
		t.Errorf("waiting: %s", got)
	}
	if !show(t, s, id, s.Touched(card.Key)) || waiting(t, s) != "[]" {
		t.Errorf("not done: %s", waiting(t, s))
	}
	next := touch(t, s)
	if next <= id {
		t.Errorf("effect %d after %d", next, id)
	}
	s, _ = reopen(t, engine)
	if again := touch(t, s); again != 0 {
		t.Error("a second effect beside the one that an earlier process left")
	}
	if !show(t, s, next, s.Touched(card.Key)) || waiting(t, s) != "[]" {
		t.Errorf("not done: %s", waiting(t, s))
	}
}

func TestATouchThatCameToNothingAsksForNothing(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	touching := func(tx *state.Tx) error { _, err := tx.Touch(card); return err }
	if err := s.Update(t.Context(), func(tx *state.Tx) error { return errors.Join(touching(tx), errChanged) }); !errors.Is(err, errChanged) {
		t.Error(err)
	}
	update(t, s, func(tx *state.Tx) error { err := touching(tx); tx.Discard(); return err })
	engine.SetRefuse(kv.ErrNoSpace)
	if err := s.Update(t.Context(), touching); !errors.Is(err, kv.ErrNoSpace) {
		t.Error(err)
	}
	engine.SetRefuse(nil)
	id := touch(t, s)
	if id == 0 || waiting(t, s) != "[card:R-1 due]" {
		t.Errorf("effect %d, waiting %s", id, waiting(t, s))
	}
	// A settlement that came to nothing leaves the effect due.
	seen := s.Touched(card.Key)
	update(t, s, func(tx *state.Tx) error { e := card; e.ID = id; tx.Shown(e, seen); tx.Discard(); return nil })
	if again := touch(t, s); again != 0 || waiting(t, s) != "[card:R-1 due]" {
		t.Errorf("a second effect %d; waiting %s", again, waiting(t, s))
	}
}

// A showing that began before a refused commit must not be taken for one of what was decided after it.
func TestAShowingFromBeforeARefusedCommit(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	id := touch(t, s)
	seen := s.Touched(card.Key)
	engine.SetRefuse(kv.ErrNoSpace)
	if err := s.Update(t.Context(), increment("T-1")); !errors.Is(err, kv.ErrNoSpace) {
		t.Fatal(err)
	}
	engine.SetRefuse(nil)
	touch(t, s)
	if show(t, s, id, seen) {
		t.Error("done, though something was decided meanwhile")
	}
	if !show(t, s, id, s.Touched(card.Key)) || waiting(t, s) != "[]" {
		t.Errorf("not done: %s", waiting(t, s))
	}
}

// Reading the store anew after a refused commit must not disturb those who ask meanwhile: the race detector looks.
func TestRefusedCommitsBesideReaders(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	ids := map[string]string{}
	update(t, s, meet(ids, "dana"))
	touch(t, s)
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 100 {
			engine.SetRefuse(kv.ErrNoSpace)
			_ = s.Update(t.Context(), increment("T-1"))
			engine.SetRefuse(nil)
		}
	})
	wg.Go(func() {
		for range 5000 {
			s.Touched(card.Key)
			if _, err := s.Seal(ids["dana"], "x"); err != nil {
				t.Error(err)
				return
			}
		}
	})
	wg.Wait()
}

func TestEffectsAreNumberedOnce(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	last := uint64(0)
	for range 3 {
		s := openStore(t, engine)
		for range 3 {
			update(t, s, func(tx *state.Tx) error {
				id, err := tx.Enqueue(effect.Effect{Kind: "k", Status: effect.Parked})
				if id <= last {
					t.Errorf("effect %d after %d", id, last)
				}
				last = id
				if e, ok, err := tx.Effect(id); err != nil || !ok || e.Status != effect.Due || e.ID != id {
					t.Errorf("%+v %v %v", e, ok, err)
				}
				tx.DropEffect(id)
				return err
			})
		}
		engine.Crash()
		var err error
		if engine, err = engine.Reopen(); err != nil {
			t.Fatal(err)
		}
	}
}
