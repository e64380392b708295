package gitlab

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"sync"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// people find out who somebody is on the host, each asked for once.
type people struct {
	host    *host
	noreply string // domain of the addresses that this GitLab gives people for their commits
	mu      sync.Mutex
	known   map[int64]known
}

// known is what the host says of a user, without a name for one that is no more.
type known struct {
	name string
	bot  bool
}

// private is the form of the addresses that GitLab gives people for their commits:
// https://docs.gitlab.com/user/profile/#use-an-automatically-generated-private-commit-email
var private = regexp.MustCompile(`^([0-9]+)-[^@]+@(.+)$`)

// committed is who a commit's address says made it. GitLab tells that of its own addresses alone: whose another address is, only
// administrators may ask, and the configuration says.
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
	k, err := p.of(ctx, id)
	if k.name != "" {
		who.Account, who.Machine = account(k.name), k.bot
	}
	return who, err
}

// user is somebody whom the host names.
func (p *people) user(ctx context.Context, u *api.BasicUser) (port.Identity, error) {
	if u == nil || u.Username == "" {
		return port.Identity{}, nil
	}
	k, err := p.of(ctx, u.ID)
	return port.Identity{Account: chat.Account{Platform: System, ID: u.Username}, Machine: k.bot}, err
}

func (p *people) of(ctx context.Context, id int64) (known, error) {
	p.mu.Lock()
	k, asked := p.known[id]
	p.mu.Unlock()
	if asked {
		return k, nil
	}
	user, answer, err := p.host.Users.GetUser(id, nil, in(ctx))
	if err == nil && (user == nil || user.ID != id) {
		err = errMalformed
	}
	if !gone(answer) {
		if err := p.host.class("GET /users/:id", answer, err, true); err != nil {
			return known{}, err
		}
		k = known{user.Username, user.Bot}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = map[int64]known{}
	}
	p.known[id] = k
	return k, nil
}
