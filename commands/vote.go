package commands

import (
	"context"
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
)

func (p Ports) vote() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"vote"}, Right: people.Vote, Summary: "Say go or no-go on what is asked of your board.", DryRun: true,
			Params: []command.Param{
				{Name: "on", Kind: command.KindSubject, Help: "The release, exception or ballot: R-1, X-1 or B-1."},
				{Name: "choice", Kind: command.KindChoice, Choices: []string{"go", "no-go", "abstain"}, Help: "Your vote; you may change it until the ballot closes."},
				{Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "Why, for the record."},
			},
			Examples: []command.Example{
				{Line: `/vote R-1 go`, Does: "votes for R-1"},
				{Line: `/vote R-1 no-go "no rollback plan"`, Does: "votes against it and says why"},
			},
		},
		Gather: p.gatherForBallot,
		Decide: vote, Lent: true,
	}
}

func (p Ports) voteOpen() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"vote", "open"}, Right: people.Plan, Summary: "Ask the board for its go on a release, again if need be.", DryRun: true,
			Params:   []command.Param{{Name: "release", Kind: command.KindRelease, Help: "The release."}},
			Examples: []command.Example{{Line: "/vote open R-1", Does: "opens a ballot on R-1 as it is now"}},
		},
		Gather: p.gatherForBallot,
		Decide: voteOpen,
	}
}

// gatherForBallot looks at the artifact as it is now: votes bind to what is proposed, not to what was.
func (p Ports) gatherForBallot(ctx context.Context, r *bot.Reading, c command.Call) (bot.Facts, error) {
	on := c.Text("on")
	if on == "" {
		on = c.Text("release")
	}
	if on[:1] == letterBallot {
		b, _, err := ballots.Head(r, on)
		if err != nil {
			return nil, err
		}
		on = b.Subject
	}
	rel, ok, err := releases.Get(r, on)
	if err != nil || !ok { // an exception has no artifact of its own, and what does not exist is answered in the turn
		return nil, err
	}
	f := p.artifact(ctx, r, rel.Service, rel.Version)
	f.org, f.proposed = r.Org, proposal(rel, f.Artifact, r.Org).Digest()
	// What could not be read of who wrote it may be there to read now.
	if p.Provenance != nil && f.Artifact != nil && (rel.Origin == nil || len(unreadOf(rel)) > 0) {
		f.source, err = p.sourceOf(ctx, r, rel.Service, f.Artifact)
	}
	return f, err
}

// artifactFacts are what the artifact repository said; Artifact is nil if it could not be asked or knows nothing.
type artifactFacts struct {
	Artifact *port.Artifact
	Missing  bool // the repository answered that there is no such version
	Fault    error
	// proposed is the digest of what is proposed now, under org.
	proposed string
	org      *organisation.Organisation
	source   sourceFacts
}

// artifact asks the repository, within the time for facts.
func (p Ports) artifact(ctx context.Context, r *bot.Reading, service, version string) artifactFacts {
	a, err := p.Artifacts.Artifact(ctx, service, version)
	if err != nil {
		return artifactFacts{Missing: isNotFound(err), Fault: err}
	}
	a, err = depersonalise(a, r.Org, r.Bot.Store())
	if err != nil {
		return artifactFacts{Fault: err}
	}
	return artifactFacts{Artifact: &a}
}

// ballotOn finds the ballot that a subject stands for: itself, or the open one on a release or exception, or else its last.
// A zero ballot without error means that there is none. The ballot comes without its votes.
func ballotOn(r state.Reader, on string) (approval.Ballot, error) {
	var last approval.Ballot
	ids := []string{on}
	switch on[:1] {
	case letterRelease:
		rel, err := getRelease(r, on)
		if err != nil {
			return last, err
		}
		if ids, err = ballotsAbout(r, rel); err != nil {
			return last, err
		}
	case letterException:
		x, ok, err := exceptions.Get(r, on)
		if err != nil || !ok {
			return last, orUnknown(err, "exception.unknown", "exception", on)
		}
		ids = []string{x.Ballot}
	case letterBallot:
	default:
		return last, chat.Reject("ballot.unknown", chat.Word("on", on))
	}
	for _, id := range ids {
		b, ok, err := ballots.Head(r, id)
		if err != nil {
			return b, err
		}
		if ok && (last.ID == "" || last.State.Closed()) {
			last = b
		}
	}
	if last.ID == "" && on[:1] == letterBallot {
		return last, chat.Reject("ballot.unknown", chat.Word("on", on))
	}
	return last, nil
}

// ballotsAbout are the ballots on a release itself: for its go, an emergency, its place among the others, a lower tier.
func ballotsAbout(r state.Reader, rel release.Release) ([]string, error) {
	ids := slices.Clone(rel.Ballots)
	if e := rel.Emergency; e != nil {
		ids = append(ids, e.Ballot)
	}
	review, _, err := reviews.Get(r, rel.ID)
	ids = append(ids, review.Ballots...)
	if ask := rel.Lowering; ask != nil {
		ids = append(ids, ask.Ballot)
	}
	return ids, err
}

