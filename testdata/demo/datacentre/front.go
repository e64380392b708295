package main

import (
	"context"
	"errors"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"time"
)

const (
	frontDialTimeout   = time.Second
	frontAnswerTimeout = 10 * time.Second // a service that says nothing for so long is answered for with 504
	drainGrace         = time.Second      // requests under way get this long when their process is replaced
)

// front is the stable address of one service in one environment: a reverse
// proxy in front of whichever process plays it now.
type front struct {
	url string
	srv *http.Server

	mu      sync.Mutex
	owner   any // whoever may change the backend
	backend *backend
}

// backend is one process seen from the front.
type backend struct {
	proxy     *httputil.ReverseProxy
	transport *http.Transport
	under     sync.WaitGroup // requests under way; grows under front.mu while current
}

// openFront listens on addr, or on another port when that one is taken.
func openFront(addr string) (*front, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		if ln, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return nil, err
		}
	}
	f := &front{url: "http://" + ln.Addr().String()}
	f.srv = &http.Server{Handler: f, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: silent()}
	go f.srv.Serve(ln)
	return f, nil
}

func (f *front) close() { f.srv.Close() }

// take makes owner the one who says where requests go, and sends them to addr
// (nowhere when empty). It returns the backend that was there before.
func (f *front) take(owner any, addr string) *backend {
	next := newBackend(addr)
	f.mu.Lock()
	defer f.mu.Unlock()
	old := f.backend
	f.owner, f.backend = owner, next
	return old
}

// point sends requests to addr (nowhere when empty) if owner still owns the
// front.
func (f *front) point(owner any, addr string) {
	next := newBackend(addr)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.owner == owner {
		f.backend = next
	}
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	b := f.backend
	if b != nil {
		b.under.Add(1)
	}
	f.mu.Unlock()
	if b == nil {
		refuse(w, http.StatusServiceUnavailable, "nothing runs here")
		return
	}
	defer b.under.Done()
	b.proxy.ServeHTTP(w, r)
}

func newBackend(addr string) *backend {
	if addr == "" {
		return nil
	}
	b := &backend{transport: &http.Transport{
		DialContext:           (&net.Dialer{Timeout: frontDialTimeout}).DialContext,
		ResponseHeaderTimeout: frontAnswerTimeout,
		MaxIdleConnsPerHost:   8,
		IdleConnTimeout:       30 * time.Second, // below the services' own, so that it is never they who hang up
		DisableCompression:    true,
	}}
	target := &url.URL{Scheme: "http", Host: addr}
	b.proxy = &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: b.transport,
		ErrorLog:  silent(),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			if errors.Is(err, context.DeadlineExceeded) || os.IsTimeout(err) {
				refuse(w, http.StatusGatewayTimeout, "the service does not answer")
				return
			}
			refuse(w, http.StatusBadGateway, "the service can't be reached")
		},
	}
	return b
}

// drain waits, within drainGrace, until no request is under way at a backend
// that the front no longer uses.
func (b *backend) drain() {
	if b == nil {
		return
	}
	done := make(chan struct{})
	go func() {
		b.under.Wait()
		close(done)
	}()
	timer := time.NewTimer(drainGrace)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
	b.transport.CloseIdleConnections()
}

func refuse(w http.ResponseWriter, code int, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	io.WriteString(w, `{"error":"`+why+"\"}\n")
}

func silent() *stdlog.Logger { return stdlog.New(io.Discard, "", 0) }
