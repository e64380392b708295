package gitlabtest

import (
	"net/http"
	"net/url"
	"strings"
)

// routes are what is served, "*" for what is open.
var routes = []struct {
	method, path string
	serve        func(*Server, *call, *Project) reply // the project is nil outside of one
	level        Role                                 // least role, where there is a project
}{
	{"GET", "user", (*Server).serveUser, 0},
	{"GET", "users/*", (*Server).serveUserByID, 0},
	{"GET", "personal_access_tokens/self", (*Server).serveToken, 0},
	{"GET", "projects/*", (*Server).serveProject, Guest},
	{"GET", "projects/*/members/all/*", (*Server).serveMember, Guest},
	{"GET", "projects/*/audit_events", (*Server).serveAudit, Guest},
	{"GET", "projects/*/hooks", (*Server).serveHooks, Maintainer},
	{"GET", "projects/*/protected_branches/*", (*Server).serveProtectedBranch, Maintainer},
	{"GET", "projects/*/protected_environments", (*Server).serveProtectedEnvironments, Developer},
	{"GET", "projects/*/ci/lint", (*Server).serveLint, Developer},
	{"GET", "projects/*/repository/files/*/raw", (*Server).serveFile, Reporter},
	{"POST", "projects/*/pipeline", (*Server).createPipeline, Developer},
	{"GET", "projects/*/pipelines", (*Server).listPipelines, Reporter},
	{"GET", "projects/*/pipelines/*", (*Server).servePipeline, Reporter},
	{"GET", "projects/*/pipelines/*/variables", (*Server).serveVariables, Reporter},
	{"GET", "projects/*/pipelines/*/jobs", (*Server).serveJobs, Reporter},
	{"POST", "projects/*/pipelines/*/cancel", (*Server).cancelPipeline, Developer},
	{"POST", "projects/*/jobs/*/play", (*Server).playJob, Developer},
	{"GET", "projects/*/jobs/*/trace", (*Server).serveTrace, Reporter},
	{"GET", "projects/*/deployments", (*Server).listDeployments, Reporter},
	{"POST", "projects/*/deployments", (*Server).createDeployment, Developer},
	{"PUT", "projects/*/deployments/*", (*Server).updateDeployment, Developer},
	{"POST", "projects/*/deployments/*/approval", (*Server).approveDeployment, Developer},
	{"GET", "projects/*/repository/commits", (*Server).listCommits, Reporter},
	{"GET", "projects/*/repository/commits/*", (*Server).serveCommit, Reporter},
	{"GET", "projects/*/repository/commits/*/merge_requests", (*Server).serveRequestsOf, Reporter},
	{"GET", "projects/*/merge_requests/*/approvals", (*Server).serveApprovals, Reporter},
	{"GET", "projects/*/merge_requests/*/versions", (*Server).serveVersions, Reporter},
	{"GET", "projects/*/merge_requests/*/notes", (*Server).serveNotes, Reporter},
	{"GET", "projects/*/merge_requests/*/commits", (*Server).serveRequestCommits, Reporter},
	{"GET", "projects/*/events", (*Server).serveEvents, Guest},
}

func (s *Server) route(c *call) reply {
	path, ok := strings.CutPrefix(c.URL.EscapedPath(), "/api/v4/")
	if !ok {
		return missing("API Version")
	}
	parts := strings.Split(path, "/")
	for _, r := range routes {
		ids, ok := match(strings.Split(r.path, "/"), parts)
		if !ok || r.method != c.Method {
			continue
		}
		c.ids = ids
		if !strings.HasPrefix(r.path, "projects/") {
			return r.serve(s, c, nil)
		}
		p := s.seen(c)
		if p == nil {
			return missing("Project")
		}
		if s.role(c, p) < r.level {
			return forbidden
		}
		s.advance(p)
		return r.serve(s, c, p)
	}
	return reply{http.StatusNotFound, map[string]any{"error": "404 Not Found"}}
}

func match(form, parts []string) (ids []string, ok bool) {
	if len(form) != len(parts) {
		return nil, false
	}
	for i, f := range form {
		if f != "*" {
			if f != parts[i] {
				return nil, false
			}
			continue
		}
		id, err := url.PathUnescape(parts[i])
		if err != nil || id == "" {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}

// seen is the project that a route names, nil if the token's user may not see it.
func (s *Server) seen(c *call) *Project {
	for _, p := range s.projects {
		if p.Path != c.ids[0] && c.number(0) != p.id {
			continue
		}
		if p.Visibility == "public" || p.Visibility == "internal" || s.role(c, p) > 0 {
			return p
		}
	}
	return nil
}

// role is that of the token's user in a project; anybody is a reporter of a public one.
func (s *Server) role(c *call, p *Project) Role {
	role := p.Members[c.token.User.Username]
	if p.Visibility != "private" {
		role = max(role, Reporter)
	}
	return role
}
