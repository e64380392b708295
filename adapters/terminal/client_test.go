package terminal_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// client speaks to a server without waiting between attempts.
func client(server, token string) *terminal.Client {
	c := terminal.New(server, token)
	c.Pauses(func(ctx context.Context, _ time.Duration) error { return ctx.Err() })
	return c
}

func TestSayAndPress(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := client(strings.TrimPrefix(f.URL, "http://"), "")
	r, err := c.Say(t.Context(), terminal.Request{As: "dev", In: "#releases", Text: "/release plan", Wait: 90 * time.Second})
	if err != nil || r.Outcome != chat.Done || r.IDs["release"] != "R-1" || len(r.Messages) != 1 || terminal.ExitCode(r) != 0 {
		t.Fatalf("got %+v, %v", r, err)
	}
	if r, err = c.Press(t.Context(), terminal.PressRequest{As: "sre", In: "#cab", On: "R-1", Button: "approve"}); err != nil || r.Code != "ok" {
		t.Fatalf("got %+v, %v", r, err)
	}
	if r, err = c.Say(t.Context(), terminal.Request{Text: "/refuse"}); err != nil || terminal.ExitCode(r) != 1 {
		t.Errorf("got %+v, %v", r, err)
	}
	if r, err = c.Press(t.Context(), terminal.PressRequest{Token: "t"}); err != nil || terminal.ExitCode(r) != 2 {
		t.Errorf("got %+v, %v", r, err)
	}
	want := []string{"dev #releases /release plan    1m30s", "sre #cab  approve R-1", "/refuse", "t"}
	if diff := cmp.Diff(want, f.did()); diff != "" {
		t.Error(diff)
	}
	if keys := f.asked(); len(slices.Compact(slices.Sorted(slices.Values(keys)))) != 4 {
		t.Errorf("keys %q are not all different", keys)
	}
}

func TestReading(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.happen("entry", "", terminal.Entry{Channel: "#cab", Who: "dev", Line: "hello"})
	c := client(f.URL+"/", "")
	lines, err := c.Complete(t.Context(), terminal.Request{As: "dev", In: "#cab", Text: "/rel"})
	if diff := cmp.Diff([]string{"/release plan ", "/release show "}, lines); err != nil || diff != "" {
		t.Error(err, diff)
	}
	d, err := c.Channels(t.Context())
	if err != nil || len(d.Channels) != 2 || !d.Demo || d.Organisation != "Test House" {
		t.Errorf("got %+v, %v", d, err)
	}
	entries, err := c.Entries(t.Context(), "#cab", 3)
	if err != nil || len(entries) != 1 || entries[0].Line != "hello" {
		t.Errorf("got %+v, %v", entries, err)
	}
}

// A connection that breaks after the request was carried out must not carry it out again, and the answer still comes.
func TestBrokenConnectionIsAskedAgainUnderTheSameKey(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.breakOff = 3
	r, err := client(f.URL, "").Say(t.Context(), terminal.Request{As: "dev", In: "#cab", Text: "/release plan"})
	if err != nil || r.Outcome != chat.Done {
		t.Fatalf("got %+v, %v", r, err)
	}
	if did := f.did(); len(did) != 1 {
		t.Errorf("carried out %q", did)
	}
	if keys := f.asked(); len(keys) != 4 || slices.ContainsFunc(keys, func(k string) bool { return k != keys[0] }) {
		t.Errorf("requests under %q, want four under one key", keys)
	}
}

func TestOutcomeUnknown(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.breakOff = 100
	c := client(f.URL, "")
	_, err := c.Say(t.Context(), terminal.Request{Text: "/refuse", Key: "mine"})
	var unknown *terminal.UnknownError
	if !errors.As(err, &unknown) || unknown.Key != "mine" {
		t.Fatalf("got %v", err)
	}
	if r := c.Failure(err); terminal.ExitCode(r) != 4 || r.Outcome != terminal.Unknown || !strings.Contains(r.Text, "mine") {
		t.Errorf("got %+v", r)
	}
	if n := len(f.asked()); n > 10 {
		t.Errorf("%d attempts", n)
	}
}

