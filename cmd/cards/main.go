// Command cards renders every kind of card on every platform to one HTML page, for people to look at: as the local chat and the
// terminal show it, and close to how Slack and Discord do, from what is sent to them.
package main

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"html/template"
	"os"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/contract/cards"
	"github.com/gonogo-chat/gonogo/adapters/discord/embed"
	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/adapters/webchat"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

//go:embed page.html
var pageText string

// shown is a card on every platform.
type shown struct {
	Name           string
	Web, Terminal  template.HTML
	Slack, Discord []template.HTML // a message each
}

func main() {
	folder := flag.String("cards", "testdata/cards", "folder of the cards")
	file := flag.String("o", "cards.html", "file to write")
	flag.Parse()
	if err := write(*folder, *file); err != nil {
		fmt.Fprintln(os.Stderr, "cards:", err)
		os.Exit(1)
	}
	fmt.Printf("%s is written: open it in a browser, light or dark.\n", *file)
}

func write(folder, file string) error {
	all, err := cards.Load(folder)
	if err != nil {
		return err
	}
	page, err := template.New("page").Parse(pageText)
	if err != nil {
		return err
	}
	data := struct {
		Style template.CSS
		Cards []shown
	}{Style: template.CSS(webchat.CardStyle())} //nolint:gosec // our own
	for _, c := range all {
		s, err := show(c)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
		data.Cards = append(data.Cards, s)
	}
	var out bytes.Buffer
	if err := page.Execute(&out, data); err != nil {
		return err
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}

// Ids that people have on the platforms of the page.
const (
	slackTeam     = "T0SHOP"
	discordServer = "100000000000000000"
)

func show(c cards.Card) (shown, error) {
	plain := words.WordMessage(c.Message, cards.Reader{}, cards.At)
	s := shown{
		Name: c.Name, Web: template.HTML(webchat.CardHTML(plain, cards.At)), //nolint:gosec // escaped by its own template
		Terminal: template.HTML("<pre>" + template.HTMLEscapeString(terminal.Render(plain, terminal.Options{Width: 76})) + "</pre>"),
	}
	onSlack := cards.Reader{Linked: func(h string) chat.Account {
		return chat.Account{Platform: slack.PlatformName, Workspace: slackTeam, ID: slackUser(h)}
	}}
	for _, part := range slack.Render(c.Worded(onSlack), slackTeam).Parts {
		html, err := slackHTML(part.Blocks, part.Colour)
		if err != nil {
			return s, err
		}
		s.Slack = append(s.Slack, html)
	}
	onDiscord := cards.Reader{Linked: func(h string) chat.Account {
		return chat.Account{Platform: "discord", Workspace: discordServer, ID: snowflake(h)}
	}}
	for _, m := range embed.Render(c.Worded(onDiscord), discordServer) {
		html, err := discordHTML(m)
		if err != nil {
			return s, err
		}
		s.Discord = append(s.Discord, html)
	}
	return s, nil
}

// handles of the cards' people, in the order of their ids on Discord.
var handles = []string{"dev", "peer", "chair", "sec", "owner", "sre"}

func slackUser(handle string) string { return "U0" + strings.ToUpper(handle) }

func snowflake(handle string) string {
	for i, h := range handles {
		if h == handle {
			return fmt.Sprintf("20000000000000000%d", i)
		}
	}
	return ""
}

func handleOf(id string) string {
	for _, h := range handles {
		if id == slackUser(h) || id == snowflake(h) {
			return h
		}
	}
	return id
}
