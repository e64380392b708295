package commands_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/commands"
)

// The index of what holds when says what the records say: after each command, after a crash, and when time has passed.
func TestCalendarIndexFollows(t *testing.T) {
	t.Parallel()
	configuration := readConfig(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, configuration)
		defer func() { w.end() }()
		for _, step := range []string{
			`/freeze add staging now +2h "network work"`,
			`/freeze add prod "2026-12-05 02:00" "2026-12-05 06:00" "nights" --every "daily 5 times"`,
			`/freeze add prod +1h +3h "short"`,
			"/freeze lift F-1", "crash", "/freeze lift F-2 --once", "wait", "/freeze lift F-2", "crash",
		} {
			switch step {
			case "crash":
				w.crash()
			case "wait":
				time.Sleep(5 * time.Hour)
				synctest.Wait()
			default:
				if r := w.say("", "sre", "#releases", step); r.Outcome != "done" {
					t.Errorf("%s: %s", step, r.Code)
				}
			}
			found, kept, err := commands.FreezesFound(w.store.Latest(), time.Now())
			if err != nil || !slices.Equal(found, kept) {
				t.Errorf("after %s: found %v, kept %v, %v", step, found, kept, err)
			}
		}
	})
}
