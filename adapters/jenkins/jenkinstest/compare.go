package jenkinstest

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

// description is the community's, with what it leaves out: that every page takes tree, and that a build under way has no result.
var description = vendorspec.Options{
	File: "jenkins/jenkins-api-community.yml",
	Keep: []string{
		"/api/json", "/crumbIssuer/api/json", "/queue/api/json", "/queue/item/{number}/api/json", "/job/{name}/api/json",
		"/job/{name}/lastBuild/api/json", "/job/{name}/lastBuild/stop", "/job/{name}/{number}/logText/progressiveText",
	},
	Mend: func(raw map[string]any) {
		for _, item := range object(raw["paths"]) {
			if get := object(object(item)["get"]); get != nil {
				all, _ := get["parameters"].([]any)
				get["parameters"] = append(all, map[string]any{"name": "tree", "in": "query", "schema": map[string]any{"type": "string"}})
			}
		}
		schemas := object(object(raw["components"])["schemas"])
		for schema, property := range map[string]string{"FreeStyleBuild": "result", "QueueBlockedItem": "why", "QueueLeftItem": "why"} {
			object(object(object(schemas[schema])["properties"])[property])["nullable"] = true
		}
	},
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

var inFolders = regexp.MustCompile(`^(?:/job/[^/]+)+(/job/[^/]+/)`)

var byNumber = regexp.MustCompile(`^(/job/[^/]+/)\d+/(api/json|stop)$`)

// described is the path by which the description knows a page, empty for none.
func (s *Server) described(method, path string) string {
	if s.spec == nil {
		return ""
	}
	path = byNumber.ReplaceAllString(inFolders.ReplaceAllString(path, "$1"), "${1}lastBuild/$2")
	if strings.HasSuffix(path, "/stop") && method != http.MethodPost || s.spec.Described(method, path) {
		return path
	}
	return ""
}

func (s *Server) compareRequest(r *http.Request, path string, body []byte) {
	at := s.described(r.Method, path)
	if at == "" {
		return
	}
	q := r.Clone(r.Context())
	q.URL.Path, q.URL.RawPath = at, ""
	if err := s.spec.Request(q, body); err != nil {
		s.fault("%w", err)
	}
}

// compareAnswer looks at answers that are not refusals: those are pages for people, and most are not described.
func (s *Server) compareAnswer(r *http.Request, path string, w *httptest.ResponseRecorder) {
	at := s.described(r.Method, path)
	if at == "" || w.Code/100 != 2 {
		return
	}
	if err := s.spec.Answer(r.Method, at, w.Code, w.Header().Get("Content-Type"), w.Body.Bytes()); err != nil {
		s.fault("the answer: %w", err)
	}
}
