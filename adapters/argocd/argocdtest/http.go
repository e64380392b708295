package argocdtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
)

// grpc codes as the gateway maps them to HTTP: https://github.com/grpc-ecosystem/grpc-gateway/blob/v1.16.0/runtime/errors.go
const (
	codeUnknown         = 2
	codeInvalid         = 3
	codeNotFound        = 5
	codePermission      = 7
	codePrecondition    = 9
	codeInternal        = 13
	codeUnauthenticated = 16
)

var statuses = map[int]int{codeUnknown: 500, codeInvalid: 400, codeNotFound: 404, codePermission: 403, codePrecondition: 400, codeInternal: 500, codeUnauthenticated: 401}

// failure is an answer other than success.
type failure struct {
	code    int
	message string
}

func fail(code int, format string, args ...any) *failure {
	return &failure{code, fmt.Sprintf(format, args...)}
}

var denied = fail(codePermission, "permission denied")

const patience = 1 << 20 // bytes of a request

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, patience))
	if err != nil {
		return
	}
	s.mu.Lock()
	kind := s.trouble
	s.mu.Unlock()
	if kind != "" {
		s.meet(w, r, kind)
		return
	}
	if r.Method != http.MethodGet && r.Header.Get("Content-Type") != "application/json" {
		http.Error(w, "Invalid content type", http.StatusUnsupportedMediaType)
		return
	}
	described := describedAs(r)
	s.mu.Lock()
	if s.spec != nil {
		s.note(s.spec.Request(described, body))
	}
	s.advance()
	v, failed := s.serve(r, body)
	lost := s.loses && r.Method != http.MethodGet && failed == nil
	s.loses = s.loses && !lost
	status := http.StatusOK
	if failed != nil {
		status = statuses[failed.code]
		v = map[string]any{"error": failed.message, "code": failed.code, "message": failed.message}
	}
	answer, err := json.Marshal(v)
	s.note(err)
	if s.spec != nil {
		s.note(s.spec.Answer(r.Method, described.URL.EscapedPath(), status, "application/json", answer))
	}
	s.mu.Unlock()
	if lost {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}

func (s *Server) note(err error) {
	if err != nil {
		s.wrong = append(s.wrong, err)
	}
}

// describedAs is a request as the description knows it: of can-i, the last part may hold slashes.
func describedAs(r *http.Request) *http.Request {
	rest, ok := strings.CutPrefix(r.URL.Path, "/api/v1/account/can-i/")
	parts := strings.SplitN(rest, "/", 3)
	if !ok || len(parts) < 3 {
		return r
	}
	next := r.Clone(r.Context())
	u, err := url.Parse("/api/v1/account/can-i/" + parts[0] + "/" + parts[1] + "/" + url.PathEscape(parts[2]))
	if err == nil {
		next.URL = u
	}
	return next
}

// meet answers with trouble.
func (s *Server) meet(w http.ResponseWriter, r *http.Request, kind trouble.Kind) {
	refuse := func(status, code int, message string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": message, "code": code, "message": message})
	}
	switch kind {
	case trouble.Limited: // by what stands before Argo CD: it has no limits of its own
		w.Header().Set("Retry-After", strconv.Itoa(int(trouble.RetryAfter.Seconds())))
		refuse(http.StatusTooManyRequests, 8, "too many requests")
	case trouble.Broken:
		refuse(http.StatusInternalServerError, 13, "internal error")
	case trouble.Closed:
		refuse(http.StatusServiceUnavailable, 14, "unavailable")
	case trouble.Forbidden:
		refuse(http.StatusForbidden, codePermission, denied.message)
	case trouble.Revoked:
		refuse(http.StatusUnauthorized, codeUnauthenticated, "no session information")
	case trouble.Garbled:
		_, _ = io.WriteString(w, "<html>Log in</html>")
	case trouble.Silent:
		select {
		case <-r.Context().Done():
		case <-s.open.Done():
		}
	}
}

