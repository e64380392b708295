// Package provenance judges how source code came to be what a version is made of: each commit by a merge request that somebody else
// approved after the last push to it. People are compared, never accounts: an approval by another account of the author's is none.
// What is not known is said, and never passes.
package provenance

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Report is what a look at the commits of a version came to. It names nobody but by opaque ids and masked addresses.
type Report struct {
	Service  string
	Since    string // full ids of commits; Since is empty if nothing was known to run
	Commit   string
	File     string // path of the pipeline file
	Commits  int    // how many were judged, that of the pipeline file not counted
	Requests int
	// Closed are the reasons why something came in as it must not, and Unknown those why that can't be told.
	Closed  []chat.Text
	Unknown []chat.Text
	Source  port.Source
}

// Judge finds how everything that a version brings came in, with every reason against it.
func Judge(r port.CommitRange, resolve Resolve) Report {
	j := judge{resolve: resolve, requestless: r.Requestless, report: Report{
		Service: r.Service, Since: r.Since, Commit: r.Commit, File: r.File, Commits: len(r.Commits), Source: r.Source,
	}}
	j.whole(r)
	changes := changesOf(r.Commits)
	for _, c := range changes {
		if c.request != nil {
			j.report.Requests++
		}
		file := ""
		if r.Pipeline != nil && c.holds(r.Pipeline.ID) {
			file = r.File
		}
		j.change(c, file)
	}
	if r.Pipeline != nil && !slices.ContainsFunc(changes, func(c change) bool { return c.holds(r.Pipeline.ID) }) {
		j.change(lone(*r.Pipeline), r.File)
	}
	return j.report
}

type judge struct {
	resolve     Resolve
	requestless bool
	report      Report
}

func (j *judge) close(code chat.Code, args ...chat.Arg) {
	j.report.Closed = append(j.report.Closed, chat.Say(code, args...))
}

func (j *judge) doubt(code chat.Code, args ...chat.Arg) {
	j.report.Unknown = append(j.report.Unknown, chat.Say(code, args...))
}

// whole doubts a range that was not read whole, or names no pipeline file.
func (j *judge) whole(r port.CommitRange) {
	commit := chat.Word("commit", short(r.Commit))
	if r.More {
		j.doubt("provenance.more", commit, chat.Count("count", len(r.Commits)))
	}
	nothing := len(r.Commits) == 0 && r.Since != "" // all of it runs already
	if !r.More && !nothing && !slices.ContainsFunc(r.Commits, func(c port.Commit) bool { return c.ID == r.Commit }) {
		j.doubt("provenance.not_held", commit)
	}
	switch {
	case r.Pipeline != nil:
	case r.File == "":
		j.doubt("provenance.file_unknown")
	default:
		j.doubt("provenance.no_file", chat.Word("file", r.File), commit)
	}
}

func (c change) holds(id string) bool {
	return slices.ContainsFunc(c.commits, func(x port.Commit) bool { return x.ID == id })
}

// change judges what came in together; file is the pipeline file if its last change is among it.
func (j *judge) change(c change, file string) {
	first := c.commits[0]
	about := []chat.Arg{chat.Word("commit", short(first.ID))}
	if more := len(c.commits) - 1; more > 0 {
		about = append(about, chat.Count("more", more))
	}
	if file != "" {
		about = append(about, chat.Word("file", file))
	}
	if c.request == nil && j.requestless {
		j.doubt("provenance.requestless", append(about, j.resolve.of(first.Author).args()...)...)
		return
	}
	if c.request == nil {
		j.close("provenance.direct", append(about, j.resolve.of(first.Author).args()...)...)
		return
	}
	about = append(about, chat.Word("request", c.request.ID))
	if len(c.request.Approvals) == 0 {
		j.close("provenance.unapproved", append(about, j.resolve.of(c.request.Author).args()...)...)
		return
	}
	var against, doubts []chat.Text
	for _, a := range c.request.Approvals {
		no, maybe := j.approval(c, a, about)
		if len(no)+len(maybe) == 0 {
			return
		}
		against = append(against, no...)
		if len(no) == 0 {
			doubts = append(doubts, maybe...)
		}
	}
	if len(doubts) > 0 { // one of them may be what it takes
		j.report.Unknown = append(j.report.Unknown, append(doubts, against...)...)
		return
	}
	j.report.Closed = append(j.report.Closed, against...)
}

