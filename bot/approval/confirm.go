package approval

import (
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Statement is what a voter signs to confirm a vote. It names the ballot, what is proposed, the choice, the voter and when they
// gave it: a signature of it confirms nothing else, and nothing that they vote later.
func (b Ballot) Statement(v Vote) string {
	return strings.Join([]string{"gonogo confirm v1", b.ID, b.Digest, string(v.Choice), v.Person, v.At.UTC().Format(time.RFC3339Nano), ""}, "\n")
}

// Confirm makes a person's standing vote count, where the rule asks for a second factor, and closes the ballot when that decides
// it. Whether the person has proved anything is the caller's to ask.
func (b Ballot) Confirm(person string, who Electors, at time.Time) (Ballot, *chat.Refusal) {
	i := b.find(person)
	ballot := chat.Word("ballot", b.ID)
	switch {
	case b.State.Closed():
		return b, b.notOpen()
	case !at.Before(b.Closes):
		return b, chat.Refuse("approval.over", ballot, chat.Time("closes", b.Closes))
	case !b.Rule.Confirm:
		return b, chat.Refuse("approval.no_confirmation", ballot)
	case i < 0:
		return b, chat.Refuse("approval.nothing_to_confirm", ballot)
	case b.Votes[i].Confirmed:
		return b, chat.Refuse("approval.confirmed", ballot, chat.Nested("choice", b.Votes[i].Choice.Text()))
	}
	var no *chat.Refusal
	b.refusePerson(b.Votes[i], who, func(r *chat.Refusal) { no = r })
	if no != nil {
		return b, no
	}
	votes := make([]Vote, len(b.Votes))
	copy(votes, b.Votes)
	votes[i].Confirmed = true
	b.Votes = votes
	return b.decide(at, who), nil
}
