// Package discord is the bot on Discord: slash commands, components and modals come in through the gateway or HTTP and are
// acknowledged once they are durable; cards, threads and private answers go out as embeds, within Discord's limits.
package discord

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// PlatformName is the platform's name in accounts and places.
const PlatformName = "discord"

// Outside is what the adapter takes from its surroundings.
type Outside struct {
	Door port.Door
	// Commands are the declared commands, in the order of the catalogue.
	Commands func() []command.Spec
	// Reader words for a zone; nil is the organisation's.
	Reader func(*time.Location) port.Reader
	// Places are the channels that the organisation uses.
	Places func() []chat.Place
	// Secret resolves a reference like "env:DISCORD_TOKEN".
	Secret func(reference string) (string, error)
	Clock  func() time.Time
	Log    *slog.Logger
	// Client and Dialer reach Discord; nil for the defaults.
	Client *http.Client
	Dialer *websocket.Dialer
}

// Settings are the adapter's section of the configuration.
type Settings struct {
	APIURL      string            `yaml:"api_url" default:"https://discord.com/api/v10/" doc:"Base URL of Discord's HTTP API."`
	Door        string            `yaml:"door" default:"gateway" enum:"gateway,http" doc:"How Discord reaches the bot: it connects to Discord (gateway), or Discord calls it (http)."`
	Application string            `yaml:"application" required:"true" doc:"Application id."`
	PublicKey   string            `yaml:"public_key" doc:"The application's public key in hex, for http."`
	BotToken    string            `yaml:"bot_token" required:"true" doc:"Reference to the bot token: env:NAME or file:PATH."`
	Servers     []string          `yaml:"servers" required:"true" doc:"Ids of the Discord servers (guilds) that the bot serves."`
	Groups      map[string]string `yaml:"groups" doc:"Discord roles whose holders belong to configured groups: group name to role id."`
}
