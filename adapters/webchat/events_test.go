package webchat_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/webchat"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// follower reads a stream of events.
type follower struct {
	t     *testing.T
	lines *bufio.Scanner
	close func()
}

type sent struct{ kind, id, data string }

// listen opens a stream; when it returns the reader is connected.
func listen(t *testing.T, server *httptest.Server, query, last string) *follower {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/api/v1/events?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	res, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = res.Body.Close() })
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("status %d, %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	return &follower{t, lines, cancel}
}

// next is the next event; ok is false at the stream's end.
func (f *follower) next() (e sent, ok bool) {
	for f.lines.Scan() {
		name, value, _ := strings.Cut(f.lines.Text(), ": ")
		switch name {
		case "event":
			e.kind = value
		case "id":
			e.id = value
		case "data":
			e.data = value
		case "":
			return e, true
		}
	}
	return e, false
}

func (f *follower) must() sent {
	f.t.Helper()
	e, ok := f.next()
	if !ok {
		f.t.Fatalf("the stream ended: %v", f.lines.Err())
	}
	return e
}

func serve(t *testing.T, f fixture) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(f.Handler())
	t.Cleanup(s.Close)
	return s
}

func TestEvents(t *testing.T) {
	t.Parallel()
	f := start(t)
	server := serve(t, f)
	dev, chair := listen(t, server, "as=dev", ""), listen(t, server, "as=chair&html=1", "")
	if e := dev.must(); e.kind != "" || e.id == "" || e.data != "" {
		t.Errorf("first %+v", e)
	}
	chair.must()

	at := chat.Plain(chat.Say("x", chat.Time("at", noon)))
	ref := f.post(t, "#cab", "k1", at)
	e := dev.must()
	want := fmt.Sprintf(`{"id":%q,"key":"k1","channel":"#cab","at":"2026-11-23T12:00:00Z","message":`, ref.ID)
	if e.kind != "entry" || e.id == "" || !strings.HasPrefix(e.data, want) || strings.Contains(e.data, "html") {
		t.Errorf("entry %+v, want %s", e, want)
	}
	// Each reader has their own zone.
	if c := chair.must(); !strings.Contains(c.data, "13:00") || !strings.Contains(c.data, `"html":`) || strings.Contains(e.data, "13:00") {
		t.Errorf("in Berlin %s, elsewhere %s", c.data, e.data)
	}
	if err := f.Update(t.Context(), ref, port.Worded{Message: word("second"), At: noon.Add(time.Second)}); err != nil {
		t.Fatal(err)
	}
	var updated struct{ ID, Edited, Key string }
	e = dev.must()
	if err := json.Unmarshal([]byte(e.data), &updated); err != nil || updated.ID != ref.ID || updated.Edited != "2026-11-23T12:00:01Z" || updated.Key != "k1" {
		t.Errorf("updated %+v %v", e, err)
	}
	chair.must()

	// What is private reaches nobody else, and carries no id.
	private := word("for the chair")
	private.Private, private.Mentions = true, []string{"p-chair"}
	f.post(t, "#cab", "k2", private)
	f.post(t, "@chair", "k3", word("by name"))
	f.post(t, "#cab", "k4", word("public"))
	for _, want := range []string{"for the chair", "by name", "public"} {
		if e := chair.must(); !strings.Contains(e.data, want) || (e.kind == "private") != (want != "public") || (e.id == "") != (e.kind == "private") {
			t.Errorf("%s: %+v", want, e)
		}
	}
	if e := dev.must(); !strings.Contains(e.data, "public") {
		t.Errorf("dev got %+v", e)
	}
	if entries, _ := f.timeline.Entries(t.Context(), "#cab", 9); len(entries) != 2 {
		t.Errorf("kept %d entries", len(entries))
	}
}

