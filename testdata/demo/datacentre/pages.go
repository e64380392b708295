package main

import (
	"encoding/json"
	"net"
	"net/http"
	"time"
)

// servePages opens the read-only pages on addr and returns where they are.
func (c *centre) servePages(addr string) (at string, closePages func(), err error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return "", nil, err
	}
	show := func(view func(*http.Request) any) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(view(r))
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if !c.isReady() {
			refuse(w, http.StatusServiceUnavailable, "starting")
			return
		}
		w.Write([]byte("ok\n"))
	})
	mux.Handle("GET /status", show(func(*http.Request) any { return c.standings() }))
	mux.Handle("GET /runs", show(func(r *http.Request) any { return c.records(r.URL.Query().Get("key")) }))
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ErrorLog: silent()}
	go srv.Serve(ln)
	return ln.Addr().String(), func() { srv.Close() }, nil
}