// Once sent, a server that is gone afterwards leaves the outcome unknown: "not reached" would say that nothing was done.
func TestServerThatDiesWithTheRequest(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.breakOff = 1
	c := client(f.URL, "")
	c.Pauses(func(context.Context, time.Duration) error {
		f.Listener.Close()
		return nil
	})
	_, err := c.Say(t.Context(), terminal.Request{Text: "/refuse"})
	if r := c.Failure(err); terminal.ExitCode(r) != 4 || len(f.did()) != 1 {
		t.Errorf("got %+v for %v", r, err)
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := l.Addr().String()
	l.Close()
	for _, server := range []string{gone, "http://" + gone, "http://[bad", "ftp://" + gone, ""} {
		c := client(server, "")
		_, err := c.Say(t.Context(), terminal.Request{Text: "/help"})
		if r := c.Failure(err); terminal.ExitCode(r) != 3 || !errors.Is(err, terminal.ErrUnreachable) || r.Text == "" {
			t.Errorf("%q: %+v for %v", server, r, err)
		}
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	for status, exit := range map[int]int{
		400: 2, 401: 1, 403: 1, 404: 2, 409: 1, 413: 2, 429: 3, 503: 3, 500: 4, 502: 4, 504: 4, 302: 4,
	} {
		f := newFake(t)
		f.status = status
		c := client(f.URL, "")
		_, err := c.Say(t.Context(), terminal.Request{Text: "/help"})
		r := c.Failure(err)
		if got := terminal.ExitCode(r); got != exit || r.Text == "" || r.Code == "" {
			t.Errorf("%d exits %d with %+v (%v), want %d", status, got, r, err, exit)
		}
		if exit < 4 && (r.Code != "test.status" || len(f.did()) > 0) {
			t.Errorf("%d: %+v", status, r)
		}
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.token = "secret-token"
	if _, err := client(f.URL, "secret-token").Say(t.Context(), terminal.Request{Text: "/refuse"}); err != nil {
		t.Error(err)
	}
	wrong := client(f.URL, "wrong-token")
	_, err := wrong.Say(t.Context(), terminal.Request{Text: "/refuse"})
	r := wrong.Failure(err)
	if r.Code != "auth.token" || terminal.ExitCode(r) != 1 {
		t.Errorf("got %+v", r)
	}
	if strings.Contains(r.Text+err.Error(), "wrong-token") {
		t.Error("the token is in the error")
	}
}

// A redirect is not followed: the token is for one server.
func TestRedirectKeepsTheToken(t *testing.T) {
	t.Parallel()
	reached := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer other.Close()
	f := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer f.Close()
	if _, err := client(f.URL, "t").Channels(t.Context()); err == nil || reached {
		t.Errorf("redirected: %v, reached: %v", err, reached)
	}
}

func TestAnswersThatAreNotOurs(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"<html>", "{}", "", `{"outcome":`, "[]"} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
		c := client(s.URL, "")
		_, err := c.Say(t.Context(), terminal.Request{Text: "/help"})
		if r := c.Failure(err); terminal.ExitCode(r) != 4 {
			t.Errorf("%q: %+v, %v", body, r, err)
		}
		s.Close()
	}
}

func TestFailureIsAReplyInJSON(t *testing.T) {
	t.Parallel()
	c := terminal.New("127.0.0.1:1", "")
	got, err := json.Marshal(c.Failure(terminal.ErrUnreachable))
	want := `{"outcome":"unreachable","code":"terminal.unreachable","text":"The server http://127.0.0.1:1 could not be reached: nothing was sent."}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	if code := terminal.ExitCode(words.Reply{}); code != 4 {
		t.Errorf("no outcome exits %d", code)
	}
}
