package commands_test

import (
	"compress/gzip"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

// TestTheFirstStoreStillOpens takes up a store that the first working commit wrote: a release in production, one in review
// with a vote, replies that are delivered again. Everything in it must still be read, verified, and gone on with. What a vote is
// bound to has grown since: the one under way is void, and one click gives it again.
func TestTheFirstStoreStillOpens(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../testdata/stores/first.backup.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	backup, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	engine := faultkv.New(faultkv.Options{})
	if _, err := state.Restore(engine, backup); err != nil {
		t.Fatal(err)
	}
	configuration := readConfig(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, configuration, func(w *world) {
			w.engine = engine
			w.artifacts.put("payments", "1.1.0", func(*port.Artifact) {})
			w.artifacts.put("payments", "1.2.0", func(*port.Artifact) {})
			time.Sleep(time.Hour) // after everything that is in the store
		})
		defer func() { w.end() }()
		p := &play{T: t, path: "testdata/stores", world: w}
		p.run([]byte(`
dev #releases: /release show R-1
  ~ released
  ~ faster refunds
dev #releases: /release show R-2
  ~ in review
dev #releases: /audit show R-1
  ~ looks fine
chair #cab: /vote R-2 go
  refused ballot.voided
  ~ pipeline definition: was not there
dev #releases: /vote open R-2
  done ballot.opened
chair #cab: /vote reaffirm R-2
  done vote.counted
chair #cab: /vote R-2 go
  done vote.changed
owner #cab: /vote R-2 go
  done vote.counted
  ~ 2 go
dev #releases: /release list --all
  ~ R-1
  ~ approved
`))
		if again := w.say("fixture-owner/vote R-1 go", "owner", "#releases", "/vote R-1 go"); again.Code != "vote.counted" {
			t.Errorf("a request delivered again after the upgrade is answered %s", again.Code)
		}
		if err := w.verify(); err != nil {
			t.Error(err)
		}
	})
}
