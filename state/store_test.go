package state_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

type thing struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

var things = state.Governed[thing]("thing")

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func options() state.Options {
	return state.Options{
		Key:    ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize)),
		Master: bytes.Repeat([]byte{9}, 32),
		Now:    func() time.Time { return noon },
	}
}

func openStore(t *testing.T, e kv.Engine) *state.Store {
	t.Helper()
	s, err := state.Open(e, options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// increment is a turn that counts a thing up.
func increment(name string) func(*state.Tx) error {
	return func(tx *state.Tx) error {
		v, _, err := things.Get(tx, name)
		if err != nil {
			return err
		}
		v.Name = name
		v.Count++
		tx.Audit(audit.Entry{At: tx.Now(), Act: "count", Outcome: chat.Done, Subjects: []string{name}})
		return things.Put(tx, name, v)
	}
}

func read(t *testing.T, s *state.Store, name string) (v thing) {
	t.Helper()
	err := s.View(func(view *state.View) (err error) {
		v, _, err = things.Get(view, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func verify(t *testing.T, r kv.Reader) audit.Report {
	t.Helper()
	report, err := audit.Chain(r, audit.Trust{Keys: trusted()})
	if err != nil {
		t.Fatal(err)
	}
	if report.Why == "" {
		if err := audit.Records(r, "r/", &report); err != nil {
			t.Fatal(err)
		}
	}
	return report
}

func TestConcurrentTurnsAreSerial(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	const people, turns = 32, 50
	var wg sync.WaitGroup
	for p := range people {
		wg.Go(func() {
			for range turns {
				if err := s.Update(t.Context(), increment(fmt.Sprintf("T-%d", p%3))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	total := 0
	for p := range 3 {
		total += read(t, s, fmt.Sprintf("T-%d", p)).Count
	}
	if total != people*turns {
		t.Errorf("%d turns were decided, the records count %d", people*turns, total)
	}
	if r := verify(t, engine); !r.Whole() || r.Last != people*turns {
		t.Errorf("audit: %+v", r)
	}
}

func TestAnsweredTurnsSurviveACrash(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	for range 5 {
		if err := s.Update(t.Context(), increment("T-1")); err != nil {
			t.Fatal(err)
		}
	}
	engine.Crash()
	if err := s.Update(t.Context(), increment("T-1")); err == nil {
		t.Fatal("a turn was answered on a crashed engine")
	}
	again, err := engine.Reopen()
	if err != nil {
		t.Fatal(err)
	}
	s2 := openStore(t, again)
	if got := read(t, s2, "T-1").Count; got != 5 {
		t.Errorf("5 turns were answered, %d survived", got)
	}
	if s2.Epoch() <= s.Epoch() {
		t.Errorf("epoch %d does not follow %d", s2.Epoch(), s.Epoch())
	}
}

func TestARefusedCommitLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	if err := s.Update(t.Context(), increment("T-1")); err != nil {
		t.Fatal(err)
	}
	engine.SetRefuse(kv.ErrNoSpace)
	if err := s.Update(t.Context(), increment("T-1")); !errors.Is(err, kv.ErrNoSpace) {
		t.Fatalf("got %v, want ErrNoSpace", err)
	}
	engine.SetRefuse(nil)
	if err := s.Update(t.Context(), increment("T-1")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, s, "T-1").Count; got != 2 {
		t.Errorf("the count is %d after two turns that were committed", got)
	}
	if r := verify(t, engine); !r.Whole() || r.Last != 2 {
		t.Errorf("audit: %+v", r)
	}
}

func TestGovernedWritesNeedAnEntry(t *testing.T) {
	t.Parallel()
	s := openStore(t, faultkv.New(faultkv.Options{}))
	err := s.Update(t.Context(), func(tx *state.Tx) error { return things.Put(tx, "T-1", thing{}) })
	if !errors.Is(err, state.ErrUnaudited) {
		t.Errorf("got %v, want ErrUnaudited", err)
	}
}

func TestVerifyFindsWhatWasDone(t *testing.T) {
	t.Parallel()
	flip := func(b []byte) []byte { b = bytes.Clone(b); b[len(b)-2] ^= 1; return b }
	tests := map[string]struct {
		tamper func(e kv.Engine) []kv.Op
		bad    uint64
	}{
		"edited entry": {func(e kv.Engine) []kv.Op {
			v, _ := e.Get(audit.Key(3))
			return []kv.Op{{Key: audit.Key(3), Value: flip(v)}}
		}, 3},
		"deleted entry": {func(kv.Engine) []kv.Op { return []kv.Op{{Key: audit.Key(4), Delete: true}} }, 4},
		"swapped entries": {func(e kv.Engine) []kv.Op {
			a, _ := e.Get(audit.Key(2))
			b, _ := e.Get(audit.Key(3))
			return []kv.Op{{Key: audit.Key(2), Value: b}, {Key: audit.Key(3), Value: a}}
		}, 2},
		"cut off": {func(kv.Engine) []kv.Op {
			return []kv.Op{{Key: audit.Key(10), Delete: true}, {Key: audit.Key(9), Delete: true}}
		}, 9},
		"edited record": {func(e kv.Engine) []kv.Op {
			k := []byte("r/thing/T-0000000001")
			v, _ := e.Get(k)
			return []kv.Op{{Key: k, Value: bytes.Replace(v, []byte(`"count":10`), []byte(`"count":11`), 1)}}
		}, 0},
		"deleted record": {func(kv.Engine) []kv.Op {
			return []kv.Op{{Key: []byte("r/thing/T-0000000001"), Delete: true}}
		}, 0},
		"planted record": {func(kv.Engine) []kv.Op {
			return []kv.Op{{Key: []byte("r/thing/T-0000000002"), Value: []byte("\x01{}")}}
		}, 0},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine := faultkv.New(faultkv.Options{})
			s := openStore(t, engine)
			for range 10 {
				if err := s.Update(t.Context(), increment("T-1")); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Checkpoint(t.Context()); err != nil {
				t.Fatal(err)
			}
			if r := verify(t, engine); !r.Whole() || r.Signed != 10 {
				t.Fatalf("before tampering: %+v", r)
			}
			s.Close()
			epoch, err := engine.Acquire()
			if err != nil {
				t.Fatal(err)
			}
			if err := engine.Apply(epoch, tc.tamper(engine)); err != nil {
				t.Fatal(err)
			}
			r := verify(t, engine)
			if r.Whole() {
				t.Fatal("the trail is said to be whole")
			}
			if r.Bad != tc.bad || (tc.bad == 0) != (len(r.Records) == 1) {
				t.Errorf("found %+v, want entry %d", r, tc.bad)
			}
		})
	}
}

func TestErasureLeavesTheTrailWhole(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	var id string
	err := s.Update(t.Context(), func(tx *state.Tx) (err error) { id, err = tx.Meet("dana"); return err })
	if err != nil {
		t.Fatal(err)
	}
	said, err := s.Seal(id, "I broke it")
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(tx *state.Tx) error {
		tx.Audit(audit.Entry{Actor: audit.Actor{Person: id}, Said: &said})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if text, ok := s.Unseal(said); !ok || text != "I broke it" {
		t.Fatalf("unsealed %q, %v", text, ok)
	}
	if err := s.Update(t.Context(), func(tx *state.Tx) error { tx.Erase(id); return nil }); err != nil {
		t.Fatal(err)
	}
	if text, ok := s.Unseal(said); ok {
		t.Errorf("still reads %q", text)
	}
	if r := verify(t, engine); !r.Whole() {
		t.Errorf("audit: %+v", r)
	}
	var dump bytes.Buffer
	if _, err := state.Backup(engine, &dump); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"I broke it", "dana"} {
		if bytes.Contains(dump.Bytes(), []byte(secret)) {
			t.Errorf("the store holds %q", secret)
		}
	}
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	for i := range 20 {
		if err := s.Update(t.Context(), increment(fmt.Sprintf("T-%d", i))); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	if _, err := state.Backup(engine, &file); err != nil {
		t.Fatal(err)
	}
	restored := faultkv.New(faultkv.Options{})
	if _, err := state.Restore(restored, bytes.NewReader(file.Bytes())); err != nil {
		t.Fatal(err)
	}
	s2 := openStore(t, restored)
	if got := read(t, s2, "T-13").Count; got != 1 {
		t.Errorf("T-13 counts %d", got)
	}
	if r := verify(t, restored); !r.Whole() || r.Last != 20 {
		t.Errorf("audit: %+v", r)
	}
	for _, n := range []int{0, 5, 40, file.Len() / 2, file.Len() - 1} {
		if _, err := state.Restore(faultkv.New(faultkv.Options{}), io.LimitReader(bytes.NewReader(file.Bytes()), int64(n))); !errors.Is(err, state.ErrBackup) {
			t.Errorf("a backup cut to %d bytes: got %v, want ErrBackup", n, err)
		}
	}
	if _, err := state.Restore(restored, bytes.NewReader(file.Bytes())); !errors.Is(err, state.ErrNotEmpty) {
		t.Errorf("restore over a store: got %v, want ErrNotEmpty", err)
	}
}

func TestIDsSortByNumber(t *testing.T) {
	t.Parallel()
	s := openStore(t, faultkv.New(faultkv.Options{}))
	for _, id := range []string{"T-10", "T-9", "T-100", "T-1"} {
		if err := s.Update(t.Context(), increment(id)); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	err := s.View(func(v *state.View) error {
		return things.All(v, func(id string, _ thing) error { got = append(got, id); return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := "[T-1 T-9 T-10 T-100]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
