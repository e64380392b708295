package runner_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/runner"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func TestHandler(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := settings(dir)
	s.Pipelines["html"] = runner.Pipeline{Command: []string{"/bin/sh", "-c", `echo "<script>alert(1)</script>"`}}
	a := newRunner(t, s)
	run := start(t, a, deployment("D-1", "html"))
	until(t, a, run, port.RunSucceeded)
	get := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(method, "/", nil)
		r.URL.Path = path
		a.Handler().ServeHTTP(w, r)
		return w
	}
	w := get("GET", run.Link)
	if w.Code != 200 || w.Body.String() != "<script>alert(1)</script>\n" {
		t.Errorf("GET %s: %d %q", run.Link, w.Code, w.Body)
	}
	if h := w.Header(); h.Get("Content-Type") != "text/plain; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the output could be taken for a page: %v", h)
	}
	for path, code := range map[string]int{
		"/runs/":                                404,
		"/runs/..":                              404,
		"/runs/../../etc/passwd":                404,
		"/runs/" + run.ID + "/run.json":         404,
		"/runs/" + strings.Repeat("0", 32):      404,
		"/elsewhere/" + run.ID:                  404,
		"/runs/" + strings.ToUpper(run.ID[:31]): 404,
	} {
		if w := get("GET", path); w.Code != code {
			t.Errorf("GET %s: %d, want %d", path, w.Code, code)
		}
	}
	if w := get("POST", run.Link); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
	log := filepath.Join(folder(dir, run), "output.log")
	if err := os.WriteFile(log, []byte(strings.Repeat("x", 5<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	if w := get("GET", run.Link); w.Body.Len() > 4<<20+100 || !strings.HasPrefix(w.Body.String(), "(only the last 4 MiB)") {
		t.Errorf("a large output: %d bytes, begins %.40q", w.Body.Len(), w.Body)
	}
	if err := os.Remove(log); err != nil {
		t.Fatal(err)
	}
	if w := get("GET", run.Link); w.Code != http.StatusGone {
		t.Errorf("swept output: %d", w.Code)
	}
}
