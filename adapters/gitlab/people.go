package gitlab

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// people find out whose the addresses of commits are. GitLab tells that of its own addresses alone: whose another address is, only
// administrators may ask, and the configuration says.
type people struct {
	host    *host
	noreply string
	mu      sync.Mutex
	names   map[int64]string // usernames by id, "" for nobody
}

// private is the form of the addresses that GitLab gives people for their commits:
// https://docs.gitlab.com/user/profile/#use-an-automatically-generated-private-commit-email
var private = regexp.MustCompile(`^([0-9]+)-[^@]+@(.+)$`)

// committed is who a commit's address says made it.
func (p *people) committed(ctx context.Context, email string) (port.Identity, error) {
	who := port.Identity{Email: strings.TrimSpace(email)}
	m := private.FindStringSubmatch(who.Email)
	if m == nil || !strings.EqualFold(m[2], p.noreply) {
		return who, nil
	}
	id, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return who, nil
	}
	name, err := p.name(ctx, id)
	if name != "" {
		who.Account = chat.Account{Platform: System, ID: name}
		who.Machine = machine(name)
	}
	return who, err
}

func (p *people) name(ctx context.Context, id int64) (string, error) {
	p.mu.Lock()
	name, known := p.names[id]
	p.mu.Unlock()
	if known {
		return name, nil
	}
	user, answer, err := p.host.Users.GetUser(id, nil, in(ctx))
	switch {
	case gone(answer):
	case err != nil || user == nil:
		return "", p.host.class("GET /users/:id", answer, orMalformed(err), true)
	default:
		name = user.Username
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.names == nil {
		p.names = map[int64]string{}
	}
	p.names[id] = name
	return name, nil
}

func orMalformed(err error) error {
	if err == nil {
		return errMalformed
	}
	return err
}

// bots is the form of usernames that GitLab gives the bot users of project and group access tokens, and nobody can choose:
// https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects
var bots = regexp.MustCompile(`^(project|group)_[0-9]+_bot(_[0-9a-f]+|[0-9]*)?$|^service_account_group_[0-9]+_[0-9a-f]+$`)

func machine(username string) bool { return bots.MatchString(username) }

var coAuthor = regexp.MustCompile(`(?im)^\s*co-authored-by:[^<\r\n]*<([^<>\r\n]+)>\s*$`)

// coAuthors are the addresses that a message's trailers name. They are taken wherever they stand: a commit may add people that it
// concerns, and never remove any.
func coAuthors(message string) (emails []string) {
	for _, m := range coAuthor.FindAllStringSubmatch(message, -1) {
		emails = append(emails, strings.TrimSpace(m[1]))
	}
	return emails
}
