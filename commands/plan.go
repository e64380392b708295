package commands

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"

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
			Params: append([]command.Param{
				{Name: "service", Kind: command.KindService, Help: "What to release."},
				{Name: "version", Kind: command.KindVersion, Help: "Which version, as its artifact is named."},
				{Name: "summary", Kind: command.KindText, Optional: true, Rest: true, Help: "What changes, in your words."},
			}, timingParams()...),
			Examples: []command.Example{
				{Line: "/release plan {service} {version}", Does: "plans {service} {version}"},
				{Line: `/release plan {service} {version} "faster refunds"`, Does: "plans it and says what it is about"},
			},
		},
		Gather: func(ctx context.Context, r *bot.Reading, c command.Call) (bot.Facts, error) {
			return p.planFacts(ctx, r, c.Text("service"), c.Text("version"))
		},
		Decide: p.plan,
	}
}

// planFacts are what the repository says of a version, and the versions that it has when it knows none of that name.
type planFacts struct {
	artifactFacts
	Versions []string // the newest last
	Source   sourceFacts
	Seen     sight
}

func (p Ports) planFacts(ctx context.Context, r *bot.Reading, service, version string) (f planFacts, err error) {
	seen := p.see(ctx, r, service)
	f.artifactFacts = p.artifact(ctx, r, service, version)
	if f.Seen, err = seen(); err != nil {
		return f, err
	}
	if f.Artifact != nil && p.Provenance != nil {
		f.Source, err = p.sourceOf(ctx, r, service, f.Artifact)
	}
	if f.Missing {
		// The list only helps to answer; without it the answer is shorter.
		f.Versions, _ = p.Artifacts.Versions(ctx, service)
	}
	return f, err
}

// namedVersions is how many versions an answer names, the newest.
const namedVersions = 8

// unplannable answers that there is no such version, or that it could not be looked at.
func (f planFacts) unplannable(service, version string) *chat.Refusal {
	switch {
	case f.Missing:
		known := f.Versions[max(0, len(f.Versions)-namedVersions):]
		return chat.Reject("artifact.unknown", chat.Word("service", service), chat.Word("version", version),
			chat.List("suggest", likely(version, known)), chat.List("known", known))
	case f.Artifact == nil:
		return chat.Refuse("plan.unseen", chat.Word("what", service+" "+version), chat.Word("fault", f.Fault.Error()))
	}
	return nil
}

// likely lists the versions that something typed is likely short for, or a slip for.
func likely(said string, versions []string) []string {
	found := slices.DeleteFunc(slices.Clone(versions), func(v string) bool { return !strings.HasPrefix(v, said) })
	if len(found) == 0 {
		found = near(said, versions)
	}
	return found
}

func (p Ports) plan(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	service, version := c.Text("service"), c.Text("version")
	f := facts.(planFacts)
	if refusal := t.Authorise(people.Plan, service, ""); refusal != nil {
		return chat.Reply{}, refusal
	}
	if refusal := f.unplannable(service, version); refusal != nil {
		return chat.Reply{}, refusal
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
		TicketKey: "gonogo-" + id + "-" + strings.ToLower(rand.Text()[:10]),
	}
	r = f.Source.add(r, t.Store())
	if r.Summary, err = sealOptional(t, c.Text("summary")); err != nil {
		return chat.Reply{}, err
	}
	if r, err = timed(t, r, c); err != nil {
		return chat.Reply{}, err
	}
	if r, err = anew(t, r); err != nil {
		return chat.Reply{}, err
	}
	t.About(id)
	t.Evidence(f.Artifact.Source, chat.Say("evidence.artifact", chat.Word("what", r.Subject()), chat.Word("digest", f.Artifact.Digest)))
	f.Source.evidence(t, r)
	if r, err = assess(t, r, f.Seen); err != nil {
		return chat.Reply{}, err
	}
	assessed := r.Tier
	if r, err = stillRaised(t, r); err != nil {
		return chat.Reply{}, err
	}
	if err := putRelease(t, r); err != nil {
		return chat.Reply{}, err
	}
	if err := p.planned(t, r); err != nil {
		return chat.Reply{}, err
	}
	if f.Source.waits() {
		if err := readSourceLater(t, r); err != nil {
			return chat.Reply{}, err
		}
	}
	code := chat.Code("release.planned")
	if r.Rule == "" {
		code = "release.planned_default"
	}
	text := chat.Say(code, chat.Word("release", id), chat.Word("service", service), chat.Word("version", version),
		chat.Word("tier", assessed), chat.Word("rule", r.Rule), chat.Person("by", t.Person))
	reply := done(text, map[string]string{"release": id})
	for _, change := range r.Retiered {
		reply.Messages[0].Sections = append(reply.Messages[0].Sections, chat.Section{Lines: []chat.Line{{Text: retierText(change)}}})
	}
	reply.Code = "release.planned" // whatever the sentence
	return reply, nil
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
	if _, err := askBoard(t, r, nil); err != nil {
		return err
	}
	if err := lookSoon(t); err != nil {
		return err
	}
	return t.Card(r.ID)
}

// offerDeploy puts the button on that deploys the release to its next environment.
func offerDeploy(t *bot.Turn, r release.Release, environment string) error {
	if heldBack(t, r.ID, t.Now) {
		return t.Retract(r.ID, "deploy")
	}
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
