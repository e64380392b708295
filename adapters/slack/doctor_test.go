package slack_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// examined are the findings in words: "ok: …", or "what → what to do".
func (s *stage) examined() (out []string) {
	for _, f := range s.adapter.Examine(s.t.Context()) {
		line := words.Text(f.What, reader{}, time.Now())
		if f.OK {
			line = "ok: " + line
		} else {
			line += " → " + words.Text(f.Do, reader{}, time.Now())
		}
		out = append(out, line)
	}
	return out
}

func TestExamine(t *testing.T) {
	t.Parallel()
	place := func(workspace, channel string) chat.Place {
		return chat.Place{Platform: "slack", Workspace: workspace, Channel: channel}
	}
	groups := map[string]string{"board": "S1"}
	for name, c := range map[string]struct {
		settings slack.Settings
		change   func(*stage)
		want     []string // beginnings of the findings that are not good; of all of them where the first begins with "ok"
	}{
		"all is well": {slack.Settings{Groups: groups, LinkByEmail: true}, func(*stage) {}, []string{
			"ok: Slack is asked at https://slack.test/api/.", "ok: The bot token of T1 works: the bot is gonogo in acme.", "ok: The app may do all it needs to in T1.",
			"ok: The app-level token opens Socket Mode connections.", "ok: The bot is in C1 of T1.", "ok: The user group board is there, with 1 person in it.",
		}},
		"http": {slack.Settings{Door: slack.DoorHTTP}, func(s *stage) { s.places = nil }, []string{
			"ok: Slack is asked at", "ok: The bot token of T1 works", "ok: The app may do all", "ok: Requests from Slack are checked with the signing secret.",
		}},
		"token revoked": {slack.Settings{Groups: groups}, func(s *stage) { s.Revoke("T1") }, []string{
			"The bot token of T1 is not accepted: token_revoked. → Install the app in the workspace again and put its bot token (xoxb-…) where env:BOT points.",
			"There is no enabled user group S1 for board",
		}},
		"token of another workspace": {slack.Settings{Workspaces: []slack.Workspace{{Team: "T1", BotToken: "env:OTHER"}}},
			func(s *stage) {
				s.AddWorkspace(slacktest.Workspace{Team: "T2"})
				s.places = nil
			}, []string{"The bot token configured for T1 belongs to T2. → Correct workspaces.team, or give the token of T1."}},
		"enterprise not configured": {slack.Settings{Workspaces: []slack.Workspace{{Team: "T2", BotToken: "env:OTHER"}}},
			func(s *stage) {
				s.AddWorkspace(slacktest.Workspace{Team: "T2", Enterprise: "E1"})
				s.places = nil
			}, []string{"T2 belongs to the enterprise E1, and the configuration says —. → Set workspaces.enterprise of T2 to E1"}},
		"scope missing": {slack.Settings{LinkByEmail: true, Workspaces: []slack.Workspace{{Team: "T2", BotToken: "env:OTHER"}}},
			func(s *stage) {
				s.AddWorkspace(slacktest.Workspace{Team: "T2", Scopes: []string{
					"commands", "chat:write", "app_mentions:read", "im:history", "im:write", "channels:read", "groups:read", "channels:history", "groups:history", "users:read", "files:write",
				}})
				s.places = nil
			}, []string{"The app lacks the scope users:read.email in T2: to link accounts by confirmed e-mail addresses. → Paste the manifest"}},
		"app token refused": {slack.Settings{}, func(s *stage) {
			s.Break(slacktest.Fault{Method: "apps.connections.open", Error: "invalid_auth"})
		}, []string{"The app-level token opens no Socket Mode connection: invalid_auth. → Turn Socket Mode on"}},
		"not invited": {slack.Settings{}, func(s *stage) {
			s.ChangeChannel("C1", func(c *slacktest.Channel) {
				c.Members = slices.DeleteFunc(c.Members, func(id string) bool { return id == "UBOTT1" })
			})
		}, []string{"The bot is not in C1 of T1: it can post no cards there. → Say /invite @gonogo in the channel."}},
		"archived": {slack.Settings{}, func(s *stage) { s.ChangeChannel("C1", func(c *slacktest.Channel) { c.Archived = true }) },
			[]string{"The channel C1 of T1 is archived. → Unarchive it"}},
		"a channel by its name": {slack.Settings{}, func(s *stage) { s.places = []chat.Place{place("T1", "#releases")} },
			[]string{"There is no channel #releases in T1 that the bot can see. → Write the channel's id"}},
		"a channel elsewhere": {slack.Settings{}, func(s *stage) { s.places = []chat.Place{place("T7", "C1"), {Platform: "local", Channel: "#releases"}} },
			[]string{"The configuration names a channel in the workspace T7, where the app is not installed. → Add the workspace"}},
		"a group that is none": {slack.Settings{Groups: map[string]string{"board": "S7"}}, func(*stage) {}, []string{"There is no enabled user group S7 for board: nobody belongs to it."}},
		"Slack down": {slack.Settings{}, func(s *stage) {
			s.Break(slacktest.Fault{Method: "auth.test", Status: 503})
			s.Break(slacktest.Fault{Method: "apps.connections.open", Cut: true})
		}, []string{"Slack can't be asked about auth.test: ", "Slack can't be asked about apps.connections.open: "}},
		"asked too often": {slack.Settings{}, func(s *stage) {
			s.places = nil
			s.Break(slacktest.Fault{Method: "auth.test", Status: 429, After: 5 * time.Second})
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := begin(t, c.settings, slacktest.Options{})
				s.AddGroup(slacktest.Group{ID: "S1", Team: "T1", Users: []string{"UANN"}})
				s.places = []chat.Place{place("T1", "C1")}
				c.change(s)
				all := len(c.want) > 0 && strings.HasPrefix(c.want[0], "ok: ")
				got := slices.DeleteFunc(s.examined(), func(f string) bool { return !all && strings.HasPrefix(f, "ok: ") })
				if !slices.EqualFunc(got, c.want, strings.HasPrefix) {
					t.Errorf("found:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
				}
				for _, f := range got {
					if strings.Contains(f, "xoxb-T") || strings.Contains(f, slacktest.AppToken) {
						t.Errorf("a secret is told: %s", f)
					}
				}
			})
		})
	}
}