// votable is the ballot that a subject stands for, with its votes and its release, for somebody who holds the right to vote there.
func votable(t *bot.Turn, on string) (b approval.Ballot, r release.Release, err error) {
	if b, err = ballotOn(t, on); err != nil {
		return b, r, err
	}
	if b.ID == "" {
		return b, r, chat.Refuse("ballot.none", chat.Word("on", on))
	}
	if b, _, err = ballots.Get(t, b.ID); err != nil {
		return b, r, err
	}
	if r, err = releaseOfBallot(t, t.Org, b); err != nil {
		return b, r, err
	}
	t.About(b.ID, b.Subject)
	if refusal := t.Authorise(people.Vote, r.Service, ""); refusal != nil {
		// Whoever stands in for somebody who holds the right has it for that seat alone.
		who, err := electorsOf(t, b)
		if err != nil || !lent(t, r.Service, who, slices.Concat(b.Rule.Electorate, b.Rule.Veto)) {
			return b, r, firstError(err, refusal)
		}
	}
	return b, r, nil
}

func vote(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	return voteOn(t, c.Text("on"), facts, func() (v approval.Vote, err error) {
		v.Choice = approval.Choice(c.Text("choice"))
		v.Reason, err = sealOptional(t, c.Text("reason"))
		return v, err
	})
}

// voteOn gives the speaker's vote on what a subject stands for.
func voteOn(t *bot.Turn, on string, facts bot.Facts, give func() (approval.Vote, error)) (chat.Reply, error) {
	b, r, err := votable(t, on)
	if err != nil {
		return chat.Reply{}, err
	}
	if reply, changed, err := voidIfChanged(t, b, r, facts); changed || err != nil {
		return reply, err
	}
	if r, err = readLate(t, r, facts); err != nil {
		return chat.Reply{}, err
	}
	w := work(t, r, t.Org, t.Store(), nil)
	if finding := mayVote(t, b, w); !finding.OK() {
		return chat.Reply{}, chat.Refuse("vote.duty", chat.Word("on", b.Subject), chat.Word("what", r.Subject())).Because(finding.Reasons()...)
	}
	v, err := give()
	if err != nil {
		return chat.Reply{}, err
	}
	v.Person = t.Person
	if v.Unread, err = unread(t, b); err != nil {
		return chat.Reply{}, err
	}
	return castVote(t, b, r, w, v)
}

// castVote gives the speaker's vote and says how it counts.
func castVote(t *bot.Turn, b approval.Ballot, r release.Release, w duty.Work, v approval.Vote) (chat.Reply, error) {
	who, err := electors(t, t.Now, t.Org, withoutVote(b, v.Person), r, w)
	if err != nil {
		return chat.Reply{}, err
	}
	v.At, v.Bound = t.Now, b.Digest
	_, again := b.VoteOf(t.Person)
	next, refusal := b.Cast(v, who)
	if refusal != nil {
		return chat.Reply{}, withConflicts(refusal, w, duties(b, t.Org))
	}
	if err := settleBallot(t, next); err != nil {
		return chat.Reply{}, err
	}
	code := chat.Code("vote.counted")
	if again {
		code = "vote.changed"
	}
	if next.Rule.Confirm {
		code = "vote.waits"
	}
	tally := next.Tally(who)
	text := chat.Say(code, chat.Nested("choice", v.Choice.Text()), chat.Word("ballot", b.ID),
		chat.Word("on", b.Subject), chat.Nested("tally", tally.Text()), chat.Nested("state", next.State.Text()))
	given, _ := next.VoteOf(t.Person)
	if principal := next.For(tally, given, who); principal != "" {
		text.Args = append(text.Args, chat.Person("for", principal))
	}
	reply := quietly(text, map[string]string{"ballot": b.ID, kindOf(b.Subject): b.Subject})
	reply.Messages[0].Sections = append(waits(next, t.Person), markedSections(t, next, given)...)
	return reply, nil
}

// withConflicts adds to a refusal of somebody who stands in for another what bars that other.
func withConflicts(refusal *chat.Refusal, w duty.Work, p duty.Policy) *chat.Refusal {
	if from, ok := refusal.Text.Arg("for"); ok && refusal.Text.Code == "approval.for_barred" {
		return refusal.Because(duty.Approve(from.Word, w, p).Reasons()...)
	}
	return refusal
}

