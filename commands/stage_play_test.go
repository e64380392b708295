package commands_test

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// TestConversationsOnPlatforms plays every conversation on Slack and on Discord, through their adapters and servers that behave
// like theirs: what is answered, decided, recorded and shown must be what it is in the local chat.
func TestConversationsOnPlatforms(t *testing.T) {
	for name, open := range stages {
		for _, path := range scripts(t) {
			script := strings.TrimSuffix(filepath.Base(path), ".txtar")
			t.Run(name+"/"+script, func(t *testing.T) {
				t.Parallel()
				var local, there *play
				synctest.Test(t, func(t *testing.T) { local = playScript(t, path, nil) })
				synctest.Test(t, func(t *testing.T) {
					on := newStaged(open(t))
					there = playScript(t, path, on)
					on.shows(there.world)
				})
				for what, pair := range map[string][2]any{
					"answers": {local.heard, there.heard}, "records": {local.end.records, there.end.records},
					"audit entries": {local.end.entries, there.end.entries}, "cards": {local.end.cards, there.end.cards},
				} {
					if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
						t.Errorf("%s differ from those in the local chat:\n%s", what, diff)
					}
				}
			})
		}
	}
}

// stages are the platforms besides the local chat.
var stages = map[string]func(testing.TB) stage{
	"slack":   func(t testing.TB) stage { return newSlack(t) },
	"discord": func(t testing.TB) stage { return newDiscord(t) },
}
