package gitlabtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Pipeline is a pipeline as it stands.
type Pipeline struct {
	ID     int64
	Name   string
	Ref    string
	Status string
	Source string
	Tag    bool
	Given  map[string]string // variables, else inputs

	inputs                              bool
	sha                                 string
	user                                *User
	created, updated, started, finished time.Time
	jobs                                []*job
}

type job struct {
	Job
	id                      int64
	status                  string
	environment             string
	user                    *User
	created, started, ended time.Time
}

// behaviour is how a pipeline goes, and whether it holds.
func (s *Server) behaviour(p *Pipeline) (fails, holds bool) {
	for _, v := range p.Given {
		switch s.behave[v] {
		case Fails:
			fails = true
		case Holds:
			holds = !s.released[v]
		}
	}
	return fails, holds
}

// advance moves a project's pipelines to where they are now, stage by stage.
func (s *Server) advance(of *Project) {
	for _, p := range of.pipelines {
		for s.step(of, p) { // one step may end a job, and the next start what waits for it
			continue
		}
	}
}

var over = []string{"success", "failed", "canceled", "skipped"}

// step moves a pipeline once, and reports whether anything changed.
func (s *Server) step(of *Project, p *Pipeline) (changed bool) {
	if slices.Contains(over, p.Status) && p.Status != "success" && p.Status != "skipped" {
		return false
	}
	now := s.o.Clock()
	fails, holds := s.behaviour(p)
	at := p.created
	for _, stage := range p.stages() {
		blocked, failed, end := false, false, at
		for _, j := range stage {
			before := j.status
			switch j.status {
			case "created":
				j.status = "pending"
				if j.Manual || s.unapproved(of, j) {
					j.status = "manual"
				}
			case "pending":
				j.status, j.started = "running", latest(at, j.created)
			case "running":
				if due := j.started.Add(j.Takes); !now.Before(due) && !(holds && !j.Rare) {
					j.status, j.ended = "success", due
					if holdable(p, s) && now.After(due) {
						j.ended = now
					}
					if fails && !j.Rare {
						j.status = "failed"
					}
				}
			}
			if j.status != before {
				changed = true
				s.moved(of, p, j)
			}
			blocked = blocked || !slices.Contains(over, j.status) && !(j.status == "manual" && j.Optional)
			failed = failed || j.status == "failed" && !j.AllowFailure
			end = latest(end, j.ended)
		}
		if failed {
			s.rest(of, p, "skipped")
			break
		}
		if blocked {
			break
		}
		at = end
	}
	return s.settle(of, p) || changed
}

