package config

import (
	"fmt"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// ParseAccount reads "platform:workspace:id". The workspace may be empty, the id may hold colons.
func ParseAccount(text string) (chat.Account, error) {
	platform, rest, ok1 := strings.Cut(text, ":")
	workspace, id, ok2 := strings.Cut(rest, ":")
	if !ok1 || !ok2 || platform == "" || id == "" || strings.ContainsAny(text, " \t\r\n") {
		return chat.Account{}, fmt.Errorf("%q is not an account: write platform:workspace:id, like local:main:ada or git::ada@example.org", clip(text))
	}
	return chat.Account{Platform: platform, Workspace: workspace, ID: id}, nil
}

// Place returns where a configured channel is: "#channel" on the platform and in the workspace that are configured for
// channels written short, or "platform:workspace:#channel".
func (c Chat) Place(channel string) (chat.Place, error) {
	if !strings.Contains(channel, ":") {
		if len(channel) < 2 || strings.ContainsAny(channel, " \t\r\n") {
			return chat.Place{}, fmt.Errorf("%q is not a channel: write #name, or platform:workspace:#name", clip(channel))
		}
		return chat.Place{Platform: c.Platform, Workspace: c.Workspace, Channel: channel}, nil
	}
	a, err := ParseAccount(channel)
	if err != nil {
		return chat.Place{}, fmt.Errorf("%q is not a channel: write #name, or platform:workspace:#name", clip(channel))
	}
	return chat.Place(chat.Place{Platform: a.Platform, Workspace: a.Workspace, Channel: a.ID}), nil
}
