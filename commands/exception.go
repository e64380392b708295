package commands

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
)

func (p Ports) freezeException() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"freeze", "exception"}, Right: people.Exception, DryRun: true,
			Summary: "Ask the board to let one release through the freezes that stop it now.",
			Params: []command.Param{
				{Name: "release", Kind: command.KindRelease, Help: "The release."},
				{Name: "reason", Kind: command.KindText, Rest: true, Help: "Why it can't wait: the board decides by it."},
				{Name: "environment", Kind: command.KindEnvironment, Flag: true, Optional: true, Help: "Where to; the last environment if left out."},
				{Name: "uses", Kind: command.KindNumber, Flag: true, Optional: true, Help: "How often it may be used; once if left out."},
				{Name: "for", Kind: command.KindDuration, Flag: true, Optional: true, Help: "How long it holds once granted, at most as configured."},
			},
			Examples: []command.Example{
				{Line: `/freeze exception R-1 "refunds are wrong"`, Does: "asks for an exception for R-1"},
				{Line: `/freeze exception R-1 "refunds are wrong" --environment {first}`, Does: "asks for one in {first}"},
				{Line: `/freeze exception R-1 "refunds are wrong" --uses 2 --for 30m`, Does: "asks for one that can be used twice within half an hour"},
			},
		},
		Gather: func(ctx context.Context, r *bot.Reading, c command.Call) (bot.Facts, error) {
			return p.gateFacts(ctx, r, c.Text("release"), "")
		},
		Decide: askException,
	}
}

func askException(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	r, err := getRelease(t, c.Text("release"))
	if err != nil {
		return chat.Reply{}, err
	}
	env, ok := t.Org.Environment(c.Text("environment"))
	if !ok {
		env = last(t.Org)
	}
	t.About(r.ID)
	if refusal := t.Authorise(people.Exception, r.Service, env.Name); refusal != nil {
		return chat.Reply{}, refusal
	}
	rule := t.Org.Freezes.Rule(string(r.Tier), target(t.Org, r.Service, env.Name))
	if rule == "" {
		return chat.Reply{}, chat.Refuse("exception.not_configured")
	}
	x := freeze.Exception{
		V: freeze.Version, Release: r.ID, Environment: env.Name, By: t.Person, At: t.Now.UTC(), State: freeze.Requested, Uses: 1,
	}
	if refusal := bounded(&x, c, t.Org.Freezes.Lifetime); refusal != nil {
		return chat.Reply{}, refusal
	}
	if !deployable(t.Org, r, env.Name) {
		return chat.Reply{}, chat.Refuse("deploy.not_now", chat.Word("release", r.ID), chat.Nested("state", r.State.Text()))
	}
	f := facts.(outside)
	if f.Artifact == nil {
		return chat.Reply{}, chat.Refuse("artifact.unseen", chat.Word("release", r.ID), chat.Word("what", r.Subject()))
	}
	x.Digest = f.Artifact.Digest
	blocking, err := blockedBy(t, r, env, x.Digest)
	if err != nil {
		return chat.Reply{}, err
	}
	if x, err = openException(t, x, r, rule, blocking, c.Text("reason")); err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("exception.asked", chat.Word("exception", x.ID), chat.Word("release", r.ID), chat.Word("what", r.Subject()),
		chat.Word("environment", env.Name), chat.List("freezes", x.Freezes), chat.Person("by", t.Person), chat.Word("ballot", x.Ballot))
	if x.Uses > 1 || x.For > 0 {
		text.Code = "exception.asked_bounded"
		text.Args = append(text.Args, chat.Count("uses", x.Uses), chat.Duration("for", cmp.Or(x.For, t.Org.Freezes.Lifetime)))
	}
	return done(text, map[string]string{"exception": x.ID, "ballot": x.Ballot, "release": r.ID}), t.Card(r.ID)
}

// usesMost bounds how often an exception may be used: what passes more often is no exception.
const usesMost = 10

