package gitlabtest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func (of *Project) pipeline(id int64) *Pipeline {
	i := slices.IndexFunc(of.pipelines, func(p *Pipeline) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return of.pipelines[i]
}

func (s *Server) short(of *Project, p *Pipeline) map[string]any {
	var name any
	if p.Name != "" {
		name = p.Name
	}
	return map[string]any{
		"id": p.ID, "iid": p.ID, "project_id": of.id, "sha": p.sha, "ref": p.Ref, "status": p.Status, "source": p.Source, "name": name,
		"created_at": stamp(p.created), "updated_at": stamp(p.updated), "web_url": fmt.Sprintf("%s%s/-/pipelines/%d", web, of.Path, p.ID),
	}
}

func (s *Server) long(of *Project, p *Pipeline) map[string]any {
	all := s.short(of, p)
	all["tag"], all["user"] = p.Tag, basic(p.user)
	for name, at := range map[string]time.Time{"started_at": p.started, "finished_at": p.finished} {
		if !at.IsZero() {
			all[name] = stamp(at)
		}
	}
	return all
}

// lowest is the access level that the setting of who may set variables asks for.
var lowest = map[string]Role{"developer": Developer, "maintainer": Maintainer, "owner": Owner, "no_one_allowed": 1000}

// createPipeline serves https://docs.gitlab.com/api/pipelines/#create-a-new-pipeline.
func (s *Server) createPipeline(c *call, of *Project) reply {
	var asked struct {
		Ref       string
		Variables []struct {
			Key   string `json:"key"`
			Value string `json:"value"`
		}
		Inputs map[string]any
	}
	if !c.fields(&asked) || asked.Ref == "" {
		return reply{400, map[string]any{"error": "ref is missing"}}
	}
	base := func(text string) reply { return refuse(400, map[string]any{"base": []string{text}}) }
	given := map[string]string{}
	for _, v := range asked.Variables {
		given[v.Key] = v.Value
	}
	for name, value := range asked.Inputs {
		if !slices.Contains(of.Definition.Inputs, name) {
			return base("Given inputs not defined in the `spec` section of the included configuration file")
		}
		given[name] = fmt.Sprint(value)
	}
	switch {
	case of.at(asked.Ref) == "":
		return base("Reference not found")
	case s.role(c, of) < of.Protected[asked.Ref]:
		return base("You do not have sufficient permission to run a pipeline on '" + asked.Ref + "'. Please select a different branch or contact your administrator for assistance.")
	case len(asked.Variables) > 0 && s.role(c, of) < lowest[of.Least]:
		return base("Insufficient permissions to set pipeline variables")
	case len(of.Definition.Faults) > 0:
		return base(strings.Join(of.Definition.Faults, "; "))
	case len(of.Definition.Jobs) == 0:
		return base("Pipeline will not run for the selected trigger. The rules configuration prevented any jobs from being added to the pipeline.")
	}
	for _, in := range of.Definition.Inputs {
		if _, is := given[in]; !is {
			return base("`" + in + "` input: required value has not been provided")
		}
	}
	return reply{201, s.long(of, s.begin(of, c.token.User, "api", asked.Ref, given, len(asked.Inputs) > 0))}
}

func (s *Server) listPipelines(c *call, of *Project) reply {
	var all []any
	after, before := c.time("created_after"), c.time("created_before")
	for _, p := range slices.Backward(of.pipelines) {
		fits := true
		for name, value := range map[string]string{"source": p.Source, "ref": p.Ref, "sha": p.sha, "status": p.Status, "name": p.Name, "username": p.user.Username} {
			fits = fits && (!c.query.Has(name) || c.query.Get(name) == value)
		}
		if fits && !p.created.Before(after) && (before.IsZero() || p.created.Before(before)) {
			all = append(all, s.short(of, p))
		}
	}
	return listed(c, all)
}

func (s *Server) servePipeline(c *call, of *Project) reply {
	p := of.pipeline(c.number(1))
	if p == nil {
		return missing("Pipeline")
	}
	if s.garbled[p.ID] {
		return reply{200, map[string]any{"id": p.ID, "status": "wonderful"}}
	}
	return reply{200, s.long(of, p)}
}

// serveVariables obeys Ci::PipelinePolicy: maintainers read all, who started a pipeline their own if they may push to its branch.
func (s *Server) serveVariables(c *call, of *Project) reply {
	p := of.pipeline(c.number(1))
	if p == nil {
		return missing("Pipeline")
	}
	role := s.role(c, of)
	if role < Maintainer && (p.user != c.token.User || role < Developer || role < of.Protected[p.Ref]) {
		return forbidden
	}
	all := []any{}
	for _, name := range sorted(p.Given) {
		if !p.inputs {
			all = append(all, map[string]any{"key": name, "value": p.Given[name], "variable_type": "env_var", "raw": false})
		}
	}
	return reply{200, all}
}

func (s *Server) jobJSON(of *Project, p *Pipeline, j *job) map[string]any {
	all := map[string]any{
		"id": j.id, "name": j.Name, "stage": j.Stage, "status": j.status, "ref": p.Ref, "tag": p.Tag, "allow_failure": j.AllowFailure || j.Manual && j.Optional,
		"created_at": stamp(j.created), "user": basic(j.user), "pipeline": s.short(of, p), "web_url": fmt.Sprintf("%s%s/-/jobs/%d", web, of.Path, j.id),
	}
	for name, at := range map[string]time.Time{"started_at": j.started, "finished_at": j.ended} {
		if !at.IsZero() {
			all[name] = stamp(at)
		}
	}
	return all
}

func (s *Server) serveJobs(c *call, of *Project) reply {
	p := of.pipeline(c.number(1))
	if p == nil {
		return missing("Pipeline")
	}
	var all []any
	for _, j := range slices.Backward(p.jobs) {
		all = append(all, s.jobJSON(of, p, j))
	}
	return listed(c, all)
}

func (s *Server) cancelPipeline(c *call, of *Project) reply {
	p := of.pipeline(c.number(1))
	if p == nil {
		return missing("Pipeline")
	}
	if !slices.Contains(over, p.Status) {
		s.rest(of, p, "canceled")
		s.settle(of, p)
	}
	return reply{201, s.long(of, p)}
}

func (of *Project) job(id int64) (*Pipeline, *job) {
	for _, p := range of.pipelines {
		for _, j := range p.jobs {
			if j.id == id {
				return p, j
			}
		}
	}
	return nil, nil
}

// playJob serves https://docs.gitlab.com/api/jobs/#run-a-job.
func (s *Server) playJob(c *call, of *Project) reply {
	p, j := of.job(c.number(1))
	switch {
	case j == nil:
		return missing("Job")
	case s.role(c, of) < of.Protected[p.Ref], j.environment != "" && !of.mayDeploy(c.token.User, j.environment):
		return forbidden
	case j.status != "manual" || s.unapproved(of, j):
		return refuse(400, "400 Bad request - Unplayable Job")
	}
	s.play(of, p, j, c.token.User)
	return reply{200, s.jobJSON(of, p, j)}
}

func (s *Server) serveTrace(c *call, of *Project) reply {
	_, j := of.job(c.number(1))
	if j == nil {
		return missing("Job")
	}
	if j.started.IsZero() {
		return reply{200, []byte{}}
	}
	text := strings.Repeat("#\n", j.Says/2) + "section_start:1:prepare\r\x1b[0K\x1b[32;1mPreparing\x1b[0;m\nsection_end:1:prepare\r\x1b[0K10 %\r90 %\r100 %\n$ ./" + j.Name + "\n"
	if j.status != "running" {
		text += "Job " + j.status + "\r\n"
	}
	return reply{200, []byte(text)}
}
