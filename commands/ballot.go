package commands

import (
	"fmt"
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

// Timer kinds of ballots.
const (
	timerBallotCloses = "ballot.closes"
	timerBallotRemind = "ballot.remind"
)

// openBallot asks an electorate about something of a release, under a rule of configuration.
func openBallot(t *bot.Turn, subject string, r release.Release, purpose approval.Purpose, ruleName string, p approval.Proposal) (approval.Ballot, error) {
	rule, ok := t.Org.Approvals[ruleName]
	if !ok {
		return approval.Ballot{}, chat.Refuse("ballot.no_rule", chat.Word("rule", ruleName), chat.Word("subject", subject))
	}
	id, err := t.Next(letterBallot)
	if err != nil {
		return approval.Ballot{}, err
	}
	if rule, err = seatsAsked(t, r, rule); err != nil {
		return approval.Ballot{}, err
	}
	rule, up, err := onLadders(t, subject, purpose, rule)
	if err != nil {
		return approval.Ballot{}, err
	}
	b, refusal := approval.Open(id, subject, purpose, rule.For(affected(t.Org, r.Service)), p, t.Now)
	if refusal != nil {
		return b, refusal
	}
	t.About(id, subject)
	if b, err = beginClimbs(t, b, up); err != nil {
		return b, err
	}
	if err := wakeForBallot(t, b); err != nil {
		return b, err
	}
	if err := offerVotes(t, id, id, 0); err != nil {
		return b, err
	}
	// The subject answers to the same buttons: "press approve on R-1" means the ballot that is open on it.
	if purpose != approval.Architecture { // that stands beside the vote on the release, which the subject answers to
		if err := offerVotes(t, id, subject, 10); err != nil {
			return b, err
		}
	}
	if err := t.Offer(id, bot.Offer{Name: "reason", Label: "button.vote_reason", Form: "/vote " + id, Order: 3}); err != nil {
		return b, err
	}
	if err := ballots.Put(t.Tx, b); err != nil {
		return b, err
	}
	return b, t.Card(id)
}

// openReleaseBallot asks for the go that a release's tier needs, and moves the release into review.
func openReleaseBallot(t *bot.Turn, r release.Release, now *port.Artifact) (release.Release, error) {
	rule := t.Org.Tiers[r.Tier].Approval
	if rule == "" {
		return r, nil
	}
	if now == nil {
		now = r.Artifact
	}
	b, err := openBallot(t, r.ID, r, approval.Release, rule, proposal(r, now, t.Org))
	if err != nil {
		return r, err
	}
	next, refusal := r.Apply(release.BallotOpened, t.Now)
	if refusal != nil {
		return r, refusal
	}
	if err := t.Retract(r.ID, "reopen"); err != nil {
		return r, err
	}
	next.Ballots = append(append([]string(nil), r.Ballots...), b.ID)
	if err := offerReaffirming(t, next, b.ID); err != nil {
		return r, err
	}
	return next, putRelease(t, next)
}

// voteButtons are the names of the buttons by which votes are given.
var voteButtons = []string{"approve", "reject", "abstain", "reason", "reaffirm"}

// offerVotes puts the votes on a ballot on the card of a subject, the first at an order.
func offerVotes(t *bot.Turn, ballot, subject string, first int) error {
	for i, o := range []bot.Offer{
		{Name: "approve", Label: "button.go", Line: "/vote " + ballot + " go", Style: chat.StylePrimary},
		{Name: "reject", Label: "button.no_go", Line: "/vote " + ballot + " no-go", Style: chat.StyleDanger},
		{Name: "abstain", Label: "button.abstain", Line: "/vote " + ballot + " abstain"},
	} {
		o.Order = first + i
		if err := t.Offer(subject, o); err != nil {
			return err
		}
	}
	return nil
}

// settleBallot writes a ballot after a vote, a change or its time running out, and does what follows from its end.
func settleBallot(t *bot.Turn, b approval.Ballot) error {
	was, _, err := ballots.Head(t, b.ID)
	if err != nil {
		return err
	}
	if !b.State.Closed() && b.Stage != was.Stage {
		if b, err = stageClimbs(t, b); err != nil {
			return err
		}
	}
	if err := ballots.Put(t.Tx, b); err != nil {
		return err
	}
	t.About(b.ID, b.Subject)
	if err := t.Card(b.ID); err != nil {
		return err
	}
	if !b.State.Closed() {
		if b.Stage != was.Stage {
			if err := askStage(t, b); err != nil {
				return err
			}
		}
		return t.Card(b.Subject)
	}
	for _, subject := range []string{b.ID, b.Subject} {
		if subject == b.Subject && b.Purpose == approval.Architecture {
			continue
		}
		if err := t.Retract(subject, voteButtons...); err != nil {
			return err
		}
	}
	if err := climbsSettled(t, b); err != nil {
		return err
	}
	t.CancelTimer(timerBallotCloses + ":" + b.ID)
	t.CancelTimer(timerBallotRemind + ":" + b.ID)
	if err := ending(b.Purpose)(t, b); err != nil {
		return err
	}
	return t.Card(b.Subject)
}

// ending is what follows from the end of a ballot, by what it was for.
func ending(of approval.Purpose) func(*bot.Turn, approval.Ballot) error {
	return map[approval.Purpose]func(*bot.Turn, approval.Ballot) error{
		approval.Release:      releaseBallotEnded,
		approval.Exception:    exceptionBallotEnded,
		approval.Emergency:    emergencyBallotEnded,
		approval.Architecture: architectureEnded,
		approval.Tier:         tierBallotEnded,
	}[of]
}

// releaseEvents are the release's side of a ballot's end.
var releaseEvents = map[approval.State]release.Event{
	approval.StatePassed:   release.BallotPassed,
	approval.StateRejected: release.BallotRejected,
	approval.StateVoid:     release.BallotVoided,
	approval.StateExpired:  release.BallotExpired,
}

func releaseBallotEnded(t *bot.Turn, b approval.Ballot) error {
	r, err := getRelease(t, b.Subject)
	if err != nil {
		return err
	}
	event, ok := releaseEvents[b.State]
	if !ok { // withdrawn with its release
		return nil
	}
	next := r
	// A release that was stopped on its way keeps the vote that it passed: where that is void now, it stays where it was.
	if _, ok := release.Next(r.State, event); ok || event != release.BallotVoided {
		moved, refusal := r.Apply(event, t.Now)
		if refusal != nil {
			return refusal
		}
		next = moved
	}
	next.Reason = b.Why
	if b.State == approval.StatePassed {
		if err := offerDeploy(t, r, t.Org.Environments[len(t.Org.Environments)-1].Name); err != nil {
			return err
		}
		if err := ticketMove(t, next, port.TicketApproved, *b.Why); err != nil {
			return err
		}
	} else {
		if err := t.Retract(r.ID, "deploy"); err != nil {
			return err
		}
		if err := t.Offer(r.ID, bot.Offer{Name: "reopen", Label: "button.ask_again", Line: "/vote open " + r.ID, Order: 5}); err != nil {
			return err
		}
		if err := ticketNote(t, next, *b.Why); err != nil {
			return err
		}
	}
	if err := t.Announce("ballot:"+b.ID+":"+string(b.State), t.Org.Channels.Releases, ballotEnded(b, r)); err != nil {
		return err
	}
	return putRelease(t, next)
}

func ballotEnded(b approval.Ballot, r release.Release) chat.Message {
	m := chat.Message{Title: chat.Say("ballot.ended", chat.Word("ballot", b.ID), chat.Word("subject", b.Subject),
		chat.Nested("state", b.State.Text()), chat.Word("what", r.Subject())), Tone: chat.Bad}
	if b.State == approval.StatePassed {
		m.Tone = chat.Good
	}
	s := chat.Section{Lines: []chat.Line{{Text: *b.Why}}}
	for _, c := range b.Changes {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkClosed, Text: c.Text()})
	}
	m.Sections = []chat.Section{s}
	return m
}

