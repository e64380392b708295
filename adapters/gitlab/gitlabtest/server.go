// Package gitlabtest is a GitLab for tests: its API v4 for pipelines, deployments and source code, with state, rights, limits and
// webhooks, and with the people who use it. It is written from GitLab's documentation; each request and answer is compared with GitLab's
// own description where that is there and describes them.
package gitlabtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

// Options say how the server behaves.
type Options struct {
	Clock func() time.Time // nil for the real one
	Limit int              // requests a minute and token, zero for no limit
}

// Server is a GitLab. Everything it does happens when it is asked: pipelines move by its clock when somebody looks.
type Server struct {
	o        Options
	mu       sync.Mutex
	users    []*User
	tokens   map[string]*Token
	projects []*Project
	last     map[string]int64 // ids given, by kind
	fault    trouble.Kind
	hidden   string         // end of the paths that are answered with 404
	lose     bool           // the answer to the next new pipeline
	garbled  map[int64]bool // pipelines
	behave   map[string]Behaviour
	released map[string]bool
	began    map[string]int // windows of limits: requests by token and minute
	wrong    []error
	asked    []string
	hooks    []*webhook
	out      sync.WaitGroup
	closed   chan struct{}
	once     sync.Once
	spec     *vendorspec.Spec
}

// Behaviour is how a pipeline goes that was given a value.
type Behaviour string

// The behaviours.
const (
	Succeeds Behaviour = ""
	Fails    Behaviour = "fails"
	Holds    Behaviour = "holds" // until Release
)

// User is somebody with an account.
type User struct {
	ID       int64
	Username string
	Bot      bool
}

// Token is an access token.
type Token struct {
	User    *User
	Scopes  []string
	Expires time.Time
	Revoked bool
}

// New makes a server without anything in it.
func New(o Options) *Server {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	s := &Server{
		o: o, tokens: map[string]*Token{}, last: map[string]int64{}, garbled: map[int64]bool{}, behave: map[string]Behaviour{},
		released: map[string]bool{}, began: map[string]int{}, closed: make(chan struct{}),
	}
	spec, err := vendorspec.Load(description)
	if err == nil {
		s.spec = spec
	} else if err != vendorspec.ErrAbsent {
		s.wrong = append(s.wrong, err)
	}
	return s
}

// Close ends what is under way and waits for webhooks.
func (s *Server) Close() {
	s.once.Do(func() { close(s.closed) })
	s.out.Wait()
}

// Fail meets every request with trouble until Heal.
func (s *Server) Fail(k trouble.Kind) { s.locked(func() { s.fault = k }) }

// Heal ends the trouble.
func (s *Server) Heal() { s.locked(func() { s.fault = "" }) }

// Hide answers everything whose path ends so with 404, as GitLab does of what a token may not see.
func (s *Server) Hide(end string) { s.locked(func() { s.hidden = "/" + end }) }

// LoseAnswer makes the next new pipeline start and the answer get lost.
func (s *Server) LoseAnswer() { s.locked(func() { s.lose = true }) }

// Garble makes what is said about a pipeline malformed.
func (s *Server) Garble(pipeline int64) { s.locked(func() { s.garbled[pipeline] = true }) }

// Behave says how pipelines go that were given a value, as a variable or an input.
func (s *Server) Behave(value string, b Behaviour) { s.locked(func() { s.behave[value] = b }) }

// Release lets pipelines that hold for a value go on.
func (s *Server) Release(value string) { s.locked(func() { s.released[value] = true }) }

// Wrong are the requests and answers that GitLab would not have made.
func (s *Server) Wrong() (wrong []error) {
	s.locked(func() { wrong = append(wrong, s.wrong...) })
	return wrong
}

// Asked lists the requests so far: "GET /api/v4/user".
func (s *Server) Asked() (asked []string) {
	s.locked(func() { asked = append(asked, s.asked...) })
	return asked
}

