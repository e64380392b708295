package commands

import (
	"cmp"
	"slices"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// ballots remembers ballots and their votes. A ballot's record is written when it is opened and when it ends, each vote as a
// record of its own: a vote writes as little as it can, and the audit trail says exactly which vote changed.
var ballots = ballotBox{
	records: state.Governed[approval.Ballot]("ballot"),
	votes:   state.Governed[approval.Vote]("vote"), // by ballot and person
	whole:   state.NewMemo[approval.Ballot]("ballot"),
}

type ballotBox struct {
	records state.Table[approval.Ballot]
	votes   state.Table[approval.Vote]
	whole   state.Memo[approval.Ballot]
}

// Head reads a ballot without its votes.
func (x ballotBox) Head(r state.Reader, id string) (approval.Ballot, bool, error) {
	return x.records.Get(r, id)
}

// Get reads a ballot with its votes.
func (x ballotBox) Get(r state.Reader, id string) (approval.Ballot, bool, error) {
	if b, ok := x.whole.Get(r, id); ok {
		return b, true, nil
	}
	b, ok, err := x.records.Get(r, id)
	if err != nil || !ok {
		return b, ok, err
	}
	votes := slices.Clone(b.Votes) // of a record that still holds them itself
	err = x.votes.Under(r, id+"/", func(_ string, v approval.Vote) error {
		if i := slices.IndexFunc(votes, func(was approval.Vote) bool { return was.Person == v.Person }); i >= 0 {
			votes[i] = v
		} else {
			votes = append(votes, v)
		}
		return nil
	})
	slices.SortStableFunc(votes, func(a, b approval.Vote) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Person, b.Person)) })
	b.Votes = votes
	return b, true, err
}

// recentBallots bounds the records that a look for open ballots reads: they close within days.
const recentBallots = 256

// openBallots lists the ballots that take votes, without them, the newest first.
func openBallots(r state.Reader) (open []approval.Ballot, err error) {
	seen := 0
	err = ballots.records.Latest(r, func(_ string, b approval.Ballot) error {
		if seen++; seen > recentBallots {
			return kv.ErrStop
		}
		if !b.State.Closed() {
			open = append(open, b)
		}
		return nil
	})
	return open, err
}

// Put writes what changed of a ballot since it was read in this turn.
func (x ballotBox) Put(tx *state.Tx, b approval.Ballot) error {
	was, known, err := x.Get(tx, b.ID)
	if err != nil {
		return err
	}
	for _, v := range b.Votes {
		if before, voted := was.VoteOf(v.Person); voted && before == v {
			continue
		}
		if err := x.votes.Put(tx, b.ID+"/"+v.Person, v); err != nil {
			return err
		}
	}
	if b.State.Closed() && !was.State.Closed() {
		if err := forgetOpened(tx, b.ID); err != nil {
			return err
		}
	}
	if !known || was.State != b.State || was.Stage != b.Stage {
		head := b
		head.Votes = nil
		if err := x.records.Put(tx, b.ID, head); err != nil {
			return err
		}
	}
	x.whole.Set(tx, b.ID, b)
	return nil
}
