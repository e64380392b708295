package githubtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

const inRepo = "/repos/{owner}/{repo}"

// description is GitHub's own, cut to what is served here, and mended: created takes a search like ">=2026-11-23T09:00:00Z", which is no
// date-time. Audit logs are described for Enterprise Cloud alone.
var description = vendorspec.Options{
	File: "github/api.github.com.json.gz",
	Mend: func(raw map[string]any) {
		components, _ := raw["components"].(map[string]any)
		parameters, _ := components["parameters"].(map[string]any)
		created, _ := parameters["created"].(map[string]any)
		created["schema"] = map[string]any{"type": "string"}
	},
	Keep: []string{
		"/rate_limit", "/user", inRepo,
		inRepo + "/actions/workflows/{workflow_id}", inRepo + "/actions/workflows/{workflow_id}/dispatches", inRepo + "/actions/workflows/{workflow_id}/runs",
		inRepo + "/actions/runs/{run_id}", inRepo + "/actions/runs/{run_id}/jobs", inRepo + "/actions/runs/{run_id}/cancel",
		inRepo + "/actions/runs/{run_id}/force-cancel", inRepo + "/actions/runs/{run_id}/pending_deployments", inRepo + "/actions/jobs/{job_id}/logs",
		inRepo + "/actions/permissions", inRepo + "/actions/permissions/workflow",
		inRepo + "/activity", inRepo + "/branches/{branch}/protection", inRepo + "/rules/branches/{branch}",
		inRepo + "/collaborators", inRepo + "/collaborators/{username}/permission",
		inRepo + "/commits", inRepo + "/commits/{ref}", inRepo + "/commits/{commit_sha}/pulls", inRepo + "/compare/{basehead}", inRepo + "/contents/{path}",
		inRepo + "/deployments", inRepo + "/deployments/{deployment_id}/statuses", inRepo + "/environments", inRepo + "/environments/{environment_name}",
		inRepo + "/issues/{issue_number}/timeline", inRepo + "/pulls/{pull_number}", inRepo + "/pulls/{pull_number}/reviews", inRepo + "/pulls/{pull_number}/commits",
	},
}

// described is a request by the path that the description knows it by: there, a file's path is one part.
func (s *Server) described(r *http.Request) (string, bool) {
	path := r.URL.EscapedPath()
	if before, file, ok := strings.Cut(path, "/contents/"); ok {
		path = before + "/contents/" + url.PathEscape(file)
	}
	return path, s.spec != nil && !strings.HasPrefix(path, "/orgs/")
}

func (s *Server) compareRequest(r *http.Request, body []byte) {
	path, ok := s.described(r)
	if !ok {
		return
	}
	q := r.Clone(r.Context())
	q.URL.RawPath = path
	q.URL.Path, _ = url.PathUnescape(path)
	if err := s.spec.Request(q, body); err != nil {
		s.fault("%w", err)
	}
	if version := r.Header.Get("X-GitHub-Api-Version"); version == "" {
		s.fault("%s %s names no version of the API", r.Method, r.URL.Path)
	}
}

// compareAnswer looks at every answer but refusals that are not described: every route gives those.
func (s *Server) compareAnswer(r *http.Request, w *httptest.ResponseRecorder) {
	path, ok := s.described(r)
	if !ok {
		return
	}
	err := s.spec.Answer(r.Method, path, w.Code, w.Header().Get("Content-Type"), w.Body.Bytes())
	if err != nil && !(w.Code >= 400 && strings.Contains(err.Error(), "is not described")) {
		s.fault("the answer: %w", err)
	}
}

var webhookSchemas = sync.OnceValues(func() (*jsonschema.Compiler, error) {
	raw, err := vendorspec.Sample("github/webhooks-schema.json")
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	templates(doc)
	c := jsonschema.NewCompiler()
	return c, c.AddResource(webhooksAt, doc)
})

// templates drops a format that the validator knows less of than GitHub does: "{/sha}" is a template.
func templates(v any) {
	switch v := v.(type) {
	case map[string]any:
		if v["format"] == "uri-template" {
			delete(v, "format")
		}
		for _, below := range v {
			templates(below)
		}
	case []any:
		for _, below := range v {
			templates(below)
		}
	}
}

const webhooksAt = "https://schemas.example/github.json"

var (
	compiling sync.Mutex // a compiler is no two goroutines'
	compiled  = map[string]*jsonschema.Schema{}
)

// CheckWebhook compares a payload with GitHub's own schema of it; vendorspec.ErrAbsent where that is absent.
func CheckWebhook(event string, body []byte) error {
	var said struct{ Action string }
	if err := json.Unmarshal(body, &said); err != nil {
		return err
	}
	name := event + "$" + orElse(said.Action, "event")
	compiling.Lock()
	defer compiling.Unlock()
	schema := compiled[name]
	if schema == nil {
		c, err := webhookSchemas()
		if err != nil {
			return err
		}
		if schema, err = c.Compile(webhooksAt + "#/definitions/" + url.PathEscape(name)); err != nil {
			return err
		}
		compiled[name] = schema
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	if err := schema.Validate(v); err != nil {
		return fmt.Errorf("webhook %s: %w", name, err)
	}
	return nil
}
