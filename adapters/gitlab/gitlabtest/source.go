package gitlabtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// source is a project's repository with its merge requests.
type source struct {
	commits  []*commit // in the order of their making
	branches map[string]string
	tags     map[string]string
	requests []*Request
	events   []event
}

// Commit is what somebody commits.
type Commit struct {
	Message   string
	Author    string // e-mail address
	Committer string // Author if empty
	Files     []string
}

type commit struct {
	Commit
	id      string
	parents []string
	at      time.Time
}

// Request is a merge request.
type Request struct {
	IID            int64
	Branch, Target string
	Author         *User
	State          string

	created, merged time.Time
	by              *User
	mergeSHA        string
	squashSHA       string
	commits         []string // its own, the newest first
	versions        []version
	approvals       []approval
	notes           []note
}

type version struct {
	head string
	at   time.Time
}

type approval struct {
	by *User
	at time.Time
}

type note struct {
	by     *User
	body   string
	at     time.Time
	system bool
}

type event struct {
	by            *User
	ref, from, to string
	count         int
	at            time.Time
}

func (of *Project) begin() {
	of.branches, of.tags = map[string]string{}, map[string]string{}
	of.branches[of.Branch] = of.commit(Commit{Message: "Begin", Author: "first@example.org", Files: []string{".gitlab-ci.yml"}}, time.Unix(0, 0), nil)
}

func (of *Project) commit(c Commit, at time.Time, parents []string) string {
	if c.Committer == "" {
		c.Committer = c.Author
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %s %s %v", of.Path, len(of.commits), c.Message, c.Author, parents))
	id := hex.EncodeToString(sum[:20])
	of.commits = append(of.commits, &commit{c, id, parents, at})
	return id
}

// find is a commit by any name of it, nil if there is none.
func (of *Project) find(name string) *commit {
	if id := of.branches[name]; id != "" {
		name = id
	}
	if id := of.tags[name]; id != "" {
		name = id
	}
	for _, c := range of.commits {
		if c.id == name || len(name) >= 7 && strings.HasPrefix(c.id, name) {
			return c
		}
	}
	return nil
}

// at is the id of what a branch or tag points to, empty if there is none.
func (of *Project) at(ref string) string {
	if of.branches[ref] != "" {
		return of.branches[ref]
	}
	return of.tags[ref]
}

// reach are the commits that lead to one.
func (of *Project) reach(id string) map[string]bool {
	seen, todo := map[string]bool{}, []string{id}
	for len(todo) > 0 {
		id, todo = todo[0], todo[1:]
		if c := of.find(id); c != nil && !seen[c.id] {
			seen[c.id] = true
			todo = append(todo, c.parents...)
		}
	}
	return seen
}

// Tag names a commit, and Head is what a branch points to.
func (s *Server) Tag(project, tag, commit string) {
	s.locked(func() { s.project(project).tags[tag] = commit })
}

// Head is the commit that a branch points to.
func (s *Server) Head(project, branch string) (id string) {
	s.locked(func() { id = s.project(project).branches[branch] })
	return id
}

// Push pushes commits to a branch, which is made from the default one if it isn't there; requests of the branch get a new version.
func (s *Server) Push(project, username, branch string, commits ...Commit) (head string) {
	s.locked(func() {
		of, by, now := s.project(project), s.user(username), s.o.Clock()
		from := of.branches[branch]
		if head = from; from == "" {
			head = of.branches[of.Branch]
		}
		made := []string{}
		for _, c := range commits {
			head = of.commit(c, now, []string{head})
			made = append(made, head)
		}
		of.branches[branch] = head
		of.events = append(of.events, event{by, branch, from, head, len(commits), now})
		for _, r := range of.requests {
			if r.Branch == branch && r.State == "opened" {
				r.versions = append(r.versions, version{head, now})
				r.note(by, fmt.Sprintf("added %d commit\n\n<ul></ul>", len(commits)), now, true)
				for _, id := range made {
					r.commits = slices.Insert(r.commits, 0, id)
				}
			}
		}
	})
	return head
}

// Open opens a merge request of a branch.
func (s *Server) Open(project, username, branch string) (iid int64) {
	s.locked(func() {
		of, by, now := s.project(project), s.user(username), s.o.Clock()
		head, base := of.branches[branch], of.reach(of.branches[of.Branch])
		r := &Request{IID: int64(len(of.requests) + 1), Branch: branch, Target: of.Branch, Author: by, State: "opened", created: now, versions: []version{{head, now}}}
		mine := of.reach(head)
		for _, c := range slices.Backward(of.commits) {
			if mine[c.id] && !base[c.id] {
				r.commits = append(r.commits, c.id)
			}
		}
		of.requests = append(of.requests, r)
		iid = r.IID
	})
	return iid
}

func (of *Project) request(iid int64) *Request {
	i := slices.IndexFunc(of.requests, func(r *Request) bool { return r.IID == iid })
	if i < 0 {
		return nil
	}
	return of.requests[i]
}

func (r *Request) note(by *User, body string, at time.Time, system bool) {
	r.notes = append(r.notes, note{by, body, at, system})
}

// ApproveRequest approves a merge request, and TakeBack takes that back.
func (s *Server) ApproveRequest(project string, iid int64, username string) {
	s.locked(func() {
		r, by, now := s.project(project).request(iid), s.user(username), s.o.Clock()
		r.approvals = append(r.approvals, approval{by, now})
		r.note(by, "approved this merge request", now, true)
	})
}

// TakeBack takes an approval back.
func (s *Server) TakeBack(project string, iid int64, username string) {
	s.locked(func() {
		r, by := s.project(project).request(iid), s.user(username)
		r.approvals = slices.DeleteFunc(r.approvals, func(a approval) bool { return a.by == by })
		r.note(by, "unapproved this merge request", s.o.Clock(), true)
	})
}

// Say is somebody's comment on a merge request.
func (s *Server) Say(project string, iid int64, username, text string) {
	s.locked(func() { s.project(project).request(iid).note(s.user(username), text, s.o.Clock(), false) })
}

// Merge merges a request, squashed into one commit or with a merge commit.
func (s *Server) Merge(project string, iid int64, username string, squash bool) (id string) {
	s.locked(func() {
		of, by, now := s.project(project), s.user(username), s.o.Clock()
		r := of.request(iid)
		email, base := username+"@example.org", of.branches[of.Branch]
		c := Commit{Message: fmt.Sprintf("Merge branch '%s'", r.Branch), Author: email}
		parents := []string{base, of.branches[r.Branch]}
		if squash {
			c.Message, parents = fmt.Sprintf("Request %d", iid), []string{base}
			c.Author, c.Committer = r.Author.Username+"@example.org", email
			for _, id := range r.commits {
				c.Files = append(c.Files, of.find(id).Files...)
			}
		}
		id = of.commit(c, now, parents)
		if squash {
			r.squashSHA = id
		} else {
			r.mergeSHA = id
		}
		of.branches[of.Branch] = id
		r.State, r.merged, r.by = "merged", now, by
		of.events = append(of.events, event{by, of.Branch, base, id, 1, now})
	})
	return id
}

// Retarget gives a merge request another target, within Change.
func (of *Project) Retarget(iid int64, target string) { of.request(iid).Target = target }
