package slack_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack"
)

func settings(change func(*slack.Settings)) slack.Settings {
	s := slack.Settings{
		APIURL: "https://slack.com/api/", Door: slack.DoorSocket, AppToken: "env:APP", Connections: 2, SigningSecret: "file:/run/secret",
		Workspaces: []slack.Workspace{{Team: "T1", BotToken: "env:BOT"}}, Groups: map[string]string{"board": "S1"},
	}
	change(&s)
	return s
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*slack.Settings){
		"api_url: it must be https":   func(s *slack.Settings) { s.APIURL = "http://slack.com/api/" },
		"api_url: it must end":        func(s *slack.Settings) { s.APIURL = "https://slack.com/api" },
		"api_url: it is not":          func(s *slack.Settings) { s.APIURL = "/api/" },
		"door: \"pigeon\"":            func(s *slack.Settings) { s.Door = "pigeon" },
		"app_token:":                  func(s *slack.Settings) { s.AppToken = "xapp-a-secret" },
		"signing_secret:":             func(s *slack.Settings) { s.Door, s.SigningSecret = slack.DoorHTTP, "" },
		"connections: 11":             func(s *slack.Settings) { s.Connections = 11 },
		"connections: 0":              func(s *slack.Settings) { s.Connections = 0 },
		"workspaces: at least one":    func(s *slack.Settings) { s.Workspaces = nil },
		"workspaces[0].team:":         func(s *slack.Settings) { s.Workspaces[0].Team = "acme" },
		"workspaces[0].enterprise:":   func(s *slack.Settings) { s.Workspaces[0].Enterprise = "T1" },
		"workspaces[0].bot_token:":    func(s *slack.Settings) { s.Workspaces[0].BotToken = "xoxb-a-secret" },
		"workspaces[1].team: T1 is":   func(s *slack.Settings) { s.Workspaces = append(s.Workspaces, s.Workspaces[0]) },
		"groups.board: \"@board\" is": func(s *slack.Settings) { s.Groups["board"] = "@board" },
	} {
		err := settings(change).Validate()
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "-secret") {
			t.Errorf("%q: %v", want, err)
		}
	}
	for _, api := range []string{"https://slack-gov.com/api/", "http://127.0.0.1:4003/api/", "http://localhost:1/api/", "http://[::1]:1/api/"} {
		if err := settings(func(s *slack.Settings) { s.APIURL = api }).Validate(); err != nil {
			t.Errorf("%s: %v", api, err)
		}
	}
}

func TestNewNeedsItsSecrets(t *testing.T) {
	t.Parallel()
	for missing, change := range map[string]func(*slack.Settings){
		"env:BOT": func(*slack.Settings) {}, "env:APP": func(*slack.Settings) {}, "file:/run/secret": func(s *slack.Settings) { s.Door = slack.DoorHTTP },
	} {
		_, err := slack.New(settings(change), slack.Outside{Clock: time.Now, Secret: func(reference string) (string, error) {
			if reference == missing {
				return "", errors.New("no " + reference)
			}
			return "hidden", nil
		}})
		if err == nil || !strings.Contains(err.Error(), missing) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("without %s: %v", missing, err)
		}
	}
	if _, err := slack.New(settings(func(*slack.Settings) {}), slack.Outside{Clock: time.Now, Secret: func(string) (string, error) { return "", nil }}); err == nil {
		t.Error("empty secrets are taken")
	}
}
