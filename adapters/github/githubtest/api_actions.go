package githubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (s *Server) rateLimit(w http.ResponseWriter, _ *http.Request) {
	rate := object{"limit": 5000, "used": 1, "remaining": 4999, "reset": s.now().Add(time.Hour).Unix(), "resource": "core"}
	answer(w, http.StatusOK, object{"rate": rate, "resources": object{"core": rate, "search": rate}})
}

func (s *Server) auditLog(w http.ResponseWriter, r *http.Request) {
	scoped := s.options.Scopes != nil && (slices.Contains(s.options.Scopes, "admin:org") || slices.Contains(s.options.Scopes, "read:audit_log"))
	switch {
	case !s.audited:
		refuse(w, http.StatusNotFound, "Not Found")
	case !scoped && (s.options.Scopes != nil || !s.may("organization_administration=read")):
		w.Header().Set("X-Accepted-GitHub-Permissions", "organization_administration=read")
		refuse(w, http.StatusForbidden, "Resource not accessible by personal access token")
	default:
		answer(w, http.StatusOK, []object{{"action": "workflows.created_workflow_run", "actor": "mira", "created_at": s.now().UnixMilli(), "org": r.PathValue("org")}})
	}
}

func (s *Server) getRepository(c *call) { answer(c.w, http.StatusOK, s.fullRepoShape(c.repository)) }

func (c *call) workflowOf() *workflow {
	name := c.r.PathValue("workflow")
	if w := c.workflows[name]; w != nil {
		return w
	}
	for _, w := range c.workflows {
		if strconv.FormatInt(w.id, 10) == name {
			return w
		}
	}
	return nil
}

func (s *Server) getWorkflow(c *call) {
	if w := c.workflowOf(); w != nil {
		answer(c.w, http.StatusOK, s.workflowShape(c.repository, w))
		return
	}
	c.missing()
}

func (s *Server) dispatch(c *call) {
	w := c.workflowOf()
	var asked map[string]any
	if w == nil {
		c.missing()
		return
	}
	if err := json.NewDecoder(c.r.Body).Decode(&asked); err != nil {
		refuse(c.w, http.StatusBadRequest, "Problems parsing JSON")
		return
	}
	ref, _ := asked["ref"].(string)
	details, _ := asked["return_run_details"].(bool)
	inputs, _ := asked["inputs"].(map[string]any)
	accepted, wrong := w.accept(inputs)
	switch _, given := asked["return_run_details"]; {
	case given && s.options.Dispatch == Refuses:
		wrong = "Invalid request.\n\n\"return_run_details\" is not a permitted key."
	case c.resolve(ref) == nil:
		wrong = "No ref found for: " + ref
	case w.state != "active":
		wrong = "Cannot trigger a 'workflow_dispatch' on a disabled workflow"
	case !w.dispatched:
		wrong = "Workflow does not have 'workflow_dispatch' trigger"
	}
	if wrong != "" {
		refuse(c.w, http.StatusUnprocessableEntity, wrong)
		return
	}
	x := s.begin(c.repository, w, ref, s.options.Login, "workflow_dispatch", accepted)
	s.pass()
	if !details || s.options.Dispatch != Details {
		c.w.WriteHeader(http.StatusNoContent)
		return
	}
	answer(c.w, http.StatusOK, object{"workflow_run_id": x.id, "run_url": s.runURL(c.repository, x), "html_url": s.runPage(c.repository, x)})
}

func (s *Server) listRuns(c *call) {
	w := c.workflowOf()
	if w == nil {
		c.missing()
		return
	}
	query := c.r.URL.Query()
	var since time.Time
	if created := query.Get("created"); created != "" {
		at, err := time.Parse(time.RFC3339, strings.TrimPrefix(created, ">="))
		if err != nil || !strings.HasPrefix(created, ">=") {
			s.fault("created=%s is not understood here", created)
		}
		since = at
	}
	var runs []*run
	for _, x := range slices.Backward(c.runs) {
		status, conclusion := s.stateOf(c.repository, x)
		switch {
		case x.workflow != w, x.forgotten, s.now().Before(x.created.Add(s.options.ListingLag)), x.created.Before(since),
			query.Has("event") && query.Get("event") != x.event,
			query.Has("status") && query.Get("status") != status && query.Get("status") != conclusion,
			query.Has("actor") && query.Get("actor") != x.actor, query.Has("branch") && query.Get("branch") != x.ref:
			continue
		}
		runs = append(runs, x)
	}
	total := len(runs)
	runs = runs[:min(total, 1000)]
	answer(c.w, http.StatusOK, object{
		"total_count": total, "workflow_runs": list(c, runs, func(x *run) object { return s.runShape(c.repository, x) }),
	})
}

