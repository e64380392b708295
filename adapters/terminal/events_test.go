package terminal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
)

// collect reads a client's events until n have come beside the connections, each as "kind id line".
func collect(t *testing.T, c *terminal.Client, as string, n int, connected func(times int)) []string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []string
	times := 0
	err := c.Events(ctx, as, func(e terminal.Event) {
		if e.Kind == terminal.ConnectedEvent {
			times++
			if connected != nil {
				connected(times)
			}
			return
		}
		if got = append(got, strings.TrimSpace(fmt.Sprint(e.Kind, " ", e.ID, " ", e.Entry.Line))); len(got) == n {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	return got
}

func TestEventsAreTakenUpWhereTheyBroke(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	line := func(s string) terminal.Entry { return terminal.Entry{Channel: "#cab", Who: "dev", Line: s} }
	got := collect(t, client(f.URL, ""), "dev", 5, func(times int) {
		opened := <-f.streams
		switch times {
		case 1:
			if opened != "dev@" {
				t.Errorf("opened as %q", opened)
			}
			f.happen("entry", "", line("one"))
			f.happen("private", "sre", line("not for dev"))
			f.happen("private", "dev", line("for dev"))
			f.happen("entry", "", line("two"))
			go func() {
				f.cut <- struct{}{}
				// Said while nobody listened.
				f.happen("entry", "", line("three"))
				f.happen("reset", "", terminal.Entry{})
			}()
		case 2:
			if !strings.HasPrefix(opened, "dev@") || opened == "dev@" {
				t.Errorf("reopened as %q", opened)
			}
		}
	})
	want := []string{"entry 1 one", "private 1 for dev", "entry 4 two", "entry 5 three", "reset 6"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The stream's format allows more than our server writes, and a broken server writes less.
func TestEventFormat(t *testing.T) {
	t.Parallel()
	const stream = ": comment\r\n" +
		"event: entry\r\nid: 1\r\ndata: {\"line\":\r\ndata: \"split\"}\r\n\r\n" +
		"event:entry\nid:2\ndata:{\"line\":\"tight\"}\nunknown: x\n\n" +
		"event: entry\nid: 3\ndata: not JSON\n\n" +
		"event: novel\nid: 4\ndata: {}\n\n" +
		"data: {\"line\":\"no kind\"}\n\n" +
		"retry: never\nretry: 99999999999999999999\n\n" +
		"event: entry\ndata: {\"line\":\"no id\"}\n\n" +
		"event: entry\nid: 9\ndata: {\"line\":\"cut off\"}\n"
	opened := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if opened++; opened == 1 {
			fmt.Fprint(w, stream)
			return
		}
		fmt.Fprintf(w, "event: entry\nid: 10\ndata: {\"line\":\"after %s\"}\n\n", r.Header.Get("Last-Event-ID"))
	}))
	defer s.Close()
	got := collect(t, client(s.URL, ""), "", 4, nil)
	want := []string{"entry 1 split", "entry 2 tight", "entry 4 no id", "entry 10 after 4"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnEventTooLongIsLeftOut(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "event: entry\nid: 1\ndata: {\"line\":\"%s\"}\n\n", strings.Repeat("x", 5<<20))
		fmt.Fprint(w, "event: entry\nid: 2\ndata: {\"line\":\"short\"}\n\n")
	}))
	defer s.Close()
	if diff := cmp.Diff([]string{"entry 2 short"}, collect(t, client(s.URL, ""), "", 1, nil)); diff != "" {
		t.Error(diff)
	}
}

func TestARefusedStreamIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.status = http.StatusForbidden
	err := client(f.URL, "").Events(t.Context(), "dev", func(e terminal.Event) { t.Errorf("got %+v", e) })
	var api *terminal.APIError
	if !errors.As(err, &api) || api.Status != http.StatusForbidden {
		t.Errorf("got %v", err)
	}
}
