package githubtest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// call is a request about a repository.
type call struct {
	w http.ResponseWriter
	r *http.Request
	*repository
}

func (c *call) number(name string) int64 {
	n, _ := strconv.ParseInt(c.r.PathValue(name), 10, 64)
	return n
}

func (c *call) missing() { refuse(c.w, http.StatusNotFound, "Not Found") }

// routes are what this GitHub answers, each with the permission that it takes.
func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /rate_limit", s.rateLimit)
	mux.HandleFunc("GET /user", s.self)
	mux.HandleFunc("GET /orgs/{org}/audit-log", s.auditLog)
	for _, route := range []struct {
		pattern, needs string
		do             func(*Server, *call)
	}{
		{"GET ", "metadata=read", (*Server).getRepository},
		{"GET /actions/workflows/{workflow}", "actions=read", (*Server).getWorkflow},
		{"POST /actions/workflows/{workflow}/dispatches", "actions=write", (*Server).dispatch},
		{"GET /actions/workflows/{workflow}/runs", "actions=read", (*Server).listRuns},
		{"GET /actions/runs/{run}", "actions=read", (*Server).getRun},
		{"GET /actions/runs/{run}/jobs", "actions=read", (*Server).listJobs},
		{"GET /actions/runs/{run}/pending_deployments", "actions=read", (*Server).pending},
		{"POST /actions/runs/{run}/cancel", "actions=write", (*Server).cancel},
		{"POST /actions/runs/{run}/force-cancel", "actions=write", (*Server).forceCancel},
		{"GET /actions/jobs/{job}/logs", "actions=read", (*Server).jobLog},
		{"GET /actions/permissions", "administration=read", (*Server).actionsPermissions},
		{"GET /actions/permissions/workflow", "administration=read", (*Server).tokenPermissions},
		{"GET /environments/{environment}", "actions=read", (*Server).getEnvironment},
		{"GET /deployments", "deployments=read", (*Server).listDeployments},
		{"POST /deployments", "deployments=write", (*Server).createDeployment},
		{"GET /deployments/{deployment}/statuses", "deployments=read", (*Server).listStatuses},
		{"POST /deployments/{deployment}/statuses", "deployments=write", (*Server).createStatus},
		{"GET /contents/{path...}", "contents=read", (*Server).getContents},
		{"GET /commits", "contents=read", (*Server).listCommits},
		{"GET /commits/{ref}", "contents=read", (*Server).getCommit},
		{"GET /commits/{ref}/pulls", "pull_requests=read", (*Server).requestsOfCommit},
		{"GET /compare/{basehead}", "contents=read", (*Server).compare},
		{"GET /activity", "contents=read", (*Server).listActivity},
		{"GET /collaborators", "metadata=read", (*Server).listCollaborators},
		{"GET /collaborators/{login}/permission", "metadata=read", (*Server).permission},
		{"GET /pulls/{number}", "pull_requests=read", (*Server).getRequest},
		{"GET /pulls/{number}/commits", "pull_requests=read", (*Server).commitsOfRequest},
		{"GET /pulls/{number}/reviews", "pull_requests=read", (*Server).listReviews},
		{"GET /issues/{number}/timeline", "pull_requests=read", (*Server).timeline},
	} {
		method, path, _ := strings.Cut(route.pattern, " ")
		mux.HandleFunc(method+" /repos/{owner}/{repo}"+path, func(w http.ResponseWriter, r *http.Request) {
			var at *repository
			for name, repo := range s.repos { // which are the same in any case
				if strings.EqualFold(name, r.PathValue("owner")+"/"+r.PathValue("repo")) {
					at = repo
				}
			}
			if at == nil || at.hidden || s.options.Scopes != nil && !slices.Contains(s.options.Scopes, "repo") {
				refuse(w, http.StatusNotFound, "Not Found")
				return
			}
			if s.options.Scopes == nil && !s.may(route.needs) {
				w.Header().Set("X-Accepted-GitHub-Permissions", route.needs)
				refuse(w, http.StatusForbidden, "Resource not accessible by personal access token")
				return
			}
			if role := at.roles[s.options.Login]; strings.HasSuffix(route.needs, "write") && role != "write" && role != "maintain" && role != "admin" {
				refuse(w, http.StatusForbidden, "Must have write access to Repository.")
				return
			}
			route.do(s, &call{w, r, at})
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fault("%s %s is not served here", r.Method, r.URL.Path)
		refuse(w, http.StatusNotFound, "Not Found")
	})
	return mux
}

// may reports whether the token has a permission: writing includes reading.
func (s *Server) may(need string) bool {
	name, level, _ := strings.Cut(need, "=")
	has := s.options.Permissions[name]
	return has == level || has == "write" && level == "read"
}

// paged cuts a list to the page that was asked for, and says in a header where the others are.
func paged[T any](w http.ResponseWriter, r *http.Request, all []T) []T {
	query := r.URL.Query()
	size, page := 30, 1
	if n, err := strconv.Atoi(query.Get("per_page")); err == nil {
		size = min(n, 100)
	}
	if n, err := strconv.Atoi(query.Get("page")); err == nil {
		page = max(n, 1)
	}
	last := max(1, (len(all)+size-1)/size)
	var links []string
	link := func(n int, rel string) {
		query.Set("page", strconv.Itoa(n))
		at := url.URL{Scheme: "https", Host: r.Host, Path: r.URL.Path, RawQuery: query.Encode()}
		links = append(links, fmt.Sprintf("<%s>; rel=%q", at.String(), rel))
	}
	if page < last {
		link(page+1, "next")
		link(last, "last")
	}
	if page > 1 {
		link(1, "first")
		link(page-1, "prev")
	}
	if len(links) > 0 {
		w.Header().Set("Link", strings.Join(links, ", "))
	}
	from := min((page-1)*size, len(all))
	return all[from:min(from+size, len(all))]
}

// list answers a page of what a list's items look like.
func list[T any](c *call, all []T, shape func(T) object) []object {
	shapes := []object{}
	for _, x := range paged(c.w, c.r, all) {
		shapes = append(shapes, shape(x))
	}
	return shapes
}
