// Package approval holds votes on exactly one proposal: who may vote, when a ballot passes, and why it did not.
//
// Ballots are values: every method returns a new one and leaves its receiver as it was. Nothing here reads a clock or a
// directory; the caller passes the instant, and who the electors are at that instant.
package approval

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Purpose says what a ballot decides.
type Purpose string

// The purposes of a ballot.
const (
	Release   Purpose = "release"
	Exception Purpose = "exception" // to a freeze
	Emergency Purpose = "emergency"
	Tier      Purpose = "tier"   // a lower one
	Review    Purpose = "review" // after the fact
	// Architecture is the architecture board's go on a release, besides the vote on the release itself.
	Architecture Purpose = "architecture"
)

// Choice is what somebody votes.
type Choice string

// The choices. An abstention counts towards the quorum, and not towards the threshold.
const (
	Go      Choice = "go"
	NoGo    Choice = "no-go"
	Abstain Choice = "abstain"
)

// Choices lists every choice.
var Choices = []Choice{Go, NoGo, Abstain}

func (c Choice) valid() bool { return c == Go || c == NoGo || c == Abstain }

// Text words the choice.
func (c Choice) Text() chat.Text { return chat.Say("approval.choice." + chat.Code(c)) }

// Vote is one person's standing vote. Keys are short because a ballot is stored again with every vote.
type Vote struct {
	Person string       `json:"p"` // opaque id
	Choice Choice       `json:"c"`
	At     time.Time    `json:"t"`
	Reason *chat.Sealed `json:"r,omitempty"`
	// Bound is the digest of the proposal that the voter was shown. Cast compares it with the ballot's and drops it: all
	// votes that a ballot holds are bound to the ballot's digest.
	Bound string `json:"b,omitempty"`
	// Hasty says that it was given within the time that the rule calls hasty, Unread that its giver had not opened the evidence:
	// both are for whoever reviews the decision, and change nothing of it.
	Hasty  bool `json:"h,omitempty"`
	Unread bool `json:"e,omitempty"`
	// Confirmed says that the voter proved to have given it, where the rule asks for that: see Ballot.Confirm.
	Confirmed bool `json:"k,omitempty"`
}

// Ballot is one vote on one proposal.
type Ballot struct {
	ID       string    `json:"id"`      // "B-3"
	Subject  string    `json:"subject"` // "R-1", "X-2"
	Purpose  Purpose   `json:"for"`
	State    State     `json:"state"`
	Rule     Rule      `json:"rule"`
	Proposal Proposal  `json:"prop"`
	Digest   string    `json:"digest"` // of the proposal
	Opened   time.Time `json:"opened"`
	Closes   time.Time `json:"closes"` // the first instant at which no vote is taken
	// Stage is the number of the stage that is asked now, the first being 0, and Began when that was; zero for the first.
	Stage  int       `json:"stage,omitempty"`
	Began  time.Time `json:"began,omitzero"`
	Votes  []Vote    `json:"votes,omitempty"`
	Closed time.Time `json:"closed,omitzero"`
	// Why says why the ballot is closed.
	Why *chat.Text `json:"why,omitempty"`
	// Changes are the parts that differ, when the ballot is void.
	Changes []Change `json:"changes,omitempty"`
	// Final is the tally with which a ballot was decided, kept as evidence: who is an elector changes later.
	Final *Tally `json:"final,omitempty"`
}

// Open opens a ballot on a proposal. The rule must be valid and the proposal hold parts with distinct names and values
// that are not empty.
func Open(id, subject string, purpose Purpose, rule Rule, p Proposal, at time.Time) (Ballot, *chat.Refusal) {
	reasons := p.problems()
	if err := rule.Validate(); err != nil {
		reasons = append(reasons, chat.Say("approval.bad_rule", chat.Word("rule", rule.Name), chat.Word("problem", err.Error())))
	}
	if len(reasons) > 0 {
		return Ballot{}, chat.Reject("approval.cannot_open", chat.Word("subject", subject)).Because(reasons...)
	}
	return Ballot{
		ID: id, Subject: subject, Purpose: purpose, State: StateOpen, Rule: rule,
		Proposal: p, Digest: p.Digest(), Opened: at.UTC(), Closes: at.Add(rule.open(0)).UTC(),
	}, nil
}

// Reminder returns the first moment after an instant at which those who are still needed are to be reminded; false if there is none.
func (b Ballot) Reminder(after time.Time) (next time.Time, ok bool) {
	if b.State.Closed() {
		return next, false
	}
	for _, l := range b.Rule.reminders(b.Stage) {
		if at := b.Closes.Add(-l.D()); at.After(after) && (!ok || at.Before(next)) {
			next, ok = at, true
		}
	}
	return next, ok
}

// Latest is the last moment at which the ballot could take votes: the end of its last stage, if each is filled at its very end.
func (b Ballot) Latest() time.Time {
	at := b.Closes
	for stage := b.Stage + 1; stage < len(b.Rule.Stages); stage++ {
		at = at.Add(b.Rule.open(stage))
	}
	return at
}

// asked is when the stage that is open now began to be asked.
func (b *Ballot) asked() time.Time {
	if b.Began.IsZero() {
		return b.Opened
	}
	return b.Began
}

// electorate are the groups that are asked so far.
func (b *Ballot) electorate() []string {
	if len(b.Rule.Stages) == 0 {
		return b.Rule.Electorate
	}
	return groupsOf(b.Rule.asks(b.Stage), nil)
}

// VoteOf returns the standing vote of a person.
func (b Ballot) VoteOf(person string) (Vote, bool) {
	for _, v := range b.Votes {
		if v.Person == person {
			return v, true
		}
	}
	return Vote{}, false
}

// Approves reports whether the ballot passed on exactly this proposal.
func (b Ballot) Approves(p Proposal) bool { return b.State == StatePassed && b.Digest == p.Digest() }

// move applies an event, and closes the ballot if the new state is a closed one.
func (b Ballot) move(e Event, at time.Time, why chat.Text) (Ballot, *chat.Refusal) {
	to, ok := Next(b.State, e)
	if !ok {
		return b, b.notOpen()
	}
	b.State = to
	if to.Closed() {
		b.Closed, b.Why = at.UTC(), &why
	}
	return b, nil
}

func (b Ballot) notOpen() *chat.Refusal {
	return chat.Refuse("approval.not_open", chat.Word("ballot", b.ID), chat.Nested("state", b.State.Text()))
}
