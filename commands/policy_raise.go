package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/risk"
)

func tierNames() []string {
	var names []string
	for _, t := range risk.Tiers() {
		names = append(names, string(t))
	}
	return names
}

func tierParams(help string) []command.Param {
	return []command.Param{
		{Name: "release", Kind: command.KindRelease, Help: "The release."},
		{Name: "tier", Kind: command.KindChoice, Choices: tierNames(), Help: help},
		{Name: "reason", Kind: command.KindText, Rest: true, Help: "Why, for the record."},
	}
}

func (p Ports) riskRaise() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"risk", "raise"}, DryRun: true,
			Summary:  "Give a release a higher risk tier than the rules did. An approval under a lesser rule falls.",
			Params:   tierParams("The higher tier."),
			Examples: []command.Example{{Line: `/risk raise R-1 high "touches the books"`, Does: "makes R-1 high, with all that high asks for"}},
		},
		Gather: p.gatherForBallot,
		Decide: raiseTier,
	}
}

func (p Ports) riskLower() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"risk", "lower"}, DryRun: true,
			Summary:  "Ask the board to give a release a lower risk tier: it votes under the rule of the present one.",
			Params:   tierParams("The lower tier."),
			Examples: []command.Example{{Line: `/risk lower R-1 low "only a text changed"`, Does: "asks those who vote on R-1 to make it low"}},
		},
		Decide: lowerTier,
	}
}

// retierable is a release whose tier may still matter, for somebody who may plan it or vote on it.
func retierable(t *bot.Turn, c command.Call) (release.Release, risk.Tier, error) {
	r, err := getRelease(t, c.Text("release"))
	if err != nil {
		return r, "", err
	}
	t.About(r.ID)
	if refusal := t.Authorise(people.Vote, r.Service, ""); refusal != nil {
		if refusal := t.Authorise(people.Plan, r.Service, ""); refusal != nil {
			return r, "", refusal
		}
	}
	if !r.State.Deployable() && r.State != release.InReview && r.State != release.Rejected {
		return r, "", chat.Refuse("risk.not_now", chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Nested("state", r.State.Text()))
	}
	return r, risk.Tier(c.Text("tier")), nil
}

// higher reports whether one tier is above another.
func higher(one, other risk.Tier) bool { return one != other && one.Max(other) == one }

func raiseTier(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	r, to, err := retierable(t, c)
	if err != nil {
		return chat.Reply{}, err
	}
	if was := risk.Tier(r.Tier); !higher(to, was) {
		return chat.Reply{}, chat.Refuse("risk.not_higher", chat.Word("release", r.ID), chat.Word("tier", r.Tier), chat.Word("asked", string(to)))
	}
	reason, err := sealOptional(t, c.Text("reason"))
	if err != nil {
		return chat.Reply{}, err
	}
	before := r.Tier
	r, err = retiered(t, r, release.Retier{From: r.Tier, To: string(to), By: t.Person, At: t.Now.UTC(), Reason: reason})
	if err != nil {
		return chat.Reply{}, err
	}
	if err := withdrawTierBallot(t, r, reason); err != nil {
		return chat.Reply{}, err
	}
	if r, err = getRelease(t, r.ID); err != nil { // without the ballot
		return chat.Reply{}, err
	}
	f, _ := facts.(artifactFacts)
	fell, err := fallen(t, r, f)
	if err != nil {
		return chat.Reply{}, err
	}
	args := []chat.Arg{chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Word("from", before), chat.Word("tier", string(to)),
		chat.Person("by", t.Person), chat.Word("rule", t.Org.Tiers[string(to)].Approval)}
	if fell != "" {
		args = append(args, chat.Word("ballot", fell))
	}
	text := chat.Say("risk.raised", args...)
	if reason != nil {
		text.Args = append(text.Args, chat.Quote("reason", *reason))
	}
	m := chat.Plain(text)
	if !t.Hears(t.Org.Channels.Releases) {
		if err := t.Announce("tier:"+t.Key, t.Org.Channels.Releases, m); err != nil {
			return chat.Reply{}, err
		}
	}
	return done(text, map[string]string{"release": r.ID}), nil
}

// retiered notes a change of the tier that people made.
func retiered(t *bot.Turn, r release.Release, change release.Retier) (release.Release, error) {
	r.Retiered = append(slices.Clone(r.Retiered), change)
	r.Tier = change.To
	if err := putRelease(t, r); err != nil {
		return r, err
	}
	if err := noteRaise(t, r, change); err != nil {
		return r, err
	}
	return r, t.Card(r.ID)
}

// fallen ends the ballot on a release, an approval included, where its tier asks for another rule now; it returns its id.
func fallen(t *bot.Turn, r release.Release, f artifactFacts) (string, error) {
	b, ok, err := ballots.Get(t, r.Ballot())
	rule := t.Org.Tiers[r.Tier].Approval
	if err != nil || !ok || b.State.Closed() && b.State != approval.StatePassed || b.Rule.Name == rule && !asksByTier(t.Org, rule) {
		return "", err
	}
	artifact := f.Artifact
	if artifact == nil {
		artifact = r.Artifact
	}
	void, refusal := b.Void(proposal(r, artifact, t.Org), t.Now)
	if refusal != nil { // nothing differs: what was approved is what is proposed
		return "", nil
	}
	return b.ID, settleBallot(t, void)
}

