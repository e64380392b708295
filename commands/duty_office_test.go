package commands_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// TestOfficialsPassNothingOfTheirOwn: whoever names authors could name a wrong one for what they are yet to write, and whoever notes what
// runs could leave out their own work. Where they may decide too that is a way past the duties; strict duties close it, also to whoever
// stands in for a voter.
func TestOfficialsPassNothingOfTheirOwn(t *testing.T) {
	for _, tt := range []struct {
		name     string
		official string
		prepare  func(w *world)
	}{
		{"a registrar", "ida", func(w *world) { // an address of theirs, on somebody else's commit, is said to be another's
			w.wrote("1.1.0", "bob@shop.example", "ida.alt@home.example")
			w.must("cid", "/release plan payments 1.1.0")
			w.must("ida", "/identity link git::ida.alt@home.example eve")
			w.wrote("1.2.0", "ida.alt@home.example", "")
		}},
		{"an administrator", "adm", func(w *world) { // what they wrote is said to run
			w.wrote("1.1.0", "adm@shop.example", "")
			w.must("adm", "/deploy adopt payments prod 1.1.0 --replace")
			w.wrote("1.2.0", "bob@shop.example", "")
		}},
	} {
		for duties, want := range map[string]chat.Outcome{
			"{standard: sox}": chat.Refused,
			"{standard: sox, identifier_may_decide: true, administrator_may_decide: true}": chat.Done,
		} {
			t.Run(tt.name+" "+duties, func(t *testing.T) {
				config := strings.Replace(dutyConfig(t, "sox"), "duty: {standard: sox}", "duty: "+duties, 1)
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, []byte(config), func(w *world) { w.host = newHost() })
					defer func() { w.end() }()
					w.wrote("1.0.0", "who@shop.example", "")
					w.must("adm", "/deploy adopt payments prod 1.0.0")
					time.Sleep(time.Minute)
					tt.prepare(w)
					time.Sleep(time.Minute)
					w.must("cid", "/release plan payments 1.2.0")
					w.must("ann", "/delegate "+tt.official+` "now" "+1h"`)
					on := "R-1"
					if tt.official == "ida" {
						on = "R-2"
					}
					if reply := w.say("", tt.official, "#releases", "/vote "+on+" go"); reply.Outcome != want {
						t.Errorf("%s's vote: %s", tt.official, w.words(reply).Text)
					}
					if reply := w.say("", "dan", "#releases", "/deploy "+on+" prod"); reply.Outcome != want {
						t.Errorf("the deployment: %s", w.words(reply).Text)
					}
				})
			})
		}
	}
}

// wrote puts a version into the repositories of code and of artifacts, written by one address and perhaps another.
func (w *world) wrote(version, author, co string) {
	id := fullCommit("feed" + strings.ReplaceAll(version, ".", ""))
	c := port.Commit{ID: id, At: time.Now(), Author: identity(author), Committer: identity(author)}
	if co != "" {
		c.CoAuthors = identities(co)
	}
	w.host.mu.Lock()
	w.host.commits["payments"] = append(w.host.commits["payments"], c)
	w.host.mu.Unlock()
	w.artifacts.put("payments", version, func(a *port.Artifact) { a.Build.Commit, a.Build.Authors = id, []string{author} })
}

// must says a line that is not refused.
func (w *world) must(who, line string) {
	w.t.Helper()
	if reply := w.say("", who, "#releases", line); reply.Outcome != chat.Done {
		w.t.Fatalf("%s: %s: %s", who, line, w.words(reply).Text)
	}
}
