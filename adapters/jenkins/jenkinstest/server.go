// Package jenkinstest is a Jenkins for tests: jobs in folders, a queue, builds that go on as time passes, accounts with rights, crumbs. It is
// written from Jenkins' remote access API as its sources have it, and honours tree as they do: what is not asked for is not answered.
//
// Requests and answers are compared with the community's description where that has the route: it is from 2019, and leaves out folders,
// builds by number, buildWithParameters, cancelItem, wfapi and the plugins. Folders are taken for top-level jobs and builds by number for
// the last build, which the description has; for the rest this package checks by itself that the method, query and form are right.
package jenkinstest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

// Options say which Jenkins it is.
type Options struct {
	Clock func() time.Time
	// User and Token are the bot's account. It has every right but those of administration.
	User, Token string
	// URL is what Jenkins calls itself, which need not be where it is reached; its path is where it is mounted.
	URL string
	// Course says how a build goes; nil for one that takes ten seconds and succeeds.
	Course func(job string, parameters map[string]string) Course
	// Quiet is how long a start waits for others of the same.
	Quiet time.Duration
	// Crumbs wants a crumb even with an API token.
	Crumbs bool
	// Plain Jenkins has no pipelines' stages; Blue has Blue Ocean's API; Plugins are the active ones.
	Plain   bool
	Blue    bool
	Plugins []string
	// Open Jenkins asks nobody who they are; Readable lets anybody read.
	Open, Readable bool
}

// Course is how a build goes.
type Course struct {
	Takes  time.Duration
	Result string   // "SUCCESS" if empty
	Holds  bool     // until Release, whatever it takes
	Stages []string // of a pipeline, each as long as the others
	Output []string // lines, evenly over its time
}

// Right is something that an account may be allowed.
type Right string

// The rights that are asked for.
const (
	OverallRead       Right = "Overall/Read"
	OverallSystemRead Right = "Overall/SystemRead"
	JobRead           Right = "Job/Read"
	JobBuild          Right = "Job/Build"
	JobCancel         Right = "Job/Cancel"
)

// Server is the Jenkins. It is an http.Handler.
type Server struct {
	options Options
	prefix  string
	spec    *vendorspec.Spec

	mu       sync.Mutex
	jobs     map[string]*job
	items    []*item
	counter  int64
	rights   map[Right]bool
	sessions map[string]string // crumbs by session
	trouble  trouble.Kind
	lose     bool
	garbled  map[string]bool // pages whose answer is none, by path
	wrong    []error
	asked    int
	hooks    hooks
}

// New makes a Jenkins without jobs.
func New(o Options) *Server {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Course == nil {
		o.Course = func(string, map[string]string) Course { return Course{Takes: 10 * time.Second} }
	}
	s := &Server{
		options: o, jobs: map[string]*job{}, sessions: map[string]string{}, garbled: map[string]bool{},
		rights: map[Right]bool{OverallRead: true, JobRead: true, JobBuild: true, JobCancel: true},
	}
	if u, err := url.Parse(o.URL); err == nil {
		s.prefix = strings.TrimSuffix(u.EscapedPath(), "/")
	}
	s.options.URL = strings.TrimSuffix(o.URL, "/")
	spec, err := vendorspec.Load(description)
	if err != nil && !errors.Is(err, vendorspec.ErrAbsent) {
		s.wrong = append(s.wrong, err)
	}
	s.spec = spec
	return s
}

// Fail meets every request with trouble until Heal.
func (s *Server) Fail(k trouble.Kind) { s.with(func() { s.trouble = k }) }

// Heal ends the trouble.
func (s *Server) Heal() { s.with(func() { s.trouble, s.garbled = "", map[string]bool{} }) }

// LoseAnswer lets the next start happen, and its answer get lost.
func (s *Server) LoseAnswer() { s.with(func() { s.lose = true }) }

// Garble makes the answer of every page that begins with a path no answer at all, until Heal.
func (s *Server) Garble(path string) { s.with(func() { s.garbled[s.prefix+path] = true }) }

// Grant gives the bot's account a right.
func (s *Server) Grant(r Right) { s.with(func() { s.rights[r] = true }) }

// Revoke takes one away.
func (s *Server) Revoke(r Right) { s.with(func() { delete(s.rights, r) }) }

// Wrong lists what was asked or answered otherwise than described.
func (s *Server) Wrong() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]error(nil), s.wrong...)
}

// Asked counts the requests so far.
func (s *Server) Asked() (n int) {
	s.with(func() { n = s.asked })
	return n
}

// Close waits for the webhooks that are on their way.
func (s *Server) Close() { s.hooks.close() }

func (s *Server) with(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *Server) fault(format string, args ...any) {
	s.wrong = append(s.wrong, fmt.Errorf(format, args...))
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := readAll(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.asked++
	kind, now := s.trouble, s.options.Clock()
	s.mu.Unlock()
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	if kind == trouble.Silent {
		silence(r.Context())
		panic(http.ErrAbortHandler)
	}
	if troubled(w, kind) {
		return
	}
	answer := httptest.NewRecorder()
	s.mu.Lock()
	lost := s.answer(answer, r, body)
	s.mu.Unlock()
	s.hooks.flush()
	if lost {
		panic(http.ErrAbortHandler)
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// answer answers under the lock. It reports whether the answer is to get lost.
func (s *Server) answer(w *httptest.ResponseRecorder, r *http.Request, body []byte) (lost bool) {
	s.pass()
	w.Header().Set("X-Jenkins", "2.528.1")
	for page := range s.garbled {
		if strings.HasPrefix(r.URL.EscapedPath(), page) {
			garble(w)
			return false
		}
	}
	path, mounted := strings.CutPrefix(r.URL.EscapedPath(), s.prefix)
	if !mounted {
		notFound(w)
		return false
	}
	s.compareRequest(r, path, body)
	begun := s.counter
	s.route(w, r, path, body)
	s.compareAnswer(r, path, w)
	if s.lose && s.counter > begun {
		s.lose = false
		return true
	}
	return false
}

func troubled(w http.ResponseWriter, k trouble.Kind) bool {
	status := map[trouble.Kind]int{
		trouble.Limited: http.StatusTooManyRequests, trouble.Broken: http.StatusInternalServerError, trouble.Closed: http.StatusServiceUnavailable,
		trouble.Forbidden: http.StatusForbidden, trouble.Revoked: http.StatusUnauthorized, trouble.Garbled: http.StatusOK,
	}[k]
	if status == 0 {
		return false
	}
	if k == trouble.Limited { // by a proxy: Jenkins itself limits nobody
		w.Header().Set("Retry-After", fmt.Sprint(int(trouble.RetryAfter/time.Second)))
	}
	page(w, status, string(k))
	return true
}

// silence holds a request until its client gives up.
func silence(ctx context.Context) { <-ctx.Done() }
