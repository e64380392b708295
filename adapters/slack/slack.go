// Package slack is the bot on Slack: commands, buttons, modals and events come in through Socket Mode or HTTP and are acknowledged
// once they are durable; cards, threads and private answers go out in Block Kit, within Slack's limits.
package slack

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	api "github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/adapters/slack/payload"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// PlatformName is the platform's name in accounts and places.
const PlatformName = "slack"

// callPatience bounds one request to Slack, files included.
const callPatience = 30 * time.Second

// Outside is what the adapter takes from its surroundings.
type Outside struct {
	Door port.Door
	// Commands are the declared commands, in the order of the catalogue.
	Commands func() []command.Spec
	// Reader words for a zone; nil is the organisation's.
	Reader func(*time.Location) port.Reader
	// Places are the channels that the organisation uses.
	Places func() []chat.Place
	// Secret resolves a reference like "env:SLACK_BOT_TOKEN".
	Secret func(reference string) (string, error)
	Clock  func() time.Time
	Log    *slog.Logger
	// Client and Dialer reach Slack; nil for the defaults.
	Client *http.Client
	Dialer *websocket.Dialer
}

// Slack is the adapter. It implements port.Answerer, port.Threaded and port.Examiner.
type Slack struct {
	settings   Settings
	outside    Outside
	workspaces []*workspace
	app        *api.Client // with the app-level token; nil for the HTTP door
	verifier   *payload.Verifier
	homes      homes
	errands    errands
	handling   chan struct{} // Socket Mode requests under way
	commands   func() declared
	pace       pace
	posted     posted
	tellings   tellings
}

// workspace is one Slack workspace, or one enterprise, with the token that the app was given there.
type workspace struct {
	Workspace
	client *api.Client
}

// New prepares the adapter; nothing is sent before Run. Secrets are read here, once.
func New(settings Settings, outside Outside) (*Slack, error) {
	if err := settings.Validate(); err != nil {
		return nil, fmt.Errorf("slack: %w", err)
	}
	if outside.Log == nil {
		outside.Log = slog.New(slog.DiscardHandler)
	}
	if outside.Client == nil {
		outside.Client = &http.Client{Timeout: callPatience}
	}
	if outside.Dialer == nil {
		outside.Dialer = &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: helloPatience}
	}
	s := &Slack{settings: settings, outside: outside, handling: make(chan struct{}, handledAtOnce)}
	s.commands = sync.OnceValue(s.declared)
	s.errands.begin(outside.Log)
	options := []api.Option{api.OptionAPIURL(settings.APIURL), api.OptionHTTPClient(outside.Client)}
	for _, w := range settings.Workspaces {
		token, err := s.secret(w.BotToken)
		if err != nil {
			return nil, err
		}
		s.workspaces = append(s.workspaces, &workspace{Workspace: w, client: api.New(token, append(options, api.OptionHTTPClient(bearer{outside.Client, token}))...)})
	}
	if settings.Door == DoorSocket {
		token, err := s.secret(settings.AppToken)
		if err != nil {
			return nil, err
		}
		s.app = api.New("", append(options, api.OptionAppLevelToken(token))...)
		return s, nil
	}
	secret, err := s.secret(settings.SigningSecret)
	if err != nil {
		return nil, err
	}
	s.verifier = payload.NewVerifier(secret, outside.Clock)
	return s, nil
}

func (s *Slack) secret(reference string) (string, error) {
	value, err := s.outside.Secret(reference)
	if err == nil && value == "" {
		err = fmt.Errorf("%s is empty", reference)
	}
	if err != nil {
		return "", fmt.Errorf("slack: %w", err)
	}
	return value, nil
}

// Run holds the connections and keeps up with Slack's people, until ctx ends. What was begun is then finished.
func (s *Slack) Run(ctx context.Context) error {
	var all sync.WaitGroup
	if s.app != nil {
		for range s.settings.Connections {
			all.Go(func() { s.keepConnected(ctx) })
		}
	}
	all.Go(func() { s.keepRoll(ctx) })
	all.Wait()
	s.errands.end()
	return nil
}

// id is the workspace's in accounts and places: that of its enterprise, where people have one account for all workspaces.
func (w *workspace) id() string {
	if w.Enterprise != "" {
		return w.Enterprise
	}
	return w.Team
}

// workspaceOf is the installation that a payload belongs to; nil if the bot has none there. The team decides before the
// enterprise, since several teams of one may each have a token.
func (s *Slack) workspaceOf(o payload.Origin) *workspace {
	for _, w := range s.workspaces {
		if o.Team != "" && w.Team == o.Team {
			return w
		}
	}
	for _, w := range s.workspaces {
		if w.Enterprise != "" && w.Enterprise == o.Enterprise {
			return w
		}
	}
	return nil
}

// account is who acted. Somebody from elsewhere, in a channel shared with another organisation, is an account of elsewhere.
func (w *workspace) account(home, user string) chat.Account {
	a := chat.Account{Platform: PlatformName, Workspace: w.id(), ID: user}
	if w.Enterprise == "" && home != "" && home != w.Team {
		a.Workspace = home
	}
	return a
}
