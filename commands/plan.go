package commands

import (
	"context"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
)

func (p Ports) releasePlan() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"release", "plan"}, Right: people.Plan, DryRun: true,
			Summary: "Plan a version of a service for production: risk tier, change ticket, gates.",
			Params: []command.Param{
				{Name: "service", Kind: command.KindService, Help: "What to release."},
				{Name: "version", Kind: command.KindVersion, Help: "Which version, as its artifact is named."},
				{Name: "summary", Kind: command.KindText, Optional: true, Rest: true, Help: "What changes, in your words."},
			},
			Examples: []command.Example{
				{Line: "/release plan {service} {version}", Does: "plans {service} {version}"},
				{Line: `/release plan {service} {version} "faster refunds"`, Does: "plans it and says what it is about"},
			},
		},
		Gather: func(ctx context.Context, r *bot.Reading, c command.Call) (bot.Facts, error) {
			return p.artifact(ctx, r, c.Text("service"), c.Text("version")), nil
		},
		Decide: p.plan,
	}
}

func (p Ports) plan(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	service, version := c.Text("service"), c.Text("version")
	f := facts.(artifactFacts)
	if refusal := t.Authorise(people.Plan, service, ""); refusal != nil {
		return chat.Reply{}, refusal
	}
	if f.Missing {
		return chat.Reply{}, chat.Reject("artifact.unknown", chat.Word("service", service), chat.Word("version", version))
	}
	if refusal, err := plannedAlready(t, service, version); refusal != nil || err != nil {
		return chat.Reply{}, firstError(err, refusal)
	}
	id, err := t.Next(letterRelease)
	if err != nil {
		return chat.Reply{}, err
	}
	r := release.Release{
		V: release.Version, ID: id, Service: service, Version: version, State: release.Planned, Requester: t.Person,
		PlannedAt: t.Now.UTC(), ChangedAt: t.Now.UTC(), Artifact: f.Artifact,
	}
	if r.Summary, err = sealOptional(t, c.Text("summary")); err != nil {
		return chat.Reply{}, err
	}
	t.About(id)
	if f.Artifact != nil {
		t.Evidence(f.Artifact.Source, chat.Say("evidence.artifact", chat.Word("what", r.Subject()), chat.Word("digest", f.Artifact.Digest)))
	}
	if r, err = assess(t, r); err != nil {
		return chat.Reply{}, err
	}
	if err := putRelease(t, r); err != nil {
		return chat.Reply{}, err
	}
	if err := p.planned(t, r); err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("release.planned", chat.Word("release", id), chat.Word("service", service), chat.Word("version", version),
		chat.Word("tier", r.Tier), chat.Word("rule", r.Rule), chat.Person("by", t.Person))
	return done(text, map[string]string{"release": id}), nil
}

// planned sets what follows from a plan going: ticket, card, buttons, and the ballot where no environment comes before.
func (p Ports) planned(t *bot.Turn, r release.Release) error {
	if err := ticketOpen(t, r); err != nil {
		return err
	}
	first := t.Org.First().Name
	if err := offerDeploy(t, r, first); err != nil {
		return err
	}
	for i, o := range []bot.Offer{
		{Name: "explain", Label: "button.explain", Line: "/release explain " + r.ID},
		{Name: "cancel", Label: "button.cancel_release", Line: "/release cancel " + r.ID, Style: chat.StyleDanger,
			Confirm: chat.Say("confirm.cancel", chat.Word("release", r.ID), chat.Word("what", r.Subject()))},
	} {
		o.Order = 20 + i
		if err := t.Offer(r.ID, o); err != nil {
			return err
		}
	}
	if t.Org.Final(first) {
		next, err := openReleaseBallot(t, r, nil)
		if err != nil {
			return err
		}
		r = next
	}
	return t.Card(r.ID)
}

// offerDeploy puts the button on that deploys the release to its next environment.
func offerDeploy(t *bot.Turn, r release.Release, environment string) error {
	o := bot.Offer{Name: "deploy", Label: "button.deploy", Line: "/deploy " + r.ID + " " + environment, Style: chat.StylePrimary, Order: 1,
		Confirm: chat.Say("confirm.deploy", chat.Word("what", r.Subject()), chat.Word("environment", environment))}
	return t.Offer(r.ID, o)
}

// plannedAlready refuses to plan a version twice while the first plan is alive, and what runs at the end of the line already.
func plannedAlready(t *bot.Turn, service, version string) (*chat.Refusal, error) {
	var refusal *chat.Refusal
	err := openReleases.Under(t, place(service, ""), func(key string, _ struct{}) error {
		r, err := getRelease(t, key[len(service)+1:])
		if err == nil && r.Version == version {
			refusal = chat.Refuse("release.planned_already", chat.Word("release", r.ID), chat.Word("what", r.Subject()),
				chat.Nested("state", r.State.Text()))
		}
		return err
	})
	if err != nil || refusal != nil {
		return refusal, err
	}
	env := t.Org.Environments[len(t.Org.Environments)-1].Name
	now, ok, err := running.Get(t, place(service, env))
	if ok && now.Version == version {
		refusal = chat.Refuse("release.runs_already", chat.Word("service", service), chat.Word("version", version), chat.Word("environment", env))
	}
	return refusal, err
}

func firstError(err error, r *chat.Refusal) error {
	if err != nil {
		return err
	}
	return refused(r)
}
