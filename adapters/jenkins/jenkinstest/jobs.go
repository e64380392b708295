package jenkinstest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Parameter is one that a job declares.
type Parameter struct {
	Name    string
	Type    string // "StringParameterDefinition" if empty
	Default string
	Choices []string
}

// Value is what a build got for a parameter.
type Value struct{ Name, Value string }

// Job is how a job is made.
type Job struct {
	Path       string // "shop/deploy-search": folders are made with it. A name may hold %2F, as a branch's does
	Parameters []Parameter
	Pipeline   bool
	Concurrent bool          // its builds go beside each other
	Usually    time.Duration // what its builds are estimated to take; zero for not known
}

type job struct {
	Job
	disabled bool
	next     int
	builds   []*build // the oldest first
}

type build struct {
	number   int
	queue    int64
	values   []Value
	user     string // empty for a timer
	began    time.Time
	course   Course
	held     bool
	released time.Time
	ended    time.Time // zero while it runs
	result   string
	said     []string // besides its course's output
}

// AddJob makes a job, or makes it anew.
func (s *Server) AddJob(j Job) {
	s.with(func() { s.jobs[j.Path] = &job{Job: j, next: 1} })
}

// RemoveJob deletes a job with its builds.
func (s *Server) RemoveJob(path string) { s.with(func() { delete(s.jobs, path) }) }

// Disable disables a job or enables it again.
func (s *Server) Disable(path string, disabled bool) {
	s.with(func() {
		if j := s.jobs[path]; j != nil {
			j.disabled = disabled
		}
	})
}

// Build starts a job as somebody does on its page; an empty user stands for a timer.
func (s *Server) Build(user, path string, values ...Value) {
	s.with(func() {
		s.pass()
		if j := s.jobs[path]; j != nil {
			s.schedule(j, user, values)
			s.pass()
		}
	})
	s.hooks.flush()
}

// Release lets held builds go on to their end, and those that still wait to begin.
func (s *Server) Release(which func(parameters map[string]string) bool) {
	s.each(func(_ *job, b *build) {
		if b.held && which(b.parameters()) {
			b.held, b.released = false, s.options.Clock()
		}
	})
	s.with(func() {
		for _, i := range s.items {
			i.free = i.free || i.left.IsZero() && which(parameters(i.values))
		}
	})
}

// Say adds lines to the output of builds.
func (s *Server) Say(which func(parameters map[string]string) bool, lines ...string) {
	s.each(func(_ *job, b *build) {
		if which(b.parameters()) {
			b.said = append(b.said, lines...)
		}
	})
}

// Forget deletes builds.
func (s *Server) Forget(which func(parameters map[string]string) bool) {
	s.with(func() {
		s.pass()
		for _, j := range s.jobs {
			j.builds = slices.DeleteFunc(j.builds, func(b *build) bool { return which(b.parameters()) })
		}
	})
}

// Abort stops builds as somebody else does.
func (s *Server) Abort(which func(parameters map[string]string) bool) {
	s.each(func(_ *job, b *build) {
		if which(b.parameters()) {
			s.stop(b)
		}
	})
	s.Pass()
}

// Begun counts the builds of all jobs, and what waits to be one.
func (s *Server) Begun(which func(parameters map[string]string) bool) int {
	n := 0
	s.each(func(_ *job, b *build) {
		if which(b.parameters()) {
			n++
		}
	})
	s.with(func() {
		for _, i := range s.items {
			if i.left.IsZero() && which(parameters(i.values)) {
				n++
			}
		}
	})
	return n
}

// Restart is what is left after Jenkins was shut down and started again: the queue and the builds, and neither sessions nor what had left
// the queue.
func (s *Server) Restart() {
	s.with(func() {
		s.pass()
		s.sessions = map[string]string{}
		s.items = slices.DeleteFunc(s.items, func(i *item) bool { return !i.left.IsZero() })
	})
}

// LoseQueue is what is left after a crash that the queue's file did not survive: its numbers begin anew.
func (s *Server) LoseQueue() {
	s.Restart()
	s.with(func() { s.items, s.counter = nil, 0 })
}

// Pass lets happen what is due by now: webhooks are sent of it.
func (s *Server) Pass() {
	s.with(s.pass)
	s.hooks.flush()
}

func (s *Server) each(f func(*job, *build)) {
	s.with(func() {
		s.pass()
		for _, j := range s.jobs {
			for _, b := range j.builds {
				f(j, b)
			}
		}
	})
}

func parameters(values []Value) map[string]string {
	all := map[string]string{}
	for _, v := range values {
		all[v.Name] = v.Value
	}
	return all
}

func (b *build) parameters() map[string]string { return parameters(b.values) }

// end is when a build ends if nothing happens; zero for not yet.
func (b *build) end() time.Time {
	if b.held {
		return time.Time{}
	}
	at := b.began.Add(b.course.Takes)
	if b.released.After(at) {
		return b.released
	}
	return at
}

func (s *Server) stop(b *build) {
	if b.ended.IsZero() {
		b.ended, b.result = s.options.Clock(), "ABORTED"
	}
}

// share is how much of a build's time has gone, from 0 to 1.
func (b *build) share(now time.Time) float64 {
	if !b.ended.IsZero() {
		now = b.ended
	}
	if b.course.Takes <= 0 {
		return 1
	}
	return min(1, float64(now.Sub(b.began))/float64(b.course.Takes))
}

// output is what a build has written by now.
func (b *build) output(now time.Time) string {
	lines := b.course.Output[:int(b.share(now)*float64(len(b.course.Output)))]
	lines = append(slices.Clone(lines), b.said...)
	if !b.ended.IsZero() {
		lines = append(lines, "Finished: "+b.result)
	}
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

func (s *Server) urlOf(j *job) string {
	return s.options.URL + "/" + strings.TrimPrefix(pathOf(j.Path), "/") + "/"
}

func (s *Server) urlOfBuild(j *job, b *build) string {
	return fmt.Sprintf("%s%d/", s.urlOf(j), b.number)
}
