package slack

// Scope is a permission that the app asks for, with what it is needed for.
type Scope struct {
	Name string
	Why  string
}

// Scopes are the bot's, the fewest that do: https://docs.slack.dev/reference/scopes. The manifest asks for them, Examine compares
// them with those granted, docs/slack.md lists them.
func Scopes(s Settings) []Scope {
	scopes := []Scope{
		{"commands", "slash commands and shortcuts"},
		{"chat:write", "cards, threads and private answers"},
		{"app_mentions:read", "commands said by mentioning the bot"},
		{"im:history", "commands said to the bot in direct messages"},
		{"im:write", "answers that have no channel to be shown in"},
		{"channels:read", "whether the bot is in the public channels that it uses"},
		{"groups:read", "whether the bot is in the private channels that it uses"},
		{"channels:history", "to find a card again whose posting was cut off, in public channels"},
		{"groups:history", "to find a card again whose posting was cut off, in private channels"},
		{"files:write", "program output that is too long for a message"},
		{"users:read", "whose account is closed, and who is a guest"},
	}
	if s.LinkByEmail {
		scopes = append(scopes, Scope{"users:read.email", "to link accounts by confirmed e-mail addresses"})
	}
	if len(s.Groups) > 0 {
		scopes = append(scopes, Scope{"usergroups:read", "who is in the user groups that are mapped to groups of the configuration"})
	}
	return scopes
}

// events are those that the app subscribes to.
func events(s Settings) []string {
	list := []string{"app_home_opened", "app_mention", "message.im", "user_change", "team_join"}
	if len(s.Groups) > 0 {
		list = append(list, "subteam_updated", "subteam_members_changed")
	}
	return list
}
