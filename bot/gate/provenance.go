package gate

import (
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/provenance"
)

// Provenance is the name of the gate that asks how source code came in.
const Provenance = "provenance"

// reviewed: everything that came in since what runs now was approved by somebody else. What was read must be about the commit that
// the artifact was built from, and begin at what runs.
func reviewed(f *Facts, a *answer) {
	p := f.Provenance
	switch {
	case f.NoProvenance:
		a.doubt("gate.provenance.unconfigured")
		return
	case p == nil:
		a.missing(f, Provenance)
		return
	}
	a.fresh(f, Provenance, p.Source)
	switch {
	case f.Artifact == nil:
		a.missing(f, "artifact")
	case p.Service != f.Service || !provenance.SameCommit(p.Commit, f.Artifact.Build.Commit):
		a.doubt("gate.provenance.other", chat.Word("is", p.Service+" "+short(p.Commit)),
			chat.Word("asked", f.Service+" "+short(f.Artifact.Build.Commit)))
	}
	switch now := f.Running; {
	case now == nil:
		a.missing(f, "running version")
	case now.Commit != "" && !provenance.SameCommit(p.Since, now.Commit):
		a.doubt("gate.provenance.since", chat.Word("version", now.Version), chat.Word("commit", short(now.Commit)), chat.Word("since", short(p.Since)))
	case !now.IsZero() && p.Since == "":
		a.doubt("gate.provenance.since_unknown", chat.Word("version", now.Version), chat.Word("environment", f.Environment))
	}
	a.closed = append(a.closed, p.Closed...)
	a.unknown = append(a.unknown, p.Unknown...)
	if len(a.closed)+len(a.unknown) > 0 {
		return
	}
	args := []chat.Arg{chat.Word("commit", short(p.Commit)), chat.Count("commits", p.Commits), chat.Count("requests", p.Requests), chat.Word("file", p.File)}
	if p.Since != "" {
		args = append(args, chat.Word("since", short(p.Since)))
	}
	a.pass("gate.provenance.open", args...)
}
