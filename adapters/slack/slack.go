// Package slack is the bot on Slack: commands, buttons, modals and events come in through Socket Mode or HTTP and are acknowledged
// once they are durable; cards, threads and private answers go out in Block Kit, within Slack's limits.
package slack

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
	api "github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// PlatformName is the platform's name in accounts and places.
const PlatformName = "slack"

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
}

// workspace is one Slack workspace, or one enterprise, with the token that the app was given there.
type workspace struct {
	Workspace
	client *api.Client
}

// id is the workspace's in accounts and places: that of its enterprise, where people have one account for all workspaces.
func (w *workspace) id() string {
	if w.Enterprise != "" {
		return w.Enterprise
	}
	return w.Team
}
