package discord_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/discord/discordtest"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// TestExamine: each thing that is not set up is found, with what to do about it.
func TestExamine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after func(*world)
		what, do      string // parts of the finding; empty when nothing is wrong
	}{
		"well":              {},
		"no secret":         {before: func(w *world) { w.settings.BotToken = "env:X" }, what: "env:X can't be read", do: "environment variable"},
		"wrong token":       {after: func(w *world) { w.Inject(discordtest.Fault{Status: 401, Times: -1}) }, what: "does not take the bot token", do: "Reset the token"},
		"other application": {before: func(w *world) { w.settings.Application = "42" }, what: "not to 42", do: "Set application to"},
		"other key":         {before: func(w *world) { w.settings.PublicKey = strings.Repeat("ab", 32) }, what: "another application's", do: "Set public_key to"},
		"no endpoint":       {before: func(w *world) { w.settings.Door = "http" }, what: "does not know where", do: "/discord/interactions"},
		"not a member":      {after: func(w *world) { w.RemoveBot(w.guild) }, what: "not on the server", do: "https://discord.com/oauth2/authorize?"},
		"no permission":     {after: func(w *world) { w.Deny(w.channel, "Embed Links", "Create Public Threads") }, what: "#releases the bot lacks Embed Links and Create Public Threads", do: "allow the bot's role Embed Links"},
		"hidden":            {after: func(w *world) { w.Deny(w.channel, "View Channel") }, what: "hidden", do: "View Channel"},
		"channel is gone":   {after: func(w *world) { w.Delete(w.channel) }, what: "is not there", do: "Check the id"},
		"place elsewhere":   {before: func(w *world) { w.place.Workspace = "77" }, what: "not one of the server 77", do: "Correct the channel's id"},
		"commands":          {before: func(w *world) { w.door = nil }, what: "not the bot's present ones", do: "gonogo discord register"},
		"members":           {before: func(w *world) { w.settings.Groups = map[string]string{"board": w.Role(w.guild, "Board")} }, what: "may not know who", do: "Server Members Intent"},
		"role":              {before: func(w *world) { w.settings.Groups = map[string]string{"board": "5"} }, what: "role 5", do: "Copy the role's id"},
		"discord is out":    {after: func(w *world) { w.Inject(discordtest.Fault{Status: 503, Times: -1}) }, what: "did not answer", do: "discordstatus.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				register := true
				w := newWorld(t, discordtest.Options{}, func(w *world) {
					kept := w.door
					if test.before != nil {
						test.before(w)
					}
					register, w.door = w.door != nil && w.settings.Application == w.Application(), kept
				})
				if register && w.settings.BotToken == "env:T" {
					if err := w.bot.Register(context.Background()); err != nil {
						t.Fatal(err)
					}
				}
				if test.after != nil {
					test.after(w)
				}
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
				defer cancel()
				found := test.what == ""
				var all []string
				for _, f := range w.bot.Examine(ctx) {
					what, do := words.Text(f.What, nil, time.Time{}), words.Text(f.Do, nil, time.Time{})
					all = append(all, what+" → "+do)
					found = found || !f.OK && strings.Contains(what, test.what) && strings.Contains(do, test.do)
					if f.OK == (do != "") || test.what == "" && !f.OK {
						t.Errorf("finding %q, do %q", what, do)
					}
				}
				if !found || len(all) == 0 {
					t.Errorf("found %q", all)
				}
				w.Heal()
			})
		})
	}
}

// TestInvite asks for what docs/discord.md says, no more.
func TestInvite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, nil)
		u, err := url.Parse(w.bot.Invite())
		if err != nil || u.Query().Get("permissions") != "309237763072" || u.Query().Get("scope") != "bot applications.commands" || u.Query().Get("client_id") != w.Application() {
			t.Errorf("%v, %v", u, err)
		}
	})
}

// TestRegister writes the commands once: a server that has them is left alone.
func TestRegister(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, nil)
		for range 3 {
			if err := w.bot.Register(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		puts := 0
		for _, r := range w.Requests() {
			if r.Method == "PUT" {
				puts++
			}
		}
		if puts != 1 {
			t.Errorf("written %d times", puts)
		}
		w.RemoveBot(w.guild)
		if err := w.bot.Register(context.Background()); err == nil || !strings.Contains(err.Error(), w.guild) {
			t.Errorf("a server that the bot is not on: %v", err)
		}
	})
}
