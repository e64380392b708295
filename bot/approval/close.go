package approval

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// verdict is what the votes say by themselves: an event, or none while they decide nothing.
func (c count) verdict(r Rule) (Event, bool) {
	quorum := c.given() >= c.quorum
	best := count{yes: c.yes + c.waiting(), no: c.no}
	carried := c.yes > 0 && c.share() >= r.Threshold && c.open == 0
	switch {
	case c.veto != "":
		return EventVeto, true
	case c.no > 0 && best.share() < r.Threshold:
		return EventReject, true
	case c.lost:
		return EventReject, true
	case quorum && c.given() > 0 && best.yes == 0: // everybody abstained
		return EventReject, true
	case carried && c.more:
		return EventAdvance, true
	case carried && quorum && !c.more && (!r.Wait || c.waiting() <= c.away):
		return EventPass, true
	}
	return "", false
}

// decide closes an open ballot if the votes decide it, or has it ask the next stage.
func (b Ballot) decide(at time.Time, who Electors) Ballot {
	for {
		e, decided := b.count(who).verdict(b.Rule)
		switch {
		case !decided:
			return b
		case e != EventAdvance:
			return b.finish(e, at, who)
		}
		b.Stage++
		b.Began, b.Closes = at.UTC(), at.Add(b.Rule.open(b.Stage)).UTC()
	}
}

// finish closes the ballot with the tally of this moment as its evidence.
func (b Ballot) finish(e Event, at time.Time, who Electors) Ballot {
	t := b.Recount(who)
	next, no := b.move(e, at, t.why(e))
	if no != nil {
		return b
	}
	next.Final = &t
	return next
}

// why words the end of a ballot by an event.
func (t Tally) why(e Event) chat.Text {
	if e == EventVeto {
		return chat.Say("approval.vetoed", chat.Person("person", t.Veto))
	}
	code := endings[e]
	if e == EventExpire && len(t.Vacant) > 0 {
		code = "approval.expired_seats"
	}
	return chat.Say(code, chat.Nested("tally", t.Text()))
}

var endings = map[Event]chat.Code{
	EventPass:   "approval.passed",
	EventReject: "approval.rejected",
	EventExpire: "approval.expired",
}

// Expire closes a ballot whose time is over, and counts what was given: it passes if quorum and threshold are met (which
// Rule.Wait held back until now), is rejected if there is a quorum and the threshold is not met, and has expired
// otherwise. It is refused before that time.
func (b Ballot) Expire(who Electors, at time.Time) (Ballot, *chat.Refusal) {
	if b.State.Closed() {
		return b, b.notOpen()
	}
	if at.Before(b.Closes) {
		return b, chat.Refuse("approval.not_over", chat.Word("ballot", b.ID), chat.Time("closes", b.Closes))
	}
	c := b.count(who)
	c.seats, c.away = c.given(), 0 // nobody is waited for any more
	e, decided := c.verdict(b.Rule)
	if !decided || e == EventAdvance || e == EventReject && c.given() < c.quorum {
		e = EventExpire
	}
	return b.finish(e, at, who), nil
}

// Void closes a ballot, an approval included, because what it was on has changed; the parts that differ become its
// Changes. It is refused when nothing differs.
func (b Ballot) Void(now Proposal, at time.Time) (Ballot, *chat.Refusal) {
	changes := Difference(b.Proposal, now)
	if len(changes) == 0 {
		return b, chat.Refuse("approval.unchanged", chat.Word("ballot", b.ID), chat.Word("subject", b.Subject))
	}
	var parts []string
	for _, c := range changes {
		parts = append(parts, c.Name)
	}
	why := chat.Say("approval.void", chat.Word("ballot", b.ID), chat.Count("votes", len(b.Votes)), chat.List("parts", parts))
	next, no := b.move(EventChange, at, why)
	if no != nil {
		return b, no
	}
	next.Changes = changes
	return next, nil
}

// Withdraw closes an open ballot because its subject is no longer wanted. Whether the person may is the caller's to ask.
func (b Ballot) Withdraw(person string, reason *chat.Sealed, at time.Time) (Ballot, *chat.Refusal) {
	args := []chat.Arg{chat.Word("ballot", b.ID), chat.Person("person", person)}
	if reason != nil {
		args = append(args, chat.Quote("reason", *reason))
	}
	return b.move(EventWithdraw, at, chat.Say("approval.withdrawn", args...))
}
