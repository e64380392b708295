package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
)

// ailment is something that is wrong with how a platform is set up, what the doctor says of it, and what it says to do.
type ailment struct {
	setUp      func(*newcomer)
	finds, bid string
}

// TestDoctorSlack: on what the page sets up all is well; on what went wrong there is something to do, for each thing.
func TestDoctorSlack(t *testing.T) {
	t.Parallel()
	all := slacktest.New(slacktest.Options{}).AddWorkspace(slacktest.Workspace{Team: "T0"}).Scopes
	for name, c := range map[string]struct {
		world func(*slacktest.Server)
		ailment
	}{
		"well": {},
		"wrong bot token": {nil, ailment{func(n *newcomer) { n.exports["SLACK_BOT_TOKEN"] = "xoxb-of-somebody-else" },
			"invalid_auth", "where env:SLACK_BOT_TOKEN points"}},
		"wrong app token": {nil, ailment{func(n *newcomer) { n.exports["SLACK_APP_TOKEN"] = "xapp-of-somebody-else" },
			"opens no Socket Mode connection", "scope connections:write (Basic Information), and put it where env:SLACK_APP_TOKEN points"}},
		"revoked": {func(s *slacktest.Server) { s.Revoke(slackTeam) }, ailment{nil, "token_revoked", "Install the app in the workspace again"}},
		"not invited": {func(s *slacktest.Server) {
			s.ChangeChannel(slackChannel, func(c *slacktest.Channel) { c.Members = []string{slackAnn} })
		}, ailment{nil, "The bot is not in C0RELEASES of T0ACME", "Say /invite @gonogo in the channel."}},
		"archived": {func(s *slacktest.Server) {
			s.ChangeChannel(slackChannel, func(c *slacktest.Channel) { c.Archived = true })
		}, ailment{nil, "is archived", "Unarchive it"}},
		"no such channel": {nil, ailment{func(n *newcomer) { n.replace("cab: C0RELEASES", "cab: C0ELSEWHERE") },
			"no channel C0ELSEWHERE", "Write the channel's id"}},
		"no such group": {nil, ailment{func(n *newcomer) { n.replace("app_token:", "groups: {cab: S0NONE}\n        app_token:") },
			"no enabled user group S0NONE", "Write the user group's id"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := slackWorkspace(t)
			if c.world != nil {
				c.world(s)
			}
			n := slackNewcomer(t, s)
			n.hurries = true
			n.follow("", slackTokens)
			c.examine(n, "gonogo doctor --config gonogo.yaml")
		})
	}
	t.Run("missing scope", func(t *testing.T) {
		t.Parallel()
		s := slackServer(t, slices.DeleteFunc(slices.Clone(all), func(scope string) bool { return scope == "chat:write" }))
		n := slackNewcomer(t, s)
		n.hurries = true
		n.follow("", slackTokens)
		ailment{nil, "The app lacks the scope chat:write in T0ACME: cards, threads and private answers.", "Paste the manifest of “gonogo slack manifest”"}.
			examine(n, "gonogo doctor --config gonogo.yaml")
	})
}

// TestDoctorDiscord does the same with Discord's page.
func TestDoctorDiscord(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		world func(*guild)
		ailment
	}{
		"well": {},
		"wrong token": {nil, ailment{func(n *newcomer) { n.exports["DISCORD_TOKEN"] = "MTE.of.somebody-else" },
			"Discord does not take the bot token.", "Reset the token on the application's page Bot"}},
		"not on the server": {func(g *guild) { g.RemoveBot(g.id) }, ailment{nil, "The bot is not on the server", "open https://discord.com/oauth2/authorize?client_id="}},
		"may not write": {func(g *guild) { g.Deny(g.channel, "Send Messages", "Embed Links") }, ailment{nil,
			"In #releases the bot lacks Send Messages and Embed Links.", "under Permissions, allow the bot's role Send Messages and Embed Links."}},
		"hidden": {func(g *guild) { g.Deny(g.channel, "View Channel") }, ailment{nil, "or hidden from the bot", "give the bot's role View Channel"}},
		"other application": {nil, ailment{func(n *newcomer) { n.replace("application: \"", "application: \"1") },
			"The bot token belongs to application", "Set application to"}},
		"channel of elsewhere": {nil, ailment{func(n *newcomer) { n.replace("workspace: \"", "workspace: \"1") },
			"is not among servers", "add the server to servers"}},
		"roles without intent": {nil, ailment{func(n *newcomer) { n.replace("bot_token:", "groups: {cab: \"1\"}\n        bot_token:") },
			"may not know who is on the server", "Switch on Server Members Intent"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGuild(t)
			n := discordNewcomer(t, g)
			n.hurries = true
			n.follow("", "$ gonogo doctor")
			if c.world != nil {
				c.world(g)
			}
			c.examine(n, "gonogo doctor")
		})
	}
	t.Run("not registered", func(t *testing.T) {
		t.Parallel()
		n := discordNewcomer(t, newGuild(t))
		n.hurries = true
		n.follow("", "$ gonogo discord register")
		ailment{nil, "are not the bot's present ones", "Run `gonogo discord register`."}.examine(n, "gonogo doctor")
	})
}

// examine makes somebody ill and asks the doctor.
func (a ailment) examine(n *newcomer, line string) {
	n.t.Helper()
	if a.setUp != nil {
		a.setUp(n)
	}
	for name, value := range n.exports {
		n.env = append(n.env, name+"="+value)
	}
	out, status := n.ends(line)
	if a.finds == "" {
		if status != 0 || strings.Contains(out, "✗") {
			n.t.Errorf("all is well, and the doctor ends with %d:\n%s", status, out)
		}
		return
	}
	if status != exitFailed {
		n.t.Errorf("status %d", status)
	}
	wordsIn(n.t, "finding", strings.Join(strings.Fields(out), " "), a.finds, a.bid)
}

// TestDoctorBeginsWithTheConfiguration: a secret that is not there is named; one that stands in the file is refused without being repeated.
func TestDoctorBeginsWithTheConfiguration(t *testing.T) {
	t.Parallel()
	const token = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.pasted"
	for name, c := range map[string]struct {
		was, is string
		status  int
		says    []string
	}{
		"not set":     {"reserve", "reserve", exitFailed, []string{"env:DISCORD_TOKEN", "what bot_token refers to"}},
		"in the file": {"env:DISCORD_TOKEN", token, exitUsage, []string{"bot_token: it must be a reference"}},
		"no id":       {"application: \"", "application: \"#", exitUsage, []string{"application:", "copy the Application ID"}},
		"no such key": {"bot_token:", "token:", exitUsage, []string{"gonogo.yaml:", "token"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := discordNewcomer(t, newGuild(t))
			n.hurries = true
			n.follow("", "$ gonogo config check")
			n.env = append(n.env, "DISCORD_TOKEN=")
			n.replace(c.was, c.is)
			out, status := n.ends("gonogo doctor")
			wordsIn(t, "doctor", out, c.says...)
			if status != c.status || strings.Contains(out, token) {
				t.Errorf("status %d:\n%s", status, out)
			}
		})
	}
}