// bounded reads how often and for how long an exception is asked for.
func bounded(x *freeze.Exception, c command.Call, lifetime time.Duration) *chat.Refusal {
	if c.Has("uses") {
		x.Uses = c.Values["uses"].Number
	}
	if x.Uses < 1 || x.Uses > usesMost {
		return chat.Reject("exception.uses", chat.Count("most", usesMost))
	}
	if x.For = c.Duration("for"); x.For > lifetime {
		return chat.Reject("exception.too_long", chat.Duration("for", x.For), chat.Duration("most", lifetime))
	}
	return nil
}

// last is the environment that a release is on its way to.
func last(org *organisation.Organisation) organisation.Environment {
	return org.Environments[len(org.Environments)-1]
}

// deployable reports whether a deployment may be asked for: while the final environment is busy with the release, earlier
// ones are not.
func deployable(org *organisation.Organisation, r release.Release, environment string) bool {
	return r.State.Deployable() || r.State == release.Deploying && !org.Final(environment)
}

// blockedBy lists the freezes that stop a release now and that nobody has asked an exception from yet; it refuses when there
// is none.
func blockedBy(t *bot.Turn, r release.Release, env organisation.Environment, digest string) ([]freeze.Freeze, error) {
	where := target(t.Org, r.Service, env.Name)
	all, err := freezesAbout(t, where, t.Now)
	if err != nil {
		return nil, err
	}
	own, err := exceptionsOf(t, r.ID)
	if err != nil {
		return nil, err
	}
	verdict := freeze.Blocks(all, own, freeze.Question{Target: where, Release: r.ID, Digest: digest}, t.Now)
	if verdict.Open() && len(verdict.Excepted) > 0 {
		return nil, chat.Refuse("exception.has_one", chat.Word("release", r.ID), chat.List("exceptions", verdict.Exceptions), chat.Word("environment", env.Name))
	}
	if verdict.Open() {
		return nil, chat.Refuse("exception.nothing_blocks", chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Word("environment", env.Name))
	}
	for _, x := range own {
		if x.State == freeze.Requested && x.Environment == env.Name && x.Digest == digest && opensAll(x, verdict.Blocking, t.Now) {
			return nil, chat.Refuse("exception.asked_already", chat.Word("exception", x.ID), chat.Word("release", r.ID), chat.Word("ballot", x.Ballot))
		}
	}
	return verdict.Blocking, nil
}

func opensAll(x freeze.Exception, blocking []freeze.Freeze, at time.Time) bool {
	return !slices.ContainsFunc(blocking, func(f freeze.Freeze) bool { return !x.Opens(f.ID, at) })
}

// openException notes what is asked for and asks those whom the rule names.
func openException(t *bot.Turn, x freeze.Exception, r release.Release, rule string, blocking []freeze.Freeze, reason string) (freeze.Exception, error) {
	var err error
	if x.ID, err = t.Next(letterException); err != nil {
		return x, err
	}
	if x.Reason, err = sealOptional(t, reason); err != nil {
		return x, err
	}
	p := approval.Proposal{Subject: x.ID, Parts: []approval.Part{
		{Name: "release", Value: r.ID}, {Name: "service", Value: r.Service}, {Name: "version", Value: r.Version},
		{Name: "artifact", Value: x.Digest}, {Name: "environment", Value: x.Environment},
	}}
	opened := "opened once"
	if x.Uses > 1 {
		opened = fmt.Sprintf("opened %d times", x.Uses)
	}
	for _, f := range blocking {
		x.Freezes = append(x.Freezes, f.ID)
		if end, ends := f.End(t.Now); ends && f.Schedule != nil {
			x.Until = with(x.Until, f.ID, end.UTC())
		}
		p.Parts = append(p.Parts, approval.Part{Name: "freeze " + f.ID, Value: opened})
	}
	if x.For > 0 {
		p.Parts = append(p.Parts, approval.Part{Name: "lifetime", Value: x.For.String()})
	}
	b, err := openBallot(t, x.ID, r, approval.Exception, rule, p)
	if err != nil {
		return x, err
	}
	x.Ballot = b.ID
	// Until it is granted this is the latest moment at which it could still hold.
	x.Expires = b.Latest().Add(cmp.Or(x.For, t.Org.Freezes.Lifetime))
	return x, putException(t, x)
}
