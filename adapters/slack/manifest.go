package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	api "github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/bot/command"
)

// Limits of a manifest: https://docs.slack.dev/reference/app-manifest
const (
	commandsMost       = 50   // slash commands of an app
	commandMost        = 32   // characters of one, its slash included
	commandDescription = 2000 // characters
	commandHint        = 1000 // characters
)

// shortcuts open the form of a command from anywhere in Slack: the callback id is the command's words. Slack takes 10 of them, with
// names of 24 characters and descriptions of 150.
var shortcuts = []api.Shortcut{
	{Name: "Plan a release", CallbackID: "release_plan", Description: "Propose to release a version of a service.", Type: api.GlobalShortcut},
	{Name: "Declare a freeze", CallbackID: "freeze_add", Description: "Stop deployments for a while.", Type: api.GlobalShortcut},
}

// Manifest is the app as Slack creates it from pasted JSON: https://docs.slack.dev/app-manifests. With the http door, address is
// where Slack reaches the bot ("https://gonogo.example.org"); the socket door needs none.
func Manifest(specs []command.Spec, settings Settings, address string) ([]byte, error) {
	m := api.Manifest{
		Metadata: api.ManifestMetadata{MajorVersion: 2, MinorVersion: 0},
		Display:  api.Display{Name: "gonogo", Description: "Releases, approvals, freezes and deployments in chat."},
		Features: api.Features{
			AppHome: api.AppHome{HomeTabEnabled: true, MessagesTabEnabled: true},
			BotUser: api.BotUser{DisplayName: "gonogo", AlwaysOnline: true},
		},
		Settings: api.Settings{
			Interactivity:      &api.Interactivity{IsEnabled: true},
			EventSubscriptions: &api.EventSubscriptions{BotEvents: events(settings)},
			SocketModeEnabled:  settings.Door != DoorHTTP,
			OrgDeployEnabled:   slices.ContainsFunc(settings.Workspaces, func(w Workspace) bool { return w.Enterprise != "" }),
		},
	}
	for _, scope := range Scopes(settings) {
		m.OAuthConfig.Scopes.Bot = append(m.OAuthConfig.Scopes.Bot, scope.Name)
	}
	commandURL := ""
	if settings.Door == DoorHTTP {
		base, err := publicAddress(address)
		if err != nil {
			return nil, err
		}
		commandURL = base + PathCommands
		m.Settings.Interactivity.RequestUrl = base + PathInteractions
		m.Settings.Interactivity.MessageMenuOptionsUrl = base + PathInteractions
		m.Settings.EventSubscriptions.RequestUrl = base + PathEvents
	}
	for _, s := range shortcuts {
		if slices.ContainsFunc(specs, func(c command.Spec) bool { return strings.Join(c.Words, "_") == s.CallbackID }) {
			m.Features.Shortcuts = append(m.Features.Shortcuts, s)
		}
	}
	var err error
	if m.Features.SlashCommands, err = slashCommands(specs, commandURL); err != nil {
		return nil, err
	}
	return written(m)
}

// written is the manifest's JSON. The library leaves out what is false, and Slack's default for the messages tab is not documented:
// people must be able to write there.
func written(m api.Manifest) ([]byte, error) {
	raw, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	var all map[string]any
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, err
	}
	if features, ok := all["features"].(map[string]any); ok {
		if home, ok := features["app_home"].(map[string]any); ok {
			home["messages_tab_read_only_enabled"] = false
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(all)
	return b.Bytes(), err
}

func publicAddress(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", errors.New("slack: the http door needs the address at which Slack reaches the bot, https://…")
	}
	return strings.TrimRight(address, "/"), nil
}

// anyCommand takes any line: "/gonogo release list", for where another app has taken a command's name.
const anyCommand = "gonogo"

// reserved are Slack's own commands, for which it refuses a manifest: https://slack.com/help/articles/201259356-Slash-commands-in-Slack
var reserved = []string{
	"active", "apps", "archive", "away", "call", "collapse", "dm", "dnd", "expand", "feed", "feedback", "invite", "join", "leave", "me", "msg", "mute",
	"open", "pro", "remind", "remove", "rename", "search", "shortcuts", "shrug", "star", "status", "topic", "who",
}

// topics are the commands by their first word. The catalogue itself would refuse examples that no organisation has filled in yet.
func topics(specs []command.Spec) (list []command.Topic) {
	for i := range specs {
		s := &specs[i]
		at := slices.IndexFunc(list, func(t command.Topic) bool { return t.Word == s.Words[0] })
		if at < 0 {
			at, list = len(list), append(list, command.Topic{Word: s.Words[0]})
		}
		list[at].Commands = append(list[at].Commands, s)
	}
	return list
}

// slashCommands are one for each first word: Slack shows its hint while somebody types.
func slashCommands(specs []command.Spec, address string) ([]api.ManifestSlashCommand, error) {
	list := []api.ManifestSlashCommand{{
		Command: "/" + anyCommand, Url: address, Description: "Any command, where another app has its name.", UsageHint: "release list | help | …",
	}}
	for _, t := range topics(specs) {
		c := api.ManifestSlashCommand{Command: "/" + t.Word, Url: address, Description: t.Commands[0].Summary}
		var hints []string
		for _, s := range t.Commands {
			hints = append(hints, strings.TrimSpace(strings.TrimPrefix(command.Usage(s), "/"+t.Word)))
		}
		c.UsageHint = strings.Join(hints, " | ")
		if len(t.Commands) > 1 && len(t.Commands[0].Words) > 1 {
			var verbs []string
			for _, s := range t.Commands {
				verbs = append(verbs, strings.Join(s.Words[1:], " "))
			}
			c.Description = strings.ToUpper(t.Word[:1]) + t.Word[1:] + ": " + strings.Join(verbs, ", ")
			c.UsageHint = strings.Join(verbs, " | ") + " …"
		}
		if slices.Contains(reserved, t.Word) || t.Word == anyCommand {
			return nil, fmt.Errorf("slack: %s can't be a command of the app", c.Command)
		}
		if len(c.Command) > commandMost || len(c.Description) > commandDescription || len(c.UsageHint) > commandHint {
			return nil, fmt.Errorf("slack: %s is too long for a manifest", c.Command)
		}
		list = append(list, c)
	}
	if len(list) > commandsMost {
		return nil, fmt.Errorf("slack: an app has at most %d slash commands, and there are %d", commandsMost, len(list))
	}
	return list, nil
}
