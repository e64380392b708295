package gitlabtest

import (
	"fmt"
	"slices"
	"time"
)

// Role is an access level: https://docs.gitlab.com/api/access_requests/#valid-access-levels
type Role int

// The roles.
const (
	Guest      Role = 10
	Reporter   Role = 20
	Developer  Role = 30
	Maintainer Role = 40
	Owner      Role = 50
)

// Project is a project with what it allows.
type Project struct {
	Path       string
	Members    map[string]Role // by username
	Visibility string          // "private" if empty
	Archived   bool
	Premium    bool   // has protected environments and audit events
	Least      string // least role that may set variables: "developer" if empty, "maintainer", "owner", "no_one_allowed"
	Branch     string // default branch, "main" if empty
	Protected  map[string]Role
	// Environments are those protected, by name.
	Environments map[string]Protection
	Definition   Definition
	Hooks        []Hook

	id          int64
	pipelines   []*Pipeline
	deployments []*Deployment
	envs        map[string]int64
	source
}

// Protection is how an environment is protected.
type Protection struct {
	Roles     []Role
	Users     []string
	Approvals int
}

// Hook is a webhook as its project's settings show it.
type Hook struct {
	URL                          string
	Pipelines, Jobs, Deployments bool
	Disabled                     bool
}

// Definition is what a project's pipeline definition says.
type Definition struct {
	File   string // its text, for who reads it as a file
	Faults []string
	Name   string   // workflow:name, with $VARIABLE and $[[ inputs.name ]]
	Inputs []string // declared under spec, all needed
	Jobs   []Job
}

// Job is a job of the definition. Those of one stage run beside each other.
type Job struct {
	Name         string
	Stage        string
	Takes        time.Duration
	Manual       bool
	Optional     bool   // a manual job that the pipeline does not wait for
	Environment  string // with $VARIABLE and $[[ inputs.name ]]
	AllowFailure bool
	Rare         bool // fails and holds with its pipeline only if this is not set
	Says         int  // bytes of output before its last lines
}

// AddUser adds somebody.
func (s *Server) AddUser(username string) *User {
	u := &User{Username: username}
	s.locked(func() {
		u.ID = s.id("user")
		s.users = append(s.users, u)
	})
	return u
}

// AddToken gives somebody a token.
func (s *Server) AddToken(secret, username string, scopes ...string) *Token {
	t := &Token{Scopes: scopes}
	s.locked(func() {
		t.User = s.user(username)
		s.tokens[secret] = t
	})
	return t
}

// AddProject adds a project, whose first commit is made with it.
func (s *Server) AddProject(p Project) *Project {
	if p.Visibility == "" {
		p.Visibility = "private"
	}
	if p.Branch == "" {
		p.Branch = "main"
	}
	if p.Least == "" {
		p.Least = "developer"
	}
	added := &p
	s.locked(func() {
		added.id, added.envs = s.id("project"), map[string]int64{}
		added.begin()
		s.projects = append(s.projects, added)
	})
	return added
}

// Change changes a project under the server's lock.
func (s *Server) Change(path string, change func(*Project)) {
	s.locked(func() { change(s.project(path)) })
}

func (s *Server) project(path string) *Project {
	i := slices.IndexFunc(s.projects, func(p *Project) bool { return p.Path == path })
	if i < 0 {
		panic("gitlabtest: no project " + path)
	}
	return s.projects[i]
}

func (s *Server) user(username string) *User {
	i := slices.IndexFunc(s.users, func(u *User) bool { return u.Username == username })
	if i < 0 {
		panic("gitlabtest: no user " + username)
	}
	return s.users[i]
}

const web = "https://gitlab.test/"

func basic(u *User) any {
	if u == nil {
		return nil
	}
	return map[string]any{"id": u.ID, "username": u.Username, "name": u.Username, "state": "active", "web_url": web + u.Username, "locked": false}
}

func (s *Server) serveUser(c *call, _ *Project) reply {
	u := c.token.User
	return reply{200, map[string]any{"id": u.ID, "username": u.Username, "name": u.Username, "state": "active", "bot": u.Bot, "web_url": web + u.Username}}
}

func (s *Server) serveUserByID(c *call, _ *Project) reply {
	for _, u := range s.users {
		if u.ID == c.number(0) {
			return reply{200, map[string]any{"id": u.ID, "username": u.Username, "name": u.Username, "state": "active", "bot": u.Bot, "web_url": web + u.Username}}
		}
	}
	return missing("User")
}

func (s *Server) serveToken(c *call, _ *Project) reply {
	var end any
	if !c.token.Expires.IsZero() {
		end = c.token.Expires.Format(time.DateOnly)
	}
	return reply{200, map[string]any{
		"id": 1, "name": "gonogo", "revoked": false, "active": true, "scopes": c.token.Scopes, "user_id": c.token.User.ID, "created_at": stamp(time.Unix(0, 0)),
		"expires_at": end,
	}}
}

