package githubtest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
)

func (s *Server) getContents(c *call) {
	at, file := c.resolve(orElse(c.r.URL.Query().Get("ref"), "main")), c.r.PathValue("path")
	if at == nil {
		refuse(c.w, http.StatusNotFound, "No commit found for the ref "+c.r.URL.Query().Get("ref"))
		return
	}
	text, ok := at.files[file]
	if !ok {
		c.missing()
		return
	}
	self := s.at(c.repository) + "/contents/" + file
	answer(c.w, http.StatusOK, object{
		"type": "file", "encoding": "base64", "size": len(text), "name": path.Base(file), "path": file, "sha": at.sha, "url": self, "git_url": self,
		"html_url": s.page(c.repository) + "/blob/main/" + file, "download_url": self, "content": base64.StdEncoding.EncodeToString([]byte(text)) + "\n",
		"_links": object{"git": self, "self": self, "html": self},
	})
}

func (s *Server) commitOf(c *call, ref string) *commit {
	if plain, err := url.PathUnescape(ref); err == nil {
		ref = plain
	}
	at := c.resolve(ref)
	if at == nil {
		answer(c.w, http.StatusUnprocessableEntity, object{"message": "No commit found for SHA: " + ref, "documentation_url": "https://docs.github.com/rest"})
	}
	return at
}

func (s *Server) getCommit(c *call) {
	at := s.commitOf(c, c.r.PathValue("ref"))
	if at == nil {
		return
	}
	o := s.commitShape(c.repository, at)
	o["stats"], o["files"] = object{"additions": 1, "deletions": 0, "total": 1}, []any{}
	answer(c.w, http.StatusOK, o)
}

func (s *Server) listCommits(c *call) {
	query := c.r.URL.Query()
	at := c.resolve(orElse(query.Get("sha"), "main"))
	if at == nil {
		c.missing()
		return
	}
	reached := c.behind(at.sha)
	var all []*commit
	for _, sha := range slices.Backward(c.order) {
		if x := c.commits[sha]; reached[sha] && (!query.Has("path") || slices.Contains(x.changed, query.Get("path"))) {
			all = append(all, x)
		}
	}
	answer(c.w, http.StatusOK, list(c, all, func(x *commit) object { return s.commitShape(c.repository, x) }))
}

func (s *Server) compare(c *call) {
	from, to, _ := strings.Cut(c.r.PathValue("basehead"), "...")
	base, head := c.resolve(from), c.resolve(to)
	if base == nil || head == nil {
		c.missing()
		return
	}
	ahead, behind := c.between(base.sha, head.sha), c.between(head.sha, base.sha)
	state := "diverged"
	switch {
	case len(ahead) == 0 && len(behind) == 0:
		state = "identical"
	case len(behind) == 0:
		state = "ahead"
	case len(ahead) == 0:
		state = "behind"
	}
	self := s.at(c.repository) + "/compare/" + from + "..." + to
	answer(c.w, http.StatusOK, object{
		"url": self, "html_url": self, "permalink_url": self, "diff_url": self, "patch_url": self, "base_commit": s.commitShape(c.repository, base),
		"merge_base_commit": s.commitShape(c.repository, base), "status": state, "ahead_by": len(ahead), "behind_by": len(behind),
		"total_commits": len(ahead), "commits": list(c, ahead, func(x *commit) object { return s.commitShape(c.repository, x) }), "files": []any{},
	})
}

func (s *Server) requestsOfCommit(c *call) {
	at := s.commitOf(c, c.r.PathValue("ref"))
	if at == nil {
		return
	}
	var all []*request
	for _, q := range c.requests {
		open := q.state == "open" && slices.ContainsFunc(c.between(q.baseSHA, q.sha), func(x *commit) bool { return x == at })
		if open || slices.Contains(q.commits, at.sha) {
			all = append(all, q)
		}
	}
	answer(c.w, http.StatusOK, list(c, all, func(q *request) object { return s.requestShape(c.repository, q) }))
}

