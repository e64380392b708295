package githubtest

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

type user struct {
	id                 int64
	login, email, kind string
}

// repository is one with all that is in it.
type repository struct {
	id           int64
	owner, name  string
	person       bool // its owner is a person
	private      bool
	archived     bool
	hidden       bool // the token may not see it
	branches     map[string]string
	commits      map[string]*commit
	order        []string // commits as they came
	requests     []*request
	activity     []push
	workflows    map[string]*workflow
	runs         []*run
	deployments  []*deployment
	environments map[string]*environment
	roles        map[string]string // of people: admin, maintain, write, triage, read
	allowed      string
	token        string
	approves     bool
}

type commit struct {
	sha, message      string
	author, committer Person
	at                time.Time
	parents           []string
	files             map[string]string
	changed           []string
	signed            bool // by GitHub
}

// Person is how a commit names somebody.
type Person struct{ Name, Email string }

type push struct {
	id                       int64
	before, after, ref, kind string
	by                       string
	at                       time.Time
}

const nothing = "0000000000000000000000000000000000000000"

// AddUser makes an account; kind is "User" or "Bot".
func (s *Server) AddUser(login, email, kind string) { s.with(func() { s.addUser(login, email, kind) }) }

func (s *Server) addUser(login, email, kind string) {
	s.users[login] = &user{s.next(), login, email, kind}
}

// AddRepository makes a repository, "owner/name", of an organisation, with the branch main and one commit, to which the bot may write.
func (s *Server) AddRepository(name string, files map[string]string) {
	s.with(func() {
		owner, base, _ := strings.Cut(name, "/")
		r := &repository{
			id: s.next(), owner: owner, name: base, private: true, branches: map[string]string{}, commits: map[string]*commit{},
			workflows: map[string]*workflow{}, environments: map[string]*environment{}, roles: map[string]string{s.options.Login: "write"},
			allowed: "all", token: "read",
		}
		s.repos[name] = r
		s.commit(r, "main", s.options.Login, Change{Message: "Begin", Files: files})
	})
}

func (s *Server) repo(name string) *repository {
	r := s.repos[name]
	if r == nil {
		panic("githubtest: no repository " + name)
	}
	return r
}

func (s *Server) change(name string, f func(*repository)) { s.with(func() { f(s.repo(name)) }) }

// Hide takes the repository out of the token's sight, or puts it back.
func (s *Server) Hide(name string, hidden bool) {
	s.change(name, func(r *repository) { r.hidden = hidden })
}

// Archive archives the repository.
func (s *Server) Archive(name string) { s.change(name, func(r *repository) { r.archived = true }) }

// Personal makes the repository's owner a person.
func (s *Server) Personal(name string) { s.change(name, func(r *repository) { r.person = true }) }

// Role gives somebody a role in the repository: admin, maintain, write, triage, read; empty for none.
func (s *Server) Role(name, login, role string) {
	s.change(name, func(r *repository) { r.roles[login] = role })
}

// Allow says whose actions workflows may use (all, local_only, selected), and what a workflow's own token may do (read, write).
func (s *Server) Allow(name, actions, token string, approves bool) {
	s.change(name, func(r *repository) { r.allowed, r.token, r.approves = actions, token, approves })
}

// Change is what a commit does.
type Change struct {
	Message           string
	Author, Committer Person            // the pusher, if zero
	Files             map[string]string // an empty one is deleted
	At                time.Time         // what the commit says; now if zero
	Force             bool              // in the place of the branch's newest commit
}

// Commit commits to a branch, made from main if it is new, and pushes. It returns the commit's id.
func (s *Server) Commit(name, branch, by string, c Change) (sha string) {
	s.with(func() { sha = s.commit(s.repo(name), branch, by, c) })
	return sha
}

