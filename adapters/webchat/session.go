package webchat

import (
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"
)

// Bounds of sessions.
const (
	sessionTime  = 12 * time.Hour
	sessionsMost = 4096
)

// sessions are browsers that have shown a token. They live in memory: a restart logs everybody out. A session keeps its
// token, so that revoking the token ends it.
type sessions struct {
	now func() time.Time
	mu  sync.Mutex
	of  map[[sha256.Size]byte]session // by hash: looking one up tells nothing by its timing
}

type session struct {
	token string
	until time.Time
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, of: map[[sha256.Size]byte]session{}}
}

// open begins a session and returns its secret.
func (s *sessions) open(token string) string {
	secret := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if len(s.of) >= sessionsMost {
		s.makeRoom(now)
	}
	s.of[sha256.Sum256([]byte(secret))] = session{token: token, until: now.Add(sessionTime)}
	return secret
}

// makeRoom drops those that have ended, or the one that ends first.
func (s *sessions) makeRoom(now time.Time) {
	var first [sha256.Size]byte
	var until time.Time
	for k, v := range s.of {
		if !v.until.After(now) {
			delete(s.of, k)
		} else if until.IsZero() || v.until.Before(until) {
			first, until = k, v.until
		}
	}
	if len(s.of) >= sessionsMost {
		delete(s.of, first)
	}
}

func (s *sessions) end(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.of, sha256.Sum256([]byte(secret)))
}

// token is the one that a request's session was opened with.
func (s *sessions) token(r *http.Request) (string, bool) {
	secret, ok := sessionCookie(r)
	if !ok {
		return "", false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.of[sha256.Sum256([]byte(secret))]
	return v.token, ok && v.until.After(s.now())
}

// Names of the session's cookie; browsers take the first only over HTTPS, and from this very host.
const (
	secureCookie = "__Host-gonogo-session"
	plainCookie  = "gonogo-session"
)

func sessionCookie(r *http.Request) (string, bool) {
	for _, name := range []string{secureCookie, plainCookie} {
		if c, err := r.Cookie(name); err == nil {
			return c.Value, true
		}
	}
	return "", false
}

// newCookie carries a session's secret; an empty secret takes the cookie away.
func (s *Server) newCookie(r *http.Request, secret string) *http.Cookie {
	c := &http.Cookie{
		Name: plainCookie, Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: int(sessionTime / time.Second),
	}
	if s.o.Secure || r.TLS != nil {
		c.Name, c.Secure = secureCookie, true
	}
	if secret == "" {
		c.MaxAge = -1
	}
	return c
}