// serve answers under the lock.
func (s *Server) serve(r *http.Request, body []byte) (any, *failure) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	who := s.accounts[token]
	path := r.URL.Path
	switch path {
	case "/api/version":
		return map[string]any{"Version": Version + "+f00dcaf"}, nil
	case "/api/v1/session/userinfo":
		if who == nil {
			return map[string]any{}, nil
		}
		return map[string]any{"loggedIn": true, "username": who.name, "iss": "argocd"}, nil
	case "/api/v1/settings":
		method := "annotation"
		if s.options.LabelTracking {
			method = "label"
		}
		return map[string]any{"appLabelKey": "app.kubernetes.io/instance", "trackingMethod": method}, nil
	}
	if r.Method == http.MethodPatch && !bytes.Contains(body, []byte(`"patchType"`)) {
		return nil, fail(codeInternal, `grpc: error while marshaling: proto: required field "patchType" not set`)
	}
	if who == nil && s.options.Anonymous {
		who = &account{"", []string{"applications, get, *"}}
	}
	if who == nil {
		return nil, fail(codeUnauthenticated, "no session information")
	}
	if rest, ok := strings.CutPrefix(path, "/api/v1/account/"); ok {
		return s.account(who, rest)
	}
	if path == "/api/v1/applications" && r.Method == http.MethodGet {
		return s.list(who, r.URL.Query()), nil
	}
	if rest, ok := strings.CutPrefix(path, "/api/v1/applications/"); ok {
		return s.application(who, r, strings.Split(rest, "/"), body)
	}
	return nil, fail(codeNotFound, "Not Found")
}

func (s *Server) account(who *account, rest string) (any, *failure) {
	if parts := strings.SplitN(rest, "/", 4); parts[0] == "can-i" && len(parts) == 4 {
		value := "no"
		if who.may(parts[1], parts[2], parts[3]) {
			value = "yes"
		}
		return map[string]any{"value": value}, nil
	}
	if rest != who.name && !who.may("accounts", "get", rest) {
		return nil, fail(codePermission, "permission denied: accounts, get, %s, sub: %s", rest, who.name)
	}
	return map[string]any{"name": rest, "enabled": rest != "admin" || !s.options.AdminDisabled, "capabilities": []string{"login"}}, nil
}

func (s *Server) list(who *account, q url.Values) any {
	var items []any
	for _, name := range sortedKeys(s.apps) {
		a := s.apps[name]
		if who.may("applications", "get", a.project+"/"+a.name) && (q.Get("name") == "" || q.Get("name") == name) {
			items = append(items, s.document(a))
		}
	}
	list := map[string]any{"metadata": map[string]any{}}
	if items != nil {
		list["items"] = items // a real one says null for none, against its description
	}
	return list
}

// seen finds an Application for an account, and gives nothing away of those that it may not see.
func (s *Server) seen(who *account, action, project, name string) (*app, *failure) {
	a := s.apps[name]
	switch {
	case project != "" && !who.may("applications", action, project+"/"+name):
		return nil, denied
	case a == nil && project == "":
		return nil, denied
	case a == nil, project != "" && a.project != project:
		return nil, fail(codeNotFound, "applications.argoproj.io %q not found", name)
	case !who.may("applications", action, a.project+"/"+name):
		return nil, denied
	}
	return a, nil
}

func (s *Server) application(who *account, r *http.Request, path []string, body []byte) (any, *failure) {
	name, q := path[0], r.URL.Query()
	var asked request
	if len(body) > 0 {
		d := json.NewDecoder(bytes.NewReader(body))
		if err := d.Decode(&asked); err != nil {
			return nil, fail(codeInvalid, "%v", err)
		}
	}
	if asked.Project == "" {
		asked.Project = q.Get("project")
	}
	handle := map[string]func(*account, *app, request) (any, *failure){
		"PATCH":            s.patch,
		"POST sync":        s.sync,
		"POST rollback":    s.rollback,
		"DELETE operation": s.terminate,
	}[strings.Join(append([]string{r.Method}, path[1:]...), " ")]
	switch route := strings.Join(append([]string{r.Method}, path[1:]...), " "); {
	case route == "GET":
		a, failed := s.seen(who, "get", asked.Project, name)
		if failed != nil {
			return nil, failed
		}
		if q.Get("refresh") != "" {
			s.compareNow(a, s.options.Clock().UTC())
		}
		return s.document(a), nil
	case route == "GET events":
		if _, failed := s.seen(who, "get", asked.Project, name); failed != nil {
			return nil, failed
		}
		return s.eventsOf(name), nil
	case handle == nil:
		return nil, fail(codeNotFound, "Not Found")
	}
	action := "get"
	if r.Method == http.MethodDelete || path[len(path)-1] == "rollback" {
		action = "sync"
	}
	a, failed := s.seen(who, action, asked.Project, name)
	if failed != nil {
		return nil, failed
	}
	return handle(who, a, asked)
}

// request is what the bodies of changes may say.
type request struct {
	Name      string           `json:"name"`
	Project   string           `json:"project"`
	Patch     string           `json:"patch"`
	PatchType string           `json:"patchType"`
	Revision  string           `json:"revision"`
	Prune     bool             `json:"prune"`
	DryRun    bool             `json:"dryRun"`
	ID        int              `json:"id"`
	Infos     []info           `json:"infos"`
	Strategy  map[string]any   `json:"strategy"`
	Resources []map[string]any `json:"resources"`
}
