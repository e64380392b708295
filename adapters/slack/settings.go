package slack

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// The doors through which Slack reaches the bot.
const (
	DoorSocket = "socket"
	DoorHTTP   = "http"
)

// MaxConnections is how many Socket Mode connections Slack allows an app at once:
// https://docs.slack.dev/apis/events-api/using-socket-mode#using-multiple-connections
const MaxConnections = 10

// Settings are the adapter's section of the configuration.
type Settings struct {
	APIURL        string            `yaml:"api_url" default:"https://slack.com/api/" doc:"Base URL of Slack's Web API: GovSlack's, or a test server's."`
	Door          string            `yaml:"door" default:"socket" enum:"socket,http" doc:"How Slack reaches the bot: it connects to Slack (socket), or Slack calls it (http)."`
	AppToken      string            `yaml:"app_token" doc:"Reference to the app-level token (xapp-…) with connections:write, for socket: env:NAME or file:PATH."`
	Connections   int               `yaml:"connections" default:"2" min:"1" max:"10" doc:"Socket Mode connections held at once: while one is renewed, another receives. Slack allows 10."`
	SigningSecret string            `yaml:"signing_secret" doc:"Reference to the app's signing secret, for http."`
	Workspaces    []Workspace       `yaml:"workspaces" required:"true" doc:"Workspaces that the app is installed in."`
	LinkByEmail   bool              `yaml:"link_by_email" default:"false" doc:"Link an account whose profile e-mail, confirmed by Slack, is that of a person's email:: account."`
	Groups        map[string]string `yaml:"groups" doc:"Slack user groups whose members belong to configured groups: group name to user group id (S…)."`
}

// Workspace is one installation of the app.
type Workspace struct {
	Team       string `yaml:"team" required:"true" doc:"Team id (T…)."`
	Enterprise string `yaml:"enterprise" doc:"Enterprise id (E…) of an Enterprise Grid organisation: accounts and channels are then written with it in place of the team."`
	BotToken   string `yaml:"bot_token" required:"true" doc:"Reference to the bot token (xoxb-…): env:NAME or file:PATH."`
}

var (
	reference    = regexp.MustCompile(`^(env|file):.+$`)
	teamID       = regexp.MustCompile(`^T[A-Z0-9]+$`)
	enterpriseID = regexp.MustCompile(`^E[A-Z0-9]+$`)
	groupID      = regexp.MustCompile(`^S[A-Z0-9]+$`)
)

// Validate names every fault of the settings.
func (s Settings) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if err := checkAPIURL(s.APIURL); err != nil {
		fault("api_url: %w", err)
	}
	switch {
	case s.Door != DoorSocket && s.Door != DoorHTTP:
		fault("door: %q is neither %s nor %s", s.Door, DoorSocket, DoorHTTP)
	case s.Door == DoorSocket && !reference.MatchString(s.AppToken):
		fault("app_token: the socket door needs a reference to the app-level token: env:NAME or file:PATH")
	case s.Door == DoorHTTP && !reference.MatchString(s.SigningSecret):
		fault("signing_secret: the http door needs a reference to the app's signing secret: env:NAME or file:PATH")
	}
	if s.Door == DoorSocket && (s.Connections < 1 || s.Connections > MaxConnections) {
		fault("connections: %d is not between 1 and %d", s.Connections, MaxConnections)
	}
	if len(s.Workspaces) == 0 {
		fault("workspaces: at least one is needed")
	}
	seen := map[string]bool{}
	for i, w := range s.Workspaces {
		at := fmt.Sprintf("workspaces[%d]", i)
		if !teamID.MatchString(w.Team) {
			fault("%s.team: %q is no team id: it begins with T", at, w.Team)
		}
		if w.Enterprise != "" && !enterpriseID.MatchString(w.Enterprise) {
			fault("%s.enterprise: %q is no enterprise id: it begins with E", at, w.Enterprise)
		}
		if !reference.MatchString(w.BotToken) {
			fault("%s.bot_token: it must be a reference, env:NAME or file:PATH", at)
		}
		if seen[w.Team] {
			fault("%s.team: %s is there twice", at, w.Team)
		}
		seen[w.Team] = true
	}
	for _, name := range slices.Sorted(maps.Keys(s.Groups)) {
		if !groupID.MatchString(s.Groups[name]) {
			fault("groups.%s: %q is no user group id: it begins with S", name, s.Groups[name])
		}
	}
	return errors.Join(faults...)
}

// checkAPIURL takes https, and http for this machine alone: tokens go there.
func checkAPIURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("it is not the base URL of a Web API")
	}
	if !strings.HasSuffix(u.Path, "/") {
		return errors.New("it must end in a slash")
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) {
		return nil
	}
	return errors.New("it must be https: tokens are sent there")
}
