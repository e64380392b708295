package jenkinstest

import (
	"maps"
	"slices"
	"time"
)

// leftFor is how long the queue remembers what has left it.
const leftFor = 5 * time.Minute

// item is a place in the queue.
type item struct {
	id     int64
	job    *job
	values []Value
	user   string
	since  time.Time
	due    time.Time // when its quiet period ends
	left   time.Time // zero while it waits
	build  *build    // what it became
	free   bool      // it will not be held
}

// schedule puts a start into the queue. The same that waits there already is not put there again.
func (s *Server) schedule(j *job, user string, values []Value) *item {
	for _, i := range s.items {
		if i.job == j && i.left.IsZero() && maps.Equal(parameters(i.values), parameters(values)) {
			return i
		}
	}
	s.counter++
	now := s.options.Clock()
	i := &item{id: s.counter, job: j, values: values, user: user, since: now, due: now.Add(s.options.Quiet)}
	s.items = append(s.items, i)
	return i
}

// pass lets happen what is due: builds end, places become builds in their order, and what left the queue is forgotten.
func (s *Server) pass() {
	now := s.options.Clock()
	for again := true; again; {
		again = false
		for _, j := range s.jobs {
			for _, b := range j.builds {
				again = s.finish(j, b, now) || again
			}
		}
		for _, i := range s.items {
			again = s.begin(i, now) || again
		}
	}
	s.items = slices.DeleteFunc(s.items, func(i *item) bool { return !i.left.IsZero() && now.Sub(i.left) >= leftFor })
}

func (s *Server) finish(j *job, b *build, now time.Time) bool {
	if !b.ended.IsZero() {
		return false
	}
	end := b.end()
	if end.IsZero() || end.After(now) {
		return false
	}
	b.ended, b.result = end, b.course.Result
	if b.result == "" {
		b.result = "SUCCESS"
	}
	s.hooks.tell(s.notification(j, b, "FINALIZED"))
	return true
}

func (s *Server) begin(i *item, now time.Time) bool {
	if !i.left.IsZero() || i.due.After(now) || i.blocked() {
		return false
	}
	at := i.due
	for _, b := range i.job.builds {
		if !i.job.Concurrent && b.ended.After(at) {
			at = b.ended
		}
	}
	b := &build{number: i.job.next, queue: i.id, values: i.values, user: i.user, began: at}
	b.course = s.options.Course(i.job.Path, b.parameters())
	b.held = b.course.Holds && !i.free
	i.job.next++
	i.job.builds = append(i.job.builds, b)
	i.left, i.build = at, b
	s.hooks.tell(s.notification(i.job, b, "STARTED"))
	return true
}

// blocked reports whether a build of the same job is under way.
func (i *item) blocked() bool {
	return !i.job.Concurrent && slices.ContainsFunc(i.job.builds, func(b *build) bool { return b.ended.IsZero() })
}
