package github

import (
	"context"
	"net/http"
	"strings"
	"sync"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
)

// self is the login of the token's own account, once it is known.
type self struct {
	mu    sync.Mutex
	known bool
	login string // empty for an installation's token, to which GitHub does not say it
}

// me is the login of the token's own account, empty where GitHub does not say it.
func (h *host) me(ctx context.Context) (string, error) {
	h.self.mu.Lock()
	login, known := h.self.login, h.self.known
	h.self.mu.Unlock()
	if known {
		return login, nil
	}
	u, answer, err := h.api.Users.Get(ctx, "")
	err = h.class("GET /user", answer, err, true)
	switch {
	case notThere(err), rest.Status(err) == http.StatusForbidden && !limitedBy(err):
	case err != nil:
		return "", err
	case u.GetLogin() == "":
		return "", malformed("GET /user")
	default:
		login = u.GetLogin()
	}
	h.self.mu.Lock()
	defer h.self.mu.Unlock()
	h.self.login, h.self.known = login, true
	return login, nil
}

// by reports whether an account is that of the token: the one of its login, and where that is not known any of a GitHub App's.
func by(u *gh.User, login string) bool {
	if login == "" {
		return u.GetType() == "Bot"
	}
	return strings.EqualFold(u.GetLogin(), login)
}
