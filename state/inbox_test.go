package state_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

// replies are of every shape: those of one sentence are kept by reference to the audit entry, others whole.
var replies = map[string]chat.Reply{
	"one sentence": {Outcome: chat.Done, Code: "vote.counted", IDs: map[string]string{"ballot": "B-1"},
		Messages: []chat.Message{{Title: chat.Say("vote.counted", chat.Word("ballot", "B-1")), Private: true, Tone: chat.Good}}},
	"no ids":     {Outcome: chat.Done, Code: "x", Messages: []chat.Message{{Title: chat.Say("x")}}},
	"no message": {Outcome: chat.Done, Code: "x"},
	"refused with reasons": {Outcome: chat.Refused, Code: "gate.closed", Messages: []chat.Message{{Title: chat.Say("gate.closed"),
		Sections: []chat.Section{{Lines: []chat.Line{{Mark: chat.MarkClosed, Text: chat.Say("why")}}}}}}},
	"code and title differ": {Outcome: chat.Done, Code: "x", Messages: []chat.Message{{Title: chat.Say("y")}}},
}

func take(s *state.Store, key string, r chat.Reply) func(*state.Tx) error {
	return func(tx *state.Tx) error {
		e := audit.Entry{At: noon, Act: "test", Outcome: r.Outcome, Text: chat.Say(r.Code)}
		if len(r.Messages) > 0 {
			e.Text = r.Messages[0].Title
		}
		tx.Audit(e)
		return tx.Take(key, state.Taken{At: noon, Reply: r})
	}
}

func TestARepeatedRequestGetsTheSameReply(t *testing.T) {
	t.Parallel()
	for name, reply := range replies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openStore(t, faultkv.New(faultkv.Options{}))
			var within state.Taken
			err := s.Update(t.Context(), func(tx *state.Tx) error {
				if err := take(s, "k", reply)(tx); err != nil {
					return err
				}
				if _, ok, err := tx.Taken("other"); ok || err != nil {
					return fmt.Errorf("a request nobody made was taken: %v", err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			err = s.Update(t.Context(), func(tx *state.Tx) (err error) {
				var ok bool
				if within, ok, err = tx.Taken("k"); !ok && err == nil {
					err = errors.New("the request is not known")
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(state.Taken{At: noon, Reply: reply}, within); diff != "" {
				t.Errorf("the reply differs (-first +again):\n%s", diff)
			}
		})
	}
}

func TestForgetDropsWhatIsOld(t *testing.T) {
	t.Parallel()
	s := openStore(t, faultkv.New(faultkv.Options{}))
	for i := range 10 {
		if err := s.Update(t.Context(), take(s, fmt.Sprintf("k%d", i), replies["no ids"])); err != nil {
			t.Fatal(err)
		}
	}
	forget := func(before time.Time) {
		next, rounds := "", 0
		for first := true; first || next != ""; first = false {
			err := s.Update(t.Context(), func(tx *state.Tx) (err error) {
				next, err = tx.Forget(before, next, 3)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if rounds++; rounds > 10 {
				t.Fatal("it never ends")
			}
		}
	}
	count := func() (n int) {
		err := s.View(func(v *state.View) error {
			for i := range 10 {
				_, ok, err := v.Taken(fmt.Sprintf("k%d", i))
				if err != nil {
					return err
				}
				if ok {
					n++
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if forget(noon); count() != 10 {
		t.Errorf("%d of 10 young requests are left", count())
	}
	if forget(noon.Add(time.Second)); count() != 0 {
		t.Errorf("%d old requests are left", count())
	}
}