func (s *Server) locked(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

func (s *Server) id(kind string) int64 {
	s.last[kind]++
	return s.last[kind]
}

// call is one request, in the hands of whoever has a token.
type call struct {
	*http.Request
	body  []byte
	token *Token
	query url.Values
	ids   []string // what the route leaves open, unescaped
	head  http.Header
}

// reply is an answer.
type reply struct {
	status int
	body   any // JSON, or []byte as it is
}

func refuse(status int, message any) reply { return reply{status, map[string]any{"message": message}} }

var (
	unauthorised = refuse(401, "401 Unauthorized")
	forbidden    = refuse(403, "403 Forbidden")
)

func missing(what string) reply { return refuse(404, "404 "+what+" Not Found") }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	fault := s.fault
	s.asked = append(s.asked, r.Method+" "+r.URL.EscapedPath())
	s.mu.Unlock()
	if fault == trouble.Silent {
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		return
	}
	a, head, lose := s.answer(fault, r, body)
	if lose {
		panic(http.ErrAbortHandler)
	}
	raw, kind := encode(a)
	for name, values := range head {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Date", s.o.Clock().UTC().Format(http.TimeFormat))
	w.WriteHeader(a.status)
	_, _ = w.Write(raw)
}

func encode(a reply) (raw []byte, kind string) {
	if text, plain := a.body.([]byte); plain {
		return text, "text/plain"
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(a.body); err != nil {
		panic(err)
	}
	return b.Bytes(), "application/json"
}

func (s *Server) answer(fault trouble.Kind, r *http.Request, body []byte) (a reply, head http.Header, lose bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	head = http.Header{}
	switch fault {
	case trouble.Limited:
		head.Set("Retry-After", strconv.Itoa(int(trouble.RetryAfter/time.Second)))
		return reply{429, []byte("Retry later\n")}, head, false
	case trouble.Broken:
		return refuse(500, "500 Internal Server Error"), head, false
	case trouble.Closed:
		return reply{503, []byte("GitLab is not responding\n")}, head, false
	case trouble.Forbidden:
		return forbidden, head, false
	case trouble.Revoked:
		return reply{401, map[string]any{"error": "invalid_token", "error_description": "Token was revoked. You have to re-authorize from the user."}}, head, false
	case trouble.Garbled:
		return reply{200, []byte("<html>please sign in</html>")}, head, false
	}
	s.check(r, body)
	c := &call{Request: r, body: body, query: r.URL.Query(), head: head}
	if c.token = s.tokens[r.Header.Get("PRIVATE-TOKEN")]; c.token == nil || c.token.Revoked {
		return unauthorised, head, false
	}
	if a, over := s.limit(c); over {
		return a, head, false
	}
	if a, ok := s.scoped(c); !ok {
		return a, head, false
	}
	if s.hidden != "" && strings.HasSuffix(r.URL.Path, s.hidden) {
		return missing("Resource"), head, false
	}
	a = s.route(c)
	s.compare(r, a)
	lose = s.lose && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/pipeline") && a.status == 201
	s.lose = s.lose && !lose
	return a, head, lose
}

// limit counts requests: https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/
func (s *Server) limit(c *call) (reply, bool) {
	if s.o.Limit == 0 {
		return reply{}, false
	}
	now := s.o.Clock()
	minute := now.Truncate(time.Minute)
	key := c.token.User.Username + minute.String()
	s.began[key]++
	reset := minute.Add(time.Minute)
	c.head.Set("RateLimit-Limit", strconv.Itoa(s.o.Limit))
	c.head.Set("RateLimit-Observed", strconv.Itoa(s.began[key]))
	c.head.Set("RateLimit-Remaining", strconv.Itoa(max(s.o.Limit-s.began[key], 0)))
	c.head.Set("RateLimit-Reset", strconv.FormatInt(reset.Unix(), 10))
	if s.began[key] <= s.o.Limit {
		return reply{}, false
	}
	c.head.Set("Retry-After", strconv.Itoa(int((reset.Sub(now)+time.Second-1)/time.Second)))
	return reply{429, []byte("Retry later\n")}, true
}

// scoped checks a token's scopes: https://docs.gitlab.com/security/tokens/#available-scopes
func (s *Server) scoped(c *call) (reply, bool) {
	for _, scope := range c.token.Scopes {
		switch {
		case scope == "api", scope == "read_api" && c.Method == http.MethodGet,
			scope == "read_user" && (c.URL.Path == "/api/v4/user" || c.URL.Path == "/api/v4/personal_access_tokens/self"):
			return reply{}, true
		}
	}
	if c.URL.Path == "/api/v4/personal_access_tokens/self" {
		return reply{}, true
	}
	return reply{403, map[string]any{"error": "insufficient_scope", "error_description": "The request requires higher privileges than provided by the access token.", "scope": "api read_api"}}, false
}

// fields reads a JSON body.
func (c *call) fields(into any) bool { return json.Unmarshal(c.body, into) == nil }

// number is the open part of the route at i as a number, zero for none.
func (c *call) number(i int) int64 {
	n, _ := strconv.ParseInt(c.ids[i], 10, 64)
	return n
}

// listed is one page of a list.
func listed[T any](c *call, all []T) reply {
	page, per := 1, 20
	if n, err := strconv.Atoi(c.query.Get("page")); err == nil && n > 0 {
		page = n
	}
	if n, err := strconv.Atoi(c.query.Get("per_page")); err == nil && n > 0 {
		per = min(n, 100)
	}
	from := min((page-1)*per, len(all))
	to := min(from+per, len(all))
	c.head.Set("X-Page", strconv.Itoa(page))
	c.head.Set("X-Per-Page", strconv.Itoa(per))
	c.head.Set("X-Total", strconv.Itoa(len(all)))
	next := ""
	if to < len(all) {
		next = strconv.Itoa(page + 1)
	}
	c.head.Set("X-Next-Page", next)
	return reply{200, append([]T{}, all[from:to]...)}
}

// after reads a time of the query, zero for none.
func (c *call) time(name string) time.Time {
	for _, form := range []string{time.RFC3339Nano, time.DateOnly} {
		if at, err := time.Parse(form, c.query.Get(name)); err == nil {
			return at
		}
	}
	return time.Time{}
}

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

func (s *Server) complain(format string, args ...any) {
	s.wrong = append(s.wrong, fmt.Errorf(format, args...))
}