func holdable(p *Pipeline, s *Server) bool {
	for _, v := range p.Given {
		if s.behave[v] == Holds {
			return true
		}
	}
	return false
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// rest gives what has not begun a status.
func (s *Server) rest(of *Project, p *Pipeline, status string) {
	for _, j := range p.jobs {
		if j.status == "created" || status == "canceled" && !slices.Contains(over, j.status) {
			j.status = status
			if !j.started.IsZero() {
				j.ended = s.o.Clock()
			}
			s.moved(of, p, j)
		}
	}
}

func (p *Pipeline) stages() (all [][]*job) {
	for i, j := range p.jobs {
		if i > 0 && j.Stage == p.jobs[i-1].Stage {
			all[len(all)-1] = append(all[len(all)-1], j)
			continue
		}
		all = append(all, []*job{j})
	}
	return all
}

// settle makes the pipeline's status of its jobs': https://docs.gitlab.com/ci/pipelines/pipeline_types/, Gitlab::Ci::Status::Composite.
func (s *Server) settle(of *Project, p *Pipeline) bool {
	counts := map[string]int{}
	for _, j := range p.jobs {
		status := j.status
		switch {
		case status == "failed" && j.AllowFailure:
			status = "success"
		case status == "manual" && j.Optional:
			status = "skipped"
		}
		counts[status]++
		if !j.started.IsZero() && (p.started.IsZero() || j.started.Before(p.started)) {
			p.started = j.started
		}
	}
	before, n := p.Status, len(p.jobs)
	switch {
	case counts["created"] == n:
		p.Status = "created"
	case counts["skipped"] == n:
		p.Status = "skipped"
	case counts["success"]+counts["skipped"] == n:
		p.Status = "success"
	case counts["running"] > 0:
		p.Status = "running"
	case counts["pending"] > 0:
		p.Status = "pending"
	case counts["manual"] > 0:
		p.Status = "manual"
	case counts["canceled"] > 0 && counts["created"] == 0:
		p.Status = "canceled"
	case counts["failed"] > 0 && counts["created"] == 0:
		p.Status = "failed"
	}
	if p.Status == before {
		return false
	}
	p.updated = s.o.Clock()
	if slices.Contains(over, p.Status) {
		p.finished = p.updated
	}
	s.tellPipeline(of, p)
	return true
}

// moved notes that a job changed.
func (s *Server) moved(of *Project, p *Pipeline, j *job) {
	s.deployed(of, p, j)
	s.tellJob(of, p, j)
}

// expand puts what a pipeline was given into a text of its definition.
func expand(text string, given map[string]string) string {
	for _, name := range sorted(given) {
		text = strings.NewReplacer("$[[ inputs."+name+" ]]", given[name], "${"+name+"}", given[name], "$"+name, given[name]).Replace(text)
	}
	return text
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// begin makes a pipeline.
func (s *Server) begin(of *Project, by *User, source, ref string, given map[string]string, inputs bool) *Pipeline {
	now := s.o.Clock()
	p := &Pipeline{
		ID: s.id("pipeline"), Name: expand(of.Definition.Name, given), Ref: ref, Status: "created", Source: source, Tag: of.tags[ref] != "", Given: given,
		inputs: inputs, sha: of.at(ref), user: by, created: now, updated: now,
	}
	if given == nil {
		p.Name = ""
	}
	for _, j := range of.Definition.Jobs {
		made := &job{Job: j, id: s.id("job"), status: "created", environment: expand(j.Environment, given), user: by, created: now}
		p.jobs = append(p.jobs, made)
		s.deployed(of, p, made)
	}
	of.pipelines = append(of.pipelines, p)
	s.tellPipeline(of, p)
	return p
}

// Begin starts a pipeline as somebody does in GitLab itself.
func (s *Server) Begin(project, username, ref string, variables map[string]string) int64 {
	var id int64
	s.locked(func() { id = s.begin(s.project(project), s.user(username), "web", ref, variables, false).ID })
	return id
}

// Started counts the pipelines that were given a value.
func (s *Server) Started(value string) (n int) {
	s.locked(func() {
		for _, of := range s.projects {
			for _, p := range of.pipelines {
				if slices.Contains(slices.Collect(maps.Values(p.Given)), value) {
					n++
				}
			}
		}
	})
	return n
}

// Pipelines are a project's pipelines as they are now.
func (s *Server) Pipelines(project string) (all []Pipeline) {
	s.locked(func() {
		of := s.project(project)
		s.advance(of)
		for _, p := range of.pipelines {
			all = append(all, *p)
		}
	})
	return all
}

// Delete deletes a pipeline with its deployments.
func (s *Server) Delete(project string, pipeline int64) {
	s.locked(func() {
		of := s.project(project)
		of.pipelines = slices.DeleteFunc(of.pipelines, func(p *Pipeline) bool { return p.ID == pipeline })
		of.deployments = slices.DeleteFunc(of.deployments, func(d *Deployment) bool { return d.pipeline != nil && d.pipeline.ID == pipeline })
	})
}

// Play plays a manual job as somebody does in GitLab itself.
func (s *Server) Play(project string, pipeline int64, name, username string) error {
	err := fmt.Errorf("no manual job %s", name)
	s.locked(func() {
		of := s.project(project)
		s.advance(of)
		for _, p := range of.pipelines {
			for _, j := range p.jobs {
				if p.ID == pipeline && j.Name == name && j.status == "manual" {
					err = nil
					s.play(of, p, j, s.user(username))
				}
			}
		}
	})
	return err
}

func (s *Server) play(of *Project, p *Pipeline, j *job, by *User) {
	j.status, j.user, j.created = "pending", by, s.o.Clock()
	s.moved(of, p, j)
	s.settle(of, p)
}

// Retry repeats a job that ended, as somebody does in GitLab itself: a new job takes its place.
func (s *Server) Retry(project string, pipeline int64, name, username string) {
	s.locked(func() {
		of := s.project(project)
		s.advance(of)
		p := of.pipeline(pipeline)
		for i, j := range p.jobs {
			if j.Name != name || !slices.Contains(over, j.status) {
				continue
			}
			p.jobs[i] = &job{Job: j.Job, id: s.id("job"), status: "pending", environment: j.environment, user: s.user(username), created: s.o.Clock()}
			p.Status = "running"
			s.moved(of, p, p.jobs[i])
		}
	})
}
