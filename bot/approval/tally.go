package approval

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// count is what decides a ballot. Only votes of people who are electors now and not barred are in it.
type count struct {
	yes, no, abstain int
	seats            int    // electors who may vote, whether they did or not
	away             int    // of those who have not voted, the ones who are away
	quorum           int    // votes that must be given
	open             int    // places of seats that no go fills
	lost             bool   // the votes leave no way to fill them
	more             bool   // another stage comes after this one
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
	ids = who.all(b.electorate(), ids)
	if len(who.Barred) == 0 {
		return ids
	}
	return slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(who.Barred, id) })
}

// given reports whether a vote is more than an announcement of one.
func (b *Ballot) given(v *Vote) bool { return v.Confirmed || !b.Rule.Confirm }

// seated reports whether a vote counts among these seats, once it is given: its giver's own, or one that somebody has for another.
func (b *Ballot) seated(v *Vote, seats []string, who Electors, by []Delegation) bool {
	if v.Bound != "" && v.Bound != b.Digest {
		return false
	}
	if slices.Contains(seats, v.Person) {
		return true
	}
	if len(by) == 0 {
		return false
	}
	_, ok := who.principal(by, b.electorate(), v.Person)
	return ok
}

// vetoes reports whether a no-go of somebody rejects by itself.
func (b *Ballot) vetoes(v *Vote, who Electors, by []Delegation) bool {
	if v.Choice != NoGo {
		return false
	}
	if who.in(b.Rule.Veto, v.Person) {
		return true
	}
	_, ok := who.principal(by, b.Rule.Veto, v.Person)
	return ok
}

// count allocates nothing for the usual board: it runs with every vote.
func (b *Ballot) count(who Electors) count {
	var room [distinct]string
	seats := b.seats(who, room[:0])
	var by []Delegation
	if len(who.Delegations) > 0 {
		by = b.force(who)
	}
	c := count{seats: len(seats), more: b.Stage < b.Rule.last()}
	for i := range b.Votes {
		v := &b.Votes[i]
		if !b.given(v) {
			continue
		}
		if c.veto == "" && b.vetoes(v, who, by) {
			c.veto = v.Person
		}
		if !b.seated(v, seats, who, by) {
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
	for _, id := range who.Away {
		if slices.Contains(seats, id) && b.find(id) < 0 {
			c.away++
		}
	}
	c.quorum = b.Rule.quorum(c.seats - c.away)
	if b.Rule.seated() {
		c.open, c.lost = b.coverage(who, by, b.still(who, seats))
	}
	return c
}

// still are the people who have not voted and may: electors, and whoever has the place of one now.
func (b *Ballot) still(who Electors, seats []string) []string {
	var ids []string
	for _, id := range seats {
		if b.find(id) < 0 {
			ids = append(ids, id)
		}
	}
	coming := b.coming(who)
	for _, d := range coming {
		if _, ok := who.principal(coming, b.electorate(), d.To); ok && !slices.Contains(ids, d.To) {
			ids = append(ids, d.To)
		}
	}
	return ids
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
	// Impossible says that there are fewer electors than the quorum asks for, or that a seat can't be filled whoever said go: the
	// ballot cannot pass as things are.
	Impossible bool `json:"imp,omitempty"`
	// Away are electors who have not voted and said that they are away: nobody waits for them.
	Away []string `json:"aw,omitempty"`
	// Filled are the places that somebody fills, and Vacant the seats with places that nobody does.
	Filled []Filling `json:"fs,omitempty"`
	Vacant []Vacancy `json:"vs,omitempty"`
	// More says that another stage comes after the one that is asked.
	More bool `json:"more,omitempty"`
}

// Fulfilled reports whether the votes meet quorum and threshold without a veto.
func (t Tally) Fulfilled() bool {
	return t.Veto == "" && !t.Impossible && t.Missing == 0 && len(t.Vacant) == 0 && !t.More && t.Go > 0 && t.Share >= t.Threshold
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
	if len(t.Filled)+len(t.Vacant) > 0 && t.Veto == "" {
		return t.seatsText(args)
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
		Go: c.yes, NoGo: c.no, Abstain: c.abstain, Seats: c.seats, Quorum: c.quorum,
		Missing: max(0, c.quorum-c.given()), Share: c.share(), Threshold: b.Rule.Threshold, Veto: c.veto,
		Impossible: c.seats < c.quorum, More: c.more,
	}
	by := b.force(who)
	t.waiting(&b, who, by)
	seats := b.seats(who, nil)
	for i := range b.Votes {
		v := &b.Votes[i]
		may := b.seated(v, seats, who, by) || b.vetoes(v, who, b.through(*v, who))
		switch {
		case !b.given(v) && (may || b.seated(v, seats, who, b.through(*v, who))):
			t.Unconfirmed = append(t.Unconfirmed, v.Person)
		case !may || !b.given(v):
			t.Ignored = append(t.Ignored, v.Person)
		}
	}
	if b.Rule.seated() {
		t.seats(&b, who, by, b.still(who, seats))
	}
	return t
}

// waiting says in the tally for whom the ballot waits: whoever has an elector's place now stands in the elector's stead, and nobody
// waits for people who are away.
func (t *Tally) waiting(b *Ballot, who Electors, by []Delegation) {
	groups, coming := b.electorate(), b.coming(who)
	for _, id := range who.all(groups, nil) {
		switch {
		case slices.Contains(who.Barred, id):
			t.Barred = append(t.Barred, id)
			continue
		case b.find(id) >= 0 || b.represented(id, who, by):
			continue
		}
		stead := id
		for _, d := range coming {
			if p, ok := who.principal([]Delegation{d}, groups, d.To); ok && p == id {
				stead = d.To
			}
		}
		switch {
		case !slices.Contains(who.Away, stead):
			if !slices.Contains(t.Waiting, stead) {
				t.Waiting = append(t.Waiting, stead)
			}
		default:
			t.Away = append(t.Away, stead)
		}
	}
}

// represented reports whether somebody's vote counts in an elector's place.
func (b *Ballot) represented(id string, who Electors, by []Delegation) bool {
	for _, d := range by {
		if d.From != id || who.in(b.electorate(), d.To) {
			continue
		}
		if p, ok := who.principal(by, b.electorate(), d.To); ok && p == id {
			return true
		}
	}
	return false
}

// Needed are the people to call: those who can fill a seat that is open, or all who have not voted where the quorum, or a vote that
// waits for everybody, needs them.
func (b Ballot) Needed(t Tally) []string {
	if len(t.Vacant) == 0 || t.Missing > 0 || b.Rule.Wait && !t.More {
		return t.Waiting
	}
	var ids []string
	for _, v := range t.Vacant {
		for _, id := range v.May {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// For is whose place a voter has on this ballot as things are; empty where it is their own, or none.
func (b Ballot) For(t Tally, v Vote, who Electors) string {
	if i := slices.IndexFunc(t.Filled, func(f Filling) bool { return f.Person == v.Person }); i >= 0 {
		return t.Filled[i].For
	}
	if groups := slices.Concat(b.electorate(), b.Rule.Veto); !who.in(groups, v.Person) {
		p, _ := who.principal(b.through(v, who), groups, v.Person)
		return p
	}
	return ""
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
