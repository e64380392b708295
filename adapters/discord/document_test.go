package discord_test

import (
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/discord/discordtest"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// TestDocument: the newcomer's page names every permission that the doctor asks for, and the bot's names of commands.
func TestDocument(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/discord.md")
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, nil)
		all := []string{
			"View Channel", "Send Messages", "Embed Links", "Attach Files", "Read Message History", "Create Public Threads", "Send Messages in Threads",
		}
		w.Deny(w.channel, all[1:]...)
		if err := w.bot.Register(t.Context()); err != nil {
			t.Fatal(err)
		}
		named := ""
		for _, f := range w.bot.Examine(t.Context()) {
			named += words.Text(f.What, nil, time.Time{})
		}
		for _, p := range all {
			if p != all[0] && !strings.Contains(named, p) || !strings.Contains(string(page), p) {
				t.Errorf("%s is not asked for, or not in docs/discord.md", p)
			}
		}
	})
	for _, said := range []string{"/vote cast", "/deploy start", "/lock take", "/discord/interactions"} {
		if !strings.Contains(string(page), said) {
			t.Errorf("docs/discord.md does not say %s", said)
		}
	}
}
