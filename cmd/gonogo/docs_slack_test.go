package main

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
)

// Ids that docs/slack.md uses, with one of somebody else's.
const (
	slackTeam    = "T0ACME"
	slackChannel = "C0RELEASES"
	slackAnn     = "U0ANN"
	slackBen     = "U0BEN"
	slackGroup   = "S0CAB"
)

// slackWorkspace is the workspace of the page, on this machine, with Ann and Ben in it.
func slackWorkspace(t *testing.T) *slacktest.Server { return slackServer(t, nil) }

// slackServer is the workspace with an app that was granted some scopes, or all where they are nil.
func slackServer(t *testing.T, scopes []string) *slacktest.Server {
	t.Helper()
	s := slacktest.New(slacktest.Options{Patience: patience})
	web := httptest.NewServer(s)
	s.SetURL(web.URL)
	t.Cleanup(func() {
		s.Close()
		web.Close()
		for _, wrong := range s.Violations() {
			t.Errorf("a wrong request: %s", wrong)
		}
	})
	s.AddWorkspace(slacktest.Workspace{Team: slackTeam, Name: "acme", Scopes: scopes})
	s.AddUser(slacktest.User{ID: slackAnn, Team: slackTeam, Name: "Ann"})
	s.AddUser(slacktest.User{ID: slackBen, Team: slackTeam, Name: "Ben"})
	s.AddChannel(slacktest.Channel{ID: slackChannel, Team: slackTeam, Name: "releases"})
	return s
}

// slackNewcomer begins to follow the page.
func slackNewcomer(t *testing.T, s *slacktest.Server) *newcomer {
	t.Helper()
	return newNewcomer(t, "../../docs/slack.md",
		map[string]string{"SLACK_APP_TOKEN": slacktest.AppToken, "SLACK_BOT_TOKEN": "xoxb-" + slackTeam + "-test"},
		"- adapter: slack\n      settings:\n", "- adapter: slack\n      settings:\n        api_url: "+s.APIURL()+"\n")
}

// slackTokens is where the page goes on once everything is set up.
const slackTokens = "**6. Invite the bot**"

// TestDocsSlack follows the page to the first card, and on to a vote by somebody who linked their account.
func TestDocsSlack(t *testing.T) {
	t.Parallel()
	s := slackWorkspace(t)
	n := slackNewcomer(t, s)
	n.follow("", "## People")
	wordsIn(t, "doctor", n.did["gonogo doctor --config gonogo.yaml"], "the bot is gonogo in acme", "The bot is in C0RELEASES")

	n.bot.await("connected", func() bool { return strings.Contains(n.bot.log.String(), "connected to Slack") })
	say := func(who, line string) string {
		t.Helper()
		seen := s.Type(who, slackChannel, line)
		if seen.Error != "" || len(seen.Messages) == 0 {
			t.Fatalf("%s: %s: %q, %d messages", who, line, seen.Error, len(seen.Messages))
		}
		n.heard.WriteString(seen.Text())
		return seen.Text()
	}
	wordsIn(t, "planned", say(slackAnn, n.said("/release plan")), "R-1", "example 1.0.0")
	card, ok := s.Card(slackChannel, "R-1")
	if !ok {
		t.Fatalf("no card of R-1 in %+v", s.Channel(slackChannel))
	}
	wordsIn(t, "card", card.Plain, "example 1.0.0", "First Administrator", "5ca1ab1e")
	wordsIn(t, "help", say(slackAnn, "/release"), "/release plan")

	n.follow("## People", "## Settings", "CODE", linkCode(t, say(slackBen, "/link")))
	say(slackAnn, n.said("/freeze add"))
	say(slackAnn, n.said("/freeze exception"))
	ballot, ok := s.Card(slackChannel, "B-1")
	if !ok || !slices.Contains(ballot.Labels(), "Go") {
		t.Fatalf("no card to vote on: %s %q", ballot.Plain, ballot.Labels())
	}
	wordsIn(t, "Ann's own", s.Click(slackAnn, ballot.Ref(), "Go").Text(), "requester")
	wordsIn(t, "Ben's vote", s.Click(slackBen, ballot.Ref(), "Go").Text(), "go on X-1", "passed")
	if !s.Until(func() bool { m, _ := s.Message(ballot.Ref()); return strings.Contains(m.Plain, "passed") }) {
		t.Error("the card does not show that the vote passed")
	}
	if home := s.OpenHome(slackBen); home == nil {
		t.Error("no Home tab")
	}
	// What a build does not say is left out, not stood in for.
	n.run("mkdir -p artifacts/example/1.0.1 && echo bare > artifacts/example/1.0.1/artifact")
	say(slackAnn, "/release plan example 1.0.1")
	if bare, ok := s.Card(slackChannel, "R-2"); !ok || strings.Contains(bare.Plain, "value.") || strings.Contains(bare.Plain, "Commit") {
		t.Errorf("the card of a build without a manifest: %s", bare.Plain)
	}
	n.stop()
	for _, m := range s.Channel(slackChannel) {
		n.heard.WriteString(m.Plain + m.Text)
	}
}

// TestSlackManifest: what the page has one paste is JSON, with every command, and asks for nothing that it does not say.
func TestSlackManifest(t *testing.T) {
	t.Parallel()
	n := slackNewcomer(t, slackWorkspace(t))
	n.follow("", slackTokens)
	var m struct {
		Features struct {
			Commands []struct{ Command, URL string } `json:"slash_commands"`
		}
		OAuth struct {
			Scopes struct{ Bot []string }
		} `json:"oauth_config"`
		Settings struct {
			Socket bool                `json:"socket_mode_enabled"`
			Events map[string][]string `json:"event_subscriptions"`
		}
	}
	if err := json.Unmarshal([]byte(n.did["gonogo slack manifest --config gonogo.yaml"]), &m); err != nil {
		t.Fatal(err)
	}
	for _, spec := range declared(nil) {
		if !slices.ContainsFunc(m.Features.Commands, func(c struct{ Command, URL string }) bool { return c.Command == "/"+spec.Words[0] }) {
			t.Errorf("/%s is not in the manifest", spec.Words[0])
		}
	}
	for _, scope := range m.OAuth.Scopes.Bot {
		wordsIn(t, "permissions", n.page, "| `"+scope+"` |")
	}
	if !m.Settings.Socket || len(m.Settings.Events["bot_events"]) == 0 || slices.Contains(m.OAuth.Scopes.Bot, "users:read.email") {
		t.Errorf("got %+v", m)
	}
}
