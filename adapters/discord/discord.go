// Package discord is the bot on Discord: slash commands, components and modals come in through the gateway or HTTP and are
// acknowledged once they are durable; cards, threads and private answers go out as embeds, within Discord's limits.
package discord

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gonogo-chat/gonogo/adapters/discord/gateway"
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

// Ways in.
const (
	doorGateway = "gateway"
	doorHTTP    = "http"
)

// LinkPrefix is where the adapter's HTTP handler is mounted.
const LinkPrefix = "/discord/"

// Discord is the adapter. It implements port.Answerer, port.Threaded and port.Examiner.
type Discord struct {
	settings  Settings
	outside   Outside
	base      string // of the HTTP API, without a slash at its end
	key       ed25519.PublicKey
	menu      func() menu // of the commands, arranged once
	client    *http.Client
	limits    rateLimits
	questions questions
	pending   pending
	replays   replays
	told      progress
	me        atomic.Pointer[string] // the bot's own user
	roster    chan memberEvent
	work      chan struct{}  // one for each interaction being accepted
	working   sync.WaitGroup // interactions
}

// atOnce is how many interactions are accepted beside each other; the gateway is not read further while it is reached.
const atOnce = 256

// idleConnections are kept to Discord, so that a burst of interactions is not slowed by greetings.
const idleConnections = 64

// New checks the settings; it asks Discord nothing.
func New(s Settings, o Outside) (*Discord, error) {
	d := &Discord{
		settings: s, outside: o, base: strings.TrimRight(cmp.Or(s.APIURL, "https://discord.com/api/v10/"), "/"), client: o.Client,
		roster: make(chan memberEvent, rosterEvents), work: make(chan struct{}, atOnce),
	}
	if d.client == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = idleConnections
		d.client = &http.Client{Transport: t}
	}
	if d.outside.Log == nil {
		d.outside.Log = slog.New(slog.DiscardHandler)
	}
	if d.outside.Clock == nil {
		d.outside.Clock = time.Now
	}
	d.menu = sync.OnceValue(func() menu { return newMenu(o.Commands()) })
	d.settings.Door = cmp.Or(s.Door, doorGateway)
	if key, ok := publicKey(s.PublicKey); ok {
		d.key = key
	}
	return d, s.Validate()
}

// Name implements port.Platform.
func (d *Discord) Name() string { return PlatformName }

// Threads implements port.Threaded.
func (d *Discord) Threads() bool { return true }

// Run receives what people do, and keeps who they are up to date, until ctx ends; then it returns once everything received is
// acknowledged. An error is Discord refusing the bot for good.
func (d *Discord) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	defer d.working.Wait()
	defer all.Wait()
	defer cancel()
	if len(d.settings.Groups) > 0 {
		all.Go(func() { d.watchPeople(ctx) })
	}
	if d.settings.Door == doorHTTP {
		<-ctx.Done()
		return nil
	}
	token, err := d.outside.Secret(d.settings.BotToken)
	if err != nil {
		return fmt.Errorf("discord: the bot token: %w", err)
	}
	err = gateway.Run(ctx, gateway.Config{
		Address: d.gatewayAddress, Token: token, Intents: d.intents(), Handle: func(e gateway.Event) { d.event(ctx, e) },
		Dialer: d.outside.Dialer, Log: d.outside.Log,
	})
	var refused *gateway.Refused
	if errors.As(err, &refused) && refused.Code == gateway.CodeDisallowedIntents {
		return fmt.Errorf("%w: switch on Server Members Intent on the app's page Bot, or map no groups", err)
	}
	return err
}

var errNoSessions = errors.New("discord: today's sessions are used up: a bot that goes on beginning sessions loses its token")

// gatewayAddress asks where the gateway is.
func (d *Discord) gatewayAddress(ctx context.Context) (string, error) {
	var at struct {
		URL   string `json:"url"`
		Limit struct {
			Remaining *int `json:"remaining"`
		} `json:"session_start_limit"`
	}
	err := d.call(ctx, request{verb: http.MethodGet, path: "/gateway/bot", out: &at, repeatable: true})
	if err == nil && at.Limit.Remaining != nil && *at.Limit.Remaining == 0 {
		return "", errNoSessions
	}
	return at.URL, err
}

// server reports whether the bot serves a Discord server.
func (d *Discord) server(id string) bool { return slices.Contains(d.settings.Servers, id) }
