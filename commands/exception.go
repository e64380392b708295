package commands

import (
	"context"

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
			},
			Examples: []command.Example{
				{Line: `/freeze exception R-1 "refunds are wrong"`, Does: "asks for an exception for R-1"},
				{Line: `/freeze exception R-1 "refunds are wrong" --environment {first}`, Does: "asks for one in {first}"},
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
	if t.Org.Freezes.Exception == "" {
		return chat.Reply{}, chat.Refuse("exception.not_configured")
	}
	if !deployable(t.Org, r, env.Name) {
		return chat.Reply{}, chat.Refuse("deploy.not_now", chat.Word("release", r.ID), chat.Nested("state", r.State.Text()))
	}
	f := facts.(outside)
	if f.Artifact == nil {
		return chat.Reply{}, chat.Refuse("artifact.unseen", chat.Word("release", r.ID), chat.Word("what", r.Subject()))
	}
	blocking, err := blockedBy(t, r, env, f.Artifact.Digest)
	if err != nil {
		return chat.Reply{}, err
	}
	x, err := openException(t, r, env, f.Artifact.Digest, blocking, c.Text("reason"))
	if err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("exception.asked", chat.Word("exception", x.ID), chat.Word("release", r.ID), chat.Word("what", r.Subject()),
		chat.Word("environment", env.Name), chat.List("freezes", x.Freezes), chat.Person("by", t.Person), chat.Word("ballot", x.Ballot))
	return done(text, map[string]string{"exception": x.ID, "ballot": x.Ballot, "release": r.ID}), t.Card(r.ID)
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
func blockedBy(t *bot.Turn, r release.Release, env organisation.Environment, digest string) ([]string, error) {
	all, err := standingFreezes(t)
	if err != nil {
		return nil, err
	}
	own, err := exceptionsOf(t, r.ID)
	if err != nil {
		return nil, err
	}
	verdict := freeze.Blocks(all, own, freeze.Question{Target: target(t.Org, r.Service, env.Name), Release: r.ID, Digest: digest}, t.Now)
	if verdict.Open() && len(verdict.Excepted) > 0 {
		return nil, chat.Refuse("exception.has_one", chat.Word("release", r.ID), chat.List("exceptions", verdict.Exceptions), chat.Word("environment", env.Name))
	}
	if verdict.Open() {
		return nil, chat.Refuse("exception.nothing_blocks", chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Word("environment", env.Name))
	}
	for _, x := range own {
		if x.State == freeze.Requested && x.Environment == env.Name && x.Digest == digest && opensAll(x, verdict.Blocking) {
			return nil, chat.Refuse("exception.asked_already", chat.Word("exception", x.ID), chat.Word("release", r.ID), chat.Word("ballot", x.Ballot))
		}
	}
	ids := make([]string, len(verdict.Blocking))
	for i, f := range verdict.Blocking {
		ids[i] = f.ID
	}
	return ids, nil
}

func opensAll(x freeze.Exception, blocking []freeze.Freeze) bool {
	covered := map[string]bool{}
	for _, id := range x.Freezes {
		covered[id] = true
	}
	for _, f := range blocking {
		if !covered[f.ID] {
			return false
		}
	}
	return true
}

// openException notes what is asked for and asks the board.
func openException(t *bot.Turn, r release.Release, env organisation.Environment, digest string, blocking []string, reason string) (freeze.Exception, error) {
	x := freeze.Exception{
		V: freeze.Version, Release: r.ID, Environment: env.Name, Freezes: blocking, Digest: digest, By: t.Person, At: t.Now.UTC(),
		State: freeze.Requested, Uses: 1,
	}
	var err error
	if x.ID, err = t.Next(letterException); err != nil {
		return x, err
	}
	if x.Reason, err = sealOptional(t, reason); err != nil {
		return x, err
	}
	p := approval.Proposal{Subject: x.ID, Parts: []approval.Part{
		{Name: "release", Value: r.ID}, {Name: "service", Value: r.Service}, {Name: "version", Value: r.Version},
		{Name: "artifact", Value: digest}, {Name: "environment", Value: env.Name},
	}}
	for _, id := range blocking {
		p.Parts = append(p.Parts, approval.Part{Name: "freeze " + id, Value: "opened once"})
	}
	b, err := openBallot(t, x.ID, r.Service, approval.Exception, t.Org.Freezes.Exception, p)
	if err != nil {
		return x, err
	}
	x.Ballot = b.ID
	// Until it is granted this is the latest moment at which it could still hold.
	x.Expires = b.Latest().Add(t.Org.Freezes.Lifetime)
	return x, putException(t, x)
}
