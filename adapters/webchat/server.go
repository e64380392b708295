// Package webchat is the local chat platform: the HTTP API of docs/api.md, a page for browsers, and live updates to both.
// It needs no chat workspace: what the bot posts is kept in a timeline of the bot's own.
package webchat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// PlatformName is the platform of the accounts and places of the local chat.
const PlatformName = "local"

// Account is somebody who speaks here.
type Account struct {
	Handle  string // what a request's "as" says: "ann"
	Name    string // shown
	Role    string // shown beside the name: what they are in the demo
	Person  string // opaque id; empty while linked to nobody
	Account chat.Account
	Zone    *time.Location // nil for the organisation's
}

// Channel is somewhere to speak.
type Channel struct {
	Name      string // "#releases"
	Topic     string
	Workspace string // as its place in the configuration has it
}

// Tokens knows who holds a token. It compares hashes, in constant time.
type Tokens interface {
	Verify(token string) (handle string, ok bool)
}

// Options are what the server is given. Accounts, Channels and Reader are called with every request: they answer from
// memory, and what they return is not changed afterwards.
type Options struct {
	Door     port.Door
	Timeline port.Timeline
	Reader   func(zone *time.Location) port.Reader // nil is the organisation's zone
	Accounts func() []Account
	Channels func() []Channel
	Tokens   Tokens // not needed in the demo
	// Calendar fills the month page; nil for none.
	Calendar port.Calendar
	// NotAccepting reports whether an error of the door's says that it took nothing: answered with 503 and not with 500,
	// which leaves the outcome unknown. Nil: none does.
	NotAccepting func(error) bool
	// Demo lets anybody speak as any of the accounts, on loopback only.
	Demo         bool
	Organisation func() string
	// Listen is the address listened on, "127.0.0.1:8080".
	Listen string
	// Hosts are the names besides addresses and "localhost" under which browsers may reach the server, without port.
	Hosts []string
	// Secure marks cookies for HTTPS only: where a proxy in front of the server speaks it.
	Secure bool
	Now    func() time.Time
	Log    *slog.Logger
	// Pages are further handlers by pattern of http.ServeMux; outside the demo only who is logged in gets to them.
	Pages map[string]http.Handler
	// Open are further handlers that take no login: probes and metrics.
	Open map[string]http.Handler
}

// Server is the local chat. It implements port.Platform and is safe for concurrent use.
type Server struct {
	o        Options
	handler  http.Handler
	hub      *hub
	keys     keyMemory
	sessions *sessions
	failures *limiter
	cross    *http.CrossOriginProtection
	hosts    map[string]bool
	lastHost atomic.Pointer[string] // the last one accepted: mostly the only one
	posted   postedMemory
	private  atomic.Uint64 // counts private entries
	bodies   sync.Pool
}

var _ port.Platform = (*Server)(nil)

// Errors of New.
var (
	ErrNotLoopback = errors.New("webchat: the demo takes no token and therefore listens on loopback only, such as 127.0.0.1:8080")
	ErrNoTokens    = errors.New("webchat: outside the demo there must be tokens")
)

// New puts the server together; it listens to nothing yet.
func New(o Options) (*Server, error) {
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return nil, fmt.Errorf("webchat: address to listen on: %w", err)
	}
	if o.Demo && !isLoopback(host) {
		return nil, ErrNotLoopback
	}
	if !o.Demo && o.Tokens == nil {
		return nil, ErrNoTokens
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		o: o, hub: newHub(), sessions: newSessions(o.Now), failures: newLimiter(o.Now),
		cross: http.NewCrossOriginProtection(), hosts: map[string]bool{},
	}
	s.bodies.New = func() any { return new(body) }
	for _, h := range append([]string{host}, o.Hosts...) {
		if h != "" {
			s.hosts[h] = true
		}
	}
	s.handler = s.guard(s.routes())
	return s, nil
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/say", s.say)
	mux.HandleFunc("POST /api/v1/press", s.press)
	mux.HandleFunc("GET /api/v1/complete", s.complete)
	mux.HandleFunc("GET /api/v1/channels", s.channels)
	mux.HandleFunc("GET /api/v1/entries", s.entries)
	mux.HandleFunc("GET /api/v1/events", s.events)
	mux.HandleFunc("/api/", s.noPath)
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("GET /c/{channel}", s.channelPage)
	mux.HandleFunc("GET /calendar", s.calendar)
	mux.Handle("GET /static/", static)
	mux.HandleFunc("GET /favicon.ico", favicon)
	mux.HandleFunc("GET /login", s.loginPage)
	mux.HandleFunc("POST /login", s.login)
	mux.HandleFunc("POST /logout", s.logout)
	for pattern, h := range s.o.Pages {
		mux.Handle(pattern, s.members(h))
	}
	for pattern, h := range s.o.Open {
		mux.Handle(pattern, h)
	}
	return mux
}

// Handler serves everything: the API, the page and what was mounted.
func (s *Server) Handler() http.Handler { return s.handler }

// Bounds of connections. Streams of events bound each of their writes instead.
const (
	headerTime = 10 * time.Second
	readTime   = 30 * time.Second        // for a whole request
	sendTime   = mostWait + 2*answerTime // from the request's headers to the answer's end
	idleTime   = 2 * time.Minute
	maxHeader  = 32 << 10
)

// Serve answers on l until ctx ends; then it ends the streams of events and lets requests finish, within grace.
func (s *Server) Serve(ctx context.Context, l net.Listener, grace time.Duration) error {
	srv := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: sendTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("webchat: serve: %w", err)
	case <-ctx.Done():
	}
	s.hub.close()
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := srv.Shutdown(ending); err != nil {
		return errors.Join(fmt.Errorf("webchat: shut down: %w", err), srv.Close())
	}
	return nil
}

func (s *Server) organisation() string {
	if s.o.Organisation == nil {
		return ""
	}
	return s.o.Organisation()
}

func (s *Server) hasChannel(name string) bool {
	for _, c := range s.o.Channels() {
		if c.Name == name {
			return true
		}
	}
	return false
}

// account finds a configured account by handle.
func (s *Server) account(handle string) (Account, bool) {
	accounts := s.o.Accounts()
	for i := range accounts {
		if accounts[i].Handle == handle {
			return accounts[i], true
		}
	}
	return Account{}, false
}
