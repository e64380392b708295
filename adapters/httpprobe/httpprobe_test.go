package httpprobe_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/httpprobe"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// ticking is a clock on which every look is a second later.
func ticking() func() time.Time {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return func() time.Time { now = now.Add(time.Second); return now }
}

func prober(t *testing.T, s httpprobe.Settings) *httpprobe.Adapter {
	t.Helper()
	a, err := httpprobe.New(s, ticking())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func service(t *testing.T) string {
	t.Helper()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	t.Cleanup(elsewhere.Close)
	m := http.NewServeMux()
	m.HandleFunc("GET /ok", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "all is well") })
	m.HandleFunc("POST /echo", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		io.Copy(w, r.Body)
	})
	m.HandleFunc("/down", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "all is well", http.StatusServiceUnavailable)
	})
	m.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	m.HandleFunc("/breaks", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "all is")
	})
	m.HandleFunc("/stalls", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "all is")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	m.HandleFunc("/large", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, strings.Repeat("x", 1000)+"needle")
	})
	m.Handle("/moved", http.RedirectHandler("/ok", http.StatusFound))
	m.Handle("/away", http.RedirectHandler(elsewhere.URL, http.StatusFound))
	m.Handle("/loop", http.RedirectHandler("/loop", http.StatusFound))
	s := httptest.NewServer(m)
	t.Cleanup(s.Close)
	return s.URL
}

func TestProbe(t *testing.T) {
	t.Parallel()
	url := service(t)
	a := prober(t, httpprobe.Settings{MaxBody: 500})
	for _, c := range []struct {
		name   string
		probe  port.Probe
		status int
		fault  string
	}{
		{"healthy", port.Probe{URL: "/ok"}, 200, ""},
		{"holds", port.Probe{URL: "/ok", Holds: "is well"}, 200, ""},
		{"does not hold", port.Probe{URL: "/ok", Holds: "is lost"}, 200, `answer does not hold "is lost"`},
		{"method, body and status", port.Probe{URL: "/echo", Method: "POST", Body: "ping", Holds: "ping", Status: 202}, 202, ""},
		{"down", port.Probe{URL: "/down", Holds: "is well"}, 503, "status 503 instead of 200"},
		{"expected to be down", port.Probe{URL: "/down", Status: 503}, 503, ""},
		{"slow", port.Probe{URL: "/slow", Timeout: 50 * time.Millisecond}, 0, "timed out after 50ms"},
		{"stalls", port.Probe{URL: "/stalls", Timeout: 50 * time.Millisecond}, 200, "timed out after 50ms"},
		{"breaks off", port.Probe{URL: "/breaks"}, 200, "the connection was closed before the answer was whole"},
		{"beyond the bound", port.Probe{URL: "/large", Holds: "needle"}, 200, `answer does not hold "needle"`},
		{"redirected within", port.Probe{URL: "/moved", Holds: "is well"}, 200, ""},
		{"redirected away", port.Probe{URL: "/away"}, 302, "status 302 instead of 200"},
		{"redirected for ever", port.Probe{URL: "/loop"}, 302, "status 302 instead of 200"},
		{"bad method", port.Probe{URL: "/ok", Method: "GE T"}, 0, "not a request that can be made: method or URL"},
	} {
		c.probe.Name, c.probe.URL = c.name, url+c.probe.URL
		s := a.Probe(t.Context(), c.probe)
		if s.Probe != c.name || s.OK != (c.fault == "") || s.Status != c.status || s.Fault != c.fault {
			t.Errorf("%s: got %+v, want status %d, fault %q", c.name, s, c.status, c.fault)
		}
		if s.Took != time.Second || s.Source.System != "http" || s.Source.At.IsZero() {
			t.Errorf("%s: took %s, source %+v", c.name, s.Took, s.Source)
		}
	}
}

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	a := prober(t, httpprobe.Settings{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://user:hunter2@" + l.Addr().String() + "/?token=hunter2"
	l.Close()
	garbage, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer garbage.Close()
	go func() {
		for {
			c, err := garbage.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, "what?\r\n\r\n")
			c.Close()
		}
	}()
	for url, want := range map[string]string{
		closed:                              "could not connect: connect: connection refused",
		"http://" + garbage.Addr().String(): "no valid answer: ",
		"":                                  "not a request",
		"ftp://127.0.0.1/":                  "not a request",
		"http://":                           "not a request",
		"http://[::1":                       "not a request",
		"http://127.0.0.1:1/\x00hunter2":    "not a request",
	} {
		s := a.Probe(t.Context(), port.Probe{URL: url})
		if s.OK || !strings.HasPrefix(s.Fault, want) || strings.Contains(s.Fault, "hunter2") {
			t.Errorf("%q: %+v, want a fault that begins %q", url, s, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s := a.Probe(ctx, port.Probe{URL: "http://127.0.0.1:1"}); s.OK || !strings.HasPrefix(s.Fault, "given up") {
		t.Errorf("a done context: %+v", s)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for _, s := range []httpprobe.Settings{{MaxBody: -1}, {UserAgent: "a\r\nb"}} {
		if _, err := httpprobe.New(s, ticking()); err == nil {
			t.Errorf("New took %+v", s)
		}
	}
	if _, err := httpprobe.New(httpprobe.Settings{}, nil); err == nil {
		t.Error("New took no clock")
	}
}
