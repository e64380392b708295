package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

func (p Ports) voteReaffirm() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"vote", "reaffirm"}, Right: people.Vote, DryRun: true,
			Summary:  "Give the vote again that you gave on a ballot that is void, on the one that asks anew.",
			Params:   []command.Param{{Name: "on", Kind: command.KindSubject, Help: "The ballot that is void, or what it was on: B-1, R-1."}},
			Examples: []command.Example{{Line: "/vote reaffirm B-1", Does: "votes on what is asked now as you did on B-1"}},
		},
		Gather: p.gatherForBallot,
		Decide: reaffirm, Lent: true,
	}
}

func reaffirm(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	on := c.Text("on")
	void, r, ok, err := voidNamed(t, on)
	if err != nil || !ok {
		return chat.Reply{}, orUnknown(err, "ballot.unknown", "on", on)
	}
	on = void.ID
	t.About(void.ID, void.Subject)
	if refusal := t.Authorise(people.Vote, r.Service, ""); refusal != nil {
		if _, voted := void.VoteOf(t.Person); !voted {
			return chat.Reply{}, refusal
		}
	}
	if void.State != approval.StateVoid {
		return chat.Reply{}, chat.Refuse("reaffirm.not_void", chat.Word("ballot", on), chat.Nested("state", void.State.Text()))
	}
	before, voted := void.VoteOf(t.Person)
	if !voted {
		return chat.Reply{}, chat.Refuse("reaffirm.no_vote", chat.Word("ballot", on))
	}
	now, err := openBallotOn(t, r)
	if err != nil || now.ID == "" {
		return chat.Reply{}, firstError(err, chat.Refuse("reaffirm.none", chat.Word("ballot", on), chat.Word("release", r.ID)))
	}
	return voteOn(t, now.ID, facts, func() (approval.Vote, error) {
		return approval.Vote{Choice: before.Choice, Reason: before.Reason}, nil
	})
}

// voidNamed is the ballot of that id, or of the release of that id the one before the one that is open; and the release that is asked about now.
func voidNamed(t *bot.Turn, on string) (approval.Ballot, release.Release, bool, error) {
	rel, ok, err := releases.Get(t, on)
	if err == nil && ok {
		now, err := openBallotOn(t, rel)
		if err != nil {
			return approval.Ballot{}, rel, false, err
		}
		void, ok, err := voidBefore(t, rel, now.ID)
		return void, rel, ok, err
	}
	void, ok, err := ballots.Get(t, on)
	if err != nil || !ok {
		return void, rel, false, err
	}
	rel, err = releaseOfBallot(t, t.Org, void)
	return void, rel, err == nil, err
}

// anew notes of a release that is planned which cancelled one of the same version it stands for.
func anew(t *bot.Turn, r release.Release) (release.Release, error) {
	key := place(r.Service, r.Version)
	last, ok, err := plannedLast.Get(t, key)
	if err != nil {
		return r, err
	}
	if ok {
		before, known, err := releases.Get(t, last)
		if err != nil {
			return r, err
		}
		if known && before.State == release.Cancelled && before.Service == r.Service && before.Version == r.Version {
			r.Instead = before.ID
		}
	}
	return r, plannedLast.Put(t.Tx, key, r.ID)
}

// voidBefore is the ballot that came right before one on a release and is void with its votes; false for none. Before the first on a
// release comes the last on the one that it was planned instead of.
func voidBefore(r state.Reader, rel release.Release, id string) (approval.Ballot, bool, error) {
	before := ""
	switch i := slices.Index(rel.Ballots, id); {
	case i > 0:
		before = rel.Ballots[i-1]
	case i == 0 && rel.Instead != "":
		old, ok, err := releases.Get(r, rel.Instead)
		if err != nil || !ok {
			return approval.Ballot{}, false, err
		}
		before = old.Ballot()
	}
	if before == "" {
		return approval.Ballot{}, false, nil
	}
	b, ok, err := ballots.Get(r, before)
	return b, ok && b.State == approval.StateVoid && len(b.Votes) > 0, err
}

// offerReaffirming puts the one click on a ballot by which those who voted on the void one before it vote again.
func offerReaffirming(t *bot.Turn, r release.Release, id string) error {
	void, ok, err := voidBefore(t, r, id)
	if err != nil || !ok {
		return err
	}
	on := void.ID
	if void.Subject != r.ID {
		on = r.ID
	}
	return t.Offer(id, bot.Offer{Name: "reaffirm", Label: "button.reaffirm", Line: "/vote reaffirm " + on, Order: 4})
}

// reaffirmSections say on a ballot what changed since the void one before it, and how that stood.
func reaffirmSections(r *bot.Reading, b approval.Ballot, rel release.Release) ([]chat.Section, error) {
	void, ok, err := voidBefore(r, rel, b.ID)
	if err != nil || !ok || b.State != approval.StateOpen || b.Purpose != approval.Release {
		return nil, err
	}
	s := chat.Section{Heading: chat.Say("heading.changed_since", chat.Word("ballot", void.ID))}
	for _, c := range approval.Difference(void.Proposal, b.Proposal) {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkUnknown, Text: c.Text()})
	}
	if len(s.Lines) == 0 {
		s.Lines = []chat.Line{{Mark: chat.MarkOpen, Text: chat.Say("vote.as_before")}}
	}
	for _, v := range void.Votes {
		if _, again := b.VoteOf(v.Person); !again {
			s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("vote.before", chat.Person("person", v.Person), chat.Nested("choice", v.Choice.Text()))})
		}
	}
	return []chat.Section{s}, nil
}
