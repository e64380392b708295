package githubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

type environment struct {
	id int64
	Environment
}

// Environment is an environment with its protection.
type Environment struct {
	Name              string
	Reviewers         []string // logins
	PreventSelfReview bool
}

// AddEnvironment makes an environment.
func (s *Server) AddEnvironment(name string, e Environment) {
	s.change(name, func(r *repository) { r.environments[e.Name] = &environment{s.next(), e} })
}

type deployment struct {
	id               int64
	ref, sha, task   string
	environment      string
	payload          any
	text             string
	production, fade bool
	at               time.Time
	statuses         []*status
}

type status struct {
	id                      int64
	state, log, environment string
	text                    string
	at                      time.Time
}

// Deployment is a deployment as a test looks at it.
type Deployment struct {
	Environment, Task, Ref, Text string
	Payload                      any
	States                       []string // the oldest first
}

// Deployments lists what is on record in a repository, the oldest first.
func (s *Server) Deployments(name string) (all []Deployment) {
	s.change(name, func(r *repository) {
		for _, d := range r.deployments {
			x := Deployment{Environment: d.environment, Task: d.task, Ref: d.ref, Text: d.text, Payload: d.payload}
			for _, st := range d.statuses {
				x.States = append(x.States, st.state)
			}
			all = append(all, x)
		}
	})
	return all
}

func (s *Server) getEnvironment(c *call) {
	e := c.environments[c.r.PathValue("environment")]
	if e == nil {
		c.missing()
		return
	}
	rules := []object{}
	if len(e.Reviewers) > 0 {
		reviewers := []object{}
		for _, login := range e.Reviewers {
			reviewers = append(reviewers, object{"type": "User", "reviewer": s.userShape(login)})
		}
		rules = append(rules, object{"id": e.id + 1, "node_id": node("GA", e.id), "type": "required_reviewers", "prevent_self_review": e.PreventSelfReview, "reviewers": reviewers})
	}
	at := stamp(c.commits[c.order[0]].at)
	answer(c.w, http.StatusOK, object{
		"id": e.id, "node_id": node("E", e.id), "name": e.Name, "url": s.at(c.repository) + "/environments/" + e.Name,
		"html_url": s.page(c.repository) + "/deployments/" + e.Name, "created_at": at, "updated_at": at, "protection_rules": rules, "deployment_branch_policy": nil,
	})
}

func (s *Server) deploymentShape(r *repository, d *deployment) object {
	at := fmt.Sprintf("%s/deployments/%d", s.at(r), d.id)
	return object{
		"url": at, "id": d.id, "node_id": node("D", d.id), "task": d.task, "original_environment": d.environment, "environment": d.environment,
		"description": d.text, "created_at": stamp(d.at), "updated_at": stamp(d.at), "statuses_url": at + "/statuses", "repository_url": s.at(r),
		"creator": s.userShape(s.options.Login), "sha": d.sha, "ref": d.ref, "payload": d.payload, "transient_environment": d.fade,
		"production_environment": d.production, "performed_via_github_app": nil,
	}
}

func (s *Server) statusShape(r *repository, d *deployment, st *status) object {
	at := fmt.Sprintf("%s/deployments/%d", s.at(r), d.id)
	return object{
		"url": fmt.Sprintf("%s/statuses/%d", at, st.id), "id": st.id, "node_id": node("DS", st.id), "state": st.state, "creator": s.userShape(s.options.Login),
		"description": st.text, "environment": st.environment, "target_url": st.log, "log_url": st.log, "environment_url": "", "created_at": stamp(st.at),
		"updated_at": stamp(st.at), "deployment_url": at, "repository_url": s.at(r), "performed_via_github_app": nil,
	}
}

func (s *Server) listDeployments(c *call) {
	query := c.r.URL.Query()
	var all []*deployment
	for _, d := range slices.Backward(c.deployments) {
		if query.Has("task") && query.Get("task") != d.task || query.Has("environment") && query.Get("environment") != d.environment {
			continue
		}
		all = append(all, d)
	}
	answer(c.w, http.StatusOK, list(c, all, func(d *deployment) object { return s.deploymentShape(c.repository, d) }))
}

func (s *Server) createDeployment(c *call) {
	var asked struct {
		Ref                   string
		Task                  string
		RequiredContexts      *[]string `json:"required_contexts"`
		Payload               any
		Environment           string
		Description           string
		TransientEnvironment  bool `json:"transient_environment"`
		ProductionEnvironment bool `json:"production_environment"`
	}
	if err := json.NewDecoder(c.r.Body).Decode(&asked); err != nil {
		refuse(c.w, http.StatusBadRequest, "Problems parsing JSON")
		return
	}
	at := c.resolve(asked.Ref)
	switch {
	case at == nil:
		answer(c.w, http.StatusUnprocessableEntity, object{"message": "No ref found for: " + asked.Ref, "documentation_url": "https://docs.github.com/rest"})
		return
	case asked.RequiredContexts == nil: // the commit's checks are asked for, and here they are never there
		refuse(c.w, http.StatusConflict, "Conflict: Commit status checks failed for "+asked.Ref+".")
		return
	}
	if asked.Payload == nil {
		asked.Payload = object{}
	}
	d := &deployment{
		id: s.next(), ref: asked.Ref, sha: at.sha, task: orElse(asked.Task, "deploy"), environment: orElse(asked.Environment, "production"),
		payload: asked.Payload, text: asked.Description, fade: asked.TransientEnvironment, production: asked.ProductionEnvironment, at: s.now(),
	}
	if c.environments[d.environment] == nil {
		c.environments[d.environment] = &environment{s.next(), Environment{Name: d.environment}}
	}
	c.deployments = append(c.deployments, d)
	answer(c.w, http.StatusCreated, s.deploymentShape(c.repository, d))
}

func (c *call) deploymentOf() *deployment {
	for _, d := range c.deployments {
		if d.id == c.number("deployment") {
			return d
		}
	}
	return nil
}

func (s *Server) listStatuses(c *call) {
	d := c.deploymentOf()
	if d == nil {
		c.missing()
		return
	}
	all := slices.Clone(d.statuses)
	slices.Reverse(all)
	answer(c.w, http.StatusOK, list(c, all, func(st *status) object { return s.statusShape(c.repository, d, st) }))
}

func (s *Server) createStatus(c *call) {
	d := c.deploymentOf()
	var asked struct {
		State, Description, Environment string
		LogURL                          string `json:"log_url"`
		AutoInactive                    *bool  `json:"auto_inactive"`
	}
	if d == nil {
		c.missing()
		return
	}
	if err := json.NewDecoder(c.r.Body).Decode(&asked); err != nil {
		refuse(c.w, http.StatusBadRequest, "Problems parsing JSON")
		return
	}
	st := &status{s.next(), asked.State, asked.LogURL, orElse(asked.Environment, d.environment), asked.Description, s.now()}
	d.statuses = append(d.statuses, st)
	if asked.State == "success" && (asked.AutoInactive == nil || *asked.AutoInactive) {
		for _, before := range c.deployments {
			if n := len(before.statuses); before != d && before.environment == d.environment && !before.fade && !before.production && n > 0 && before.statuses[n-1].state == "success" {
				before.statuses = append(before.statuses, &status{s.next(), "inactive", "", before.environment, "", s.now()})
			}
		}
	}
	s.tellStatus(c.repository, d, st)
	answer(c.w, http.StatusCreated, s.statusShape(c.repository, d, st))
}
