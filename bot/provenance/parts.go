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
	// In is the commit or the merge request where it was seen first, as people say it.
	In string
}

// Parts lists who had which part in what a version brings, each once: who wrote, pushed and merged it, and who edited the pipeline.
func Parts(r port.CommitRange, resolve Resolve) []Part {
	var parts []Part
	add := func(as duty.Duty, i port.Identity, in string) {
		accounts := Accounts(i)
		if len(accounts) == 0 {
			accounts = []chat.Account{{}}
		}
		for _, a := range accounts {
			if !slices.ContainsFunc(parts, func(p Part) bool { return p.As == as && p.Account == a }) {
				parts = append(parts, Part{as, a, in})
			}
		}
	}
	for _, c := range changesOf(r.Commits) {
		for _, w := range c.writers(resolve) {
			add(w.as, w.who, w.in)
		}
		if q := c.request; q != nil {
			add(duty.MergeAuthor, q.Author, q.ID)
			for _, p := range q.Pushers {
				add(duty.Pusher, p, q.ID)
			}
			add(duty.Merger, q.MergedBy, q.ID)
		}
	}
	if r.Pipeline != nil {
		for _, w := range lone(*r.Pipeline).writers(resolve) {
			if w.as == duty.CommitAuthor || w.as == duty.CoAuthor {
				add(duty.PipelineEditor, w.who, w.in)
			}
		}
		if q := r.Pipeline.Request; q != nil {
			add(duty.PipelineEditor, q.Author, q.ID)
			for _, p := range q.Pushers {
				add(duty.PipelineEditor, p, q.ID)
			}
		}
	}
	return parts
}

// change is what came in together: the commits of one merge request, or one commit that came in by itself.
type change struct {
	request *port.MergeRequest
	commits []port.Commit
	lone    bool // others of the request may have been left out
}

// lone is a commit by itself: which others came in with it was not read.
func lone(c port.Commit) change {
	return change{request: c.Request, commits: []port.Commit{c}, lone: true}
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
	in  string // the commit, short
}

// writers are those whom the commits of a change name: authors, committers and co-authors.
func (c change) writers(resolve Resolve) []writer {
	var all []writer
	pushed := c.pushed()
	for n, commit := range c.commits {
		author, committer := duty.CommitAuthor, duty.CommitAuthor
		if n >= pushed || c.request != nil && slices.Contains(c.request.Made, commit.ID) {
			// The host made it as it merged, and names who merged: as committer, and as author where it joins two lines.
			if c.mergedBy(commit.Committer, resolve) {
				committer = duty.Merger
			}
			if commit.Merge && c.mergedBy(commit.Author, resolve) {
				author = duty.Merger
			}
		}
		in := short(commit.ID)
		all = append(all, writer{author, commit.Author, in}, writer{committer, commit.Committer, in})
		for _, i := range commit.CoAuthors {
			all = append(all, writer{duty.CoAuthor, i, in})
		}
	}
	return all
}

// pushed is how many of the commits were pushed to the request: those up to the last that was. The host made the others as it merged,
// all of them where it squashed or rebased. Without knowing what was pushed last, or all that came in, it is not said to have made any.
func (c change) pushed() int {
	if c.request == nil || c.request.Head == "" || c.lone {
		return len(c.commits)
	}
	return slices.IndexFunc(c.commits, func(commit port.Commit) bool { return commit.ID == c.request.Head }) + 1
}

// mergedBy reports whether somebody is who the host says merged the request.
func (c change) mergedBy(i port.Identity, resolve Resolve) bool {
	by := c.request.MergedBy
	if i.Account != (chat.Account{}) && people.Fold(i.Account) == people.Fold(by.Account) {
		return true
	}
	who, merger := resolve.of(i), resolve.of(by)
	return len(who.people) == 1 && len(who.unknown) == 0 && slices.Equal(who.people, merger.people)
}
