package commands_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/commands"
)

// The index of what holds when says what the records say: after each command, after a crash, and when time has passed.
func TestCalendarIndexFollows(t *testing.T) {
	t.Parallel()
	configuration := bytes.ReplaceAll(readConfig(t), []byte("rights: [administer, freeze, lock]"), []byte("rights: [administer, freeze, lock, window.test]"))
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, configuration)
		defer func() { w.end() }()
		seen := map[string]bool{}
		for _, step := range []string{
			`sre: /freeze add staging now +2h "network work"`,
			`sre: /freeze add prod "2026-12-05 02:00" "2026-12-05 06:00" "nights" --every "daily 5 times"`,
			`sre: /freeze add prod +1h +3h "short"`,
			`dev: /window propose payments "2026-11-25 02:00-04:00" "schema change"`,
			`dev: /window propose payments "2026-11-26 02:00-04:00" "again"`,
			`chair: /window test web "2026-11-23 11:00-12:00" "pen-test"`,
			"sre: /freeze lift F-1", "crash",
			`owner: /window counter W-1 "2026-11-25 03:00-05:00" "batches"`, "dev: /window accept W-1",
			`owner: /window refuse W-2 "month's end"`, "crash",
			"sre: /freeze lift F-2 --once", "wait 5h", "sre: /freeze lift F-2", "crash", "wait 1h", "dev: /window withdraw W-1", "crash",
			`dev: /window propose payments "2026-11-28 02:00-04:00" "nobody answers"`, "wait 72h",
		} {
			who, line, said := strings.Cut(step, ": ")
			after, waits := strings.CutPrefix(step, "wait ")
			switch {
			case said:
				if r := w.say("", who, "#releases", line); r.Outcome != "done" {
					t.Errorf("%s: %s", step, r.Code)
				}
			case waits:
				span, err := time.ParseDuration(after)
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(span)
				synctest.Wait()
			default:
				w.crash()
			}
			found, kept, err := commands.EntriesFound(w.store.Latest(), time.Now())
			if err != nil || !slices.Equal(found, kept) {
				t.Errorf("after %s: found %v, kept %v, %v", step, found, kept, err)
			}
			for _, id := range found {
				seen[id] = true
			}
		}
		for _, id := range []string{"F-1", "F-2", "F-3", "W-1", "W-2", "W-3", "W-4"} {
			if !seen[id] {
				t.Errorf("%s was never in the index", id)
			}
		}
	})
}
