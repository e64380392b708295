package state_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

func TestTimersAreKept(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	at := func(id string, hours int) state.Timer {
		return state.Timer{ID: id, At: noon.Add(time.Duration(hours) * time.Hour), Kind: "k", Subject: "R-1", Payload: json.RawMessage(`{"a":1}`)}
	}
	update(t, s, func(tx *state.Tx) error {
		for _, timer := range []state.Timer{at("a", 1), at("b", 2), at("c", 3), at("b", 4)} {
			if err := tx.SetTimer(timer); err != nil {
				return err
			}
		}
		tx.CancelTimer("c")
		tx.CancelTimer("never")
		return nil
	})
	s, _ = reopen(t, engine)
	var got []state.Timer
	if err := s.View(func(v *state.View) error {
		return v.Timers(func(x state.Timer) error { got = append(got, x); return nil })
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]state.Timer{at("a", 1), at("b", 4)}, got); diff != "" {
		t.Error(diff)
	}
	update(t, s, func(tx *state.Tx) error {
		if x, ok, err := tx.Timer("b"); err != nil || !ok || !x.At.Equal(at("b", 4).At) {
			t.Errorf("%+v %v %v", x, ok, err)
		}
		if _, ok, err := tx.Timer("c"); ok || err != nil {
			t.Errorf("a cancelled timer is there, %v", err)
		}
		return nil
	})
}
