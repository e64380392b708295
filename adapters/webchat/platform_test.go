package webchat_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func card(title string) chat.Message {
	m := word(title)
	m.Card = "R-1"
	return m
}

func TestPostTwice(t *testing.T) {
	t.Parallel()
	f := start(t)
	if f.Name() != "local" {
		t.Errorf("name %q", f.Name())
	}
	first := f.post(t, "#cab", "k", word("hello"))
	if again := f.post(t, "#cab", "k", word("hello")); again != first {
		t.Errorf("posted again as %v, not %v", again, first)
	}
	entries, _ := f.timeline.Entries(t.Context(), "#cab", 9)
	if len(entries) != 1 || entries[0].Key != "k" || !entries[0].At.Equal(noon) || !entries[0].Edited.IsZero() {
		t.Errorf("entries %+v", entries)
	}
}

// A card that was posted before a crash, and has changed since, is not shown as it was.
func TestPostCardAgain(t *testing.T) {
	t.Parallel()
	f := start(t)
	ref := f.post(t, "#cab", "card:R-1", card("as it was"))
	if again := f.post(t, "#cab", "card:R-1", card("as it is")); again != ref {
		t.Errorf("posted again as %v, not %v", again, ref)
	}
	entries, _ := f.timeline.Entries(t.Context(), "#cab", 9)
	if len(entries) != 1 || entries[0].Message.Title.Code != "as it is" {
		t.Errorf("entries %+v", entries)
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	f := start(t)
	// Posted before the last start: only the timeline knows it.
	f.timeline.entries = []port.Entry{{ID: "#cab/old", Key: "old", Channel: "#cab", At: noon.Add(-time.Hour), Message: card("old")}}
	server := serve(t, f)
	stream := listen(t, server, "as=dev", "")
	stream.must()
	ref := chat.Ref{Place: chat.Place{Platform: "local", Channel: "#cab"}, ID: "#cab/old"}
	if err := f.Update(t.Context(), ref, port.Worded{Message: card("new")}); err != nil {
		t.Fatal(err)
	}
	want := `{"id":"#cab/old","key":"old","channel":"#cab","at":"2026-11-23T11:00:00Z","message":{"card":"R-1","code":"new","title":"new"},"edited":"2026-11-23T12:00:00Z"}`
	if e := stream.must(); e.data != want {
		t.Errorf("event %s, want %s", e.data, want)
	}
	// One that was trimmed away is nothing to anybody.
	ref.ID = "#cab/gone"
	if err := f.Update(t.Context(), ref, port.Worded{Message: card("gone")}); err != nil {
		t.Error(err)
	}
	f.post(t, "#cab", "next", word("next"))
	if e := stream.must(); !strings.Contains(e.data, `"title":"next"`) {
		t.Errorf("next %+v", e)
	}
}

func TestPostFails(t *testing.T) {
	t.Parallel()
	f := start(t)
	_, err := f.Post(t.Context(), chat.Place{Platform: "local", Channel: "#nowhere"}, "k", port.Worded{Message: word("x")})
	if verdict, _ := effect.Classify(err); err == nil || verdict != effect.Permanent {
		t.Errorf("to an unknown channel: %v", err)
	}
	ref := f.post(t, "#cab", "k", card("x"))
	fault := errors.New("disk")
	f.timeline.fail(fault)
	if _, err := f.Post(t.Context(), ref.Place, "k2", port.Worded{Message: word("x")}); !errors.Is(err, fault) {
		t.Errorf("post: %v", err)
	}
	if err := f.Update(t.Context(), ref, port.Worded{Message: card("y")}); !errors.Is(err, fault) {
		t.Errorf("update: %v", err)
	}
	if w := f.ask("GET", "/api/v1/entries?in=%23cab", ""); w.Code != 500 {
		t.Errorf("entries: %d", w.Code)
	}
	if w := f.ask("GET", "/c/cab", ""); w.Code != 500 {
		t.Errorf("page: %d", w.Code)
	}
}

// The memory of what was posted is bounded; what it forgot is read again.
func TestUpdateForgotten(t *testing.T) {
	t.Parallel()
	f := start(t)
	ref := f.post(t, "#oncall", "first", card("x"))
	for n := range 1100 {
		f.post(t, "#cab", fmt.Sprint(n), word("x"))
	}
	stream := listen(t, serve(t, f), "as=dev", "")
	stream.must()
	if err := f.Update(t.Context(), ref, port.Worded{Message: card("y"), At: noon}); err != nil {
		t.Fatal(err)
	}
	want := `{"id":"#oncall/0001","key":"first","channel":"#oncall","at":"2026-11-23T12:00:00Z","message":{"card":"R-1","code":"y","title":"y"},"edited":"2026-11-23T12:00:00Z"}`
	if e := stream.must(); e.data != want {
		t.Errorf("event %s", e.data)
	}
}