func (s *Server) getRun(c *call) {
	if x := c.run(c.number("run")); x != nil {
		answer(c.w, http.StatusOK, s.runShape(c.repository, x))
		return
	}
	c.missing()
}

func (s *Server) listJobs(c *call) {
	x := c.run(c.number("run"))
	if x == nil {
		c.missing()
		return
	}
	jobs := s.jobShapes(c.repository, x)
	answer(c.w, http.StatusOK, object{"total_count": len(jobs), "jobs": list(c, jobs, func(j object) object { return j })})
}

func (s *Server) pending(c *call) {
	x := c.run(c.number("run"))
	if x == nil {
		c.missing()
		return
	}
	all := []object{}
	if status, _ := s.stateOf(c.repository, x); status == "waiting" {
		e := c.environments[x.course.Environment]
		reviewers := []object{}
		for _, login := range e.Reviewers {
			reviewers = append(reviewers, object{"type": "User", "reviewer": s.userShape(login)})
		}
		all = append(all, object{
			"environment": object{
				"id": e.id, "node_id": node("E", e.id), "name": e.Name, "url": s.at(c.repository) + "/environments/" + e.Name,
				"html_url": s.page(c.repository) + "/deployments/activity_log?environments_filter=" + e.Name,
			},
			"wait_timer": 0, "wait_timer_started_at": nil, "current_user_can_approve": false, "reviewers": reviewers,
		})
	}
	answer(c.w, http.StatusOK, all)
}

func (s *Server) cancel(c *call) { s.stop(c, false) }

func (s *Server) forceCancel(c *call) { s.stop(c, true) }

func (s *Server) stop(c *call, force bool) {
	x := c.run(c.number("run"))
	if x == nil {
		c.missing()
		return
	}
	if status, _ := s.stateOf(c.repository, x); status == "completed" {
		refuse(c.w, http.StatusConflict, "Cannot cancel a workflow run that is completed.")
		return
	}
	if x.cancelled.IsZero() || force {
		x.cancelled = s.now()
	}
	x.forced = x.forced || force
	s.pass()
	answer(c.w, http.StatusAccepted, object{})
}

func (s *Server) jobLog(c *call) {
	id := c.number("job")
	for _, x := range c.runs {
		if id >= x.jobID && id < x.jobID+int64(len(x.course.Jobs)) && x.course.Log != "" {
			c.w.Header().Set("Location", fmt.Sprintf("%s%s%d?sig=%s", s.options.URL, logsPath, x.id, x.logSecret()))
			c.w.WriteHeader(http.StatusFound)
			return
		}
	}
	c.missing()
}

// serveLog serves a log from where it is kept. A token is not welcome there.
func (s *Server) serveLog(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "" {
		s.fault("the token was sent to where logs are kept")
	}
	for _, repo := range s.repos {
		for _, x := range repo.runs {
			if r.URL.Path == fmt.Sprintf("%s%d", logsPath, x.id) && r.URL.Query().Get("sig") == x.logSecret() {
				w.Header().Set("Content-Type", "text/plain")
				_, _ = w.Write([]byte(x.course.Log))
				return
			}
		}
	}
	w.WriteHeader(http.StatusNotFound)
}

func (s *Server) actionsPermissions(c *call) {
	answer(c.w, http.StatusOK, object{"enabled": true, "allowed_actions": c.allowed})
}

func (s *Server) tokenPermissions(c *call) {
	answer(c.w, http.StatusOK, object{"default_workflow_permissions": c.token, "can_approve_pull_request_reviews": c.approves})
}