// raisedTo is the approval rule that a release needs because people raised its tier; false where every lesser tier that it ever had
// asks for the same. It is part of what is voted on: what was approved while the tier was a lesser one is something else.
func raisedTo(r release.Release, org *organisation.Organisation) (string, bool) {
	rule := org.Tiers[r.Tier].Approval
	again := asksByTier(org, rule)
	lesser := func(tier string) bool {
		return higher(risk.Tier(r.Tier), risk.Tier(tier)) && (org.Tiers[tier].Approval != rule || again)
	}
	raised := lesser(r.Assessed()) || slices.ContainsFunc(r.Retiered, func(change release.Retier) bool { return lesser(change.To) })
	return rule, rule != "" && raised
}

// asksByTier reports whether an approval rule asks for other seats of another tier.
func asksByTier(org *organisation.Organisation, rule string) bool {
	return slices.ContainsFunc(org.Approvals[rule].Conditions(), func(when string) bool {
		c := org.Seats[when]
		return c == nil || c.Reads("release.tier")
	})
}

func lowerTier(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	r, to, err := retierable(t, c)
	if err != nil {
		return chat.Reply{}, err
	}
	if !higher(risk.Tier(r.Tier), to) {
		return chat.Reply{}, chat.Refuse("risk.not_lower", chat.Word("release", r.ID), chat.Word("tier", r.Tier), chat.Word("asked", string(to)))
	}
	rule := t.Org.Tiers[r.Tier].Approval
	if rule == "" {
		return chat.Reply{}, chat.Refuse("risk.no_board", chat.Word("release", r.ID), chat.Word("tier", r.Tier))
	}
	if ask := r.Lowering; ask != nil {
		return chat.Reply{}, chat.Refuse("risk.asked_already", chat.Word("release", r.ID), chat.Word("ballot", ask.Ballot), chat.Person("by", ask.By))
	}
	reason, err := sealOptional(t, c.Text("reason"))
	if err != nil {
		return chat.Reply{}, err
	}
	parts := []approval.Part{{Name: "service", Value: r.Service}, {Name: "version", Value: r.Version}, {Name: "tier", Value: r.Tier}, {Name: "lower", Value: string(to)}}
	if digest := r.Digest(); digest != "" {
		parts = append(parts, approval.Part{Name: "artifact", Value: digest})
	}
	b, err := openBallot(t, r.ID, r, approval.Tier, rule, approval.Proposal{Subject: r.ID, Parts: parts})
	if err != nil {
		return chat.Reply{}, err
	}
	r.Lowering = &release.Retier{From: r.Tier, To: string(to), By: t.Person, At: t.Now.UTC(), Reason: reason, Ballot: b.ID}
	if err := putRelease(t, r); err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("risk.lower_asked", chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Word("tier", r.Tier), chat.Word("asked", string(to)),
		chat.Word("ballot", b.ID), chat.Word("rule", rule), chat.Person("by", t.Person))
	return done(text, map[string]string{"release": r.ID, "ballot": b.ID}), t.Card(r.ID)
}

// tierAsked says what a ballot on a lower tier asks for.
func tierAsked(b approval.Ballot) []chat.Section {
	values := map[string]string{}
	for _, part := range b.Proposal.Parts {
		values[part.Name] = part.Value
	}
	return []chat.Section{{Lines: []chat.Line{{Mark: chat.MarkWaiting, Text: chat.Say("risk.asks", chat.Word("from", values["tier"]), chat.Word("to", values["lower"]))}}}}
}

// askedLower says who asked for the lower tier: they don't vote on it either.
func askedLower(rel release.Release) release.Release {
	if rel.Lowering != nil {
		rel.Asker = rel.Lowering.By
	}
	return rel
}

// tierBallotEnded lowers the tier if the board agreed.
func tierBallotEnded(t *bot.Turn, b approval.Ballot) error {
	r, err := getRelease(t, b.Subject)
	if err != nil {
		return err
	}
	if err := offerVotesAgain(t, r); err != nil {
		return err
	}
	ask := r.Lowering
	if ask == nil || ask.Ballot != b.ID {
		return nil
	}
	r.Lowering = nil
	text := chat.Say("risk.kept", chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Word("tier", r.Tier), chat.Nested("state", b.State.Text()), chat.Nested("why", *b.Why))
	if b.State == approval.StatePassed && r.Tier == ask.From {
		change := *ask
		change.At = t.Now.UTC()
		if r, err = retiered(t, r, change); err != nil {
			return err
		}
		if _, err := fallen(t, r, artifactFacts{}); err != nil {
			return err
		}
		text = chat.Say("risk.lowered", chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Word("from", change.From), chat.Word("tier", change.To),
			chat.Word("ballot", b.ID), chat.Nested("why", *b.Why))
	} else if err := putRelease(t, r); err != nil {
		return err
	}
	return t.Announce("tier:"+b.ID, t.Org.Channels.Releases, chat.Plain(text))
}

// withdrawTierBallot ends a vote on a lower tier that a higher one has overtaken.
func withdrawTierBallot(t *bot.Turn, r release.Release, reason *chat.Sealed) error {
	if r.Lowering == nil {
		return nil
	}
	return withdrawBallot(t, r.Lowering.Ballot, reason)
}