// voidIfChanged ends a ballot whose proposal is no longer what is proposed. Facts that could not be had void nothing: the
// gates ask again before anything happens.
func voidIfChanged(t *bot.Turn, b approval.Ballot, r release.Release, facts bot.Facts) (chat.Reply, bool, error) {
	f, _ := facts.(artifactFacts)
	if b.Purpose != approval.Release && b.Purpose != approval.Architecture || f.Artifact == nil || b.State.Closed() && b.State != approval.StatePassed {
		return chat.Reply{}, false, nil
	}
	if f.org == t.Org && f.proposed == b.Digest {
		return chat.Reply{}, false, nil
	}
	// What a release is on its way with, or ended with, was decided on what it was then.
	if _, ok := release.Next(r.State, release.BallotVoided); !ok && !r.State.Deployable() {
		return chat.Reply{}, false, nil
	}
	void, refusal := b.Void(proposalOf(b, r, f.Artifact, t.Org), t.Now)
	if refusal != nil { // unchanged
		return chat.Reply{}, false, nil
	}
	if err := settleBallot(t, void); err != nil {
		return chat.Reply{}, true, err
	}
	m := chat.Message{Title: chat.Say("ballot.voided", chat.Word("ballot", b.ID), chat.Word("on", b.Subject)), Tone: chat.Bad, Private: true}
	s := chat.Section{}
	for _, change := range void.Changes {
		t.Evidence(f.Artifact.Source, change.Exactly())
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkClosed, Text: change.Text()})
	}
	code := chat.Code("ballot.voided_next")
	if b.Purpose == approval.Architecture {
		code = "architecture.voided_next"
	}
	if f.Artifact.Digest != r.Digest() {
		code = "ballot.voided_rebuilt"
	}
	s.Lines = append(s.Lines, chat.Line{Text: chat.Say(code, chat.Word("on", r.ID), chat.Word("what", r.Subject()))})
	m.Sections = []chat.Section{s}
	return chat.Reply{Outcome: chat.Refused, Code: "ballot.voided", IDs: map[string]string{"ballot": b.ID, "release": r.ID},
		Messages: []chat.Message{m}}, true, nil
}

func voteOpen(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	r, err := getRelease(t, c.Text("release"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(r.ID)
	if refusal := t.Authorise(people.Plan, r.Service, ""); refusal != nil {
		return chat.Reply{}, refusal
	}
	if t.Org.Tiers[r.Tier].Approval == "" {
		return chat.Reply{}, chat.Refuse("ballot.not_needed", chat.Word("release", r.ID), chat.Word("tier", r.Tier))
	}
	if b, err := openBallotOn(t, r); err != nil || b.ID != "" {
		if err != nil {
			return chat.Reply{}, err
		}
		who, err := electorsOf(t, b)
		return chat.Reply{}, firstError(err, chat.Refuse("ballot.open_already", chat.Word("ballot", b.ID), chat.Word("release", r.ID),
			chat.Nested("tally", b.Tally(who).Text())))
	}
	f, _ := facts.(artifactFacts)
	if f.Artifact == nil {
		return chat.Reply{}, chat.Refuse("artifact.unseen", chat.Word("release", r.ID), chat.Word("what", r.Subject()))
	}
	// The change ticket and what was tried are about the planned bytes: others are another release.
	if r.Artifact != nil && f.Artifact.Digest != r.Digest() {
		return chat.Reply{}, chat.Refuse("ballot.rebuilt", chat.Word("release", r.ID), chat.Word("what", r.Subject()),
			chat.Word("digest", short(f.Artifact.Digest)), chat.Word("planned", short(r.Digest())))
	}
	if refusal := notStaged(t, r, f.Artifact); refusal != nil {
		return chat.Reply{}, refusal
	}
	// The board decides on the artifact as it is now: a new ballot makes it the one that gates compare with.
	r = f.source.add(r, t.Store())
	r.Artifact = f.Artifact
	r, err = openReleaseBallot(t, r, f.Artifact)
	if err != nil {
		return chat.Reply{}, err
	}
	if err := t.Card(r.ID); err != nil {
		return chat.Reply{}, err
	}
	return done(chat.Say("ballot.opened", chat.Word("ballot", r.Ballot()), chat.Word("on", r.ID), chat.Word("what", r.Subject())),
		map[string]string{"ballot": r.Ballot(), "release": r.ID}), nil
}

// openBallotOn is the ballot under way on a release, zero if none is.
func openBallotOn(r state.Reader, rel release.Release) (approval.Ballot, error) {
	if rel.Ballot() == "" {
		return approval.Ballot{}, nil
	}
	b, ok, err := ballots.Get(r, rel.Ballot())
	if err != nil || !ok || b.State.Closed() {
		return approval.Ballot{}, err
	}
	return b, nil
}

// notStaged refuses to ask the board about an artifact that has not passed the environment before the last.
func notStaged(t *bot.Turn, r release.Release, a *port.Artifact) *chat.Refusal {
	before := t.Org.Environments[len(t.Org.Environments)-1].After
	if before == "" {
		return nil
	}
	d, ok, err := passedIn(t, r, before)
	if err == nil && ok && d.State == rollout.Succeeded && d.Digest == a.Digest {
		return nil
	}
	return chat.Refuse("ballot.not_staged", chat.Word("release", r.ID), chat.Word("environment", before))
}
