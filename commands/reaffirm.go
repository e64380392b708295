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
	void, ok, err := voidNamed(t, on)
	if err != nil || !ok {
		return chat.Reply{}, orUnknown(err, "ballot.unknown", "on", on)
	}
	on = void.ID
	t.About(void.ID, void.Subject)
	r, err := releaseOfBallot(t, t.Org, void)
	if err != nil {
		return chat.Reply{}, err
	}
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

// voidNamed is the ballot of that id, or of the release of that id the one before the one that is open.
func voidNamed(r state.Reader, on string) (approval.Ballot, bool, error) {
	rel, ok, err := releases.Get(r, on)
	if err != nil || !ok {
		return ballots.Get(r, on)
	}
	now, err := openBallotOn(r, rel)
	if err != nil {
		return approval.Ballot{}, false, err
	}
	return voidBefore(r, rel, now.ID)
}

// voidBefore is the ballot on a release that came right before another and is void with its votes; false for none.
func voidBefore(r state.Reader, rel release.Release, id string) (approval.Ballot, bool, error) {
	i := slices.Index(rel.Ballots, id)
	if i < 1 {
		return approval.Ballot{}, false, nil
	}
	b, ok, err := ballots.Get(r, rel.Ballots[i-1])
	return b, ok && b.State == approval.StateVoid && len(b.Votes) > 0, err
}

// offerReaffirming puts the one click on a ballot by which those who voted on the void one before it vote again.
func offerReaffirming(t *bot.Turn, r release.Release, id string) error {
	void, ok, err := voidBefore(t, r, id)
	if err != nil || !ok {
		return err
	}
	return t.Offer(id, bot.Offer{Name: "reaffirm", Label: "button.reaffirm", Line: "/vote reaffirm " + void.ID, Order: 4})
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
