package commands_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/provenance"
)

// host keeps repositories that can be told what came into them.
type host struct {
	mu       sync.Mutex
	commits  map[string][]port.Commit // of a service, the oldest first
	requests map[string]*port.MergeRequest
	pipeline map[string]bool // commits that changed the pipeline file
	down     bool
	most     int // commits of a range; 0 for port.CommitsMost
}

func newHost() *host {
	return &host{commits: map[string][]port.Commit{}, requests: map[string]*port.MergeRequest{}, pipeline: map[string]bool{}}
}

// fullCommit is the id of a commit that conversations call by its beginning.
func fullCommit(name string) string { return (name + strings.Repeat("0", 40))[:40] }

func (h *host) Range(_ context.Context, service, since, commit string) (port.CommitRange, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.down {
		return port.CommitRange{}, effect.Retryable(errors.New("the repository's host does not answer"), 0)
	}
	all := h.commits[service]
	at := func(id string) int {
		return slices.IndexFunc(all, func(c port.Commit) bool { return provenance.SameCommit(c.ID, id) })
	}
	last, first := at(commit), at(since)+1
	if last < 0 || since != "" && first == 0 {
		return port.CommitRange{}, effect.ErrNotFound
	}
	if since == "" {
		first = last
	}
	r := port.CommitRange{Service: service, Commit: all[last].ID, File: "ci.yaml", Source: port.Source{System: "github", At: time.Now()}}
	if since != "" {
		r.Since = all[first-1].ID
	}
	for i, c := range all[:last+1] {
		if c.Request != nil {
			request := *h.requests[service+c.Request.ID]
			c.Request = &request
		}
		if i >= first {
			r.Commits = append(r.Commits, c)
		}
		if h.pipeline[c.ID] {
			r.Pipeline = &c
		}
	}
	if most := h.most; most > 0 && len(r.Commits) > most {
		r.Commits, r.More = r.Commits[:most], true
	}
	return r, nil
}

// identity reads "github:dana/dana@shop.example", or a part of it.
func identity(text string) (i port.Identity) {
	login, address, both := strings.Cut(text, "/")
	if !both && strings.Contains(text, "@") {
		login, address = "", text
	}
	if platform, id, ok := strings.Cut(login, ":"); ok {
		i.Account = chat.Account{Platform: platform, ID: id}
	}
	i.Email = address
	return i
}

func identities(text string) (list []port.Identity) {
	for _, one := range strings.Split(text, ",") {
		list = append(list, identity(one))
	}
	return list
}

// commit adds a commit: commit payments feed001 author=github:dana/dana@shop.example committer=… co=… request=#7 pipeline
func (p *play) commit(a []string, _ string) {
	h := p.world.host
	h.mu.Lock()
	defer h.mu.Unlock()
	c := port.Commit{ID: fullCommit(a[1]), At: time.Now()}
	for _, s := range a[2:] {
		name, value, _ := strings.Cut(s, "=")
		switch name {
		case "author":
			c.Author, c.Committer = identity(value), identity(value)
		case "committer":
			c.Committer = identity(value)
		case "co":
			c.CoAuthors = identities(value)
		case "request":
			c.Request = &port.MergeRequest{ID: value}
		case "merge":
			c.Merge = true
		case "pipeline":
			h.pipeline[c.ID] = true
		default:
			p.Fatalf("%s:%d: commits have no %q", p.path, p.line, name)
		}
	}
	h.commits[a[0]] = append(h.commits[a[0]], c)
}

// request says something of a merge request: request payments #7 author=github:dana pushers=… pushed=-2h head=feed001
// approved=github:pat@-1h@feed001,… merged=github:pat
func (p *play) request(a []string, _ string) {
	h := p.world.host
	h.mu.Lock()
	defer h.mu.Unlock()
	q := h.requests[a[0]+a[1]]
	if q == nil {
		q = &port.MergeRequest{ID: a[1]}
		h.requests[a[0]+a[1]] = q
	}
	for _, s := range a[2:] {
		name, value, _ := strings.Cut(s, "=")
		switch name {
		case "author":
			q.Author = identity(value)
		case "pushers":
			q.Pushers = identities(value)
		case "pushed":
			q.PushedAt = time.Now().Add(parseOffset(p, value))
		case "head":
			q.Head = fullCommit(value)
		case "merged":
			q.MergedBy = identity(value)
		case "approved":
			q.Approvals = nil
			for _, one := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' }) {
				parts := strings.Split(one, "@")
				approval := port.Approval{By: identity(parts[0]), At: time.Now().Add(parseOffset(p, parts[1]))}
				if len(parts) > 2 {
					approval.Commit = fullCommit(parts[2])
				}
				q.Approvals = append(q.Approvals, approval)
			}
		default:
			p.Fatalf("%s:%d: requests have no %q", p.path, p.line, name)
		}
	}
}

// hosts makes a host of the part "repository" of a script, whose lines are steps; without one there is no host.
func (p *play) hosts() {
	for _, line := range strings.Split(string(p.files["repository"]), "\n") {
		switch fields := strings.Fields(line); {
		case len(fields) == 0 || fields[0] == "#":
		case fields[0] == "commit":
			p.commit(fields[1:], line)
		case fields[0] == "request":
			p.request(fields[1:], line)
		}
	}
}
