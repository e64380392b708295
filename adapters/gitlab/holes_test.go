package gitlab_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// A list with a hole in it is malformed: it is no crash, and nobody takes it for one that lacks what was looked for.
func TestListsWithHoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Now)
	var end atomic.Value // what a list's path ends in
	end.Store("")
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if hole := end.Load().(string); hole != "" && r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, hole) {
			rw.Header().Set("Content-Type", "application/json")
			_, _ = rw.Write([]byte("[null]"))
			return
		}
		w.side.ServeHTTP(rw, r)
	}))
	defer server.Close()
	w.url, w.client = server.URL, server.Client()
	first := w.side.Head(shop, "main")
	request := func() string {
		one := w.side.Open(shop, "dana", "fix")
		return w.side.Merge(shop, one, "dana", false)
	}
	w.takes(0, time.Hour)
	run := w.start(w.pipeline(named(), nil), "D-1")
	finish := func() error {
		s := named()
		s.Job, s.Record = "deploy", true
		_, err := w.pipeline(s, nil).Follow(t.Context(), run, port.Progress{})
		return err
	}
	find := func(s gitlab.PipelineSettings) func() error {
		return func() error { _, err := w.pipeline(s, nil).Find(t.Context(), "D-2"); return err }
	}
	w.side.Push(shop, "dana", "fix")
	last := request()
	read := func() error {
		_, err := w.provenance(gitlab.ProvenanceSettings{}).Range(t.Context(), "payments", first, last)
		return err
	}
	for _, c := range []struct {
		end string
		do  func() error
	}{
		{"/pipelines", find(named())}, {"/pipelines", find(variables())}, {"/variables", find(variables())}, {"/jobs", finish},
		{"/repository/commits", read}, {"/merge_requests", read}, {"/versions", read}, {"/notes", read}, {"/events", read}, {"/commits", read},
	} {
		end.Store(c.end)
		err := c.do()
		end.Store("")
		if verdict, _ := effect.Classify(w.heard(err)); err == nil && c.end != "/merge_requests" && c.end != "/notes" || verdict == effect.Permanent || errors.Is(err, effect.ErrNotFound) {
			t.Errorf("%s: %v", c.end, err)
		}
	}
}
