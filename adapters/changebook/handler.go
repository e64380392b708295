package changebook

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// LinkPrefix is where Handler is to be mounted on the bot's web server; links of tickets are relative to its root.
const LinkPrefix = "/changes/"

// Handler serves tickets as plain text under LinkPrefix. Who may read is for whoever mounts it to decide.
func (a *Adapter) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only to be read", http.StatusMethodNotAllowed)
			return
		}
		id, _ := strings.CutPrefix(r.URL.Path, LinkPrefix)
		t, err := a.Ticket(r.Context(), id)
		switch {
		case errors.Is(err, effect.ErrNotFound):
			http.Error(w, "no such ticket", http.StatusNotFound)
			return
		case err != nil:
			http.Error(w, "the change book can't be read", http.StatusInternalServerError)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		h.Set("Cache-Control", "no-store")
		write(w, t)
	})
}

func write(w http.ResponseWriter, t port.Ticket) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	c := t.Change
	for _, row := range [][2]string{
		{t.ID, string(t.Status)},
		{"summary", c.Summary}, {"release", c.Release}, {"service", c.Service}, {"version", c.Version},
		{"digest", c.Digest}, {"tier", c.Tier}, {"rollback", c.Rollback}, {"opened", c.At.UTC().Format(time.RFC3339)},
	} {
		fmt.Fprintf(table, "%s\t%s\n", row[0], row[1])
	}
	for _, n := range t.Notes {
		fmt.Fprintf(table, "%s\t%s\n", n.At.UTC().Format(time.RFC3339), n.Text)
	}
	table.Flush()
}
