// Package pagerdutytest is a PagerDuty for tests: its REST API, its Events API v2 and its webhooks (v3), with the state behind them. It
// behaves as PagerDuty's documentation says, compares every request and every answer with PagerDuty's own descriptions where they are
// at hand, and fails on demand.
package pagerdutytest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

// Token is an account-level REST key with full access that every server takes.
const Token = "y_NbAkKc66ryYTWUXYEu"

// Options of a Server.
type Options struct {
	Clock func() time.Time // time.Now if nil
	// Page is the most that a page of a list holds; 100 if zero, as PagerDuty has it.
	Page int
	// Lag is how long after it was accepted an event takes effect: PagerDuty queues them.
	Lag time.Duration
	// Limit is how many requests a minute a REST key may make, 960 if zero, and EventLimit how many events an integration takes, 120 if zero.
	Limit, EventLimit int
}

// Server is PagerDuty: an http.Handler for the hosts of both APIs.
type Server struct {
	options Options
	rest    *vendorspec.Spec // nil where the descriptions are absent
	events  *vendorspec.Spec

	mu       sync.Mutex
	world    world
	faults   faults
	spent    map[string]*budget
	wrong    []error
	requests []string

	hooks   sync.Mutex // guards deliveries
	post    []*subscription
	held    []*delivery
	holding bool
	twice   bool
	sent    int

	life context.Context
	end  context.CancelFunc
	all  sync.WaitGroup
}

// New makes a server with nothing in it.
func New(o Options) *Server {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	o.Page = orElse(o.Page, 100)
	o.Limit, o.EventLimit = orElse(o.Limit, 960), orElse(o.EventLimit, 120)
	s := &Server{options: o, spent: map[string]*budget{}, world: world{tokens: map[string]Key{Token: {Value: Token}}}}
	s.life, s.end = context.WithCancel(context.Background())
	var err error
	if s.rest, err = vendorspec.Load(restSpec); err != nil && !errors.Is(err, vendorspec.ErrAbsent) {
		s.wrong = append(s.wrong, err)
	}
	if s.events, err = vendorspec.Load(eventsSpec); err != nil && !errors.Is(err, vendorspec.ErrAbsent) {
		s.wrong = append(s.wrong, err)
	}
	return s
}

func orElse(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// Close gives up what is being delivered and waits for it.
func (s *Server) Close() {
	s.end()
	s.all.Wait()
}

// Wrong is everything that was not as PagerDuty describes it: of clients' requests, and of this server's own answers.
func (s *Server) Wrong() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.wrong)
}

// Requests lists what was asked, as "GET /incidents".
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *Server) blame(err error) {
	if err != nil {
		s.wrong = append(s.wrong, err)
	}
}

// answer is what a request gets.
type answer struct {
	status int
	body   any
	header http.Header
}

// request is a request whose body was read.
type request struct {
	*http.Request
	body []byte
	key  Key // of the REST API
}

func (r request) id() string { return r.PathValue("id") }

// bodyMost bounds a request's body, in bytes: the Events API takes no more.
const bodyMost = 512 << 10

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyMost+1))
	if err != nil {
		return
	}
	door := doorOf(r.URL.Path)
	switch f := s.faults.take(&s.mu, door); f {
	case "":
	case trouble.Silent:
		select {
		case <-r.Context().Done():
		case <-s.life.Done():
		}
		panic(http.ErrAbortHandler)
	case lost:
		s.decide(r, body)
		panic(http.ErrAbortHandler)
	case garbledAfter:
		s.decide(r, body)
		garble(w)
		return
	case trouble.Garbled:
		garble(w)
		return
	default:
		write(w, encode(failure(door, f)))
		return
	}
	s.faster(r.Method)()
	write(w, s.decide(r, body))
}

// decide answers a request under the lock, and compares both with the descriptions.
func (s *Server) decide(r *http.Request, body []byte) encoded {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	s.world.settle(s.options.Clock(), s)
	spec := s.rest
	if doorOf(r.URL.Path) == Events {
		spec = s.events
	} else {
		s.blame(headers(r))
	}
	if spec != nil {
		s.blame(spec.Request(r, body))
	}
	e := encode(s.route(request{Request: r, body: body}))
	if spec != nil && spec.Described(r.Method, r.URL.EscapedPath()) && e.status != http.StatusRequestEntityTooLarge {
		if err := spec.Answer(r.Method, r.URL.EscapedPath(), e.status, "application/json", e.body); err != nil {
			s.blame(fmt.Errorf("the answer of the tests' PagerDuty: %w", err))
		}
	}
	return e
}

func (s *Server) route(r request) answer {
	if doorOf(r.URL.Path) == Events {
		return s.enqueue(r)
	}
	key, ok := s.world.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Token token=")]
	if !ok || !strings.HasPrefix(r.Header.Get("Authorization"), "Token token=") {
		return refusal(http.StatusUnauthorized, 2006, "You did not authenticate. Provide a valid key.")
	}
	r.key = key
	if wait := s.spend("key "+key.Value, s.options.Limit); wait > 0 {
		return limited(wait)
	}
	if r.Method != http.MethodGet && key.ReadOnly || slices.ContainsFunc(key.Without, func(p string) bool { return strings.HasPrefix(r.URL.Path, p) }) {
		return refusal(http.StatusForbidden, 2010, "Access Denied")
	}
	for _, at := range s.routes() {
		if id, ok := match(at.pattern, r.Method+" "+r.URL.Path); ok {
			r.SetPathValue("id", id)
			return at.serve(r)
		}
	}
	return refusal(http.StatusNotFound, 2100, "Not Found")
}

type at struct {
	pattern string
	serve   func(request) answer
}

func (s *Server) routes() []at {
	return []at{
		{"GET /abilities", s.listAbilities},
		{"GET /users/me", s.showMe},
		{"GET /users", s.listUsers},
		{"GET /users/{id}", s.showUser},
		{"GET /services/{id}", s.showService},
		{"GET /oncalls", s.listOnCalls},
		{"GET /priorities", s.listPriorities},
		{"GET /webhook_subscriptions", s.listSubscriptions},
		{"GET /incidents", s.listIncidents},
		{"PUT /incidents", s.changeIncidents},
		{"GET /incidents/{id}", s.showIncident},
		{"GET /incidents/{id}/alerts", s.listAlerts},
	}
}

func match(pattern, said string) (id string, ok bool) {
	before, after, one := strings.Cut(pattern, "{id}")
	if !one {
		return "", pattern == said
	}
	id, ok = strings.CutPrefix(said, before)
	if !ok || !strings.HasSuffix(id, after) {
		return "", false
	}
	id = strings.TrimSuffix(id, after)
	return id, id != "" && !strings.Contains(id, "/")
}

type encoded struct {
	status int
	header http.Header
	body   []byte
}

func write(w http.ResponseWriter, e encoded) {
	for name, values := range e.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(e.body)))
	w.WriteHeader(e.status)
	_, _ = io.Copy(w, bytes.NewReader(e.body))
}
