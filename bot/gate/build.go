package gate

import (
	"encoding/hex"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// artifact: what is in the repository now is what its build declared and what was planned.
func artifact(f *Facts, a *answer) {
	if f.Artifact == nil {
		a.missing(f, "artifact")
		return
	}
	now := f.Artifact
	a.fresh(f, "artifact", now.Source)
	if now.Service != f.Service || now.Version != f.Version {
		a.close("gate.artifact.other", chat.Word("is", now.Service+" "+now.Version), chat.Word("asked", f.Service+" "+f.Version))
	}
	if now.Digest == "" {
		a.doubt("gate.artifact.no_digest")
		return
	}
	if raw, err := hex.DecodeString(now.Digest); err != nil || len(raw) != 32 {
		a.close("gate.artifact.malformed", chat.Word("digest", now.Digest))
	}
	switch {
	case now.Declared == "":
		a.doubt("gate.artifact.undeclared", chat.Word("digest", short(now.Digest)))
	case !strings.EqualFold(now.Declared, now.Digest):
		a.close("gate.artifact.checksum", chat.Word("digest", short(now.Digest)), chat.Word("declared", short(now.Declared)))
	}
	switch {
	case f.Planned == "":
		a.doubt("gate.artifact.unplanned")
	case f.Planned != now.Digest:
		a.close("gate.artifact.changed", chat.Word("digest", short(now.Digest)), chat.Word("planned", short(f.Planned)))
	}
	if f.Pinned != "" && f.Pinned != now.Digest {
		a.close("gate.artifact.pinned", chat.Word("version", f.Version), chat.Word("digest", short(now.Digest)),
			chat.Word("pinned", short(f.Pinned)))
	}
	if len(a.closed)+len(a.unknown) == 0 {
		a.pass("gate.artifact.open", chat.Word("digest", short(now.Digest)))
	}
}

// metadata: what the build must say of itself; each missing part is named.
func metadata(f *Facts, a *answer) {
	if f.Artifact == nil {
		a.missing(f, "artifact")
		return
	}
	a.fresh(f, "artifact", f.Artifact.Source)
	b := f.Artifact.Build
	for _, part := range []struct {
		name    string
		missing bool
	}{{"commit", b.Commit == ""}, {"build time", b.At.IsZero()}, {"run id", b.RunID == ""}} {
		if part.missing {
			a.close("gate.metadata.missing", chat.Word("part", part.name))
		}
	}
	if !b.At.IsZero() && b.At.After(f.Now) {
		a.close("gate.metadata.future", chat.Time("at", b.At))
	}
	if len(a.closed) == 0 {
		a.pass("gate.metadata.open", chat.Word("commit", short(b.Commit)), chat.Time("at", b.At), chat.Word("run", b.RunID))
	}
}

// standing are the statuses of a ticket under which its change may go ahead.
var standing = map[port.TicketStatus]bool{port.TicketOpen: true, port.TicketApproved: true, port.TicketImplementing: true}

// ticketStatus is the register's own word for a ticket's status, where it has one.
func ticketStatus(t *port.Ticket) string {
	if t.Native != "" {
		return t.Native
	}
	return string(t.Status)
}

// ticket: the change is still open in the register. What the register does not keep of a change is not compared.
func ticket(f *Facts, a *answer) {
	if f.Ticket == nil {
		a.missing(f, "ticket")
		return
	}
	t := f.Ticket
	a.fresh(f, "ticket", f.TicketAt)
	if !standing[t.Status] {
		a.close("gate.ticket.closed", chat.Word("ticket", t.ID), chat.Word("status", ticketStatus(t)))
	}
	if t.Change.Release != "" && t.Change.Release != f.Release {
		a.close("gate.ticket.other", chat.Word("ticket", t.ID), chat.Word("about", t.Change.Release), chat.Word("release", f.Release))
	}
	if t.Change.Digest != "" && t.Change.Digest != f.Planned {
		a.close("gate.ticket.digest", chat.Word("ticket", t.ID), chat.Word("digest", short(t.Change.Digest)),
			chat.Word("planned", short(f.Planned)))
	}
	if len(a.closed) == 0 {
		a.pass("gate.ticket.open", chat.Word("ticket", t.ID), chat.Word("status", ticketStatus(t)))
	}
}

func staged(f *Facts, a *answer) {
	low := f.Lower
	switch {
	case low == nil:
		a.missing(f, "staging")
	case low.Environment == "":
		a.pass("gate.staged.first", chat.Word("environment", f.Environment))
	case low.Deployment == "":
		a.close("gate.staged.never", chat.Word("release", f.Release), chat.Word("environment", low.Environment))
	case low.Digest == "" || f.digest() == "":
		a.doubt("gate.staged.unknown", chat.Word("environment", low.Environment), chat.Word("deployment", low.Deployment))
	case low.Digest != f.digest():
		a.close("gate.staged.other", chat.Word("environment", low.Environment), chat.Word("deployment", low.Deployment),
			chat.Word("staged", short(low.Digest)), chat.Word("digest", short(f.digest())))
	default:
		a.pass("gate.staged.open", chat.Word("environment", low.Environment), chat.Word("deployment", low.Deployment),
			chat.Word("digest", short(low.Digest)), chat.Time("at", low.At))
	}
}

// short is as much of a digest or commit as people compare: 48 bits, enough to tell artifacts of one service apart. Records
// hold the whole.
func short(digest string) string {
	if len(digest) > 12 {
		return digest[:12]
	}
	if digest == "" {
		return "none"
	}
	return digest
}