func (c *call) requestOf() *request {
	n := c.number("number")
	if n < 1 || int(n) > len(c.requests) {
		c.missing()
		return nil
	}
	return c.requests[n-1]
}

func (s *Server) getRequest(c *call) {
	if q := c.requestOf(); q != nil {
		answer(c.w, http.StatusOK, s.wholeRequestShape(c.repository, q))
	}
}

func (s *Server) commitsOfRequest(c *call) {
	if q := c.requestOf(); q != nil {
		all := c.between(q.baseSHA, q.sha)
		answer(c.w, http.StatusOK, list(c, all[:min(len(all), 250)], func(x *commit) object { return s.commitShape(c.repository, x) }))
	}
}

func (s *Server) listReviews(c *call) {
	if q := c.requestOf(); q != nil {
		answer(c.w, http.StatusOK, list(c, q.reviews, func(v *review) object { return s.reviewShape(c.repository, q, v) }))
	}
}

func (s *Server) timeline(c *call) {
	q := c.requestOf()
	if q == nil {
		return
	}
	answer(c.w, http.StatusOK, list(c, q.forced, func(by string) object {
		id := s.next()
		return object{
			"id": id, "node_id": node("HRF", id), "url": fmt.Sprintf("%s/issues/events/%d", s.at(c.repository), id), "actor": s.userShape(by),
			"event": "head_ref_force_pushed", "commit_id": nil, "commit_url": nil, "created_at": stamp(s.now()), "performed_via_github_app": nil,
		}
	}))
}

func (s *Server) listActivity(c *call) {
	if !s.kept {
		c.missing()
		return
	}
	query := c.r.URL.Query()
	all := []object{}
	after := query.Get("after")
	size := 100
	var rest bool
	for _, p := range slices.Backward(c.activity) {
		if query.Has("ref") && query.Get("ref") != p.ref || after != "" && fmt.Sprint(p.id) >= after {
			continue
		}
		if rest = len(all) == size; rest {
			break
		}
		all = append(all, object{
			"id": p.id, "node_id": node("PSH", p.id), "before": p.before, "after": p.after, "ref": p.ref, "timestamp": stamp(p.at),
			"activity_type": p.kind, "actor": s.userShape(p.by),
		})
	}
	if rest {
		query.Set("after", fmt.Sprint(all[len(all)-1]["id"]))
		c.w.Header().Set("Link", fmt.Sprintf("<https://%s%s?%s>; rel=\"next\"", c.r.Host, c.r.URL.Path, query.Encode()))
	}
	answer(c.w, http.StatusOK, all)
}

// levels are roles from the least.
var levels = []string{"read", "triage", "write", "maintain", "admin"}

func (s *Server) listCollaborators(c *call) {
	least := max(0, slices.Index(levels, map[string]string{"push": "write", "pull": "read"}[c.r.URL.Query().Get("permission")]))
	var logins []string
	for login, role := range c.roles {
		if slices.Index(levels, role) >= least {
			logins = append(logins, login)
		}
	}
	slices.Sort(logins)
	answer(c.w, http.StatusOK, list(c, logins, func(login string) object {
		o := s.userShape(login).(object)
		o["role_name"] = c.roles[login]
		return o
	}))
}

func (s *Server) permission(c *call) {
	login := c.r.PathValue("login")
	if s.users[login] == nil {
		c.missing()
		return
	}
	role := orElse(c.roles[login], "none")
	// The old names of levels: https://docs.github.com/rest/collaborators/collaborators#get-repository-permissions-for-a-user
	level := orElse(map[string]string{"maintain": "write", "triage": "read"}[role], role)
	user := s.userShape(login).(object)
	user["role_name"] = role
	answer(c.w, http.StatusOK, object{"permission": level, "role_name": role, "user": user})
}
