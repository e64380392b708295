// Package githubtest is a GitHub for tests: repositories with commits, pull requests and reviews, workflows whose runs go on as time
// passes, environments, deployments, tokens with permissions, limits, webhooks. It is written from GitHub's published description, and
// compares every request, answer and webhook with it where the descriptions are there.
package githubtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

// Dispatch is what a GitHub makes of return_run_details.
type Dispatch string

// The ways of starting a workflow.
const (
	Details Dispatch = ""        // it tells which run that became
	Ignores Dispatch = "ignores" // it knows nothing of the option: 204
	Refuses Dispatch = "refuses" // nor does it take it: 422
)

// Options say which GitHub it is.
type Options struct {
	Clock func() time.Time
	// URL is what GitHub calls itself in links, and where logs are.
	URL string
	// Token is the bot's, and Login the account that it belongs to; "token" and "gonogo" if empty.
	Token, Login string
	// Permissions are those of a fine-grained token: "actions": "write". nil for all that the adapters ask for.
	Permissions map[string]string
	// Scopes are those of a classic token; nil for a fine-grained one.
	Scopes []string
	// Expires is when the token does, zero for never.
	Expires time.Time
	// ListingLag is how long a run that began is not listed yet.
	ListingLag time.Duration
	Dispatch   Dispatch
	// Course says how a run goes; nil for one of ten seconds that succeeds.
	Course func(repository string, inputs map[string]string) Course
}

// Server is the GitHub. It is an http.Handler.
type Server struct {
	options Options
	mux     *http.ServeMux
	spec    *vendorspec.Spec

	mu       sync.Mutex
	counter  int64
	users    map[string]*user
	repos    map[string]*repository
	trouble  trouble.Kind
	lose     bool
	garbled  map[string]bool // paths whose answer is none
	limited  time.Time       // until when the primary limit is used up
	slow     time.Duration   // what the secondary limit asks for
	kept     bool            // activity is kept
	audited  bool            // the organisation's audit log can be asked
	requests []string
	wrong    []error
	hooks    hooks
}

// permissions are those that the adapters ask for.
var permissions = map[string]string{
	"actions": "write", "contents": "read", "deployments": "write", "metadata": "read", "pull_requests": "read", "administration": "read",
	"organization_administration": "read", "issues": "read",
}

// New makes a GitHub with nobody but the bot's account.
func New(o Options) *Server {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Course == nil {
		o.Course = func(string, map[string]string) Course { return Course{} }
	}
	if o.Permissions == nil {
		o.Permissions = permissions
	}
	o.Permissions = maps.Clone(o.Permissions)
	o.Token, o.Login = orElse(o.Token, "token"), orElse(o.Login, "gonogo")
	o.URL = strings.TrimSuffix(orElse(o.URL, "https://github.example"), "/")
	s := &Server{
		options: o, users: map[string]*user{}, repos: map[string]*repository{}, garbled: map[string]bool{}, kept: true, audited: true, counter: 1000,
	}
	s.addUser(o.Login, o.Login+"@bots.example", "User")
	s.mux = s.routes()
	spec, err := vendorspec.Load(description)
	if err != nil && !errors.Is(err, vendorspec.ErrAbsent) {
		s.wrong = append(s.wrong, err)
	}
	s.spec = spec
	return s
}

func orElse(given, otherwise string) string {
	if given == "" {
		return otherwise
	}
	return given
}

// SetURL says where GitHub is, once that is known.
func (s *Server) SetURL(url string) { s.with(func() { s.options.URL = strings.TrimSuffix(url, "/") }) }

// Fail meets every request with trouble until Heal.
func (s *Server) Fail(k trouble.Kind) { s.with(func() { s.trouble = k }) }

// Heal ends trouble, limits and malformed answers.
func (s *Server) Heal() {
	s.with(func() { s.trouble, s.garbled, s.limited, s.slow = "", map[string]bool{}, time.Time{}, 0 })
}

// Exhaust uses up the primary limit until an instant.
func (s *Server) Exhaust(until time.Time) { s.with(func() { s.limited = until }) }

// Throttle answers every request with the secondary limit, which asks to wait.
func (s *Server) Throttle(wait time.Duration) { s.with(func() { s.slow = wait }) }

// LoseAnswer lets the next start of a workflow happen, and its answer get lost.
func (s *Server) LoseAnswer() { s.with(func() { s.lose = true }) }

// Garble makes the answers of every path that begins so no answers at all, until Heal.
func (s *Server) Garble(path string) { s.with(func() { s.garbled[path] = true }) }

// Permit gives the token a permission, like "actions", "write"; an empty level takes it away.
func (s *Server) Permit(permission, level string) {
	s.with(func() { s.options.Permissions[permission] = level })
}

