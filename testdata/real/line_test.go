//go:build real

package real_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
)

// line stands between the bot and a real server, and fails on demand.
type line struct {
	*httptest.Server

	mu   sync.Mutex
	kind trouble.Kind // empty: none
	lose bool         // the answer to the next change
}

func newLine(t *testing.T, to string) *line {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	l := &line{}
	through := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		kind, lost := l.kind, l.lose && r.Method != http.MethodGet
		l.lose = l.lose && !lost
		l.mu.Unlock()
		switch {
		case kind != "":
			fail(w, r, kind)
		case lost: // it is done, and nobody hears of it
			through.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		default:
			through.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(l.Close)
	return l
}

// fail answers as a server, or what is before it, that is in trouble.
func fail(w http.ResponseWriter, r *http.Request, kind trouble.Kind) {
	answers := map[trouble.Kind]struct {
		status int
		body   string
	}{
		trouble.Limited:   {http.StatusTooManyRequests, `{"error":"too many requests","code":8,"message":"too many requests"}`},
		trouble.Broken:    {http.StatusInternalServerError, `{"error":"internal","code":13,"message":"internal"}`},
		trouble.Closed:    {http.StatusServiceUnavailable, "no healthy upstream"},
		trouble.Forbidden: {http.StatusForbidden, `{"error":"permission denied","code":7,"message":"permission denied"}`},
		trouble.Revoked:   {http.StatusUnauthorized, `{"error":"no session information","code":16,"message":"no session information"}`},
		trouble.Garbled:   {http.StatusOK, "<html>please log in</html>"},
	}
	a, speaks := answers[kind]
	if !speaks {
		<-r.Context().Done()
		return
	}
	if kind == trouble.Limited {
		w.Header().Set("Retry-After", strconv.Itoa(int(trouble.RetryAfter.Seconds())))
	}
	w.WriteHeader(a.status)
	_, _ = w.Write([]byte(a.body))
}

// fails makes everything fail so; empty heals it.
func (l *line) fails(kind trouble.Kind) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kind = kind
}

// loses lets the next change be made and its answer be lost.
func (l *line) loses() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lose = true
}
