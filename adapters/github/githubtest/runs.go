package githubtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Course is how a run goes.
type Course struct {
	Queued time.Duration // before its first job begins
	Step   time.Duration // each step's; two seconds if zero
	Jobs   []Job         // one after the other; one job "deploy" with five steps if nil
	// Conclusion is how it ends: "success" if empty. With "failure", the last step of the last job fails.
	Conclusion string
	Holds      bool // until Release, at its last step
	// Environment is what the last job deploys to: protected, it waits for an approval.
	Environment string
	Log         string // of the last job
	Stops       time.Duration
	Stubborn    bool // it ends only when it is forced to
}

// Job is a job with its steps.
type Job struct {
	Name  string
	Steps []string
}

type run struct {
	id, suite, jobID   int64
	number, attempt    int
	workflow           *workflow
	title, ref, sha    string
	event, actor, by   string
	inputs             map[string]string
	course             Course
	created, began     time.Time
	released           time.Time
	approved, rejected time.Time
	cancelled          time.Time
	forced             bool
	forgotten          bool
	updated            time.Time
	told               string // the status that webhooks told of
	toldJobs           map[int]string
}

// Run is a run as a test looks at it.
type Run struct {
	ID            int64
	Title         string
	Inputs        map[string]string
	Actor         string
	Status, Ended string
}

// Runs lists a repository's runs, the oldest first.
func (s *Server) Runs(name string) (all []Run) {
	s.change(name, func(r *repository) {
		for _, x := range r.runs {
			status, conclusion := s.stateOf(r, x)
			all = append(all, Run{x.id, x.title, maps.Clone(x.inputs), x.by, status, conclusion})
		}
	})
	return all
}

// Dispatch starts a workflow as somebody does on GitHub's pages.
func (s *Server) Dispatch(name, file, by string, inputs map[string]string) (id int64) {
	s.change(name, func(r *repository) {
		w := r.workflows[file]
		given := map[string]any{}
		for k, v := range inputs {
			given[k] = v
		}
		accepted, wrong := w.accept(given)
		if wrong != "" {
			panic("githubtest: " + wrong)
		}
		id = s.begin(r, w, "main", by, "workflow_dispatch", accepted).id
	})
	s.Pass()
	return id
}

func (s *Server) begin(r *repository, w *workflow, ref, by, event string, inputs map[string]string) *run {
	c := s.options.Course(r.owner+"/"+r.name, inputs)
	if c.Step == 0 {
		c.Step = 2 * time.Second
	}
	if c.Jobs == nil {
		c.Jobs = []Job{{"deploy", []string{"Set up job", "Fetch", "Deploy", "Check", "Complete job"}}}
	}
	c.Conclusion = orElse(c.Conclusion, "success")
	x := &run{
		id: s.next(), suite: s.next(), number: len(r.runs) + 1, attempt: 1, workflow: w, title: w.title(inputs), ref: ref, sha: r.resolve(ref).sha,
		event: event, actor: by, by: by, inputs: inputs, course: c, created: s.now(), began: s.now(), updated: s.now(), toldJobs: map[int]string{},
	}
	x.jobID = s.next()
	for range c.Jobs {
		s.next()
	}
	r.runs = append(r.runs, x)
	return x
}

func (r *repository) run(id int64) *run {
	for _, x := range r.runs {
		if x.id == id && !x.forgotten {
			return x
		}
	}
	return nil
}

// onRun changes the run of an id.
func (s *Server) onRun(id int64, f func(*repository, *run)) {
	s.with(func() {
		for _, r := range s.repos {
			if x := r.run(id); x != nil {
				f(r, x)
				return
			}
		}
		panic(fmt.Sprintf("githubtest: no run %d", id))
	})
	s.Pass()
}

// Release lets a held run go on.
func (s *Server) Release(id int64) {
	s.onRun(id, func(_ *repository, x *run) { x.released = s.now() })
}

// Approve lets a run that waits for an environment's reviewers go on.
func (s *Server) Approve(id int64) {
	s.onRun(id, func(_ *repository, x *run) { x.approved = s.now() })
}

// Reject ends a run that waits for an environment's reviewers.
func (s *Server) Reject(id int64) {
	s.onRun(id, func(_ *repository, x *run) { x.rejected = s.now() })
}

