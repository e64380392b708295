package gitlabtest

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

// description is what of GitLab's own description is used.
var description = vendorspec.Options{
	File: "gitlab/openapi3-converted.yaml.gz",
	Keep: []string{
		"/api/v4/user", "/api/v4/personal_access_tokens/self", "/api/v4/projects/{id}", "/api/v4/projects/{id}/pipeline", "/api/v4/projects/{id}/pipelines",
		"/api/v4/projects/{id}/pipelines/", "/api/v4/projects/{id}/jobs/{job_id}/play", "/api/v4/projects/{id}/jobs/{job_id}/trace",
		"/api/v4/projects/{id}/deployments", "/api/v4/projects/{id}/deployments/", "/api/v4/projects/{id}/repository/commits",
		"/api/v4/projects/{id}/repository/commits/", "/api/v4/projects/{id}/repository/files/{file_path}/raw", "/api/v4/projects/{id}/merge_requests/{merge_request_iid}/approvals",
		"/api/v4/projects/{id}/merge_requests/{merge_request_iid}/commits", "/api/v4/projects/{id}/merge_requests/{merge_request_iid}/versions", "/api/v4/projects/{id}/events",
		"/api/v4/projects/{id}/members/all/{user_id}", "/api/v4/projects/{id}/hooks", "/api/v4/projects/{id}/audit_events",
		"/api/v4/projects/{id}/protected_branches/{name}", "/api/v4/projects/{id}/ci/lint",
	},
	Mend: mend,
}

// mend corrects where the description is made mechanically and wrong: what nobody gave a type is called text, and some lists are called what
// they hold.
func mend(raw map[string]any) {
	schemas, _ := at(raw, "components", "schemas").(map[string]any)
	for _, schema := range schemas {
		properties, _ := at(schema, "properties").(map[string]any)
		for name, p := range properties {
			if p, ok := p.(map[string]any); ok && len(p) == 1 && p["type"] == "string" {
				properties[name] = map[string]any{}
			}
		}
	}
	if token, ok := at(schemas, "API_Entities_PersonalAccessTokenWithLastUsedIps", "properties").(map[string]any); ok {
		token["expires_at"] = map[string]any{"type": "string", "format": "date"}
	}
	if hook, ok := at(schemas, "API_Entities_ProjectHook", "properties").(map[string]any); ok {
		hook["id"], hook["project_id"] = map[string]any{"type": "integer"}, map[string]any{"type": "integer"}
	}
	if approvals, ok := at(schemas, "API_Entities_MergeRequestApprovals", "properties").(map[string]any); ok {
		approvals["approved_by"] = map[string]any{"type": "array", "items": approvals["approved_by"]}
	}
	for _, path := range []string{"/api/v4/projects/{id}/events", "/api/v4/projects/{id}/merge_requests/{merge_request_iid}/commits"} {
		if media, ok := at(raw, "paths", path, "get", "responses", "200", "content", "application/json").(map[string]any); ok {
			media["schema"] = map[string]any{"type": "array", "items": media["schema"]}
		}
	}
}

// at follows names into an object, nil where there is nothing.
func at(v any, names ...string) any {
	for _, name := range names {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

// undescribed are routes that GitLab documents and its description leaves out: https://docs.gitlab.com/api/notes/,
// https://docs.gitlab.com/api/protected_environments/, https://docs.gitlab.com/api/users/. What may be asked of them is written here.
var undescribed = []struct {
	path  *regexp.Regexp
	query []string
}{
	{regexp.MustCompile(`^/api/v4/projects/[^/]+/merge_requests/[0-9]+/notes$`), []string{"page", "per_page", "order_by", "sort", "activity_filter"}},
	{regexp.MustCompile(`^/api/v4/projects/[^/]+/protected_environments$`), []string{"page", "per_page"}},
	{regexp.MustCompile(`^/api/v4/users/[0-9]+$`), []string{"with_custom_attributes"}},
}

// check compares a request with the description.
func (s *Server) check(r *http.Request, body []byte) {
	for _, u := range undescribed {
		if !u.path.MatchString(r.URL.EscapedPath()) {
			continue
		}
		if r.Method != http.MethodGet || len(body) > 0 {
			s.complain("%s %s is not documented", r.Method, r.URL.Path)
		}
		for name := range r.URL.Query() {
			if !strings.Contains(" "+strings.Join(u.query, " ")+" ", " "+name+" ") {
				s.complain("%s takes no %s in its query", r.URL.Path, name)
			}
		}
		return
	}
	if s.spec == nil {
		return
	}
	if err := s.spec.Request(r, body); err != nil {
		s.complain("request: %w", err)
	}
}

// compare compares an answer with the description.
func (s *Server) compare(r *http.Request, a reply) {
	path := r.URL.EscapedPath()
	if s.spec == nil || a.status/100 != 2 || !s.spec.Described(r.Method, path) {
		return
	}
	raw, kind := encode(a)
	var v any
	if kind == "application/json" && json.Unmarshal(raw, &v) == nil {
		raw, _ = json.Marshal(without(v)) // it was decoded from JSON
	}
	if err := s.spec.Answer(r.Method, path, a.status, kind, raw); err != nil {
		s.complain("answer: %w", err)
	}
}

// without leaves nulls out: the description knows none, and GitLab answers with many.
func without(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, below := range v {
			if below == nil {
				delete(v, name)
			} else {
				v[name] = without(below)
			}
		}
	case []any:
		for i, below := range v {
			v[i] = without(below)
		}
	}
	return v
}
