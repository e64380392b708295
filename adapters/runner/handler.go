package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
)

// LinkPrefix is where Handler is to be mounted on the bot's web server; links of runs are relative to its root.
const LinkPrefix = "/runs/"

// maxServed is how much of the end of a run's output is served, in bytes.
const maxServed = 4 << 20

// Handler serves the output of runs as plain text under LinkPrefix. Who may read is for whoever mounts it to decide.
func (a *Adapter) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, ok := strings.CutPrefix(r.URL.Path, LinkPrefix)
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only to be read", http.StatusMethodNotAllowed)
			return
		}
		dir := filepath.Join(a.runs, id)
		if !ok || !runID.MatchString(id) || !isDir(dir) {
			http.Error(w, "no such run", http.StatusNotFound)
			return
		}
		b, whole, err := lastBytes(filepath.Join(dir, outputFile), maxServed)
		if errors.Is(err, fs.ErrNotExist) && exists(filepath.Join(dir, exitFile)) {
			http.Error(w, "the output of this run is no longer kept", http.StatusGone)
			return
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			http.Error(w, "the output of this run can't be read", http.StatusInternalServerError)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		h.Set("Cache-Control", "no-store")
		if !whole && err == nil {
			fmt.Fprintf(w, "(only the last %d MiB)\n", maxServed>>20)
		}
		w.Write([]byte(strings.ToValidUTF8(string(b), "\uFFFD")))
	})
}
