package jenkinstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var errTree = errors.New("malformed tree")

// pathOf is a job's path in addresses.
func pathOf(path string) string {
	var b strings.Builder
	for name := range strings.SplitSeq(path, "/") {
		b.WriteString("/job/" + url.PathEscape(name))
	}
	return b.String()
}

var jobPage = regexp.MustCompile(`^((?:/job/[^/]+)+)(?:/(\d+))?/(api/json|buildWithParameters|build|stop|wfapi/describe|logText/progressiveText)$`)

func (s *Server) route(w *httptest.ResponseRecorder, r *http.Request, path string, body []byte) {
	user, ok := s.authenticate(w, r)
	if !ok || !s.guarded(w, r, user) {
		return
	}
	number, isItem := strings.CutPrefix(path, "/queue/item/")
	m := jobPage.FindStringSubmatch(path)
	switch {
	case path == "/api/json":
		s.json(w, r, map[string]any{"_class": "hudson.model.Hudson", "mode": "NORMAL", "numExecutors": 2, "useCrumbs": true, "useSecurity": !s.options.Open})
	case path == "/crumbIssuer/api/json":
		s.giveCrumb(w)
	case path == "/queue/api/json":
		s.serveQueue(w, r)
	case isItem:
		s.serveItem(w, r, strings.TrimSuffix(number, "/api/json"))
	case path == "/queue/cancelItem":
		s.cancelItem(w, r)
	case path == "/pluginManager/api/json":
		s.servePlugins(w, r)
	case strings.HasPrefix(path, "/blue/"):
		s.serveBlue(w, path)
	case m != nil:
		s.serveJob(w, r, m[1], m[2], m[3], body)
	default:
		s.fault("%s %s: there is no such page", r.Method, path)
		notFound(w)
	}
}

// authenticate says who asks; what it refuses it has answered.
func (s *Server) authenticate(w http.ResponseWriter, r *http.Request) (user string, ok bool) {
	user, token, given := r.BasicAuth()
	switch {
	case s.options.Open:
		return user, true
	case given && (user != s.options.User || token != s.options.Token):
		page(w, http.StatusUnauthorized, "Invalid password/token for user: "+user)
		return "", false
	case !given && s.options.Readable && r.Method == http.MethodGet:
		return "", true
	case !given:
		page(w, http.StatusForbidden, "Authentication required")
		return "", false
	}
	return user, s.may(w, OverallRead)
}

// may refuses what the account has no right to.
func (s *Server) may(w http.ResponseWriter, r Right) bool {
	if s.rights[r] {
		return true
	}
	page(w, http.StatusForbidden, s.options.User+" is missing the "+string(r)+" permission")
	return false
}

// guarded wants a crumb of the same session with a request that changes something.
func (s *Server) guarded(w http.ResponseWriter, r *http.Request, user string) bool {
	if r.Method != http.MethodPost || user != "" && !s.options.Crumbs {
		return true
	}
	session, err := r.Cookie("JSESSIONID.test")
	if err == nil && s.sessions[session.Value] != "" && r.Header.Get("Jenkins-Crumb") == s.sessions[session.Value] {
		return true
	}
	page(w, http.StatusForbidden, "No valid crumb was included in the request")
	return false
}

func (s *Server) giveCrumb(w http.ResponseWriter) {
	session := fmt.Sprintf("node0%d", len(s.sessions)+1)
	s.sessions[session] = "crumb-of-" + session
	http.SetCookie(w, &http.Cookie{Name: "JSESSIONID.test", Value: session, Path: "/", HttpOnly: true})
	write(w, map[string]any{"_class": "hudson.security.csrf.DefaultCrumbIssuer", "crumb": s.sessions[session], "crumbRequestField": "Jenkins-Crumb"})
}

func (s *Server) serveQueue(w http.ResponseWriter, r *http.Request) {
	items := []any{}
	for _, i := range s.items {
		if i.left.IsZero() && s.rights[JobRead] {
			items = append(items, s.viewItem(i))
		}
	}
	slices.Reverse(items)
	s.json(w, r, map[string]any{"_class": "hudson.model.Queue", "items": items})
}

