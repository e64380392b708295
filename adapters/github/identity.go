package github

import (
	"regexp"
	"strings"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/adapters/internal/trailer"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// webFlow is whom GitHub names as the committer of what is committed or merged on its pages: nobody but GitHub itself.
const webFlow = "web-flow"

var (
	// hidden is an address that GitHub gives to those who hide theirs: it names the account.
	hidden = regexp.MustCompile(`(?i)^(?:\d+\+)?([a-z0-9-]+(?:\[bot\])?)@users\.noreply\.github\.com$`)
)

// identity is somebody as GitHub resolved them, with the address that the commit says.
func identity(u *gh.User, email string) port.Identity {
	who := port.Identity{Account: account(u.GetLogin()), Email: email}
	if who.Account.ID == "" {
		if m := hidden.FindStringSubmatch(email); m != nil {
			who.Account = account(m[1])
		}
	}
	who.Machine = u.GetType() == "Bot" || strings.HasSuffix(who.Account.ID, "[bot]") || who.Account.ID == webFlow
	return who
}

// person is an account of GitHub's.
func person(u *gh.User) port.Identity {
	if u.GetLogin() == "" {
		return port.Identity{}
	}
	return identity(u, "")
}

func coAuthors(message string) []port.Identity {
	var all []port.Identity
	for _, email := range trailer.CoAuthors(message) {
		all = append(all, identity(nil, email))
	}
	return all
}
