package commands_test

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/bot/chat"
)

// TestConversationsOnPlatforms plays every conversation on Slack and on Discord, through their adapters and servers that behave
// like theirs, over the web chat's HTTP door and with the terminal's client: what is answered, decided, recorded and shown must be what it is in the local chat.
func TestConversationsOnPlatforms(t *testing.T) {
	for name, open := range stages {
		for _, path := range scripts(t) {
			script := strings.TrimSuffix(filepath.Base(path), ".txtar")
			if script == "confirm" && (name == "web" || name == "terminal") {
				continue // there everybody speaks with a token of their own, which is a second factor already
			}
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

// TestTheStoryOnTwoPlatformsAtOnce plays conversations with some of their people on Slack and some on Discord, both of which show
// the same cards: what is answered, decided and recorded is what it is in the local chat.
func TestTheStoryOnTwoPlatformsAtOnce(t *testing.T) {
	for _, script := range []string{"story", "vote", "exception", "emergency", "rollback", "crash_story"} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("..", "testdata", "conversations", script+".txtar")
			var local, there *play
			synctest.Test(t, func(t *testing.T) { local = playScript(t, path, nil) })
			synctest.Test(t, func(t *testing.T) {
				on := newStaged(newSlack(t))
				on.with = newStaged(newDiscord(t))
				on.with.seen = &platform{}
				on.has = func(who string) bool { return who == "dev" || who == "sec" || who == "sre" }
				there = playScript(t, path, on)
				on.shows(there.world)
				if a, b := shownCards(there.world.chat), shownCards(on.with.seen); !cmp.Equal(a, b) || len(a) == 0 {
					t.Errorf("the platforms show different cards:\n%s", cmp.Diff(a, b))
				}
			})
			for what, pair := range map[string][2]any{
				"answers": {local.heard, there.heard}, "records": {local.end.records, there.end.records}, "audit entries": {local.end.entries, there.end.entries},
			} {
				if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
					t.Errorf("%s differ from those in the local chat:\n%s", what, diff)
				}
			}
		})
	}
}

// shownCards are the cards as a platform shows them now.
func shownCards(p *platform) map[string]chat.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string]chat.Message{}
	for _, m := range p.messages {
		if c := m.message.Message; c.Card != "" {
			out[c.Card] = c
		}
	}
	return out
}

// stages are the platforms besides the local chat.
var stages = map[string]func(testing.TB) stage{
	"slack":    func(t testing.TB) stage { return newSlack(t) },
	"discord":  func(t testing.TB) stage { return newDiscord(t) },
	"web":      func(t testing.TB) stage { return &onWeb{net: &memnet.Net{}} },
	"terminal": func(t testing.TB) stage { return &onWeb{net: &memnet.Net{}, typed: true} },
}