// withdrawBallot ends an open ballot whose subject needs it no longer.
func withdrawBallot(t *bot.Turn, id string, reason *chat.Sealed) error {
	b, ok, err := ballots.Get(t, id)
	if err != nil || !ok || b.State.Closed() {
		return err
	}
	b, refusal := b.Withdraw(t.Person, reason, t.Now)
	if refusal != nil {
		return refusal
	}
	return settleBallot(t, b)
}

// ballotCloses ends a ballot whose time is over.
func ballotCloses(t *bot.Turn, timer state.Timer) error {
	b, ok, err := ballots.Get(t, timer.Subject)
	if err != nil || !ok || b.State.Closed() {
		return err
	}
	who, err := electorsOf(t, b)
	if err != nil {
		return err
	}
	b, refusal := b.Expire(who, t.Now)
	if refusal != nil {
		return refusal
	}
	t.Record("ballot closes", *b.Why)
	return settleBallot(t, b)
}

// ballotRemind calls those who have not voted.
func ballotRemind(t *bot.Turn, timer state.Timer) error {
	b, ok, err := ballots.Get(t, timer.Subject)
	if err != nil || !ok || b.State.Closed() {
		return err
	}
	who, err := electorsOf(t, b)
	if err != nil {
		return err
	}
	if at, ok := b.Reminder(timer.At); ok {
		if err := t.Wake(state.Timer{ID: timerBallotRemind + ":" + b.ID, At: at, Kind: timerBallotRemind, Subject: b.ID}); err != nil {
			return err
		}
	}
	tally := b.Tally(who)
	waiting := slices.Concat(b.Needed(tally), tally.Unconfirmed)
	if len(waiting) == 0 {
		return nil
	}
	text := chat.Say("ballot.reminder", chat.Word("ballot", b.ID), chat.Word("subject", b.Subject),
		chat.People("waiting", waiting), chat.Time("closes", b.Closes))
	t.About(b.ID, b.Subject)
	t.Record("ballot reminder", text)
	return t.Announce(fmt.Sprintf("remind:%s:%d", b.ID, timer.At.Unix()), t.Org.Channels.CAB, chat.Message{Title: text, Tone: chat.Warning, Mentions: waiting})
}