func (s *Server) commit(r *repository, branch, by string, c Change) string {
	who := Person{by, ""}
	if u := s.users[by]; u != nil {
		who.Email = u.email
	}
	if c.Author == (Person{}) {
		c.Author = who
	}
	if c.Committer == (Person{}) {
		c.Committer = who
	}
	if c.At.IsZero() {
		c.At = s.now()
	}
	before, known := r.branches[branch]
	base := before
	if !known {
		base, before = r.branches["main"], nothing
	}
	if c.Force {
		base = r.commits[base].parents[0]
	}
	var parents []string
	if base != "" {
		parents = []string{base}
	}
	sha := s.add(r, parents, c)
	kind := "push"
	switch {
	case c.Force:
		kind = "force_push"
	case !known:
		kind = "branch_creation"
	}
	s.moved(r, branch, before, sha, by, kind)
	return sha
}

// add makes a commit that no branch holds yet.
func (s *Server) add(r *repository, parents []string, c Change) string {
	files := map[string]string{}
	for _, p := range parents {
		maps.Copy(files, r.commits[p].files)
	}
	maps.Copy(files, c.Files)
	maps.DeleteFunc(files, func(_, text string) bool { return text == "" })
	sum := sha1.Sum(fmt.Appendf(nil, "%s/%s %d %s", r.owner, r.name, s.next(), c.Message))
	sha := hex.EncodeToString(sum[:])
	r.commits[sha] = &commit{
		sha: sha, message: c.Message, author: c.Author, committer: c.Committer, at: c.At, parents: parents, files: files,
		changed: slices.Sorted(maps.Keys(c.Files)),
	}
	r.order = append(r.order, sha)
	return sha
}

func (s *Server) moved(r *repository, branch, before, after, by, kind string) {
	r.branches[branch] = after
	r.activity = append(r.activity, push{s.next(), before, after, "refs/heads/" + branch, kind, by, s.now()})
	for _, q := range r.requests {
		if q.state == "open" && q.head == branch {
			q.sha = after
			if kind == "force_push" {
				q.forced = append(q.forced, by)
			}
		}
	}
	if branch != "main" {
		return
	}
	for path, text := range r.commits[after].files {
		if file, ok := strings.CutPrefix(path, ".github/workflows/"); ok {
			s.workflow(r, file, text)
		}
	}
}

// DeleteBranch deletes a branch.
func (s *Server) DeleteBranch(name, branch, by string) {
	s.change(name, func(r *repository) {
		r.activity = append(r.activity, push{s.next(), r.branches[branch], nothing, "refs/heads/" + branch, "branch_deletion", by, s.now()})
		delete(r.branches, branch)
	})
}

// Head is the newest commit of a branch.
func (s *Server) Head(name, branch string) (sha string) {
	s.change(name, func(r *repository) { sha = r.branches[branch] })
	return sha
}

// resolve finds a commit by a branch or an id, which may be shortened.
func (r *repository) resolve(ref string) *commit {
	if sha, ok := r.branches[strings.TrimPrefix(ref, "refs/heads/")]; ok {
		return r.commits[sha]
	}
	if c := r.commits[ref]; c != nil || len(ref) < 7 {
		return c
	}
	for sha, c := range r.commits {
		if strings.HasPrefix(sha, ref) {
			return c
		}
	}
	return nil
}

// behind are all commits that one can be reached from, itself included.
func (r *repository) behind(sha string) map[string]bool {
	seen := map[string]bool{}
	for todo := []string{sha}; len(todo) > 0; {
		next := todo[0]
		todo = todo[1:]
		if c := r.commits[next]; c != nil && !seen[next] {
			seen[next] = true
			todo = append(todo, c.parents...)
		}
	}
	return seen
}

// between are the commits of one and not of another, the oldest first.
func (r *repository) between(base, head string) []*commit {
	has, lacks := r.behind(head), r.behind(base)
	var list []*commit
	for _, sha := range r.order {
		if has[sha] && !lacks[sha] {
			list = append(list, r.commits[sha])
		}
	}
	return list
}
