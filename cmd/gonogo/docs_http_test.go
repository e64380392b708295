package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
)

// TestDocsSlackOverHTTP: as the page says, Slack calls the bot's own address under the name of the proxy before it; under no other.
func TestDocsSlackOverHTTP(t *testing.T) {
	t.Parallel()
	w := slackWorkspace(t)
	n := slackNewcomer(t, w)
	n.exports["SLACK_SIGNING_SECRET"] = slacktest.SigningSecret
	n.hurries = true
	n.follow("", slackTokens)
	n.replace("app_token: env:SLACK_APP_TOKEN", "door: http\n        signing_secret: env:SLACK_SIGNING_SECRET")
	n.replace("operations:\n", "operations:\n  hosts: [gonogo.example.org]\n")
	manifest, status := n.ends("gonogo slack manifest --config gonogo.yaml --address https://gonogo.example.org")
	if status != 0 {
		t.Fatalf("no manifest: %s", manifest)
	}
	for _, path := range []string{"/slack/commands", "/slack/interactions", "/slack/events"} {
		wordsIn(t, "manifest", manifest, `"https://gonogo.example.org`+path+`"`)
		wordsIn(t, "page", n.page, "`"+path+"`")
	}
	n.serve()
	w.Reach(n.bot.address+"/slack/commands", n.bot.address+"/slack/interactions", n.bot.address+"/slack/events")
	if err := w.VerifyURL(); err != nil {
		t.Error(err)
	}
	for host, want := range map[string]int{"gonogo.example.org": http.StatusOK, "elsewhere.example.org": http.StatusForbidden} {
		r, err := w.Request(t.Context(), "events_api", []byte(`{"type":"url_verification","challenge":"of `+host+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s: status %d", host, answer.StatusCode)
		}
	}
	wordsIn(t, "planned", w.Type(slackAnn, slackChannel, n.said("/release plan")).Text(), "R-1")
	if _, ok := w.Card(slackChannel, "R-1"); !ok {
		t.Error("no card")
	}
	n.stop()
}

// TestDocsDiscordOverHTTP: Discord takes the address that the page says, and what people do comes that way.
func TestDocsDiscordOverHTTP(t *testing.T) {
	t.Parallel()
	g := newGuild(t)
	n := discordNewcomer(t, g)
	n.hurries = true
	n.follow("", "## 5. The first card")
	n.replace("bot_token:", "door: http\n        public_key: "+g.PublicKey()+"\n        bot_token:")
	out, status := n.ends("gonogo doctor")
	if status != exitFailed {
		t.Errorf("status %d", status)
	}
	wordsIn(t, "doctor", strings.Join(strings.Fields(out), " "), "Set Interactions Endpoint URL")
	n.serve()
	endpoint := n.bot.address + "/discord/interactions"
	wordsIn(t, "page", n.page, "https://your.address/discord/interactions")
	if err := g.Endpoint(t.Context(), endpoint, http.DefaultClient); err != nil {
		t.Fatal(err)
	}
	wordsIn(t, "planned", g.say(g.ann, n.said("/release plan")), "R-1")
	g.card(n.bot, "R-1")
	n.stop()
}
