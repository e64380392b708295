package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

func (p Ports) architectureAsk() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"architecture", "ask"}, Right: people.Plan, DryRun: true,
			Summary:  "Ask the architecture board for its go on a release, again if need be.",
			Params:   []command.Param{{Name: "release", Kind: command.KindRelease, Help: "The release."}},
			Examples: []command.Example{{Line: "/architecture ask R-1", Does: "opens the board's ballot on R-1 as it is now"}},
		},
		Gather: p.gatherForBallot,
		Decide: askArchitecture,
	}
}

func askArchitecture(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	r, err := getRelease(t, c.Text("release"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(r.ID)
	if refusal := t.Authorise(people.Plan, r.Service, ""); refusal != nil {
		return chat.Reply{}, refusal
	}
	if t.Org.Planning.Architecture.Approval == "" {
		return chat.Reply{}, chat.Refuse("architecture.no_board")
	}
	if !r.State.Deployable() {
		return chat.Reply{}, chat.Refuse("architecture.not_now", chat.Word("release", r.ID), chat.Nested("state", r.State.Text()))
	}
	need, err := boardNeed(t, t.Org, question{release: r, now: t.Now})
	if err != nil {
		return chat.Reply{}, err
	}
	if !need.Needed() {
		return chat.Reply{}, chat.Refuse("architecture.not_needed", chat.Word("release", r.ID), chat.Word("what", r.Subject()))
	}
	f, _ := facts.(artifactFacts)
	if f.Artifact == nil {
		return chat.Reply{}, chat.Refuse("artifact.unseen", chat.Word("release", r.ID), chat.Word("what", r.Subject()))
	}
	if was, err := boardBallot(t, r.ID); err != nil || !was.State.Closed() && was.ID != "" {
		return chat.Reply{}, firstError(err, chat.Refuse("architecture.open_already", chat.Word("ballot", was.ID), chat.Word("release", r.ID)))
	} else if was.Approves(boardProposal(r, f.Artifact, t.Org)) {
		return chat.Reply{}, chat.Refuse("architecture.has_go", chat.Word("ballot", was.ID), chat.Word("release", r.ID))
	}
	review, err := askBoard(t, r, f.Artifact)
	if err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("architecture.asked", chat.Word("ballot", review.Ballot()), chat.Word("release", r.ID), chat.Word("what", r.Subject()))
	reply := done(text, map[string]string{"ballot": review.Ballot(), "release": r.ID})
	return reply, t.Card(r.ID)
}

// boardBallot is the newest ballot of the architecture board on a release, zero if it was never asked.
func boardBallot(r state.Reader, release string) (approval.Ballot, error) {
	review, _, err := reviews.Get(r, release)
	if err != nil || review.Ballot() == "" {
		return approval.Ballot{}, err
	}
	b, _, err := ballots.Get(r, review.Ballot())
	return b, err
}

// boardSection says on a release's card why the architecture board is asked, and where its vote stands.
func boardSection(r *bot.Reading, rel release.Release) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.architecture")}
	if r.Org.Planning.Architecture.Approval == "" || rel.State.Settled() {
		return s, nil
	}
	need, err := boardNeed(r, r.Org, question{release: rel, now: r.Now})
	if err != nil || !need.Needed() {
		return s, err
	}
	b, err := boardBallot(r, rel.ID)
	line := chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("architecture.not_asked", chat.Word("release", rel.ID)), Sub: need.Texts()}
	if b.ID != "" {
		line.Mark, line.Text = ballotMarks[b.State], chat.Say("ballot.stands", chat.Word("ballot", b.ID), chat.Nested("state", b.State.Text()))
		if b.Why != nil {
			line.Sub = append(line.Sub, *b.Why)
		}
	}
	s.Lines = []chat.Line{line}
	return s, err
}

// boardAsked says on the board's ballot what it is asked about.
func boardAsked(r *bot.Reading, b approval.Ballot) ([]chat.Section, error) {
	rel, err := getRelease(r, b.Subject)
	if err != nil {
		return nil, err
	}
	need, err := boardNeed(r, r.Org, question{release: rel, now: r.Now})
	s := chat.Section{Heading: chat.Say("heading.architecture")}
	for _, why := range need.Texts() {
		s.Lines = append(s.Lines, chat.Line{Text: why})
	}
	if len(s.Lines) == 0 {
		return nil, err
	}
	return []chat.Section{s}, err
}
