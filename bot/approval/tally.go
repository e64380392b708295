package approval

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// count is what decides a ballot. Only votes of people who are electors now and not barred are in it.
type count struct {
	yes, no, abstain int
	seats            int    // electors who may vote, whether they did or not
	veto             string // somebody whose no-go is a veto
}

func (c count) given() int   { return c.yes + c.no + c.abstain }
func (c count) waiting() int { return c.seats - c.given() }

// share is the share of go among go and no-go; 0 while there is neither.
func (c count) share() float64 {
	if c.yes == 0 {
		return 0
	}
	return float64(c.yes) / float64(c.yes+c.no)
}

// seats appends the electors who may vote to ids.
func (b *Ballot) seats(who Electors, ids []string) []string {
	ids = who.all(b.Rule.Electorate, ids)
	if len(who.Barred) == 0 {
		return ids
	}
	return slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(who.Barred, id) })
}

// counts reports whether a stored vote counts among these seats.
func (b *Ballot) counts(v *Vote, seats []string) bool { return b.given(v) && b.seated(v, seats) }

// given reports whether a vote is more than an announcement of one.
func (b *Ballot) given(v *Vote) bool { return v.Confirmed || !b.Rule.Confirm }

// seated reports whether a vote counts among these seats, once it is given.
func (b *Ballot) seated(v *Vote, seats []string) bool {
	return (v.Bound == "" || v.Bound == b.Digest) && slices.Contains(seats, v.Person)
}

// count allocates nothing for the usual board: it runs with every vote.
func (b *Ballot) count(who Electors) count {
	var room [distinct]string
	seats := b.seats(who, room[:0])
	c := count{seats: len(seats)}
	for i := range b.Votes {
		v := &b.Votes[i]
		if v.Choice == NoGo && c.veto == "" && b.given(v) && who.in(b.Rule.Veto, v.Person) {
			c.veto = v.Person
		}
		if !b.counts(v, seats) {
			continue
		}
		switch v.Choice {
		case Go:
			c.yes++
		case NoGo:
			c.no++
		case Abstain:
			c.abstain++
		}
	}
	return c
}

// Tally is where a ballot stands.
type Tally struct {
	Go      int `json:"g,omitempty"`
	NoGo    int `json:"n,omitempty"`
	Abstain int `json:"a,omitempty"`
	// Seats is how many electors may vote, the barred excluded.
	Seats int `json:"s,omitempty"`
	// Quorum is how many votes the rule asks for, and Missing how many of them have not been given.
	Quorum  int `json:"q"`
	Missing int `json:"m,omitempty"`
	// Share is the share of go among go and no-go (0 while there is neither), and Threshold the one that passes.
	Share     float64 `json:"sh,omitempty"`
	Threshold float64 `json:"th"`
	// Veto is somebody whose no-go rejects by itself.
	Veto string `json:"v,omitempty"`
	// Waiting are the electors who have not voted; Barred those who may not.
	Waiting []string `json:"w,omitempty"`
	Barred  []string `json:"x,omitempty"`
	// Ignored voted, and do not count: no longer an elector, or barred since.
	Ignored []string `json:"i,omitempty"`
	// Unconfirmed voted, and would count once they confirm it.
	Unconfirmed []string `json:"u,omitempty"`
	// Impossible says that there are fewer electors than the quorum asks for: the ballot cannot pass as things are.
	Impossible bool `json:"imp,omitempty"`
}

// Fulfilled reports whether the votes meet quorum and threshold without a veto.
func (t Tally) Fulfilled() bool {
	return t.Veto == "" && !t.Impossible && t.Missing == 0 && t.Go > 0 && t.Share >= t.Threshold
}

// Text words the votes given, and after them only what is still needed, or why the ballot can't pass.
func (t Tally) Text() chat.Text {
	args := []chat.Arg{
		chat.Count("go", t.Go), chat.Count("nogo", t.NoGo), chat.Count("quorum", t.Quorum),
		chat.Count("seats", t.Seats), chat.Percent("share", t.Share), chat.Percent("threshold", t.Threshold),
	}
	if t.Abstain > 0 {
		args = append(args, chat.Count("abstain", t.Abstain))
	}
	if n := len(t.Unconfirmed); n > 0 {
		args = append(args, chat.Count("unconfirmed", n))
	}
	switch {
	case t.Veto != "":
		return chat.Say("approval.tally.veto", append(args, chat.Person("veto", t.Veto))...)
	case t.Impossible:
		if len(t.Barred) > 0 {
			args = append(args, chat.People("barred", t.Barred))
		}
		return chat.Say("approval.impossible", args...)
	case t.Go+t.NoGo+t.Abstain == 0:
		return chat.Say("approval.tally.none", args...)
	case t.Missing > 0:
		args = append(args, chat.Count("missing", t.Missing))
	case !t.Fulfilled():
		return chat.Say("approval.tally.below", args...)
	}
	return chat.Say("approval.tally", args...)
}

// Tally tells where the ballot stands: for one that was decided the tally that decided it, else by the electors of now.
func (b Ballot) Tally(who Electors) Tally {
	if b.Final != nil {
		return *b.Final
	}
	return b.Recount(who)
}

// Recount tallies the votes by the electors of now even when the ballot is decided: whether an approval would still stand
// before it is used.
func (b Ballot) Recount(who Electors) Tally {
	c := b.count(who)
	t := Tally{
		Go: c.yes, NoGo: c.no, Abstain: c.abstain, Seats: c.seats, Quorum: b.Rule.Quorum,
		Missing: max(0, b.Rule.Quorum-c.given()), Share: c.share(), Threshold: b.Rule.Threshold, Veto: c.veto,
		Impossible: c.seats < b.Rule.Quorum,
	}
	for _, id := range who.all(b.Rule.Electorate, nil) {
		if slices.Contains(who.Barred, id) {
			t.Barred = append(t.Barred, id)
		} else if _, voted := b.VoteOf(id); !voted {
			t.Waiting = append(t.Waiting, id)
		}
	}
	seats := b.seats(who, nil)
	for i := range b.Votes {
		v := &b.Votes[i]
		may := b.seated(v, seats) || v.Choice == NoGo && who.in(b.Rule.Veto, v.Person)
		switch {
		case may && !b.given(v):
			t.Unconfirmed = append(t.Unconfirmed, v.Person)
		case !b.counts(v, seats) && v.Person != c.veto:
			t.Ignored = append(t.Ignored, v.Person)
		}
	}
	return t
}

// Approvers lists the people whose go counts, in the order in which they first voted.
func (b Ballot) Approvers(who Electors) []string {
	t := b.Tally(who)
	var ids []string
	for _, v := range b.Votes {
		if v.Choice == Go && !slices.Contains(t.Ignored, v.Person) && !slices.Contains(t.Unconfirmed, v.Person) {
			ids = append(ids, v.Person)
		}
	}
	return ids
}
