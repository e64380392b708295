package main

import (
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/discord/discordtest"
)

// guild is a Discord server like that of docs/discord.md, on this machine.
type guild struct {
	*discordtest.Server
	t                     *testing.T
	url                   string
	id, channel, ann, ben string
}

func newGuild(t *testing.T) *guild {
	t.Helper()
	g := &guild{Server: discordtest.New(discordtest.Options{Unlimited: true}), t: t}
	web := httptest.NewServer(g)
	t.Cleanup(func() {
		g.Close()
		web.Close()
		for _, wrong := range g.Violations() {
			t.Errorf("a wrong request: %s", wrong)
		}
	})
	g.url = web.URL + "/api/v10/"
	g.id = g.Guild("acme")
	g.Person(g.id, "Olga") // whoever owns the server
	g.channel, g.ann, g.ben = g.Channel(g.id, "releases"), g.Person(g.id, "Ann"), g.Person(g.id, "Ben")
	return g
}

// discordNewcomer begins to follow the page, with the test's own ids for its examples.
func discordNewcomer(t *testing.T, g *guild) *newcomer {
	t.Helper()
	return newNewcomer(t, "../../docs/discord.md", map[string]string{"DISCORD_TOKEN": g.Token()},
		"290926798626357999", g.id, "645027906669510667", g.channel, "771825006014889984", g.Application(), "53908232506183680", g.ann,
		"- adapter: discord\n      settings:\n", "- adapter: discord\n      settings:\n        api_url: "+g.url+"\n")
}

// say says a line as Discord's client sends it, and returns the answer.
func (g *guild) say(who, line string) string {
	g.t.Helper()
	i, err := g.Slash(who, g.channel, line)
	return g.answered(line, i, err)
}

func (g *guild) press(who, message, button string) string {
	g.t.Helper()
	i, err := g.Press(who, message, button)
	return g.answered(button, i, err)
}

func (g *guild) answered(what string, i *discordtest.Interaction, err error) string {
	g.t.Helper()
	if err != nil {
		g.t.Fatalf("%s: %v", what, err)
	}
	if !i.Wait(patience) || i.Failed() != "" {
		g.t.Fatalf("%s: no answer: %s", what, i.Failed())
	}
	return i.Text()
}

// card waits for a card in the channel.
func (g *guild) card(bot *server, containing string) (p discordtest.Post) {
	g.t.Helper()
	bot.await("the card of "+containing, func() bool { p = g.Card(g.channel, containing); return p.ID != "" })
	return p
}

// TestDocsDiscord follows the page to the first card, and on to a vote by somebody who linked their account.
func TestDocsDiscord(t *testing.T) {
	t.Parallel()
	g := newGuild(t)
	n := discordNewcomer(t, g)
	n.follow("", "## People")
	wordsIn(t, "doctor", n.did["gonogo doctor"], "belongs to the application gonogo", "on the server acme are the bot's present ones", "In #releases the bot has all")
	link, err := url.Parse(strings.TrimSpace(n.did["gonogo discord invite"]))
	if err != nil || link.Host != "discord.com" || link.Query().Get("client_id") != g.Application() || link.Query().Get("scope") != "bot applications.commands" {
		t.Errorf("the invitation is %v, %v", link, err)
	}

	n.bot.await("connected", func() bool { return strings.Contains(n.bot.log.String(), "connected to Discord") })
	wordsIn(t, "planned", g.say(g.ann, n.said("/release plan")), "R-1", "example 1.0.0")
	card := g.card(n.bot, "R-1")
	wordsIn(t, "card", card.Text, "example 1.0.0", "@Ann", "5ca1ab1e")

	n.follow("## People", "## What is where", "CODE", linkCode(t, g.say(g.ben, n.said("/link"))))
	g.say(g.ann, n.said("/freeze add"))
	g.say(g.ann, n.said("/freeze exception"))
	ballot := g.card(n.bot, "B-1")
	if !slices.Contains(ballot.Buttons, "Go") {
		t.Fatalf("no card to vote on: %s", ballot)
	}
	wordsIn(t, "Ann's own", g.press(g.ann, ballot.ID, "Go"), "requester")
	wordsIn(t, "Ben's vote", g.press(g.ben, ballot.ID, "Go"), "go on X-1", "passed")
	n.bot.await("the vote on the card", func() bool { return strings.Contains(g.card(n.bot, "B-1").Text, "passed") })
	n.stop()
	for _, p := range g.Read(g.channel) {
		n.heard.WriteString(p.String())
	}
	for _, r := range g.Requests() {
		n.heard.WriteString(r.Path + r.Body)
	}
}
