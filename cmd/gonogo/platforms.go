package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/discord"
	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/config"
)

// platform is a chat platform besides the local one.
type platform interface {
	port.Answerer
	port.Examiner
	// Run holds the connections that it needs until ctx ends.
	Run(context.Context) error
	// Handler serves what the platform calls, under "/" and its name.
	Handler() http.Handler
	// Maps reports whether a group or role of a workspace is mapped to a configured group.
	Maps(workspace, group string) bool
}

// platforms is the catalogue of chat platforms.
var platforms = adapters[platform]{
	slack.PlatformName: with(func(s slack.Settings, o *outside) (platform, error) {
		return slack.New(s, slack.Outside{
			Door: o.chat.door, Commands: o.chat.commands, Reader: o.chat.reader, Places: o.chat.places, Secret: o.secrets.resolve, Clock: o.clock, Log: o.chat.log,
		})
	}),
	discord.PlatformName: with(func(s discord.Settings, o *outside) (platform, error) {
		return discord.New(s, discord.Outside{
			Door: o.chat.door, Commands: o.chat.commands, Reader: o.chat.reader, Places: o.chat.places, Secret: o.secrets.resolve, Clock: o.clock, Log: o.chat.log,
		})
	}),
}

// buildPlatforms builds the configured ones.
func buildPlatforms(c *config.Config, o *outside) ([]platform, error) {
	var out []platform
	names := map[string]bool{}
	for i, a := range c.Chat.Platforms {
		p, err := platforms.build(fmt.Sprintf("chat.platforms[%d]", i), a, o)
		if err != nil {
			return nil, err
		}
		if names[p.Name()] {
			return nil, fmt.Errorf("chat.platforms[%d]: %s is there twice: one section takes several workspaces", i, p.Name())
		}
		names[p.Name()] = true
		out = append(out, p)
	}
	return out, nil
}

// connectPlatforms builds the configured ones around the bot, which is there by the time anything is said. What a platform said of
// a group's members holds while its settings map the group.
func (i *instance) connectPlatforms(door port.Door) ([]platform, error) {
	i.outside.chat = chatOutside{
		door: door, log: i.log,
		commands: func() []command.Spec { return specs(i.bot.Catalogue()) },
		reader:   func(z *time.Location) port.Reader { return i.bot.Reader(z) },
		places:   func() []chat.Place { return places(i.bot.Organisation()) },
	}
	chats, err := buildPlatforms(i.config, i.outside)
	i.ports.Mapped = func(name, workspace, group string) bool {
		return slices.ContainsFunc(chats, func(p platform) bool { return p.Name() == name && p.Maps(workspace, group) })
	}
	return chats, err
}

// specs are the declared commands in order.
func specs(c *command.Catalogue) []command.Spec {
	var out []command.Spec
	for _, t := range c.Topics() {
		for _, s := range t.Commands {
			out = append(out, *s)
		}
	}
	return out
}

// places are everywhere that the bot speaks by itself.
func places(o *organisation.Organisation) []chat.Place {
	lists := [][]chat.Place{o.Channels.Releases, o.Channels.CAB, o.Channels.OnCall}
	for _, name := range slices.Sorted(maps.Keys(o.Lines)) {
		lists = append(lists, o.Lines[name].Channels)
	}
	return distinct(lists...)
}

func distinct(lists ...[]chat.Place) (out []chat.Place) {
	for _, p := range slices.Concat(lists...) {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}
