package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/gonogo-chat/gonogo/adapters/discord/embed"
)

// interaction is what somebody did on Discord, as far as it matters here. discordgo's own type fails on a payload that holds a
// component it does not know.
type interaction struct {
	ID            string `json:"id"`
	ApplicationID string `json:"application_id"`
	Type          int    `json:"type"`
	Token         string `json:"token"`
	GuildID       string `json:"guild_id"`
	ChannelID     string `json:"channel_id"`
	Channel       struct {
		Type   int    `json:"type"`
		Parent string `json:"parent_id"`
	} `json:"channel"`
	Member struct {
		User user `json:"user"`
	} `json:"member"`
	User    user            `json:"user"`
	Message json.RawMessage `json:"message"`
	Data    struct {
		Name       string          `json:"name"`
		Options    []given         `json:"options"`
		CustomID   string          `json:"custom_id"`
		Components json.RawMessage `json:"components"`
	} `json:"data"`
}

type user struct {
	ID  string `json:"id"`
	Bot bool   `json:"bot"`
}

// given is an option with what somebody gave.
type given struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   json.RawMessage `json:"value"`
	Options []given         `json:"options"`
	Focused bool            `json:"focused"`
}

var errNoInteraction = errors.New("discord: no interaction")

// decode reads an interaction, and refuses one without what is needed to answer it.
func decode(raw []byte) (i interaction, err error) {
	if err := json.Unmarshal(raw, &i); err != nil {
		return i, fmt.Errorf("%w: %w", errNoInteraction, err)
	}
	if i.Type == kindPing {
		return i, nil
	}
	if !snowflake(i.ID) || i.Token == "" || i.Type <= 0 {
		return i, errNoInteraction
	}
	return i, nil
}

// snowflake reports whether an id is one of Discord's: digits alone.
func snowflake(id string) bool {
	return id != "" && len(id) <= 20 && strings.Trim(id, "0123456789") == ""
}

// who is the id of whoever did it.
func (i interaction) who() string {
	if i.Member.User.ID != "" {
		return i.Member.User.ID
	}
	return i.User.ID
}

// where is the channel; a thread is where its channel is.
func (i interaction) where() string {
	switch discordgo.ChannelType(i.Channel.Type) {
	case discordgo.ChannelTypeGuildNewsThread, discordgo.ChannelTypeGuildPublicThread, discordgo.ChannelTypeGuildPrivateThread:
		if i.Channel.Parent != "" {
			return i.Channel.Parent
		}
	}
	return i.ChannelID
}

// text is a value as it would be typed: a flag is "true".
func (g given) text() string {
	var s string
	if json.Unmarshal(g.Value, &s) == nil {
		return s
	}
	return string(g.Value) // a number, true or false
}

// command is the command that was given, as the menu names it, with its arguments, and the one being typed.
func (i interaction) command() (name string, args map[string]string, typing string) {
	name = i.Data.Name
	options := i.Data.Options
	if len(options) == 1 && options[0].Type == int(discordgo.ApplicationCommandOptionSubCommand) {
		name += " " + options[0].Name
		options = options[0].Options
	}
	args = map[string]string{}
	for _, o := range options {
		args[o.Name] = o.text()
		if o.Focused {
			typing = o.Name
		}
	}
	return name, args, typing
}

// fields are the values of a form that was sent, by custom_id.
func (i interaction) fields() (map[string]string, error) {
	var components []embed.Component
	if err := json.Unmarshal(i.Data.Components, &components); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoInteraction, err)
	}
	values := map[string]string{}
	var walk func([]embed.Component)
	walk = func(list []embed.Component) {
		for _, c := range list {
			if c.CustomID != "" {
				values[c.CustomID] = c.Value
				if len(c.Values) > 0 {
					values[c.CustomID] = c.Values[0]
				}
			}
			walk(c.Components)
			if c.Component != nil {
				walk([]embed.Component{*c.Component})
			}
		}
	}
	walk(components)
	return values, nil
}

// label is what stands on the button that was pressed, if that can be told.
func (i interaction) label() string {
	var on struct {
		Components []embed.Component `json:"components"`
	}
	_ = json.Unmarshal(i.Message, &on)
	for _, row := range on.Components {
		for _, b := range row.Components {
			if b.CustomID == i.Data.CustomID {
				return b.Label
			}
		}
	}
	return ""
}
