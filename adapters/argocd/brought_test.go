package argocd

import (
	"fmt"
	"testing"
	"time"
)

// TestAutomatedSyncsAreTheirRuns: each run declared something until the next one did.
func TestAutomatedSyncsAreTheirRuns(t *testing.T) {
	t.Parallel()
	at := func(minute int) string {
		return time.Date(2026, 3, 1, 9, minute, 0, 0, time.UTC).Format(time.RFC3339)
	}
	var r record
	for n, revision := range []string{"v1", "v2", "v3"} { // declared after the syncs of minutes 0, 10 and 20
		r = record{Key: fmt.Sprint("D-", n+1), Own: declaration{Revision: revision}, After: at(10 * n)}.following(r)
	}
	for _, c := range []struct {
		revision, began, want string
	}{
		{"v1", at(10), "D-1"},
		{"v2", at(20), "D-2"},
		{"v3", at(30), "D-3"},
		{"v1", at(0), ""},  // it was so before
		{"v1", at(11), ""}, // somebody put it back
		{"v2", at(31), ""},
		{"v4", at(15), ""},
	} {
		if got := r.brought(source{"targetRevision": c.revision}, c.began); got != c.want {
			t.Errorf("%s at %s: %q, not %q", c.revision, c.began, got, c.want)
		}
	}
}
