package commands_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// watchedEngine tells a world of the keys that scans come by.
type watchedEngine struct {
	kv.Engine
	w *world
}

func (e watchedEngine) Scan(from, to []byte, reverse bool, visit func(key, value []byte) error) error {
	return e.Engine.Scan(from, to, reverse, e.w.telling(visit))
}

func (e watchedEngine) Snapshot() kv.Snapshot { return watchedSnapshot{e.Engine.Snapshot(), e.w} }

type watchedSnapshot struct {
	kv.Snapshot
	w *world
}

func (s watchedSnapshot) Scan(from, to []byte, reverse bool, visit func(key, value []byte) error) error {
	return s.Snapshot.Scan(from, to, reverse, s.w.telling(visit))
}

func (w *world) telling(visit func(key, value []byte) error) func(key, value []byte) error {
	if w.seen == nil {
		return visit
	}
	return func(key, value []byte) error {
		w.seen(key)
		return visit(key, value)
	}
}

// Whoever asks the gates looks at no freeze and at no window but those of the place, however many there are: not one is scanned.
func TestGatesScanNoCalendar(t *testing.T) {
	t.Parallel()
	configuration := readConfig(t)
	for _, edit := range [][2]string{
		{"duty, freeze, lock, rollback]", "duty, freeze, lock, rollback, \"condition:calm\"]"},
		{"approvals:", "conditions:\n  calm: {when: 'calendar.frozen || calendar.freeze_in < duration(\"1h\")', closes: no release before a freeze}\napprovals:"},
	} {
		if !bytes.Contains(configuration, []byte(edit[0])) {
			t.Fatalf("no %s", edit[0])
		}
		configuration = bytes.Replace(configuration, []byte(edit[0]), []byte(edit[1]), 1)
	}
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		scanned := map[string]int{}
		w := newWorld(t, configuration, func(w *world) {
			w.seen = func(key []byte) {
				mu.Lock()
				defer mu.Unlock()
				for _, table := range []string{"u/open-freeze/", "u/open-window/", "r/freeze/", "r/window/"} {
					if bytes.HasPrefix(key, []byte(table)) {
						scanned[table]++
					}
				}
			}
		})
		defer func() { w.end() }()
		w.artifacts.put("payments", "1.1.0", func(*port.Artifact) {})
		say := func(who, line, outcome string, texts ...string) {
			t.Helper()
			r := w.words(w.say("", who, "#releases", line))
			if string(r.Outcome) != outcome {
				t.Errorf("%s: %s %s", line, r.Outcome, r.Text)
			}
			for _, text := range texts {
				if !strings.Contains(r.Text, text) {
					t.Errorf("%s does not say %q: %s", line, text, r.Text)
				}
			}
		}
		for range 5 {
			say("sre", `/freeze add prod "now" "+2h" "others" --service web`, "done")
			say("dev", `/window propose web "tomorrow 02:00-04:00" "others"`, "done")
		}
		say("sre", `/freeze add prod "+30m" "+2h" "our own" --service payments`, "done")
		say("dev", "/release plan payments 1.1.0", "done")
		say("dev", "/release calendar", "done", "W-5", "F-6")
		synctest.Wait()
		if mu.Lock(); scanned["u/open-freeze/"] == 0 {
			t.Error("nothing was counted")
		}
		clear(scanned)
		mu.Unlock()
		say("dev", "/release explain R-1 prod", "done", "no release before a freeze", "freeze: open")
		say("sre", "/deploy R-1 prod --dry-run", "refused", "no release before a freeze")
		say("sre", "/deploy R-1 prod", "refused", "no release before a freeze")
		mu.Lock()
		defer mu.Unlock()
		if len(scanned) > 0 {
			t.Errorf("scanned: %v", scanned)
		}
	})
}