func TestEventsReconnect(t *testing.T) {
	t.Parallel()
	f := start(t)
	server := serve(t, f)
	first := listen(t, server, "as=dev", "")
	first.must()
	f.post(t, "#cab", "1", word("one"))
	last := first.must().id
	first.close()
	f.post(t, "#cab", "2", word("two"))
	f.post(t, "#releases", "3", word("three"))
	for query, header := range map[string]string{"as=dev": last, "as=dev&last=" + last: ""} {
		again := listen(t, server, query, header)
		if a, b := again.must(), again.must(); !strings.Contains(a.data, "two") || !strings.Contains(b.data, "three") {
			t.Errorf("missed %+v %+v", a, b)
		}
	}
	newest := listen(t, server, "as=dev", "")
	position := newest.must().id
	// An id of an earlier start, of the future, or of nothing at all.
	for _, id := range []string{"ABCDEFGH-1", position + "0", "x", "-", strings.Split(position, "-")[0] + "-"} {
		reset := listen(t, server, "as=dev", id)
		if e := reset.must(); e.kind != "reset" || e.id != position {
			t.Errorf("%q: %+v", id, e)
		}
	}
	for n := range 1100 {
		f.post(t, "#cab", fmt.Sprint("many", n), word("many"))
	}
	if e := listen(t, server, "as=dev", last).must(); e.kind != "reset" {
		t.Errorf("after too many: %+v", e)
	}
}

// stuck is a reader's connection on which nothing gets through.
type stuck struct {
	header  http.Header
	entered chan struct{}
	release chan struct{}
	once    sync.Once
	writes  int
}

func (s *stuck) Header() http.Header { return s.header }
func (s *stuck) WriteHeader(int)     {}
func (s *stuck) Flush()              {}
func (s *stuck) Write(b []byte) (int, error) {
	s.writes++
	s.once.Do(func() { close(s.entered) })
	<-s.release
	return len(b), nil
}

// A reader that is behind is disconnected; whoever posts never waits for one.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	f := start(t)
	w := &stuck{header: http.Header{}, entered: make(chan struct{}), release: make(chan struct{})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.Handler().ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1:8080/api/v1/events?as=dev", nil).WithContext(t.Context()))
	}()
	<-w.entered
	for n := range 200 {
		f.post(t, "#cab", fmt.Sprint(n), word("x"))
	}
	close(w.release)
	<-done
	if w.writes > 70 {
		t.Errorf("%d writes: the reader was not disconnected", w.writes)
	}
}

// pipe collects what is written.
type pipe struct {
	header http.Header
	mu     sync.Mutex
	text   strings.Builder
}

func (p *pipe) Header() http.Header { return p.header }
func (p *pipe) WriteHeader(int)     {}
func (p *pipe) Flush()              {}
func (p *pipe) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func TestHeartbeatAndRevocation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, withLogin)
		w := &pipe{header: http.Header{}}
		r := httptest.NewRequest("GET", "http://127.0.0.1:8080/api/v1/events", nil).WithContext(t.Context())
		r.Header.Set("Authorization", "Bearer dev-token")
		began := time.Now()
		var ended time.Duration
		go func() {
			f.Handler().ServeHTTP(w, r)
			ended = time.Since(began)
		}()
		time.Sleep(61 * time.Second)
		w.mu.Lock()
		if n := strings.Count(w.text.String(), ":\n\n"); n < 3 {
			t.Errorf("%d heartbeats in a minute", n)
		}
		w.mu.Unlock()
		f.tokens.revoke("dev-token")
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if ended == 0 || ended > 80*time.Second {
			t.Errorf("the stream of a revoked token ended after %v", ended)
		}
	})
}

func TestEventsRefused(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]int{"/api/v1/events": 400, "/api/v1/events?as=eve": 403} {
		if w := start(t).ask("GET", target, ""); w.Code != want {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
	if w := start(t, withLogin).ask("GET", "/api/v1/events", ""); w.Code != 401 {
		t.Errorf("without token: %d", w.Code)
	}
}

func TestServeEndsStreams(t *testing.T) {
	t.Parallel()
	f := start(t)
	ctx, stop := context.WithCancel(t.Context())
	server := httptest.NewUnstartedServer(nil)
	served := make(chan error, 1)
	go func() { served <- f.Serve(ctx, server.Listener, time.Minute) }()
	server.URL = "http://" + server.Listener.Addr().String()
	stream := listenOn(t, server.URL)
	stream.must()
	stop()
	if _, ok := stream.next(); ok {
		t.Error("an event after the end")
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if w := f.ask("GET", "/api/v1/events?as=dev", ""); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("after the end: %d", w.Code)
	}
}

func listenOn(t *testing.T, url string) *follower {
	t.Helper()
	res, err := http.Get(url + "/api/v1/events?as=dev") //nolint:noctx
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return &follower{t, bufio.NewScanner(res.Body), func() {}}
}

var _ port.Platform = (*webchat.Server)(nil)
