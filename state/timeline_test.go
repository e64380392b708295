package state_test

import (
	"fmt"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

func TestTheTimeline(t *testing.T) {
	t.Parallel()
	engine := faultkv.New(faultkv.Options{})
	s := openStore(t, engine)
	add := func(channel, key string) string {
		t.Helper()
		id, err := s.Timeline().Append(t.Context(), port.Entry{Key: key, Channel: channel, At: noon, Message: chat.Plain(chat.Say(chat.Code(key)))})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	tells := func(channel string, n int, want string) {
		t.Helper()
		entries, err := s.Timeline().Entries(t.Context(), channel, n)
		if err != nil {
			t.Fatal(err)
		}
		codes := []chat.Code{}
		for _, e := range entries {
			if codes = append(codes, e.Message.Title.Code); e.ID == "" || e.Channel != channel {
				t.Errorf("%+v", e)
			}
		}
		if got := fmt.Sprint(codes); got != want {
			t.Errorf("the last %d of %s: %s, want %s", n, channel, got, want)
		}
	}
	first := add("cab", "k1")
	for i := 2; i <= 6; i++ {
		add("cab", fmt.Sprint("k", i))
		add("cab-x", fmt.Sprint("x", i)) // a channel whose name begins like the other's
	}
	if again := add("cab", "k1"); again != first {
		t.Errorf("a key said again is message %s, not %s", again, first)
	}
	tells("cab", 100, "[k1 k2 k3 k4 k5 k6]")
	tells("cab", 2, "[k5 k6]")
	tells("nowhere", 5, "[]")

	if err := s.Timeline().Replace(t.Context(), first, port.Worded{Message: chat.Plain(chat.Say("changed")), At: noon}); err != nil {
		t.Error(err)
	}
	tells("cab", 6, "[changed k2 k3 k4 k5 k6]")
	s, _ = reopen(t, engine)
	tells("cab", 6, "[changed k2 k3 k4 k5 k6]")

	for i, want := range []bool{true, false, false} {
		if more, err := s.Timeline().Trim(t.Context(), "cab", 2, 3); err != nil || more != want {
			t.Errorf("trim %d: more %v, %v", i, more, err)
		}
	}
	tells("cab", 100, "[k5 k6]")
	tells("cab-x", 100, "[x2 x3 x4 x5 x6]")
	if err := s.Timeline().Replace(t.Context(), first, port.Worded{Message: chat.Plain(chat.Say("gone"))}); err != nil {
		t.Error(err)
	}
	if again := add("cab", "k1"); again == first {
		t.Error("the id of a trimmed message was given again")
	}
	tells("cab", 100, "[k5 k6 k1]")
}
