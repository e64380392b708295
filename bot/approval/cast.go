package approval

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Cast gives a person's vote, or changes it: one person has one vote, and the later replaces the earlier until the ballot
// is closed. It closes the ballot when that decides it:
//
//   - a no-go from a veto group rejects at once;
//   - it is rejected as soon as the threshold is out of reach even if everybody still to vote said go;
//   - it is rejected as soon as a seat is out of reach in the same way, because of how people voted;
//   - the next stage is asked as soon as the seats of this one are filled and the threshold is met;
//   - it passes as soon as quorum and threshold are met and every seat of the last stage is filled, or, with Rule.Wait, once everybody has voted too.
//
// A vote is refused, with every reason, when the ballot is closed or its time over, the proposal is another than the voter
// was shown, or the person is no elector or barred. The receiver is left as it was.
func (b Ballot) Cast(v Vote, who Electors) (Ballot, *chat.Refusal) {
	at := b.find(v.Person)
	if no := b.refuse(v, who, at); no != nil {
		return b, no
	}
	v.Bound, v.Confirmed = "", false // another vote, another confirmation
	v.Hasty = b.Rule.Hasty > 0 && v.At.Sub(b.asked()) < b.Rule.Hasty
	v.Unread = v.Unread && b.Rule.Evidence
	v.At = v.At.UTC()
	votes := make([]Vote, len(b.Votes), len(b.Votes)+1)
	copy(votes, b.Votes)
	if at < 0 {
		votes = append(votes, v)
	} else {
		votes[at] = v
	}
	b.Votes = votes
	return b.decide(v.At, who), nil
}

// Settle decides an open ballot anew after its electors changed; false if that left it open, or it was closed before.
func (b Ballot) Settle(who Electors, at time.Time) (Ballot, bool) {
	if b.State.Closed() || !at.Before(b.Closes) {
		return b, false
	}
	b = b.decide(at, who)
	return b, b.State.Closed()
}

func (b *Ballot) find(person string) int {
	for i := range b.Votes {
		if b.Votes[i].Person == person {
			return i
		}
	}
	return -1
}

// refuse gathers every reason against a vote; the first is the answer. at is the person's standing vote, -1 if none.
func (b *Ballot) refuse(v Vote, who Electors, at int) *chat.Refusal {
	var no *chat.Refusal
	add := func(r *chat.Refusal) {
		if no == nil {
			no = r
			return
		}
		no.Reasons = append(no.Reasons, r.Text)
	}
	if !v.Choice.valid() {
		add(chat.Reject("approval.no_choice", chat.Word("choice", string(v.Choice))))
	}
	if _, ok := Next(b.State, EventVote); !ok {
		add(b.notOpen())
	} else if !v.At.Before(b.Closes) {
		add(chat.Refuse("approval.over", chat.Word("ballot", b.ID), chat.Time("closes", b.Closes)))
	}
	if v.Bound != b.Digest {
		add(chat.Refuse("approval.other_proposal", chat.Word("ballot", b.ID), chat.Word("subject", b.Subject)))
	}
	b.refusePerson(v, who, add)
	if at >= 0 && v.At.Before(b.Votes[at].At) {
		add(chat.Refuse("approval.superseded", chat.Word("ballot", b.ID), chat.Nested("choice", b.Votes[at].Choice.Text())))
	}
	return no
}

func (b *Ballot) refusePerson(v Vote, who Electors, add func(*chat.Refusal)) {
	if v.Person == "" {
		add(chat.Refuse("approval.nobody"))
		return
	}
	groups := b.electorate()
	if who.in(groups, v.Person) {
		return
	}
	by := b.through(v, who)
	if _, ok := who.principal(by, groups, v.Person); ok {
		return
	}
	_, standsIn := who.principal(by, b.Rule.Veto, v.Person)
	if standsIn || who.in(b.Rule.Veto, v.Person) {
		if v.Choice != NoGo {
			add(chat.Refuse("approval.veto_only", chat.Person("person", v.Person), chat.Word("ballot", b.ID)))
		}
		return
	}
	add(b.noElector(v, who))
}

// through are the delegations by which a vote could be given.
func (b *Ballot) through(v Vote, who Electors) (by []Delegation) {
	for _, d := range who.Delegations {
		if d.To == v.Person && d.Covers(v.At) && !b.gave(d.From) {
			by = append(by, d)
		}
	}
	return by
}

// noElector says why a person has no vote now.
func (b *Ballot) noElector(v Vote, who Electors) *chat.Refusal {
	person, ballot := chat.Person("person", v.Person), chat.Word("ballot", b.ID)
	anyone := Electors{Groups: who.Groups}
	groups := slices.Concat(b.electorate(), b.Rule.Veto)
	if anyone.in(groups, v.Person) {
		return chat.Refuse("approval.barred", person, ballot)
	}
	for _, d := range who.Delegations {
		if _, elector := anyone.principal([]Delegation{d}, groups, v.Person); !elector || d.To != v.Person {
			continue
		}
		from := chat.Person("for", d.From)
		switch {
		case !d.Covers(v.At):
			continue
		case b.gave(d.From):
			return chat.Refuse("approval.taken_back", person, ballot, from)
		case slices.Contains(who.Barred, v.Person):
			return chat.Refuse("approval.barred", person, ballot)
		default:
			return chat.Refuse("approval.for_barred", person, ballot, from)
		}
	}
	for i := b.Stage + 1; i < len(b.Rule.Stages); i++ {
		later := groupsOf(b.Rule.Stages[i].Seats, nil)
		if _, ok := who.principal(b.through(v, who), later, v.Person); ok || who.in(later, v.Person) {
			return chat.Refuse("approval.not_yet", person, ballot, chat.Word("stage", b.Rule.Stages[i].Name),
				chat.Word("before", b.Rule.Stages[i-1].Name), chat.Word("now", b.Rule.Stages[b.Stage].Name), chat.Time("closes", b.Closes))
		}
	}
	return chat.Refuse("approval.no_elector", person, ballot, chat.List("electorate", b.electorate()))
}