// approval finds why an approval does not count, and why it might not.
func (j *judge) approval(c change, a port.Approval, about []chat.Arg) (no, maybe []chat.Text) {
	by := j.resolve.of(a.By)
	who := by.args()
	say := func(to *[]chat.Text, code chat.Code, more ...chat.Arg) {
		*to = append(*to, chat.Say(code, slices.Concat(about, who, more)...))
	}
	switch {
	case by.machine:
		who = []chat.Arg{chat.Word("address", Masked(Accounts(a.By)[0]))}
		say(&no, "provenance.by_machine")
	case len(by.people) == 0:
		say(&no, "provenance.by_nobody")
	}
	for _, w := range c.excluded(j.resolve) {
		s := j.resolve.of(w.who)
		if slices.ContainsFunc(s.people, func(id string) bool { return slices.Contains(by.people, id) }) {
			say(&no, "provenance.own", chat.Nested("duty", w.as.Text()))
		}
		for _, unknown := range s.unknown {
			say(&maybe, "provenance.whose", chat.Word("unknown", Masked(unknown)), chat.Nested("duty", w.as.Text()))
		}
		if s.nobody {
			say(&maybe, "provenance.whose", chat.Nested("duty", w.as.Text()))
		}
	}
	q := c.request
	dated, named := !a.At.IsZero(), a.Commit != "" && q.Head != ""
	if named && a.Commit != q.Head {
		say(&no, "provenance.other", chat.Word("approved", short(a.Commit)), chat.Word("head", short(q.Head)))
	}
	switch {
	case q.PushedAt.IsZero() && !named:
		say(&maybe, "provenance.unpushed")
	case q.PushedAt.IsZero():
	case !dated:
		say(&maybe, "provenance.undated", chat.Time("pushed", q.PushedAt))
	case !a.At.After(q.PushedAt):
		say(&no, "provenance.early", chat.Time("at", a.At), chat.Time("pushed", q.PushedAt))
	}
	return once(no), once(maybe)
}

// excluded are those whose own approval of a request is none, each with the first part that they had.
func (c change) excluded(resolve Resolve) []writer {
	all := []writer{{duty.MergeAuthor, c.request.Author, c.request.ID}}
	for _, w := range c.writers(resolve) {
		if w.as != duty.Merger {
			all = append(all, w)
		}
	}
	for _, p := range c.request.Pushers {
		all = append(all, writer{duty.Pusher, p, c.request.ID})
	}
	var each []writer
	for _, w := range all {
		if !slices.ContainsFunc(each, func(seen writer) bool { return seen.as == w.as && seen.who == w.who }) {
			each = append(each, w)
		}
	}
	return each
}

// once leaves each sentence once.
func once(texts []chat.Text) []chat.Text {
	var each []chat.Text
	for _, t := range texts {
		if !slices.ContainsFunc(each, func(seen chat.Text) bool { return seen.Code == t.Code && slices.EqualFunc(seen.Args, t.Args, same) }) {
			each = append(each, t)
		}
	}
	return each
}

func same(a, b chat.Arg) bool {
	if a.Kind == chat.KindText && b.Kind == chat.KindText {
		return a.Name == b.Name && a.Text.Code == b.Text.Code
	}
	return a.Name == b.Name && a.Word == b.Word && slices.Equal(a.Words, b.Words) && a.Number == b.Number
}

// short is as much of a commit as people compare.
func short(id string) string { return id[:min(12, len(id))] }
