// Package jiratest is a Jira that behaves like the real one, of either kind, for tests: projects, a workflow with screens, fields with
// types, search that lags behind, limits, webhooks. It is written from Atlassian's descriptions and documentation, and compares every
// request that it gets and every answer that it gives with the descriptions where they are at hand.
package jiratest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
)

// Kind is which Jira it is.
type Kind string

// The kinds.
const (
	Cloud      Kind = "cloud"
	DataCenter Kind = "datacenter"
)

// Options of a server. The zero value of each but Kind has a default.
type Options struct {
	Kind  Kind
	Clock func() time.Time // time.Now
	// Lag is how far search lags behind what was written.
	Lag time.Duration
	// Workflow is that of change requests; the default has a way from every status to every other.
	Workflow []Transition
	// Writes bounds the writes of one issue within WritesWithin, on Cloud alone; 20 if zero.
	Writes int
	// Deployment is what the server says of itself, if not what it is.
	Deployment string
}

// Whom requests are made as, and with what.
const (
	Email = "gonogo@shop.example" // of the bot, on Cloud
	Token = "jira-token-5f1d0c"   // of the bot
	Bot   = "gonogo"              // its user: see Users
	// WritesWithin is the window of Options.Writes: Cloud documents one of two seconds and a longer one.
	WritesWithin = 2 * time.Second
	writesMost   = 20
)

// Server is a Jira. It is an http.Handler, to be mounted at the root.
type Server struct {
	o      Options
	checks *checks
	ctx    context.Context // until it is closed
	end    context.CancelFunc
	out    sync.WaitGroup // deliveries under way

	mu        sync.Mutex
	users     map[string]*User
	projects  map[string]*project
	issues    map[string]*issue // by id
	last      int               // the last id given
	denied    map[string]bool   // permissions that the bot lacks
	fault     trouble.Kind
	healed    chan struct{} // closed when the fault is
	lose      int           // the answer of the request that changes something as the n-th from now
	conflicts int
	failing   int
	token     string
	hooks     []hook
	sent      []*Sent
	wrong     []error
	requests  map[string]int
}

// New makes a server with people, a project of changes (CHG) and one of work items (PAY).
func New(o Options) *Server {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Writes == 0 {
		o.Writes = writesMost
	}
	if o.Workflow == nil {
		o.Workflow = Open()
	}
	s := &Server{
		o: o, users: map[string]*User{}, projects: map[string]*project{}, issues: map[string]*issue{},
		denied: map[string]bool{}, last: 10000, token: Token, requests: map[string]int{},
	}
	s.ctx, s.end = context.WithCancel(context.Background())
	s.checks = newChecks(o.Kind, func(err error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.wrong = append(s.wrong, err)
	})
	s.people()
	s.projects["CHG"] = &project{id: "10100", key: "CHG", name: "Changes", types: []string{"Change", "Task"}, fields: changeFields(), workflow: o.Workflow, statuses: statuses}
	s.projects["PAY"] = &project{
		id: "10200", key: "PAY", name: "Payments", types: []string{"Story", "Bug"}, fields: changeFields()[:4], workflow: Open(),
		statuses: statuses, versions: []string{"checkout 2.4.0"},
	}
	return s
}

// Close ends what is under way.
func (s *Server) Close() {
	s.with(s.end) // nothing more is sent from here on
	s.out.Wait()
}

// Wrong are requests and answers that are not as described.
func (s *Server) Wrong() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]error(nil), s.wrong...)
}

// Fail makes every request meet trouble until Heal.
func (s *Server) Fail(k trouble.Kind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.healed = k, make(chan struct{})
}

// Heal ends the trouble.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.healed != nil {
		close(s.healed)
	}
	s.fault, s.healed = "", nil
}

// LoseAnswer makes the server take the next request that changes something, and break the connection in place of an answer.
func (s *Server) LoseAnswer() { s.LoseAnswerTo(1) }

// LoseAnswerTo is LoseAnswer for the n-th such request.
func (s *Server) LoseAnswerTo(n int) { s.with(func() { s.lose = n }) }

// Conflict makes the next n requests that change an issue meet somebody else's change.
func (s *Server) Conflict(n int) { s.with(func() { s.conflicts = n }) }

// FailWrites makes the next n requests that change something fail with 500, and nothing done.
func (s *Server) FailWrites(n int) { s.with(func() { s.failing = n }) }

// Revoke changes the bot's token, so that the one it has is no longer taken.
func (s *Server) Revoke() { s.with(func() { s.token = "another" }) }

// Deny takes a permission from the bot in every project: "CREATE_ISSUES".
func (s *Server) Deny(permission string) { s.with(func() { s.denied[permission] = true }) }

// Allow gives it back.
func (s *Server) Allow(permission string) { s.with(func() { delete(s.denied, permission) }) }

// Requests is how many requests there were of a method and route: "POST /issue".
func (s *Server) Requests(route string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[route]
}