// electorsOf is who may vote on a ballot as things are now.
func electorsOf(t *bot.Turn, b approval.Ballot) (approval.Electors, error) {
	r, err := releaseOfBallot(t, t.Org, b)
	if err != nil {
		return approval.Electors{}, err
	}
	return electors(t, t.Now, t.Org, b, r, work(t, r, t.Org, t.Store(), nil))
}

// releaseOfBallot is the release that a ballot is about, directly or through an exception; for the duties it is judged by,
// whoever asked for an exception or an emergency is the requester, besides whoever asked for the release. It is not to be stored.
func releaseOfBallot(r state.Reader, org *organisation.Organisation, b approval.Ballot) (release.Release, error) {
	if b.Purpose != approval.Exception {
		rel, err := getRelease(r, b.Subject)
		if err == nil && b.Purpose == approval.Emergency && rel.Emergency != nil {
			rel = askedFor(rel, rel.Emergency.By, org)
		}
		if b.Purpose == approval.Tier {
			rel = askedLower(rel)
		}
		return rel, err
	}
	x, ok, err := exceptions.Get(r, b.Subject)
	if err != nil || !ok {
		return release.Release{}, err
	}
	rel, err := getRelease(r, x.Release)
	return askedFor(rel, x.By, org), err
}

// askedFor is a release with who asked for more than it: an exception, an emergency. Where whoever asked for a release may agree to
// it alone, they may agree to what somebody else asks for it too.
func askedFor(rel release.Release, by string, org *organisation.Organisation) release.Release {
	if own := org.Duty.Requester; rel.Requester != by && !(own.Approve && own.Alone) {
		rel.Asker = rel.Requester
	}
	rel.Requester = by
	return rel
}
