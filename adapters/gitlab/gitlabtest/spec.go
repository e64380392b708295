package gitlabtest

import (
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

// loose are routes whose answers are described wrongly: lists as single objects, numbers and objects as text. Their answers are written
// from the documentation's examples.
var loose = regexp.MustCompile(`/(events|hooks|audit_events|approvals|versions|raw|trace|merge_requests)$|/members/all/|/ci/lint$|^/api/v4/projects/[^/]+$|/deployments(/[0-9]+)?$`)

// compare compares an answer with the description.
func (s *Server) compare(r *http.Request, a reply) {
	path := r.URL.EscapedPath()
	if s.spec == nil || a.status/100 != 2 || loose.MatchString(path) || !s.spec.Described(r.Method, path) {
		return
	}
	raw, kind := encode(a)
	status := a.status
	if err := s.spec.Answer(r.Method, path, status, kind, raw); err != nil {
		s.complain("answer: %w", err)
	}
}
