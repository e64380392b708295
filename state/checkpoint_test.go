package state_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"sync"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

func checkpoints(t *testing.T, s *state.Store, after uint64, limit int) (all []port.Checkpoint) {
	t.Helper()
	if err := s.View(func(v *state.View) (err error) { all, err = v.Checkpoints(after, limit); return err }); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestCheckpointsComeByThemselves(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	const turns = 2*4096 + 16
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range turns / 16 {
				if err := s.Update(context.Background(), entered(func(*state.Tx) error { return nil })); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	all := checkpoints(t, s, 0, 10)
	if len(all) != 2 || all[0].Seq != 4096 || all[1].Seq != 8192 {
		t.Fatalf("checkpoints %+v", all)
	}
	for _, c := range all {
		if err := audit.Check(c, trusted()); err != nil || c.Epoch != s.Epoch() || !c.At.Equal(noon) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if got := checkpoints(t, s, 4096, 10); len(got) != 1 || got[0].Seq != 8192 {
		t.Errorf("after the first: %+v", got)
	}
	if got := checkpoints(t, s, 0, 1); len(got) != 1 || got[0].Seq != 4096 {
		t.Errorf("at most one: %+v", got)
	}
	if r := verify(t, engine); !r.Whole() || r.Signed != 8192 || r.Last != s.Seq() {
		t.Errorf("audit: %+v", r)
	}
	for range 2 { // the second finds nothing to sign
		if err := s.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := checkpoints(t, s, 8192, 10); len(got) != 1 || got[0].Seq != s.Seq() {
		t.Errorf("asked for: %+v", got)
	}
}

// A start reads the trail from its newest checkpoint on; what is before it only a whole verification finds.
func TestAStartVerifiesTheEndOfTheTrail(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		tamper func(kv.Engine) kv.Op
		starts error
		bad    uint64
	}{
		"before the checkpoint": {flipped(3), nil, 3},
		"at the checkpoint":     {flipped(5), nil, 5},
		"after the checkpoint":  {flipped(7), state.ErrTampered, 7},
		"gone before":           {func(kv.Engine) kv.Op { return kv.Op{Key: audit.Key(2), Delete: true} }, nil, 2},
		"gone after":            {func(kv.Engine) kv.Op { return kv.Op{Key: audit.Key(6), Delete: true} }, state.ErrTampered, 6},
		"a forged checkpoint": {func(kv.Engine) kv.Op {
			c := audit.Sign(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), 8, audit.Hash{}, audit.Sum{}, 1, noon)
			value, _ := audit.EncodeCheckpoint(c)
			return kv.Op{Key: audit.CheckpointKey(8), Value: value}
		}, audit.ErrSignature, 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine := faultkv.New(faultkv.Options{})
			s := openStore(t, engine)
			for i := range 8 {
				update(t, s, increment("T-1"))
				if i == 4 {
					if err := s.Checkpoint(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
			s.Close()
			plant(t, engine, tc.tamper(engine))
			s2, err := state.Open(engine, options())
			if !errors.Is(err, tc.starts) {
				t.Errorf("a start says %v, want %v", err, tc.starts)
			}
			if err == nil {
				s2.Close()
			}
			if r := verify(t, engine); r.Bad != tc.bad || r.Whole() {
				t.Errorf("a whole verification says %+v, want entry %d", r, tc.bad)
			}
		})
	}
}

// flipped changes one bit of a stored entry.
func flipped(seq uint64) func(kv.Engine) kv.Op {
	return func(e kv.Engine) kv.Op {
		v, _ := e.Get(audit.Key(seq))
		v[len(v)-2] ^= 1
		return kv.Op{Key: audit.Key(seq), Value: v}
	}
}

func TestAStoreWithNothingAfterItsCheckpointGoesOn(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	update(t, s, increment("T-1"))
	if err := s.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, engine = reopen(t, engine)
	if s.Seq() != 1 {
		t.Errorf("it goes on from entry %d", s.Seq())
	}
	update(t, s, increment("T-1"))
	if r := verify(t, engine); !r.Whole() || r.Last != 2 || r.Signed != 1 {
		t.Errorf("audit: %+v", r)
	}
}
