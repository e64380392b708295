package commands_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// TestCompletionKnowsWhatIsUnderWay completes ids of what can be meant, and versions that the repository has.
func TestCompletionKnowsWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, readConfig(t))
		defer func() { w.end() }()
		complete := func(line string) []string {
			return w.bot.Complete(t.Context(), port.Said{Account: account("dev"), Text: line})
		}
		offers := func(line string, want ...string) {
			t.Helper()
			for n, end := range want {
				want[n] = line + end
			}
			got := complete(line)
			for n := range got {
				got[n] = got[n][:len(line)] + trimmed(got[n][len(line):])
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q goes on as %q, not %q", line, got, want)
			}
		}
		for _, version := range []string{"1.1.0", "1.2.0"} {
			w.artifacts.put("payments", version, func(*port.Artifact) {})
		}
		offers("/release show R-")
		offers("/release plan nothing 1.")
		w.say("one", "dev", "#releases", "/release plan payments 1.1.0")
		w.say("two", "dev", "#releases", "/release plan payments 1.2.0")
		offers("/release show R-", "2", "1")
		offers("/release plan payments 1.", "2.0", "1.0") // the newest first
		offers("/vote R-", "2", "1")
		w.say("three", "dev", "#releases", `/release cancel R-2 "not this one"`)
		offers("/release show R-", "1", "2") // what has ended comes last
		offers("/freeze lift F-")
		w.say("four", "chair", "#releases", `/freeze add prod "now" "+2h" "closing"`)
		offers("/freeze lift F-", "1")
		w.say("five", "chair", "#releases", `/freeze lift F-1`)
		offers("/freeze lift F-")
	})
}

func trimmed(end string) string {
	for len(end) > 0 && end[len(end)-1] == ' ' {
		end = end[:len(end)-1]
	}
	return end
}