func (s *Server) item(id string) *item {
	n, _ := strconv.ParseInt(id, 10, 64)
	for _, i := range s.items {
		if i.id == n && s.rights[JobRead] {
			return i
		}
	}
	return nil
}

func (s *Server) serveItem(w http.ResponseWriter, r *http.Request, id string) {
	if i := s.item(id); i != nil {
		s.json(w, r, s.viewItem(i))
		return
	}
	notFound(w)
}

func (s *Server) cancelItem(w http.ResponseWriter, r *http.Request) {
	if !s.posted(w, r) {
		return
	}
	i := s.item(r.URL.Query().Get("id"))
	switch {
	case i == nil:
		page(w, http.StatusNotFound, "Provided id not found")
	case !s.rights[JobCancel]:
		page(w, http.StatusUnprocessableEntity, "Item is not cancellable")
	case !i.left.IsZero():
		page(w, http.StatusInternalServerError, "Could not cancel run")
	default:
		i.left = s.options.Clock()
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *Server) servePlugins(w http.ResponseWriter, r *http.Request) {
	if !s.may(w, OverallSystemRead) {
		return
	}
	plugins := []any{}
	for _, name := range s.options.Plugins {
		plugins = append(plugins, map[string]any{"shortName": name, "active": true, "enabled": true, "version": "1.0"})
	}
	s.json(w, r, map[string]any{"_class": "hudson.LocalPluginManager", "plugins": plugins})
}

// serveBlue says what the account may do with a job.
func (s *Server) serveBlue(w http.ResponseWriter, path string) {
	rest, ok := strings.CutPrefix(strings.TrimSuffix(path, "/"), "/blue/rest/organizations/jenkins")
	name := strings.ReplaceAll(rest, "/pipelines/", "/job/")
	if j := s.find(name); ok && s.options.Blue && j != nil {
		write(w, map[string]any{
			"_class": "io.jenkins.blueocean.rest.impl.pipeline.PipelineImpl", "name": j.Path,
			"permissions": map[string]any{"create": false, "configure": false, "read": true, "start": s.rights[JobBuild], "stop": s.rights[JobCancel]},
		})
		return
	}
	notFound(w)
}

// find is a job by its escaped path, if the account may see it.
func (s *Server) find(escaped string) *job {
	if !s.rights[JobRead] {
		return nil
	}
	for _, j := range s.jobs {
		if pathOf(j.Path) == escaped {
			return j
		}
	}
	return nil
}

func (s *Server) posted(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodPost {
		s.fault("%s %s: it must be posted", r.Method, r.URL.Path)
		w.Header().Set("Allow", http.MethodPost)
		page(w, http.StatusMethodNotAllowed, "Form post required")
	}
	return r.Method == http.MethodPost
}

func (s *Server) json(w http.ResponseWriter, r *http.Request, view map[string]any) {
	if r.Method != http.MethodGet {
		s.fault("%s %s: it is only asked for", r.Method, r.URL.Path)
	}
	if tree := r.URL.Query().Get("tree"); tree != "" {
		t, err := parseTree(tree)
		if err != nil {
			s.fault("%s: %w", tree, err)
			page(w, http.StatusBadRequest, "Malformed tree expression")
			return
		}
		view = t.of(view).(map[string]any)
	}
	write(w, view)
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	_ = json.NewEncoder(w).Encode(v)
}

// page is what Jenkins tells people.
func page(w http.ResponseWriter, status int, says string) {
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<html><head><title>Error %d %s</title></head><body><h2>HTTP ERROR %d %s</h2></body></html>\n", status, says, status, says)
}

func notFound(w http.ResponseWriter) { page(w, http.StatusNotFound, "Not Found") }

func garble(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	_, _ = io.WriteString(w, `{"_class":"x","number":{},"id":"?"}`)
}

func readAll(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, err
}
