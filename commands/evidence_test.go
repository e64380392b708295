package commands_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// openings counts who is remembered to have opened the evidence on what.
func openings(w *world) (n int) {
	w.t.Helper()
	if err := w.engine.Scan([]byte("u/evidence-opened/"), []byte("u/evidence-opened0"), false, func(_, _ []byte) error {
		n++
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// TestOpeningsAreBounded: an opening is kept once a person and ballot, only where a vote asks for it, outlives a crash, leaves no entry
// and ends with the ballot.
func TestOpeningsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := strings.Replace(string(readConfig(t)), "quorum: 2, threshold: 1/2, veto: [security], open: 2d, remind: 4h}",
			"quorum: 1, threshold: 1/2, open: 2d, remind: 4h, evidence: true}", 1)
		w := newWorld(t, []byte(config))
		defer func() { w.end() }()
		look := func() {
			for _, who := range []string{"chair", "sec", "chair", "sec", "nobody-knows"} {
				w.say("", who, "#releases", "/release show R-1")
				w.say("", who, "#releases", "/release explain R-1")
			}
		}
		w.artifacts.put("payments", "1.1.0", func(*port.Artifact) {})
		w.must("dev", "/release plan payments 1.1.0")
		if look(); openings(w) != 0 {
			t.Errorf("%d openings before a vote", openings(w))
		}
		w.must("dev", "/deploy R-1 staging")
		time.Sleep(10 * time.Second)
		entries := w.store.Seq()
		if look(); openings(w) != 2 || w.store.Seq() != entries {
			t.Errorf("%d openings of two people, in %d entries", openings(w), w.store.Seq()-entries)
		}
		w.crash()
		if look(); openings(w) != 2 {
			t.Errorf("%d openings after a crash", openings(w))
		}
		w.must("chair", "/vote R-1 go")
		if openings(w) != 0 {
			t.Errorf("%d openings of a vote that has ended", openings(w))
		}
		if look(); openings(w) != 0 {
			t.Errorf("%d openings after the vote", openings(w))
		}
	})
}
