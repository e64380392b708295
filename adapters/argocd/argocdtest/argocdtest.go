// Package argocdtest is a server that behaves like Argo CD 3.2: Applications that a controller compares, syncs and judges as time passes,
// auto-sync and self-heal, parents that declare other Applications and undo what was changed of them, accounts with rights. It is written
// from Argo CD's API description and from what a real one was seen to do. Every request and every answer is compared with the description.
//
// Time moves by the clock it is given: what the controller would have done by then is done when somebody looks. Nothing runs beside it.
package argocdtest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

// Version is what the server says it is.
const Version = "v3.2.6"

// Options of a server.
type Options struct {
	Clock func() time.Time // required
	// Step is how long the controller takes to compare, to take up an operation and to apply it, each; a second if zero.
	Step time.Duration
	// Anonymous lets those without a token read.
	Anonymous bool
	// LabelTracking marks what a parent declares by a label in place of an annotation.
	LabelTracking bool
	// AdminDisabled says that the built-in administrator is disabled.
	AdminDisabled bool
}

// Server is the other side.
type Server struct {
	options Options
	spec    *vendorspec.Spec // nil where the description is absent

	mu         sync.Mutex
	apps       map[string]*app
	accounts   map[string]*account // by token
	behaviours map[string]Behaviour
	trouble    trouble.Kind
	loses      bool
	overtakes  map[string]string // revision that the next patch of an Application is overwritten with
	window     map[string]bool   // Applications with a closed sync window
	events     []event
	wrong      []error
	hooks      []webhook
	open       context.Context // until Close
	close      context.CancelFunc
	sending    sync.WaitGroup
}

// Behaviour is what becomes of a version once it is synced.
type Behaviour struct {
	// Health that it comes to; Healthy if empty. Progressing stays so until Release.
	Health string
	// After is how long it is Progressing before.
	After   time.Duration
	Message string
	// Refused is what Kubernetes says of its manifests: the sync fails, under auto-sync after retries.
	Refused string
}

type event struct {
	app, reason, message string
	at                   time.Time
}

// New makes a server with no Applications.
func New(o Options) *Server {
	if o.Step == 0 {
		o.Step = time.Second
	}
	s := &Server{
		options: o, apps: map[string]*app{}, accounts: map[string]*account{}, behaviours: map[string]Behaviour{},
		overtakes: map[string]string{}, window: map[string]bool{},
	}
	s.open, s.close = context.WithCancel(context.Background())
	spec, err := vendorspec.Load(vendorspec.Options{File: "argocd/swagger.json", Keep: []string{
		"/api/version", "/api/v1/session/userinfo", "/api/v1/settings", "/api/v1/account/", "/api/v1/applications", "/api/v1/applications/",
	}, Mend: oneOfEach})
	if err != nil && !errors.Is(err, vendorspec.ErrAbsent) {
		s.wrong = append(s.wrong, err)
	}
	s.spec = spec
	return s
}

// oneOfEach leaves out the path that is another's with its parameter called differently: PUT has it, which nobody here uses.
func oneOfEach(raw map[string]any) {
	paths, _ := raw["paths"].(map[string]any)
	delete(paths, "/api/v1/applications/{application.metadata.name}")
}

// Close waits for webhooks under way, which end now.
func (s *Server) Close() {
	s.close()
	s.sending.Wait()
}

// Wrong lists what of the requests and answers was not as described.
func (s *Server) Wrong() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]error{}, s.wrong...)
}

// Fail makes every request meet trouble until Heal.
func (s *Server) Fail(k trouble.Kind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = k
}

// Heal ends the trouble.
func (s *Server) Heal() { s.Fail("") }

// LoseAnswer makes the server do the next change, and its answer get lost.
func (s *Server) LoseAnswer() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loses = true
}

// Overtake makes somebody's change to revision overwrite the next patch of an Application, which is answered with success all the same.
func (s *Server) Overtake(name, revision string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.overtakes[name] = revision
}

// CloseWindow closes or opens a sync window of an Application.
func (s *Server) CloseWindow(name string, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.window[name] = closed
}

// Behaves says what becomes of whatever has this targetRevision, or this text in a parameter or image.
func (s *Server) Behaves(text string, b Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behaviours[text] = b
}

// Release lets what was held Progressing become healthy.
func (s *Server) Release(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.advance()
	s.behaviours[text] = Behaviour{}
	for _, a := range s.apps {
		a.compareBy(now.Add(s.options.Step))
	}
}

// now is the time, to the second: Argo CD's times have no more.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// account is who a token belongs to.
type account struct {
	name   string
	rights []string
}

// Account gives a token's owner a name and rights, each "resource, action, object" with * and ? as in Argo CD's policies.
func (s *Server) Account(token, name string, rights ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[token] = &account{name, rights}
}

// Revoke makes a token nobody's.
func (s *Server) Revoke(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.accounts, token)
}

func (a *account) may(resource, action, object string) bool {
	for _, r := range a.rights {
		if matches(r, fmt.Sprintf("%s, %s, %s", resource, action, object)) {
			return true
		}
	}
	return false
}

// matches reports whether text is of the pattern, in which * stands for any text.
func matches(pattern, text string) bool {
	for i := 0; i < len(pattern); i++ {
		if pattern[i] == '*' {
			for j := 0; j <= len(text); j++ {
				if matches(pattern[i+1:], text[j:]) {
					return true
				}
			}
			return false
		}
		if text == "" || pattern[i] != text[0] {
			return false
		}
		text = text[1:]
	}
	return text == ""
}

var _ http.Handler = (*Server)(nil)
