package commands_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
)

// TestStoryOnSystems plays the whole story with Jira, PagerDuty and each orchestrator in turn, killed and restarted midway: it ends with
// one ticket in the right status, one run of each deployment, and one page, resolved.
func TestStoryOnSystems(t *testing.T) { onSystems(t, "../testdata/systems/story.txtar") }

// TestOutageOfAllSystems takes them all down for an hour of the clock, and back.
func TestOutageOfAllSystems(t *testing.T) { onSystems(t, "../testdata/systems/outage.txtar") }

func onSystems(t *testing.T, script string) {
	for name, make := range lines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var s *systems
				p := playScript(t, script, nil, func(w *world) {
					s = newSystems(make)
					w.systems, w.log = s, w.systemLog()
					s.jira.Item("faster refunds", "Done", "")
				})
				if t.Failed() {
					t.Logf("logged: %s", p.world.logged.String())
				}
				s.end(p.world)
				p.world.keepsSecrets()
			})
		})
	}
}

// keepsSecrets looks for every configured secret in everything that was stored, logged, said and written to other systems.
func (w *world) keepsSecrets() {
	w.t.Helper()
	told := map[string]string{"the log": w.logged.String(), "a page": w.systems.pages()}
	for _, key := range w.systems.jira.Keys("CHG") {
		told["ticket "+key] = w.systems.ticket(key)
	}
	for _, m := range w.chat.messages {
		said, err := json.Marshal(m.message)
		if err != nil {
			w.t.Fatal(err)
		}
		told["a message"] += string(said)
	}
	var all strings.Builder
	if err := w.engine.Scan(nil, nil, false, func(key, value []byte) error {
		all.Write(key)
		all.Write(value)
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	told["the store"] = all.String()
	for where, text := range told {
		for reference, secret := range systemSecrets {
			if strings.Contains(text, secret) {
				w.t.Errorf("%s holds the secret %s", where, reference)
			}
		}
	}
	if len(told["the log"]) == 0 || len(told["the store"]) == 0 {
		w.t.Error("nothing was looked through")
	}
}
