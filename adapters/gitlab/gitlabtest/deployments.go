package gitlabtest

import (
	"cmp"
	"slices"
	"time"
)

// Deployment is a deployment to an environment.
type Deployment struct {
	ID          int64
	Environment string
	Status      string
	SHA         string
	User        string

	ref              string
	tag              bool
	created, updated time.Time
	approvals        int
	user             *User
	pipeline         *Pipeline
	job              *job
}

// deployed keeps the deployment of a job that has an environment as the job is.
func (s *Server) deployed(of *Project, p *Pipeline, j *job) {
	if j.environment == "" {
		return
	}
	i := slices.IndexFunc(of.deployments, func(d *Deployment) bool { return d.job == j })
	if i < 0 {
		of.deployments = append(of.deployments, &Deployment{
			ID: s.id("deployment"), Environment: j.environment, SHA: p.sha, ref: p.Ref, tag: p.Tag, created: s.o.Clock(), user: j.user, User: j.user.Username, pipeline: p, job: j,
		})
		i = len(of.deployments) - 1
		if of.envs[j.environment] == 0 {
			of.envs[j.environment] = s.id("environment")
		}
	}
	d, status := of.deployments[i], j.status
	switch status {
	case "pending", "manual":
		status = "created"
	}
	if s.unapproved(of, j) && !slices.Contains(over, j.status) {
		status = "blocked"
	}
	if d.Status != status {
		d.Status, d.updated, d.user, d.User = status, s.o.Clock(), j.user, j.user.Username
		switch at := latest(j.started, j.ended); {
		case status == "running", status == "success", status == "failed":
			d.updated = at // when it happened, whoever looks when
		}
		s.tellDeployment(of, d)
	}
}

// unapproved reports whether a job waits for approvals of its environment: https://docs.gitlab.com/ci/environments/deployment_approvals/
func (s *Server) unapproved(of *Project, j *job) bool {
	if j.environment == "" || !of.Premium {
		return false
	}
	need := of.Environments[j.environment].Approvals
	for _, d := range of.deployments {
		if d.job == j {
			return d.approvals < need
		}
	}
	return need > 0
}

// Approve approves what waits for approval of an environment. The job then waits to be played, as any manual one.
func (s *Server) Approve(project, environment string) {
	s.locked(func() {
		of := s.project(project)
		s.advance(of)
		for _, d := range of.deployments {
			if d.Environment == environment && d.Status == "blocked" {
				s.approve(of, d)
			}
		}
	})
}

func (s *Server) approve(of *Project, d *Deployment) {
	d.approvals++
	if d.job != nil {
		s.deployed(of, d.pipeline, d.job)
	}
}

// Deployments are a project's deployments as they are now.
func (s *Server) Deployments(project string) (all []Deployment) {
	s.locked(func() {
		of := s.project(project)
		s.advance(of)
		for _, d := range of.deployments {
			all = append(all, *d)
		}
	})
	return all
}

func (s *Server) deploymentJSON(of *Project, d *Deployment) map[string]any {
	all := map[string]any{
		"id": d.ID, "iid": d.ID, "ref": d.ref, "sha": d.SHA, "status": d.Status, "created_at": stamp(d.created), "updated_at": stamp(d.updated), "user": basic(d.user),
		"environment": map[string]any{"id": of.envs[d.Environment], "name": d.Environment, "slug": d.Environment, "external_url": nil}, "deployable": nil,
	}
	if d.job != nil {
		all["deployable"] = s.jobJSON(of, d.pipeline, d.job)
	}
	return all
}

// listDeployments serves https://docs.gitlab.com/api/deployments/#list-project-deployments, with what it refuses.
func (s *Server) listDeployments(c *call, of *Project) reply {
	order := cmp.Or(c.query.Get("order_by"), "id")
	if (c.query.Has("updated_after") || c.query.Has("updated_before")) && order != "updated_at" {
		return refuse(400, "`updated_at` filter requires `updated_at` sort")
	}
	var found []*Deployment
	for _, d := range of.deployments {
		fits := !d.updated.Before(c.time("updated_after")) && (!c.query.Has("environment") || c.query.Get("environment") == d.Environment)
		if fits && (!c.query.Has("status") || c.query.Get("status") == d.Status) {
			found = append(found, d)
		}
	}
	slices.SortStableFunc(found, func(a, b *Deployment) int {
		if order == "updated_at" {
			return a.updated.Compare(b.updated)
		}
		return cmp.Compare(a.ID, b.ID)
	})
	if c.query.Get("sort") == "desc" {
		slices.Reverse(found)
	}
	var all []any
	for _, d := range found {
		all = append(all, s.deploymentJSON(of, d))
	}
	return listed(c, all)
}

func (s *Server) createDeployment(c *call, of *Project) reply {
	var asked struct {
		Environment, Ref, SHA, Status string
		Tag                           *bool
	}
	if !c.fields(&asked) || asked.Environment == "" || asked.SHA == "" || asked.Ref == "" || asked.Tag == nil || !slices.Contains([]string{"running", "success", "failed", "canceled"}, asked.Status) {
		return reply{400, map[string]any{"error": "environment, sha, ref, tag and status are needed"}}
	}
	if !of.mayDeploy(c.token.User, asked.Environment) {
		return forbidden
	}
	if of.envs[asked.Environment] == 0 {
		of.envs[asked.Environment] = s.id("environment")
	}
	now := s.o.Clock()
	d := &Deployment{
		ID: s.id("deployment"), Environment: asked.Environment, Status: asked.Status, SHA: asked.SHA, ref: asked.Ref, tag: *asked.Tag, created: now, updated: now,
		user: c.token.User, User: c.token.User.Username,
	}
	of.deployments = append(of.deployments, d)
	s.tellDeployment(of, d)
	return reply{201, s.deploymentJSON(of, d)}
}

func (of *Project) deployment(id int64) *Deployment {
	i := slices.IndexFunc(of.deployments, func(d *Deployment) bool { return d.ID == id })
	if i < 0 {
		return nil
	}
	return of.deployments[i]
}

func (s *Server) updateDeployment(c *call, of *Project) reply {
	var asked struct{ Status string }
	d := of.deployment(c.number(1))
	switch {
	case d == nil:
		return missing("Deployment")
	case !c.fields(&asked) || !slices.Contains([]string{"running", "success", "failed", "canceled"}, asked.Status):
		return reply{400, map[string]any{"error": "status does not have a valid value"}}
	case d.job != nil:
		return forbidden // kept by its job
	}
	d.Status, d.updated = asked.Status, s.o.Clock()
	s.tellDeployment(of, d)
	return reply{200, s.deploymentJSON(of, d)}
}

func (s *Server) approveDeployment(c *call, of *Project) reply {
	var asked struct{ Status string }
	d := of.deployment(c.number(1))
	switch {
	case d == nil:
		return missing("Deployment")
	case !c.fields(&asked) || asked.Status != "approved" && asked.Status != "rejected":
		return reply{400, map[string]any{"error": "status does not have a valid value"}}
	case d.Status != "blocked":
		return refuse(400, "This deployment is not waiting for approvals.")
	case d.user == c.token.User:
		return refuse(400, "You cannot approve your own deployment.")
	}
	if asked.Status == "approved" {
		s.approve(of, d)
	}
	return reply{201, map[string]any{"user": basic(c.token.User), "status": asked.Status, "created_at": stamp(s.o.Clock()), "comment": nil}}
}
