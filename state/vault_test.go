package state_test

import (
	"bytes"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

// meet is a turn that meets people and keeps their ids.
func meet(ids map[string]string, handles ...string) func(*state.Tx) error {
	return func(tx *state.Tx) (err error) {
		for _, h := range handles {
			if ids[h], err = tx.Meet(h); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestAPersonIsMetOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		engine := slow()
		s := openStore(t, engine)
		first, second, third := map[string]string{}, map[string]string{}, map[string]string{}
		way := begin(s, meet(first, "dana", "dana", "lee"))
		update(t, s, meet(second, "lee", "dana"))
		if err := <-way; err != nil {
			t.Fatal(err)
		}
		said, err := s.Seal(first["dana"], "yes")
		if err != nil {
			t.Fatal(err)
		}
		s, _ = reopen(t, engine)
		update(t, s, meet(third, "lee", "dana"))
		for _, handle := range []string{"dana", "lee"} {
			if id := first[handle]; id == "" || id != second[handle] || id != third[handle] {
				t.Errorf("%s is %q, then %q, then %q", handle, id, second[handle], third[handle])
			}
			if got, ok := s.Handle(first[handle]); !ok || got != handle {
				t.Errorf("%s is called %q", handle, got)
			}
		}
		if first["dana"] == first["lee"] {
			t.Error("two people are one")
		}
		if text, ok := s.Unseal(said); text != "yes" || !ok {
			t.Errorf("after a restart it reads %q %v", text, ok)
		}
	})
}

// A key that is not stored must not be used: what is sealed under it could never be read again.
func TestAPersonMetByATurnThatCameToNothingIsMetAnew(t *testing.T) {
	t.Parallel()
	nothing := map[string]func(*state.Store, func(*state.Tx) error) error{
		"failed": func(s *state.Store, fn func(*state.Tx) error) error {
			return s.Update(t.Context(), func(tx *state.Tx) error { return errors.Join(fn(tx), errChanged) })
		},
		"discarded": func(s *state.Store, fn func(*state.Tx) error) error {
			return s.Update(t.Context(), func(tx *state.Tx) error { err := fn(tx); tx.Discard(); return err })
		},
		"not audited": func(s *state.Store, fn func(*state.Tx) error) error {
			return s.Update(t.Context(), func(tx *state.Tx) error { return errors.Join(fn(tx), things.Put(tx, "x", thing{})) })
		},
		"refused": func(s *state.Store, fn func(*state.Tx) error) error {
			engine := s.Engine().(*faultkv.Engine)
			engine.SetRefuse(kv.ErrNoSpace)
			defer engine.SetRefuse(nil)
			return s.Update(t.Context(), fn)
		},
	}
	for name, try := range nothing {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine := faultkv.New(faultkv.Options{})
			s := openStore(t, engine)
			lost, ids := map[string]string{}, map[string]string{}
			_ = try(s, meet(lost, "dana"))
			if _, err := s.Seal(lost["dana"], "x"); !errors.Is(err, state.ErrNoIdentity) {
				t.Errorf("sealed under a key that is not stored: %v", err)
			}
			update(t, s, meet(ids, "dana"))
			said, err := s.Seal(ids["dana"], "yes")
			if err != nil {
				t.Fatal(err)
			}
			s, _ = reopen(t, engine)
			if text, ok := s.Unseal(said); text != "yes" || !ok {
				t.Errorf("after a restart it reads %q %v", text, ok)
			}
		})
	}
}

func TestErasure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		engine := slow()
		s := openStore(t, engine)
		ids, again, within := map[string]string{}, map[string]string{}, map[string]string{}
		update(t, s, meet(ids, "dana", "lee"))
		said, err := s.Seal(ids["dana"], "yes")
		if err != nil {
			t.Fatal(err)
		}
		way := begin(s, func(tx *state.Tx) error { tx.Erase(ids["dana"]); return nil })
		update(t, s, meet(again, "dana")) // before the erasure is durable
		update(t, s, func(tx *state.Tx) error { tx.Erase(ids["lee"]); return meet(within, "lee")(tx) })
		if err := <-way; err != nil {
			t.Fatal(err)
		}
		for round := range 2 {
			for handle, now := range map[string]string{"dana": again["dana"], "lee": within["lee"]} {
				was := ids[handle]
				if now == was {
					t.Errorf("round %d: %s has the id that was erased", round, handle)
				}
				if got, ok := s.Handle(was); ok {
					t.Errorf("round %d: the erased id is still %q", round, got)
				}
				if got, _ := s.Handle(now); got != handle {
					t.Errorf("round %d: %s, met again, is %q", round, handle, got)
				}
				if _, err := s.Seal(was, "x"); !errors.Is(err, state.ErrNoIdentity) {
					t.Errorf("round %d: sealed under an erased key: %v", round, err)
				}
			}
			if text, ok := s.Unseal(said); ok {
				t.Errorf("round %d: still reads %q", round, text)
			}
			s, engine = reopen(t, engine)
		}
	})
}

func TestBoxesOpenOnlyAsWhatTheyAre(t *testing.T) {
	t.Parallel()
	s := openStore(t, faultkv.New(faultkv.Options{}))
	ids := map[string]string{}
	update(t, s, meet(ids, "dana", "lee", state.Strangers))
	if ids[state.Strangers] != state.Strangers {
		t.Errorf("strangers are %q", ids[state.Strangers])
	}
	said, err := s.Seal(ids["dana"], "I broke it")
	if err != nil {
		t.Fatal(err)
	}
	twice, _ := s.Seal(ids["dana"], "I broke it")
	if bytes.Equal(said.Box, twice.Box) {
		t.Error("the same words look the same")
	}
	changed := bytes.Clone(said.Box)
	changed[len(changed)-1] ^= 1
	for name, box := range map[string]chat.Sealed{
		"another person's": {Person: ids["lee"], Box: said.Box}, "nobody's": {Box: said.Box}, "changed": {Person: ids["dana"], Box: changed},
		"empty": {Person: ids["dana"]}, "short": {Person: ids["dana"], Box: said.Box[:5]}, "cut": {Person: ids["dana"], Box: said.Box[:20]},
	} {
		if text, ok := s.Unseal(box); ok || text != "" {
			t.Errorf("%s: opened as %q", name, text)
		}
	}
}

func TestTheWrongMasterKeyIsRefused(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	update(t, s, meet(map[string]string{}, "dana"))
	s.Close()
	for name, master := range map[string][]byte{"another": bytes.Repeat([]byte{8}, 32), "short": bytes.Repeat([]byte{9}, 16), "none": nil} {
		o := options()
		o.Master = master
		if _, err := state.Open(engine, o); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	if s := openStore(t, engine); s == nil {
		t.Error("it no longer opens with the right one")
	}
}
