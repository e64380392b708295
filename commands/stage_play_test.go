package commands_test

import (
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/discord/discordtest"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
	"github.com/gonogo-chat/gonogo/bot/chat"
)

// TestConversationsOnPlatforms plays every conversation on Slack and on Discord, through their adapters and servers that behave
// like theirs, over the web chat's HTTP door and with the terminal's client: what is answered, decided, recorded and shown must be what it is in the local chat.
func TestConversationsOnPlatforms(t *testing.T) {
	names := slices.Sorted(maps.Keys(stages))
	for nth, name := range names {
		open := stages[name]
		for i, path := range scripts(t) {
			script := strings.TrimSuffix(filepath.Base(path), ".txtar")
			if script == "confirm" && (name == "web" || name == "terminal") {
				continue // there everybody speaks with a token of their own, which is a second factor already
			}
			if !everyPlatform && i%len(names) != nth {
				continue
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

// TestConversationsInBadWeather plays conversations on platforms that limit rates, deliver twice and out of order, break connections,
// fail, are slow and lose answers: they end as they do in the local chat.
func TestConversationsInBadWeather(t *testing.T) {
	for name, open := range map[string]func(testing.TB) stage{
		"slack": func(t testing.TB) stage {
			s := newSlack(t)
			s.server.Limit(true)
			s.server.Shake(slacktest.Unsteady{Duplicate: 0.3, Late: 0.1, LateBy: 2 * time.Second})
			for _, f := range []slacktest.Fault{
				{Method: "chat.postMessage", Lost: true}, {Method: "chat.update", Status: http.StatusInternalServerError}, {Method: "chat.update", Cut: true},
				{Method: "chat.update", Status: http.StatusTooManyRequests, After: 3 * time.Second}, {Method: "chat.update", Slow: 2 * time.Second},
				{Method: "response_url", Status: http.StatusBadGateway}, {Method: "response_url", Lost: true},
			} {
				s.server.Break(f)
			}
			return weather{s, func() { s.server.CutLinks(1) }}
		},
		"discord": func(t testing.TB) stage {
			s := newDiscord(t)
			s.server.Disturb(discordtest.Shares{Duplicate: 0.3, Reorder: 0.1})
			for _, f := range []discordtest.Fault{
				{Method: http.MethodPost, Path: "/channels/*/messages", Lose: true}, {Method: http.MethodPatch, Path: "/channels/*/messages/*", Status: http.StatusBadGateway},
				{Method: http.MethodPatch, Path: "/channels/*/messages/*", Cut: true}, {Method: http.MethodPatch, Path: "/channels/*/messages/*", Delay: 2 * time.Second},
			} {
				s.server.Inject(f)
			}
			return weather{s, s.server.CutGateway}
		},
	} {
		for _, script := range []string{"story", "vote", "rollback", "freeze", "exception", "deploy", "two_accounts", "crash_story"} {
			t.Run(name+"/"+script, func(t *testing.T) {
				t.Parallel()
				path := filepath.Join("..", "testdata", "conversations", script+".txtar")
				var local, there *play
				synctest.Test(t, func(t *testing.T) { local = playScript(t, path, nil) })
				synctest.Test(t, func(t *testing.T) { there = playScript(t, path, newStaged(open(t))) })
				for what, pair := range map[string][2]any{
					"answers": {local.heard, there.heard}, "records": {local.end.records, there.end.records},
					"audit entries": {local.end.entries, there.end.entries}, "cards": {local.end.cards, there.end.cards},
				} {
					if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
						t.Errorf("%s differ from those in fair weather:\n%s", what, diff)
					}
				}
			})
		}
	}
}

// weather breaks a connection after every few things said.
type weather struct {
	stage
	breaks func()
}

func (w weather) say(user, channel, line string) error {
	err := w.stage.say(user, channel, line)
	if len(line)%3 == 0 {
		w.breaks()
	}
	return err
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
