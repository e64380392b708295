package discord_test

import (
	"context"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/discord"
	"github.com/gonogo-chat/gonogo/bot/command"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("ab", 32)
	for name, test := range map[string]struct {
		settings discord.Settings
		want     []string // parts of the error; none when the settings are right
	}{
		"gateway":     {discord.Settings{Application: "1", BotToken: "env:T", Servers: []string{"2"}}, nil},
		"http":        {discord.Settings{Door: "http", PublicKey: key, Application: "1", BotToken: "env:T", Servers: []string{"2"}}, nil},
		"no key":      {discord.Settings{Door: "http", Application: "1", Servers: []string{"2"}}, []string{"public_key"}},
		"wrong key":   {discord.Settings{PublicKey: key[1:], Application: "1", Servers: []string{"2"}}, []string{"public_key"}},
		"all wrong":   {discord.Settings{Door: "x", Application: "a", Servers: []string{"b"}, Groups: map[string]string{"g": "c"}}, []string{"door", "application", "servers", "groups: g"}},
		"no servers":  {discord.Settings{Application: "1"}, []string{"at least one"}},
		"a token":     {discord.Settings{Application: "1", BotToken: "MTk4NjIy.Cl2FMQ", Servers: []string{"2"}}, []string{"bot_token", "reference"}},
		"plain http":  {discord.Settings{APIURL: "http://discord.example/api/v10/", Application: "1", Servers: []string{"2"}}, []string{"api_url", "https"}},
		"loopback":    {discord.Settings{APIURL: "http://127.0.0.1:1/api/v10/", Application: "1", BotToken: "env:T", Servers: []string{"2"}}, nil},
		"odd servers": {discord.Settings{Application: "1", Servers: []string{"1/../2"}}, []string{"servers"}},
	} {
		_, err := discord.New(test.settings, discord.Outside{})
		if (err == nil) != (test.want == nil) {
			t.Errorf("%s: %v", name, err)
		}
		if token := test.settings.BotToken; err != nil && token != "" && strings.Contains(err.Error(), token) {
			t.Errorf("%s: the token is repeated: %v", name, err)
		}
		for _, part := range test.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %v says nothing of %q", name, err, part)
			}
		}
	}
}

// TestMenuLimits: a catalogue that Discord would refuse is refused before Discord is asked.
func TestMenuLimits(t *testing.T) {
	t.Parallel()
	many := make([]command.Spec, 101)
	for n := range many {
		many[n] = command.Spec{Words: []string{"c" + strings.Repeat("x", n/10) + string(rune('a'+n%10))}, Summary: "s"}
	}
	crowded := make([]command.Spec, 26)
	for n := range crowded {
		crowded[n] = command.Spec{Words: []string{"c", string(rune('a' + n))}, Summary: "s"}
	}
	for name, specs := range map[string][]command.Spec{
		"too many commands":  many,
		"too many below one": crowded,
		"long name":          {{Words: []string{strings.Repeat("n", 33)}, Summary: "s"}},
		"capital":            {{Words: []string{"Vote"}, Summary: "s"}},
		"no summary":         {{Words: []string{"vote"}}},
		"long choice":        {{Words: []string{"vote"}, Summary: "s", Params: []command.Param{{Name: "p", Kind: command.KindChoice, Choices: []string{strings.Repeat("c", 101)}}}}},
	} {
		d, err := discord.New(discord.Settings{Application: "1", Servers: []string{"2"}}, discord.Outside{Commands: func() []command.Spec { return specs }})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Register(context.Background()); err == nil || !strings.Contains(err.Error(), "discord: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
