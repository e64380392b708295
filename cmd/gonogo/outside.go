package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// sweeper drops what an adapter no longer needs to keep, and returns how much that was.
type sweeper func(context.Context) (int, error)

func newOutside(s *secrets) *outside {
	return &outside{
		clock: time.Now, secrets: s, pages: map[string][]http.Handler{}, log: slog.New(slog.DiscardHandler),
		serves: func(string) []port.Target { return nil },
	}
}

// mounted are the adapters' pages by prefix.
func (o *outside) mounted() map[string]http.Handler {
	out := map[string]http.Handler{}
	for prefix, hs := range o.pages {
		out[prefix] = firstFound(hs)
	}
	return out
}

// firstFound asks one handler after another until one knows the path: adapters of one kind share a prefix.
func firstFound(hs []http.Handler) http.Handler {
	if len(hs) == 1 {
		return hs[0]
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, h := range hs[:len(hs)-1] {
			try := &attempt{ResponseWriter: w, header: http.Header{}}
			h.ServeHTTP(try, r)
			if !try.missed {
				return
			}
		}
		hs[len(hs)-1].ServeHTTP(w, r)
	})
}

// attempt passes an answer on, unless it is that nothing was found.
type attempt struct {
	http.ResponseWriter
	header http.Header
	wrote  bool
	missed bool
}

func (a *attempt) Header() http.Header { return a.header }

func (a *attempt) WriteHeader(status int) {
	if a.wrote {
		return
	}
	a.wrote = true
	if a.missed = status == http.StatusNotFound; a.missed {
		return
	}
	for name, values := range a.header {
		a.ResponseWriter.Header()[name] = values
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *attempt) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if a.missed {
		return len(b), nil
	}
	return a.ResponseWriter.Write(b)
}
