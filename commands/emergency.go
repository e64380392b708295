package commands

import (
	"context"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
)

func (p Ports) emergency() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"emergency"}, Right: people.Emergency, DryRun: true,
			Summary: "Ask a second person to let a release past vote, staging and freezes; it is reviewed afterwards.",
			Params: []command.Param{
				{Name: "release", Kind: command.KindRelease, Help: "The release."},
				{Name: "environment", Kind: command.KindEnvironment, Help: "Where it must go at once: the last environment."},
				{Name: "reason", Kind: command.KindText, Rest: true, Help: "What is broken: everybody reads it."},
			},
			Examples: []command.Example{{Line: `/emergency R-1 {environment} "refunds are paid twice"`, Does: "asks a second person to agree"}},
		},
		Gather: func(ctx context.Context, r *bot.Reading, c command.Call) (bot.Facts, error) {
			return p.gateFacts(ctx, r, c.Text("release"), "")
		},
		Decide: askEmergency,
	}
}

func askEmergency(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	r, err := getRelease(t, c.Text("release"))
	if err != nil {
		return chat.Reply{}, err
	}
	env := c.Text("environment")
	t.About(r.ID)
	if refusal := t.Authorise(people.Emergency, r.Service, env); refusal != nil {
		return chat.Reply{}, refusal
	}
	f := facts.(outside)
	if refusal, err := noEmergency(t, r, env, f); refusal != nil || err != nil {
		return chat.Reply{}, firstError(err, refusal)
	}
	reason, err := t.Seal(c.Text("reason"))
	if err != nil {
		return chat.Reply{}, err
	}
	opened, err := emergencyOpens(t, r, f)
	if err != nil {
		return chat.Reply{}, err
	}
	p := proposal(r, f.Artifact, t.Org)
	p.Parts = append(p.Parts, approval.Part{Name: partOpened, Value: strings.Join(opened, openedBetween)})
	b, err := openBallot(t, r.ID, r, approval.Emergency, t.Org.Emergency.Approval, p)
	if err != nil {
		return chat.Reply{}, err
	}
	r.Emergency = &release.Emergency{By: t.Person, Reason: &reason, At: t.Now.UTC(), Ballot: b.ID, Digest: f.Artifact.Digest}
	if err := putRelease(t, r); err != nil {
		return chat.Reply{}, err
	}
	who, err := electorsOf(t, b)
	if err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("emergency.asked", chat.Person("by", t.Person), chat.Word("release", r.ID), chat.Word("what", r.Subject()),
		chat.Word("environment", env), chat.Word("ballot", b.ID), chat.Time("closes", b.Closes), chat.Quote("reason", reason))
	m := chat.Message{Title: text, Tone: chat.Bad, Mentions: b.Needed(b.Tally(who)), Sections: []chat.Section{{Lines: []chat.Line{
		{Text: chat.Say("emergency.opens", chat.List("gates", opened), chat.Duration("lifetime", t.Org.Emergency.Lifetime))},
	}}}}
	if err := loudly(t, "emergency:"+b.ID, m); err != nil {
		return chat.Reply{}, err
	}
	return aloud(t, text, map[string]string{"release": r.ID, "ballot": b.ID}, loudPlaces(t)), t.Card(r.ID)
}

// noEmergency says why there can be no emergency on a release now; nil if there can.
func noEmergency(t *bot.Turn, r release.Release, env string, f outside) (*chat.Refusal, error) {
	switch to := last(t.Org).Name; {
	case t.Org.Emergency.Approval == "":
		return chat.Refuse("emergency.not_configured"), nil
	case env != to: // what is granted opens gates wherever the release goes: the strictest right must cover it
		return chat.Refuse("emergency.not_there", chat.Word("environment", env), chat.Word("final", to)), nil
	case !r.State.Deployable():
		return chat.Refuse("deploy.not_now", chat.Word("release", r.ID), chat.Nested("state", r.State.Text())), nil
	case f.Artifact == nil:
		return chat.Refuse("artifact.unseen", chat.Word("release", r.ID), chat.Word("what", r.Subject())), nil
	}
	e := r.Emergency
	if e == nil {
		return nil, nil
	}
	if e.Granted(f.Artifact.Digest, t.Now) {
		return chat.Refuse("emergency.granted_already", chat.Word("release", r.ID), chat.Person("by", e.By), chat.Person("second", e.Second), chat.Time("until", e.Until)), nil
	}
	b, ok, err := ballots.Get(t, e.Ballot)
	if ok && !b.State.Closed() {
		return chat.Refuse("emergency.asked_already", chat.Word("release", r.ID), chat.Person("by", e.By), chat.Word("ballot", b.ID)), err
	}
	return nil, err
}

// emergencyGates are the gates that an emergency opens, of those that are asked anywhere.
func emergencyGates(org *organisation.Organisation) []string {
	var names []string
	for _, g := range gate.All() {
		if g.Emergency && org.Asks(g.Name) {
			names = append(names, g.Name)
		}
	}
	for _, env := range org.Environments {
		for _, c := range closures(org, env) {
			if name := gate.ConditionGate(c.Name); c.Emergency && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// emergencyOpens are the gates that an emergency opens for a release: besides those that are asked anywhere, those that have something
// to say about it though nobody names them.
func emergencyOpens(t *bot.Turn, r release.Release, f outside) ([]string, error) {
	names := emergencyGates(t.Org)
	report, _, err := evaluate(t, t.Org, t.Store(), question{release: r, environment: last(t.Org), executor: t.Person, now: t.Now}, f)
	if err != nil {
		return nil, err
	}
	for _, g := range gate.All() {
		if _, asked := report.Verdict(g.Name); asked && g.Emergency && !slices.Contains(names, g.Name) {
			names = append(names, g.Name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// What a ballot on an emergency says that it opens: one part of what is proposed.
const (
	partOpened    = "gates opened"
	openedBetween = ", "
)

// gatesOpened are the gates that an emergency opens, as those who agreed were told.
func gatesOpened(b approval.Ballot) []string {
	for _, part := range b.Proposal.Parts {
		if part.Name == partOpened {
			return strings.Split(part.Value, openedBetween)
		}
	}
	return nil
}

// loudPlaces are where everybody hears of an emergency.
func loudPlaces(t *bot.Turn) []chat.Place {
	return slices.Concat(t.Org.Channels.OnCall, t.Org.Channels.CAB, t.Org.Channels.Releases)
}

func loudly(t *bot.Turn, key string, m chat.Message) error {
	return t.Announce(key, loudPlaces(t), m)
}
