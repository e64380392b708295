package githubtest

import (
	"fmt"
	"slices"
	"time"
)

// request is a pull request.
type request struct {
	id                        int64
	number                    int
	title, author, head, base string
	sha, baseSHA              string
	fork                      string // whose fork the head is in, empty for the repository itself
	state                     string
	created, merged           time.Time
	mergedBy, mergeCommit     string
	commits                   []string // those that came in with it
	reviews                   []*review
	forced                    []string
}

type review struct {
	id          int64
	by, state   string
	sha         string
	at          time.Time
	association string
}

// OpenRequest opens a pull request of a branch into another and returns its number.
func (s *Server) OpenRequest(name, head, base, by, title string) (number int) {
	s.change(name, func(r *repository) {
		number = len(r.requests) + 1
		r.requests = append(r.requests, &request{
			id: s.next(), number: number, title: title, author: by, head: head, base: base, sha: r.branches[head], baseSHA: r.branches[base],
			state: "open", created: s.now(),
		})
	})
	return number
}

// FromFork makes a pull request one from somebody's fork.
func (s *Server) FromFork(name string, number int, owner string) {
	s.change(name, func(r *repository) { r.requests[number-1].fork = owner })
}

// Review gives a review of what the pull request holds now: APPROVED, CHANGES_REQUESTED or COMMENTED.
func (s *Server) Review(name string, number int, by, state string) {
	s.change(name, func(r *repository) {
		q := r.requests[number-1]
		association := "NONE"
		if r.roles[by] != "" {
			association = "COLLABORATOR"
		}
		v := &review{id: s.next(), by: by, state: state, sha: q.sha, at: s.now(), association: association}
		q.reviews = append(q.reviews, v)
		s.reviewed(r, q, v, "submitted")
	})
}

// Dismiss dismisses somebody's newest review.
func (s *Server) Dismiss(name string, number int, of string) {
	s.change(name, func(r *repository) {
		q := r.requests[number-1]
		for _, v := range slices.Backward(q.reviews) {
			if v.by == of {
				v.state = "DISMISSED"
				s.reviewed(r, q, v, "dismissed")
				return
			}
		}
		panic(fmt.Sprintf("githubtest: %s reviewed nothing", of))
	})
}

// Merge merges a pull request: as a merge commit, or squashed into one commit of its author. It returns what the base is at then.
func (s *Server) Merge(name string, number int, by string, squash bool) (sha string) {
	s.change(name, func(r *repository) {
		q := r.requests[number-1]
		base := r.branches[q.base]
		files := r.commits[q.sha].files
		for _, c := range r.between(base, q.sha) {
			q.commits = append(q.commits, c.sha)
		}
		github := Person{"GitHub", "noreply@github.com"}
		c := Change{Message: fmt.Sprintf("Merge pull request #%d from %s\n\n%s", number, q.head, q.title), Committer: github, Files: files, At: s.now()}
		c.Author = Person{by, s.users[by].email}
		parents := []string{base, q.sha}
		if squash {
			c.Message, c.Author, parents = fmt.Sprintf("%s (#%d)", q.title, number), Person{q.author, s.users[q.author].email}, []string{base}
			q.commits = nil
		}
		sha = s.add(r, parents, c)
		r.commits[sha].changed, r.commits[sha].signed = nil, true
		if squash {
			for path, text := range files {
				if r.commits[base].files[path] != text {
					r.commits[sha].changed = append(r.commits[sha].changed, path)
				}
			}
		}
		q.commits = append(q.commits, sha)
		q.state, q.merged, q.mergedBy, q.mergeCommit = "closed", s.now(), by, sha
		s.moved(r, q.base, base, sha, by, "pr_merge")
	})
	return sha
}

// MergeByHand marks a request as merged by a commit that somebody made and pushed, as GitHub does.
func (s *Server) MergeByHand(name string, number int, by string) (sha string) {
	s.change(name, func(r *repository) {
		q := r.requests[number-1]
		base := r.branches[q.base]
		for _, c := range r.between(base, q.sha) {
			q.commits = append(q.commits, c.sha)
		}
		github := Person{"GitHub", "noreply@github.com"} // as whoever made it chose to say
		sha = s.add(r, []string{base, q.sha}, Change{Message: "Merge", Author: Person{by, s.users[by].email}, Committer: github, Files: map[string]string{"evil": "1"}, At: s.now()})
		q.commits = append(q.commits, sha)
		q.state, q.merged, q.mergedBy, q.mergeCommit = "closed", s.now(), by, sha
		s.moved(r, q.base, base, sha, by, "push")
	})
	return sha
}
