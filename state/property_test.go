package state_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

// Whatever is written, deleted, given up, refused or cut short, the records are those of the turns that were answered, and
// the digest that each entry carries is that of the records as they stand.
func TestTheStateDigestIsThatOfTheRecords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		engine := faultkv.New(faultkv.Options{})
		s, err := state.Open(engine, options())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { s.Close() }()
		model := map[string]int{}
		id := rapid.SampledFrom([]string{"R-1", "R-2", "R-10", "x", "y/z"})
		write := func(end error) error {
			next := maps.Clone(model)
			steps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) [2]int {
				return [2]int{rapid.IntRange(0, 3).Draw(t, "kind"), rapid.IntRange(0, 2).Draw(t, "count")}
			}), 1, 6).Draw(t, "steps")
			ids := make([]string, len(steps))
			for i := range ids {
				ids[i] = id.Draw(t, "id")
			}
			err := s.Update(t.Context(), entered(func(tx *state.Tx) error {
				for i, step := range steps {
					switch step[0] {
					case 0:
						things.Delete(tx, ids[i])
						delete(next, ids[i])
					case 1:
						v, ok, err := things.Get(tx, ids[i])
						if n, there := next[ids[i]]; err != nil || ok != there || v.Count != n {
							t.Fatalf("%s reads %+v %v %v, want %d %v", ids[i], v, ok, err, n, there)
						}
					default:
						if err := things.Put(tx, ids[i], thing{Count: step[1]}); err != nil {
							return err
						}
						next[ids[i]] = step[1]
					}
				}
				return end
			}))
			if err == nil {
				model = next
			}
			return err
		}
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) {
				if err := write(nil); err != nil {
					t.Fatal(err)
				}
			},
			"fail": func(t *rapid.T) {
				if err := write(errChanged); !errors.Is(err, errChanged) {
					t.Fatal(err)
				}
			},
			"refuse": func(t *rapid.T) {
				engine.SetRefuse(kv.ErrNoSpace)
				defer engine.SetRefuse(nil)
				if err := write(nil); !errors.Is(err, kv.ErrNoSpace) {
					t.Fatal(err)
				}
			},
			"checkpoint": func(t *rapid.T) {
				if err := s.Checkpoint(t.Context()); err != nil {
					t.Fatal(err)
				}
			},
			"crash": func(t *rapid.T) {
				engine.Crash()
				s.Close()
				var err error
				if engine, err = engine.Reopen(); err == nil {
					s, err = state.Open(engine, options())
				}
				if err != nil {
					t.Fatal(err)
				}
			},
			"": func(t *rapid.T) {
				var sum audit.Sum
				got := map[string]int{}
				err := s.View(func(v *state.View) error {
					if err := things.All(v, func(id string, x thing) error { got[id] = x.Count; return nil }); err != nil {
						return err
					}
					return v.Reader().Scan([]byte("r/"), []byte("r0"), false, func(k, value []byte) error {
						sum.Add(audit.RecordDigest(k, value))
						return nil
					})
				})
				if err != nil || !maps.Equal(got, model) {
					t.Fatalf("records %v, want %v, %v", got, model, err)
				}
				if s.Seq() == 0 {
					return
				}
				raw, err := engine.Get(audit.Key(s.Seq()))
				if err != nil {
					t.Fatal(err)
				}
				if e, err := audit.Decode(raw); err != nil || e.State != sum {
					t.Fatalf("entry %d says %v, the records sum to %v, %v", s.Seq(), e.State, sum, err)
				}
			},
		})
		r, err := audit.Chain(engine, audit.Trust{Keys: trusted()})
		if err == nil {
			err = audit.Records(engine, state.GovernedPrefix, &r)
		}
		if err != nil || !r.Whole() {
			t.Fatal(fmt.Sprintf("%+v", r), err)
		}
	})
}