// Forget deletes a run.
func (s *Server) Forget(id int64) {
	s.onRun(id, func(_ *repository, x *run) { x.forgotten = true })
}

// Rerun runs a run again, as somebody does on GitHub's pages.
func (s *Server) Rerun(id int64, by string) {
	s.onRun(id, func(_ *repository, x *run) {
		x.attempt, x.by, x.began, x.updated = x.attempt+1, by, s.now(), s.now()
		x.released, x.approved, x.rejected, x.cancelled, x.told = time.Time{}, time.Time{}, time.Time{}, time.Time{}, ""
	})
}

func (x *run) steps() (n int) {
	for _, j := range x.course.Jobs {
		n += len(j.Steps)
	}
	return n
}

func (s *Server) guarded(r *repository, x *run) bool {
	e := r.environments[x.course.Environment]
	return e != nil && len(e.Reviewers) > 0
}

// start is when the first step begins; false while nothing does.
func (s *Server) start(r *repository, x *run) (time.Time, bool) {
	at := x.began.Add(x.course.Queued)
	if s.guarded(r, x) {
		if x.approved.IsZero() {
			return at, false
		}
		if x.approved.After(at) {
			at = x.approved
		}
	}
	return at, true
}

// end is when the run ends; false while that is not known.
func (s *Server) end(r *repository, x *run) (time.Time, bool) {
	if !x.rejected.IsZero() {
		return x.rejected, true
	}
	at, started := s.start(r, x)
	natural := at.Add(time.Duration(x.steps()) * x.course.Step)
	known := started
	if x.course.Holds {
		known = known && !x.released.IsZero()
		if x.released.After(natural) {
			natural = x.released
		}
	}
	if !x.cancelled.IsZero() && (x.forced || !x.course.Stubborn) {
		stop := x.cancelled.Add(x.course.Stops)
		if !known || stop.Before(natural) {
			return stop, true
		}
	}
	return natural, known
}

// stateOf is a run's status and conclusion now.
func (s *Server) stateOf(r *repository, x *run) (status, conclusion string) {
	now := s.now()
	if at, known := s.end(r, x); known && !now.Before(at) {
		switch {
		case !x.rejected.IsZero():
			return "completed", "failure"
		case s.stopped(r, x):
			return "completed", "cancelled"
		}
		return "completed", x.course.Conclusion
	}
	at, started := s.start(r, x)
	switch {
	case now.Before(x.began.Add(x.course.Queued)):
		return "queued", ""
	case !started:
		return "waiting", ""
	case now.Before(at):
		return "queued", ""
	}
	return "in_progress", ""
}

// stopped reports whether a run ended because it was cancelled.
func (s *Server) stopped(r *repository, x *run) bool {
	at, _ := s.end(r, x)
	return !x.cancelled.IsZero() && at.Equal(x.cancelled.Add(x.course.Stops))
}

// done is how many steps are done now, at most all but the last while the run is held.
func (s *Server) done(r *repository, x *run) int {
	status, conclusion := s.stateOf(r, x)
	at, started := s.start(r, x)
	switch {
	case status == "completed" && conclusion != "cancelled" && x.rejected.IsZero():
		return x.steps()
	case !started:
		return 0
	}
	n := int(s.now().Sub(at) / x.course.Step)
	return max(0, min(n, x.steps()-1))
}

// pass notices what became of runs since GitHub was last looked at, and tells webhooks.
func (s *Server) pass() {
	for _, name := range slices.Sorted(maps.Keys(s.repos)) {
		r := s.repos[name]
		for _, x := range r.runs {
			status, conclusion := s.stateOf(r, x)
			if x.told == status {
				continue
			}
			if x.told != "" {
				x.updated = s.now()
			}
			first := x.told == ""
			x.told = status
			if first {
				s.tellRun(r, x, "requested")
			}
			switch status {
			case "in_progress":
				s.tellRun(r, x, "in_progress")
				s.tellJob(r, x, "in_progress")
			case "waiting":
				s.tellJob(r, x, "waiting")
			case "completed":
				s.tellJob(r, x, "completed")
				s.tellRun(r, x, "completed")
			}
			_ = conclusion
		}
	}
}

// logsPath is where logs are kept: elsewhere, by addresses that are credentials themselves.
const logsPath = "/_logs/"

func (x *run) logSecret() string { return strings.Repeat("s", 8) + fmt.Sprint(x.suite) }