func (s *Server) with(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

func (s *Server) now() time.Time { return s.o.Clock() }

// object is a JSON object.
type object = map[string]any

// problem is an answer that refuses a request.
type problem struct {
	status   int
	messages []string
	fields   map[string]string
	header   http.Header
}

func refuse(status int, format string, args ...any) *problem {
	return &problem{status: status, messages: []string{fmt.Sprintf(format, args...)}}
}

func (p *problem) body() object {
	o := object{"errorMessages": p.messages, "errors": p.fields}
	if p.messages == nil {
		o["errorMessages"] = []string{}
	}
	if p.fields == nil {
		o["errors"] = object{}
	}
	return o
}

const bodyMost = 20 << 20

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyMost))
	if err != nil {
		http.Error(w, "the body did not arrive", http.StatusBadRequest)
		return
	}
	if s.troubled(w, r) {
		return
	}
	s.checks.request(r, body)
	rec := httptest.NewRecorder()
	lost := s.answer(rec, r, body)
	if lost {
		panic(http.ErrAbortHandler)
	}
	s.checks.answer(r, rec.Code, rec.Header().Get("Content-Type"), rec.Body.Bytes())
	for name, values := range rec.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

// troubled answers as the fault of the moment does, and reports whether there is one.
func (s *Server) troubled(w http.ResponseWriter, r *http.Request) bool {
	s.mu.Lock()
	fault, healed := s.fault, s.healed
	s.mu.Unlock()
	status := http.StatusOK
	switch fault {
	case "":
		return false
	case trouble.Silent:
		select {
		case <-r.Context().Done():
		case <-healed:
		case <-s.ctx.Done():
		}
		panic(http.ErrAbortHandler)
	case trouble.Limited:
		w.Header().Set("Retry-After", strconv.Itoa(int(trouble.RetryAfter/time.Second)))
		w.Header().Set("RateLimit-Reason", "jira-burst-based")
		status = http.StatusTooManyRequests
	case trouble.Broken:
		status = http.StatusInternalServerError
	case trouble.Closed:
		status = http.StatusServiceUnavailable
	case trouble.Forbidden:
		status = http.StatusForbidden
	case trouble.Revoked:
		status = http.StatusUnauthorized
	}
	w.Header().Set("Content-Type", "text/html;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<html><body>Jira</body></html>")
	return true
}

// answer decides a request, and reports whether its answer is to be lost.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, body []byte) (lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := r.Method != http.MethodGet && !strings.Contains(r.URL.Path, "/search")
	if changed && s.failing > 0 {
		s.failing--
		w.WriteHeader(http.StatusInternalServerError)
		return false
	}
	status, out, p := s.decide(r, body)
	if p == nil && changed && s.lose > 0 {
		if s.lose--; s.lose == 0 {
			return true
		}
	}
	if p != nil {
		for name, values := range p.header {
			w.Header()[name] = values
		}
		status, out = p.status, p.body()
	}
	if out == nil {
		w.WriteHeader(status)
		return false
	}
	raw, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(raw)
	return false
}

// decide finds what a request asks for.
func (s *Server) decide(r *http.Request, body []byte) (int, any, *problem) {
	by, p := s.authenticated(r)
	if p != nil {
		return 0, nil, p
	}
	path, version := r.URL.Path, ""
	for _, v := range []string{"2", "3"} {
		if rest, ok := strings.CutPrefix(path, "/rest/api/"+v+"/"); ok {
			path, version = rest, v
		}
	}
	if version == "" || version == "3" && s.o.Kind == DataCenter {
		return 0, nil, refuse(http.StatusNotFound, "null for uri: %s", r.URL.Path)
	}
	parts := strings.Split(path, "/")
	q := request{Request: r, by: by, body: body, parts: parts, v3: version == "3"}
	for _, route := range s.routes() {
		if route.fits(r.Method, parts) {
			s.requests[r.Method+" /"+route.path]++
			return route.do(q)
		}
	}
	return 0, nil, refuse(http.StatusNotFound, "null for uri: %s", r.URL.Path)
}

type request struct {
	*http.Request
	by    *User
	body  []byte
	parts []string
	v3    bool
}

// read decodes the body.
func (q request) read(into any) *problem {
	if err := json.Unmarshal(q.body, into); err != nil {
		return refuse(http.StatusBadRequest, "Can not deserialize: %v", err)
	}
	return nil
}

// list is a query parameter of several values.
func (q request) list(name string) []string {
	var all []string
	for _, v := range q.URL.Query()[name] {
		for part := range strings.SplitSeq(v, ",") {
			if part != "" {
				all = append(all, part)
			}
		}
	}
	return all
}

func (q request) number(name string, otherwise int) int {
	n, err := strconv.Atoi(q.URL.Query().Get(name))
	if err != nil || n < 0 {
		return otherwise
	}
	return n
}

func (s *Server) authenticated(r *http.Request) (*User, *problem) {
	denied := &problem{
		status: http.StatusUnauthorized, messages: []string{"Client must be authenticated to access this resource."},
		header: http.Header{"Www-Authenticate": {`OAuth realm="jira"`}, "X-Seraph-Loginreason": {"AUTHENTICATED_FAILED"}},
	}
	if s.o.Kind == Cloud {
		email, token, ok := r.BasicAuth()
		if !ok || email != Email || token != s.token {
			return nil, denied
		}
	} else if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); !ok || token != s.token {
		return nil, denied
	}
	return s.users[Bot], nil
}
