package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/gonogo-chat/gonogo/adapters/discord"
	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/config"
)

type slackManifestCommand struct {
	File    string `name:"config" type:"path" default:"gonogo.yaml" help:"Configuration file; it need not be there yet."`
	Door    string `enum:"socket,http," default:"" help:"How Slack reaches the bot, socket or http; the configuration's otherwise, and else socket."`
	Address string `help:"Where Slack reaches the bot by http: https://gonogo.example.org."`
}

// Run prints the app manifest: pasted at api.slack.com/apps, it is the app with all that the bot needs and nothing else.
func (c slackManifestCommand) Run(s streams) error {
	loaded, settings, err := slackSettings(c.File)
	if err != nil {
		return err
	}
	if c.Door != "" {
		settings.Door = c.Door
	}
	manifest, err := slack.Manifest(declared(loaded), settings, c.Address)
	if err != nil {
		return usage("%w", err)
	}
	_, err = fmt.Fprintf(s.out, "%s\n", manifest)
	return err
}

// slackSettings are those of a configuration file, or what a newcomer begins with where it has none.
func slackSettings(file string) (*config.Config, slack.Settings, error) {
	settings := slack.Settings{Door: slack.DoorSocket}
	c, err := load(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, settings, nil
	}
	if err != nil {
		return nil, settings, exit{exitUsage, err}
	}
	if a, ok := platformSection(c, slack.PlatformName); ok {
		if err := a.Decode(&settings); err != nil {
			return c, settings, exit{exitUsage, err}
		}
	}
	return c, settings, nil
}

func platformSection(c *config.Config, name string) (config.Adapter, bool) {
	for _, a := range c.Chat.Platforms {
		if a.Name == name {
			return a, true
		}
	}
	return config.Adapter{}, false
}

type discordRegisterCommand struct {
	File string `name:"config" type:"path" default:"gonogo.yaml" help:"Configuration file."`
}

// Run makes the slash commands of every configured server those that the bot knows.
func (c discordRegisterCommand) Run(s streams) error {
	d, err := discordOf(c.File)
	if err != nil {
		return err
	}
	ctx, stop := untilStopped()
	defer stop()
	if err := d.Register(ctx); err != nil {
		return exit{exitFailed, err}
	}
	fmt.Fprintln(s.out, "The slash commands are registered. Discord shows them at once; restart the client if it does not.")
	return nil
}

type discordInviteCommand struct {
	File string `name:"config" type:"path" default:"gonogo.yaml" help:"Configuration file."`
}

// Run prints the link by which an administrator of a Discord server adds the bot.
func (c discordInviteCommand) Run(s streams) error {
	d, err := discordOf(c.File)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, d.Invite())
	return nil
}

// discordOf is the configured adapter, for what needs no running bot.
func discordOf(file string) (*discord.Discord, error) {
	c, err := load(file)
	if err != nil {
		return nil, exit{exitUsage, err}
	}
	if _, ok := platformSection(c, discord.PlatformName); !ok {
		return nil, usage("%s has no chat.platforms entry with adapter: discord", file)
	}
	chats, err := buildPlatforms(c, unattended(c))
	if err != nil {
		return nil, exit{exitFailed, err}
	}
	for _, p := range chats {
		if d, ok := p.(*discord.Discord); ok {
			return d, nil
		}
	}
	return nil, usage("%s has no Discord", file)
}
