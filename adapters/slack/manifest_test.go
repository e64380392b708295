package slack_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	api "github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/bot/command"
)

func manifest(t *testing.T, settings slack.Settings, address string) api.Manifest {
	t.Helper()
	raw, err := slack.Manifest(specs, settings, address)
	if err != nil {
		t.Fatal(err)
	}
	var m api.Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestManifestOfSocketMode(t *testing.T) {
	t.Parallel()
	m := manifest(t, slack.Settings{Door: slack.DoorSocket}, "")
	if !m.Settings.SocketModeEnabled || m.Settings.OrgDeployEnabled || !m.Settings.Interactivity.IsEnabled || !m.Features.AppHome.HomeTabEnabled {
		t.Errorf("%+v", m.Settings)
	}
	if m.Settings.EventSubscriptions.RequestUrl != "" || m.Settings.Interactivity.RequestUrl != "" {
		t.Error("Socket Mode needs no addresses")
	}
	var commands []string
	for _, c := range m.Features.SlashCommands {
		commands = append(commands, c.Command+" "+c.UsageHint)
		if c.Description == "" || c.Url != "" {
			t.Errorf("%+v", c)
		}
	}
	want := []string{
		"/gonogo release list | help | …", "/release plan | list …", "/vote <on> <go|no-go|abstain> [<reason…>]", "/freeze add <environment> <from> <until> [--hard]", "/help [<command>]",
	}
	if !slices.Equal(commands, want) {
		t.Errorf("commands %q", commands)
	}
	var opened []string
	for _, s := range m.Features.Shortcuts {
		opened = append(opened, s.CallbackID)
		if len(s.Name) > 24 || len(s.Description) > 150 || s.Type != api.GlobalShortcut {
			t.Errorf("%+v", s)
		}
	}
	if !slices.Equal(opened, []string{"release_plan", "freeze_add"}) {
		t.Errorf("shortcuts %q", opened)
	}
}

func TestManifestOfHTTP(t *testing.T) {
	t.Parallel()
	m := manifest(t, slack.Settings{Door: slack.DoorHTTP, Workspaces: []slack.Workspace{{Team: "T1", Enterprise: "E1"}}}, "https://bot.example/gonogo/")
	if m.Settings.SocketModeEnabled || !m.Settings.OrgDeployEnabled {
		t.Errorf("%+v", m.Settings)
	}
	for _, got := range []string{m.Settings.EventSubscriptions.RequestUrl, m.Settings.Interactivity.RequestUrl, m.Features.SlashCommands[0].Url} {
		if !strings.HasPrefix(got, "https://bot.example/gonogo/slack/") {
			t.Errorf("address %q", got)
		}
	}
	for _, address := range []string{"", "http://bot.example", "bot.example", "https://u:p@bot.example", "https://bot.example/?x=1"} {
		if _, err := slack.Manifest(specs, slack.Settings{Door: slack.DoorHTTP}, address); err == nil {
			t.Errorf("the address %q is taken", address)
		}
	}
}

// The app asks for nothing that its settings do not need.
func TestScopes(t *testing.T) {
	t.Parallel()
	names := func(s slack.Settings) (out []string) {
		for _, scope := range slack.Scopes(s) {
			out = append(out, scope.Name)
			if scope.Why == "" {
				t.Errorf("nobody knows what %s is for", scope.Name)
			}
		}
		return out
	}
	few := names(slack.Settings{})
	all := names(slack.Settings{LinkByEmail: true, Groups: map[string]string{"board": "S1"}})
	if more := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(few, s) }); !slices.Equal(more, []string{"users:read.email", "usergroups:read"}) {
		t.Errorf("more scopes: %q", more)
	}
	if got := manifest(t, slack.Settings{LinkByEmail: true}, "").OAuthConfig.Scopes; !slices.Contains(got.Bot, "users:read.email") || len(got.User) > 0 {
		t.Errorf("the manifest asks for %+v", got)
	}
	for _, s := range all {
		if strings.HasPrefix(s, "admin") || s == "chat:write.public" || s == "chat:write.customize" {
			t.Errorf("%s is more than is needed", s)
		}
	}
}

// The manifest is printed from the declarations alone, whose examples no organisation has filled in.
func TestManifestOfDeclarations(t *testing.T) {
	t.Parallel()
	open := slices.Clone(specs)
	open[0].Examples = []command.Example{{Line: "/release plan {service} {version}", Does: "plans it"}}
	if raw, err := slack.Manifest(open, slack.Settings{}, ""); err != nil || !strings.Contains(string(raw), "/release") {
		t.Errorf("%v: %s", err, raw)
	}
}

func TestManifestThatSlackWouldRefuse(t *testing.T) {
	t.Parallel()
	for _, word := range []string{strings.Repeat("x", 40), "status", "gonogo"} {
		more := command.Spec{Words: []string{word}, Summary: "One more.", Examples: []command.Example{{Line: "/" + word, Does: "nothing"}}}
		if _, err := slack.Manifest(append(slices.Clone(specs), more), slack.Settings{}, ""); err == nil || !strings.Contains(err.Error(), "/"+word) {
			t.Errorf("the command /%s: %v", word, err)
		}
	}
	raw, err := slack.Manifest(specs, slack.Settings{}, "")
	if err != nil || !strings.Contains(string(raw), `"messages_tab_read_only_enabled": false`) || !strings.Contains(string(raw), "<on>") {
		t.Errorf("%v: %s", err, raw)
	}
}
