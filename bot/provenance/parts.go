package provenance

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Part is what an account had to do with source code. A zero account says that somebody had that part whom nobody names.
type Part struct {
	As      duty.Duty
	Account chat.Account
}

// Parts lists who had which part in what a version brings, each once: who wrote, pushed and merged it, and who edited the pipeline.
func Parts(r port.CommitRange) []Part {
	var parts []Part
	add := func(as duty.Duty, i port.Identity) {
		accounts := Accounts(i)
		if len(accounts) == 0 {
			accounts = []chat.Account{{}}
		}
		for _, a := range accounts {
			if p := (Part{as, a}); !slices.Contains(parts, p) {
				parts = append(parts, p)
			}
		}
	}
	for _, c := range changesOf(r.Commits) {
		for _, w := range c.writers() {
			add(w.as, w.who)
		}
		if q := c.request; q != nil {
			add(duty.MergeAuthor, q.Author)
			for _, p := range q.Pushers {
				add(duty.Pusher, p)
			}
			add(duty.Merger, q.MergedBy)
		}
	}
	if r.Pipeline != nil {
		for _, w := range (change{request: r.Pipeline.Request, commits: []port.Commit{*r.Pipeline}}).writers() {
			if w.as == duty.CommitAuthor || w.as == duty.CoAuthor {
				add(duty.PipelineEditor, w.who)
			}
		}
		if q := r.Pipeline.Request; q != nil {
			add(duty.PipelineEditor, q.Author)
			for _, p := range q.Pushers {
				add(duty.PipelineEditor, p)
			}
		}
	}
	return parts
}

// change is what came in together: the commits of one merge request, or one commit that came in by itself.
type change struct {
	request *port.MergeRequest
	commits []port.Commit
}

// changesOf gathers commits by the request that they came in with, in the order of the first of each.
func changesOf(commits []port.Commit) []change {
	var all []change
	at := map[string]int{}
	for _, c := range commits {
		if c.Request == nil {
			all = append(all, change{commits: []port.Commit{c}})
			continue
		}
		n, known := at[c.Request.ID]
		if !known {
			n = len(all)
			at[c.Request.ID], all = n, append(all, change{request: c.Request})
		}
		all[n].commits = append(all[n].commits, c)
	}
	return all
}

// writer is somebody whom a commit names.
type writer struct {
	as  duty.Duty
	who port.Identity
}

// writers are those whom the commits of a change name: authors, committers and co-authors.
func (c change) writers() []writer {
	var all []writer
	for n, commit := range c.commits {
		for _, i := range []port.Identity{commit.Author, commit.Committer} {
			as := duty.CommitAuthor
			if n == len(c.commits)-1 && c.merged(commit, i) {
				as = duty.Merger
			}
			all = append(all, writer{as, i})
		}
		for _, i := range commit.CoAuthors {
			all = append(all, writer{duty.CoAuthor, i})
		}
	}
	return all
}

// merged reports whether the last commit of a request names somebody for merging it alone: hosts make that commit as it is merged,
// in the name of who merged, and it is another one than was pushed last. What was pushed, and who merged, is what the host says.
func (c change) merged(commit port.Commit, i port.Identity) bool {
	q := c.request
	return q != nil && q.Head != "" && commit.ID != q.Head && i.Account != (chat.Account{}) &&
		people.Fold(i.Account) == people.Fold(q.MergedBy.Account)
}