// KeepActivity says whether this GitHub keeps who pushed.
func (s *Server) KeepActivity(keeps bool) { s.with(func() { s.kept = keeps }) }

// Audited says whether organisations' audit logs can be asked.
func (s *Server) Audited(can bool) { s.with(func() { s.audited = can }) }

// Requests are the requests that came since they were last asked for, as "GET /path".
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.requests
	s.requests = nil
	return all
}

// Wrong lists what was asked, answered or sent otherwise than described.
func (s *Server) Wrong() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]error(nil), s.wrong...)
}

// Close waits for the webhooks that are on their way.
func (s *Server) Close() { s.hooks.sending.Wait() }

// Pass lets GitHub notice what time it is, as every request does: runs go on, and webhooks tell of it.
func (s *Server) Pass() {
	s.with(s.pass)
	s.hooks.flush()
}

func (s *Server) with(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *Server) now() time.Time { return s.options.Clock().UTC() }

func (s *Server) next() int64 {
	s.counter++
	return s.counter
}

func (s *Server) fault(format string, args ...any) {
	s.wrong = append(s.wrong, fmt.Errorf(format, args...))
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	kind := s.trouble
	w.Header().Set("Date", s.now().Format(http.TimeFormat))
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	s.mu.Unlock()
	if kind == trouble.Silent {
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
	if s.troubled(w, kind) {
		return
	}
	answer := httptest.NewRecorder()
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.mu.Lock()
	before := s.counter
	s.answer(answer, r, body)
	lost := s.lose && strings.HasSuffix(r.URL.Path, "/dispatches") && s.counter > before
	if lost {
		s.lose = false
	}
	s.mu.Unlock()
	s.hooks.flush()
	if lost {
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// answer answers under the lock.
func (s *Server) answer(w *httptest.ResponseRecorder, r *http.Request, body []byte) {
	s.pass()
	for path := range s.garbled {
		if strings.HasPrefix(r.URL.Path, path) {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			_, _ = w.WriteString(`{"id": "no`)
			return
		}
	}
	if strings.HasPrefix(r.URL.Path, logsPath) {
		s.serveLog(w, r)
		return
	}
	if !s.admit(w, r) {
		return
	}
	s.compareRequest(r, body)
	s.mux.ServeHTTP(w, r)
	s.compareAnswer(r, w)
}

// admit answers what a limit or the token's absence keeps out.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) bool {
	h := w.Header()
	now := s.now()
	h.Set("X-RateLimit-Limit", "5000")
	h.Set("X-RateLimit-Remaining", "4999")
	h.Set("X-RateLimit-Reset", strconv.FormatInt(now.Add(time.Hour).Unix(), 10))
	h.Set("X-GitHub-Media-Type", "github.v3; format=json")
	switch {
	case r.Header.Get("Authorization") != "Bearer "+s.options.Token:
		refuse(w, http.StatusUnauthorized, "Bad credentials")
		return false
	case now.Before(s.limited):
		h.Set("X-RateLimit-Remaining", "0")
		h.Set("X-RateLimit-Reset", strconv.FormatInt(s.limited.Unix(), 10))
		refuse(w, http.StatusForbidden, "API rate limit exceeded for user ID 1.")
		return false
	case s.slow > 0:
		h.Set("Retry-After", strconv.Itoa(int(s.slow/time.Second)))
		answer(w, http.StatusForbidden, object{
			"message":           "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
			"documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
		})
		return false
	}
	if s.options.Scopes != nil {
		h.Set("X-OAuth-Scopes", strings.Join(s.options.Scopes, ", "))
	}
	if !s.options.Expires.IsZero() {
		h.Set("GitHub-Authentication-Token-Expiration", s.options.Expires.UTC().Format("2006-01-02 15:04:05 MST"))
	}
	return true
}

func (s *Server) troubled(w http.ResponseWriter, k trouble.Kind) bool {
	status := map[trouble.Kind]int{
		trouble.Limited: http.StatusTooManyRequests, trouble.Broken: http.StatusInternalServerError, trouble.Closed: http.StatusServiceUnavailable,
		trouble.Forbidden: http.StatusForbidden, trouble.Revoked: http.StatusUnauthorized, trouble.Garbled: http.StatusOK,
	}[k]
	switch {
	case status == 0:
		return false
	case k == trouble.Garbled:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = io.WriteString(w, "<html>unicorn</html>")
		return true
	case k == trouble.Limited:
		w.Header().Set("Retry-After", strconv.Itoa(int(trouble.RetryAfter/time.Second)))
	}
	refuse(w, status, string(k))
	return true
}

// object is a JSON object.
type object = map[string]any

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	_, _ = w.Write(raw)
}

func refuse(w http.ResponseWriter, status int, message string) {
	answer(w, status, object{"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status)})
}
