// Package slacktest is a Slack that behaves: workspaces with people, channels, threads, modals and Home tabs behind Slack's Web API,
// and people who type, press and submit. It checks limits by itself, keeps Slack's deadlines and rate limits, delivers by Socket
// Mode or signed HTTP, and fails in the ways that Slack does when asked to.
//
// It runs over httptest and over memnet. Within a synctest bubble it must be made in the bubble, and lives by the bubble's clock.
package slacktest

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
)

// What every server begins with, unless its Options say otherwise.
const (
	AppID         = "A0GONOGO"
	AppToken      = "xapp-1-A0GONOGO-test"
	SigningSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	// Host is the server's name in a memnet: its Web API, response URLs, uploads and Socket Mode.
	Host = "slack.test"
)

// Options say how the server reaches the app, and the app the server.
type Options struct {
	// URL is where the server is reached; https://slack.test when empty. See SetURL.
	URL string
	// HTTP delivers by signed HTTP requests to the URLs below; otherwise by Socket Mode.
	HTTP         bool
	Commands     string
	Interactions string
	Events       string
	// Client reaches the URLs above; nil is http.DefaultClient.
	Client *http.Client
	// Limited turns rate limits on.
	Limited bool
	// Patience is how long a person waits for something to appear after what they did; 10 seconds when zero.
	Patience time.Duration
	// Retries are the pauses before what was not acknowledged is delivered again; Slack's own, 0, 1 and 5 minutes, when nil.
	Retries []time.Duration
	// Quiet is how long nothing may appear before a person takes what is there for all of it; 100 ms when zero.
	Quiet time.Duration
}

// Server is one Slack. Its methods may be called from several goroutines.
type Server struct {
	options Options
	done    chan struct{} // closed by Close
	stop    sync.Once

	mu         sync.Mutex
	changed    chan struct{} // closed, and replaced, when something that a person may see has changed
	workspaces []*Workspace
	users      map[string]*User
	channels   map[string]*Channel
	groups     map[string]*Group
	files      map[string]*File
	messages   []*message               // in the order they were said
	byTS       map[string]*message      // unique over the server
	threads    map[string][]*message    // replies by the ts of what they are under
	bells      map[string]chan struct{} // closed when something new appears for a person, by user; made by who waits
	whispers   map[string][]*message    // what one person alone sees, by user
	noticed    map[string]int           // how often something new appeared for a person, by user
	triggers   map[string]*trigger
	hooks      map[string]*hook
	views      map[string]*view
	stacks     map[string][]*view // open modals by user, the top one last
	homes      map[string]*view   // by user
	links      []*link
	tickets    map[string]bool // of Socket Mode URLs that were handed out and not used
	faults     []*Fault
	unsteady   Unsteady
	dice       *rand.Rand
	buckets    map[string]*bucket
	deliveries []*Delivery
	calls      []Call
	wrong      []string // Violations
	lastTS     int64    // microseconds of the newest message's ts
	serial     int
}

// New makes a server without workspaces.
func New(o Options) *Server {
	if o.URL == "" {
		o.URL = "https://" + Host
	}
	if o.Client == nil {
		o.Client = http.DefaultClient
	}
	if o.Patience == 0 {
		o.Patience = 10 * time.Second
	}
	if o.Retries == nil {
		o.Retries = []time.Duration{0, time.Minute, 5 * time.Minute}
	}
	if o.Quiet == 0 {
		o.Quiet = 100 * time.Millisecond
	}
	return &Server{
		options: o, done: make(chan struct{}), changed: make(chan struct{}), dice: rand.New(rand.NewPCG(1, 2)),
		users: map[string]*User{}, channels: map[string]*Channel{}, groups: map[string]*Group{}, files: map[string]*File{},
		byTS: map[string]*message{}, threads: map[string][]*message{}, bells: map[string]chan struct{}{}, whispers: map[string][]*message{}, noticed: map[string]int{},
		triggers: map[string]*trigger{}, hooks: map[string]*hook{}, views: map[string]*view{}, stacks: map[string][]*view{},
		homes: map[string]*view{}, tickets: map[string]bool{}, buckets: map[string]*bucket{},
	}
}

// Serve puts the server on a memnet under Host until stop is called. Close ends what is under way.
func (s *Server) Serve(n *memnet.Net) (stop func()) { return n.Serve(Host, s) }

// Dialer reaches the hosts of a memnet for websockets, ws and wss alike.
func Dialer(n *memnet.Net) *websocket.Dialer {
	return &websocket.Dialer{NetDialContext: n.DialContext, NetDialTLSContext: n.DialContext, HandshakeTimeout: 10 * time.Second}
}

// SetURL tells the server where it is reached, before it is used: httptest knows that only once it listens.
func (s *Server) SetURL(url string) { s.options.URL = strings.TrimRight(url, "/") }

// APIURL is the base of the Web API, for an app's settings.
func (s *Server) APIURL() string { return s.options.URL + "/api/" }

// Close ends deliveries and Socket Mode connections.
func (s *Server) Close() {
	s.stop.Do(func() { close(s.done) })
	s.mu.Lock()
	links := slices.Clone(s.links) // each that closes takes itself out of the list
	s.mu.Unlock()
	for _, l := range links {
		l.close()
	}
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch first {
	case "api":
		s.serveAPI(w, r, rest)
	case "link":
		s.serveLink(w, r)
	case "commands", "actions":
		s.serveHook(w, r)
	case "upload":
		s.serveUpload(w, r, rest)
	default:
		http.NotFound(w, r)
	}
}

// touch tells those who wait that something has changed, and for whom alone if so. The caller holds the lock.
func (s *Server) touch(users ...string) {
	for _, u := range users {
		s.noticed[u]++
		if bell := s.bells[u]; bell != nil {
			close(bell)
			delete(s.bells, u)
		}
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// Until waits until what is asked holds, or Patience ran out; it reports whether it holds. Holds is asked without the lock.
func (s *Server) Until(holds func() bool) bool {
	return s.until(holds, func() <-chan struct{} { return s.changed })
}

// until waits as Until does, asking anew whenever the signal is given. Signal is called with the lock held.
func (s *Server) until(holds func() bool, signal func() <-chan struct{}) bool {
	timeout := time.NewTimer(s.options.Patience)
	defer timeout.Stop()
	for {
		s.mu.Lock()
		changed := signal()
		s.mu.Unlock()
		if holds() {
			return true
		}
		select {
		case <-changed:
		case <-timeout.C:
			return holds()
		case <-s.done:
			return holds()
		}
	}
}

// id makes an id of Slack's look. The caller holds the lock.
func (s *Server) id(prefix string) string {
	s.serial++
	return fmt.Sprintf("%s%09d", prefix, s.serial)
}

// ts makes the next message's timestamp, unique over the server. The caller holds the lock.
func (s *Server) ts() string {
	s.lastTS = max(s.lastTS+1, time.Now().UnixMicro())
	return fmt.Sprintf("%d.%06d", s.lastTS/1e6, s.lastTS%1e6)
}

// Reach makes the server deliver by signed HTTP requests to these URLs, before anything is delivered: as Options say it, for an app
// whose address is known only once it runs.
func (s *Server) Reach(commands, interactions, events string) {
	s.options.HTTP, s.options.Commands, s.options.Interactions, s.options.Events = true, commands, interactions, events
}