func (s *Server) serveProject(c *call, p *Project) reply {
	return reply{200, map[string]any{
		"id": p.id, "path_with_namespace": p.Path, "default_branch": p.Branch, "visibility": p.Visibility, "archived": p.Archived,
		"ci_pipeline_variables_minimum_override_role": p.Least, "ci_config_path": "", "web_url": web + p.Path,
	}}
}

func (s *Server) serveMember(c *call, p *Project) reply {
	for _, u := range s.users {
		if role, is := p.Members[u.Username]; is && u.ID == c.number(1) {
			return reply{200, map[string]any{"id": u.ID, "username": u.Username, "name": u.Username, "state": "active", "access_level": role}}
		}
	}
	return missing("Member")
}

func (s *Server) serveAudit(c *call, p *Project) reply {
	if !p.Premium {
		return missing("Resource")
	}
	if s.role(c, p) < Owner {
		return forbidden
	}
	return listed(c, []any{map[string]any{"id": 1, "author_id": 1, "entity_id": p.id, "entity_type": "Project", "details": map[string]any{}, "created_at": stamp(s.o.Clock())}})
}

func (s *Server) serveHooks(c *call, p *Project) reply {
	var all []any
	for i, h := range p.Hooks {
		status := "executable"
		if h.Disabled {
			status = "disabled"
		}
		all = append(all, map[string]any{
			"id": i + 1, "url": h.URL, "project_id": p.id, "pipeline_events": h.Pipelines, "job_events": h.Jobs, "deployment_events": h.Deployments, "alert_status": status,
		})
	}
	return listed(c, all)
}

func level(r Role) map[string]any {
	names := map[Role]string{Developer: "Developers + Maintainers", Maintainer: "Maintainers", Owner: "Owners"}
	return map[string]any{"id": int(r), "access_level": int(r), "access_level_description": names[r], "user_id": nil, "group_id": nil}
}

func (s *Server) serveProtectedBranch(c *call, p *Project) reply {
	role, is := p.Protected[c.ids[1]]
	if !is {
		return missing("")
	}
	return reply{200, map[string]any{
		"id": 1, "name": c.ids[1], "push_access_levels": []any{level(role)}, "merge_access_levels": []any{level(role)}, "unprotect_access_levels": []any{},
		"allow_force_push": false, "code_owner_approval_required": false,
	}}
}

func (s *Server) serveProtectedEnvironments(c *call, p *Project) reply {
	if !p.Premium {
		return missing("")
	}
	var all []any
	for _, name := range sorted(p.Environments) {
		of := p.Environments[name]
		var who []any
		for _, r := range of.Roles {
			who = append(who, level(r))
		}
		for _, u := range of.Users {
			who = append(who, map[string]any{"id": 1, "access_level": nil, "access_level_description": u, "user_id": s.user(u).ID, "group_id": nil})
		}
		all = append(all, map[string]any{"name": name, "deploy_access_levels": who, "required_approval_count": of.Approvals, "approval_rules": []any{}})
	}
	return listed(c, all)
}

// mayDeploy reports whether somebody may deploy to an environment.
func (p *Project) mayDeploy(u *User, environment string) bool {
	of, protected := p.Environments[environment]
	if !protected || !p.Premium || slices.Contains(of.Users, u.Username) {
		return true
	}
	return slices.ContainsFunc(of.Roles, func(r Role) bool { return p.Members[u.Username] >= r })
}

func (s *Server) serveLint(c *call, p *Project) reply {
	var jobs []any
	faults := append([]string{}, p.Definition.Faults...)
	for _, j := range p.Definition.Jobs {
		jobs = append(jobs, map[string]any{"name": j.Name, "stage": j.Stage})
	}
	for _, in := range p.Definition.Inputs {
		faults = append(faults, fmt.Sprintf("`%s` input: required value has not been provided", in))
	}
	answer := map[string]any{"valid": len(faults) == 0, "errors": faults, "warnings": []string{}, "includes": []any{}, "merged_yaml": nil}
	if len(faults) == 0 {
		answer["merged_yaml"] = "---\nworkflow:\n  name: " + p.Definition.Name + "\n"
		if c.query.Get("include_jobs") == "true" {
			answer["jobs"] = jobs
		}
	}
	return reply{200, answer}
}

func (s *Server) serveFile(c *call, p *Project) reply {
	if c.ids[1] != ".gitlab-ci.yml" || p.Definition.File == "" {
		return missing("File")
	}
	return reply{200, []byte(p.Definition.File)}
}
