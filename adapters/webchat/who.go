package webchat

import (
	"net/http"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// speaker is who makes a request. Outside the demo a token or a session says so, and as must match where it is given.
func (s *Server) speaker(r *http.Request, as string) (Account, *problem) {
	if s.o.Demo {
		if as == "" {
			return Account{}, missing("as")
		}
		a, ok := s.account(as)
		if !ok {
			return Account{}, wrong(http.StatusForbidden, "request.no_account", chat.Word("as", as))
		}
		return a, nil
	}
	handle, p := s.holder(r)
	if p != nil {
		return Account{}, p
	}
	if as != "" && as != handle {
		return Account{}, wrong(http.StatusForbidden, "request.not_yours", chat.Word("as", as))
	}
	if a, ok := s.account(handle); ok {
		return a, nil
	}
	// A token outlives its account's place in the configuration: whoever holds it is linked to nobody then.
	return Account{Handle: handle, Account: chat.Account{Platform: PlatformName, ID: handle}}, nil
}

// reader is who reads: in the demo that may be nobody in particular.
func (s *Server) reader(r *http.Request) (Account, *problem) {
	as := r.URL.Query().Get("as")
	if s.o.Demo && as == "" {
		return Account{}, nil
	}
	return s.speaker(r, as)
}

// holder is the handle that a request's token or session belongs to.
func (s *Server) holder(r *http.Request) (string, *problem) {
	token, ok := bearer(r)
	if !ok {
		if token, ok = s.sessions.token(r); !ok {
			return "", wrong(http.StatusUnauthorized, "request.no_token")
		}
	}
	if handle, ok := s.o.Tokens.Verify(token); ok {
		return handle, nil
	}
	if wait := s.failures.failed(r.RemoteAddr); wait > 0 {
		return "", tooMany(wait)
	}
	return "", wrong(http.StatusUnauthorized, "request.bad_token")
}

// bearer is the token that a request carries itself.
func bearer(r *http.Request) (string, bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return token, ok && strings.EqualFold(scheme, "Bearer")
}

// proven says whether a request whose speaker is known carried their own token: a session in a browser proves less, and in the
// demo a token is no matter.
func (s *Server) proven(r *http.Request) bool {
	_, ok := bearer(r)
	return ok && !s.o.Demo
}

func tooMany(seconds int) *problem {
	p := wrong(http.StatusTooManyRequests, "request.too_many", chat.Count("seconds", seconds))
	p.retry = seconds
	return p
}

// members lets those through who are logged in.
func (s *Server) members(h http.Handler) http.Handler {
	if s.o.Demo {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, p := s.holder(r); p != nil {
			s.askToLogin(w, r, p)
			return
		}
		h.ServeHTTP(w, r)
	})
}
