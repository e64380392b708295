// Package release is one version of one service on its way to production: what is known of it and where it stands.
package release

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Version is the schema version of a stored Release.
const Version = 1

// Release is one version of one service on its way to production.
type Release struct {
	V         int       `json:"v"`
	ID        string    `json:"id"` // "R-1"
	Service   string    `json:"service"`
	Version   string    `json:"version"`
	State     State     `json:"state"`
	Requester string    `json:"requester"` // opaque person id
	PlannedAt time.Time `json:"planned_at"`
	ChangedAt time.Time `json:"changed_at,omitzero"` // when State last changed
	EndedAt   time.Time `json:"ended_at,omitzero"`   // when State last became a settled one

	// Artifact is the artifact as seen at planning: what every later look is compared with. Nil when it could not be seen.
	Artifact *port.Artifact `json:"artifact,omitempty"`
	// Origin is where its source code came from; nil while no host of repositories was asked.
	Origin *Origin `json:"origin,omitempty"`
	// Tier is the risk tier, Rule the name of the rule that gave it, and Why that rule's sentence.
	Tier   string            `json:"tier,omitempty"`
	Rule   string            `json:"rule,omitempty"`
	Why    string            `json:"why,omitempty"`
	Inputs map[string]string `json:"inputs,omitempty"` // what the rules saw, by name

	// Retiered are the changes of the tier that people made, the newest last; Lowering is one that a board is asked for.
	Retiered []Retier `json:"retiered,omitempty"`
	Lowering *Retier  `json:"lowering,omitempty"`
	// Asker is whoever asked for what a ballot on it is about, besides its requester. It is not stored.
	Asker string `json:"-"`

	// TicketKey is what the register finds its ticket by: nobody else's, whatever they call their releases.
	TicketKey string `json:"ticket_key,omitempty"`

	Ticket string `json:"ticket,omitempty"` // "CHG-12", empty until the register answered
	Link   string `json:"link,omitempty"`   // to the ticket
	// Items are the work items that it brings, as the register had them; News is what somebody last did to the ticket there.
	Items []WorkItem  `json:"items,omitempty"`
	News  *TicketNews `json:"news,omitempty"`
	// Passed holds, by environment, the id of the last deployment of this release that passed there.
	Passed map[string]string `json:"passed,omitempty"`
	// Ballots are the ids of the ballots on this release, the newest last; only the newest can approve.
	Ballots []string `json:"ballots,omitempty"`
	// Instead is the cancelled release of the same version that this one was planned for anew, and whose votes may be reaffirmed.
	Instead string `json:"instead,omitempty"`
	// Train is the train that it goes with, or went with last: "T-1".
	Train string `json:"train,omitempty"`
	// Deployments are the ids of its deployments and rollbacks, the newest last.
	Deployments []string     `json:"deployments,omitempty"`
	Emergency   *Emergency   `json:"emergency,omitempty"`
	Timing      *Timing      `json:"timing,omitempty"`
	Summary     *chat.Sealed `json:"summary,omitempty"` // what the requester wrote
	Reason      *chat.Text   `json:"reason,omitempty"`  // why it is in its state, when that needs saying
	Newer       string       `json:"newer,omitempty"`   // the release that superseded it
	Card        *chat.Ref    `json:"card,omitempty"`
}

// WorkItem is an issue, story or bug that a release brings.
type WorkItem struct {
	ID     string       `json:"id"` // "PAY-812"
	Title  *chat.Sealed `json:"title,omitempty"`
	Status string       `json:"status,omitempty"` // the register's own word
	Done   bool         `json:"done,omitempty"`
	Link   string       `json:"link,omitempty"`
}

// TicketNews is what somebody did to a release's ticket in the register itself.
type TicketNews struct {
	At     time.Time         `json:"at"`
	By     string            `json:"by,omitempty"` // opaque person id; empty for an account of nobody's
	System string            `json:"system"`
	Was    string            `json:"was,omitempty"` // the register's own words
	Is     string            `json:"is,omitempty"`
	Status port.TicketStatus `json:"status,omitempty"`
	// Decision is what that said of the change, and Answer what came of it here.
	Decision port.Decision `json:"decision,omitempty"`
	Counted  bool          `json:"counted,omitempty"`
	Answer   *chat.Text    `json:"answer,omitempty"`
}

// Emergency is the way round votes, freezes and staging when production is down: asked for by one person with a reason,
// agreed to by a second, reviewed afterwards.
type Emergency struct {
	By     string       `json:"by"`
	Reason *chat.Sealed `json:"reason,omitempty"`
	At     time.Time    `json:"at"`
	Ballot string       `json:"ballot,omitempty"` // by which the second person agrees
	Second string       `json:"second,omitempty"` // who agreed; empty while nobody has
	Agreed []string     `json:"agreed,omitempty"` // everybody who did, Second the first of them
	Until  time.Time    `json:"until,omitzero"`   // the first instant at which it no longer holds
	Digest string       `json:"digest,omitempty"` // of the artifact it was granted for
	Review string       `json:"review,omitempty"` // the follow-up "A-1" that reviews it
}

// Agreeing is everybody who agreed: the second person and, where the rule asks for more than one, the others.
func (e *Emergency) Agreeing() []string {
	if len(e.Agreed) > 0 || e.Second == "" {
		return e.Agreed
	}
	return []string{e.Second}
}

// Granted reports whether a second person, other than the one who asked, agreed, for this artifact, and it still holds.
func (e *Emergency) Granted(digest string, at time.Time) bool {
	return e != nil && e.By != "" && e.Second != "" && e.Second != e.By && digest != "" && e.Digest == digest && at.Before(e.Until)
}

// Retier is a change of the risk tier that a person made, or a board.
type Retier struct {
	From   string       `json:"from"`
	To     string       `json:"to"`
	By     string       `json:"by"` // opaque person id
	At     time.Time    `json:"at"`
	Reason *chat.Sealed `json:"reason,omitempty"`
	Ballot string       `json:"ballot,omitempty"` // that lowered it
}

// Assessed is the tier that the rules gave, whatever people made of it since.
func (r Release) Assessed() string {
	if len(r.Retiered) > 0 {
		return r.Retiered[0].From
	}
	return r.Tier
}

// Subject names what is released: "checkout 2.4.0".
func (r Release) Subject() string { return r.Service + " " + r.Version }

// Digest is the digest seen at planning; empty when the artifact could not be seen.
func (r Release) Digest() string {
	if r.Artifact == nil {
		return ""
	}
	return r.Artifact.Digest
}

// Ballot is the id of the ballot that counts, empty if none was opened.
func (r Release) Ballot() string {
	if len(r.Ballots) == 0 {
		return ""
	}
	return r.Ballots[len(r.Ballots)-1]
}

// Apply moves the release by an event at an instant; refused, and unchanged, when the event can't happen in its state.
func (r Release) Apply(e Event, at time.Time) (Release, *chat.Refusal) {
	to, ok := Next(r.State, e)
	if !ok {
		return r, chat.Refuse("release.not_now", chat.Word("release", r.ID),
			chat.Nested("state", r.State.Text()), chat.Nested("event", e.Text()))
	}
	if to != r.State {
		r.State, r.ChangedAt, r.EndedAt = to, at.UTC(), time.Time{}
		if to.Settled() {
			r.EndedAt = at.UTC()
		}
	}
	return r, nil
}
