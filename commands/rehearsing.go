package commands

import (
	"context"
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/rehearsal"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
)

// rehearsals remembers rollbacks that were rehearsed, by service, artifact and rollback.
var rehearsals = state.Governed[rehearsal.Rehearsal]("rehearsal")

// rehearsing is rollbacks tried where they hurt nobody.
func (p Ports) rehearsing() subject { return subject{commands: []bot.Command{p.rehearse()}} }

func (p Ports) rehearse() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"rollback", "rehearse"}, Right: people.Rollback, DryRun: true,
			Summary: "Try a rollback where it hurts nobody: deploy, go back to what runs in the last environment, verify both, keep the evidence.",
			Params: []command.Param{
				{Name: "release", Kind: command.KindRelease, Help: "The release."},
				{Name: "environment", Kind: command.KindEnvironment, Help: "Where: an environment before the last."},
			},
			Examples: []command.Example{{Line: "/rollback rehearse R-1 {first}", Does: "deploys R-1 to {first}, rolls it back and keeps the evidence"}},
		},
		Gather: func(ctx context.Context, r *bot.Reading, c command.Call) (bot.Facts, error) {
			return p.gateFacts(ctx, r, c.Text("release"), c.Text("environment"))
		},
		Decide: rehearse,
	}
}

func rehearse(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	r, err := getRelease(t, c.Text("release"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(r.ID)
	env, ok := t.Org.Environment(c.Text("environment"))
	if !ok { // it was when the line was read
		return chat.Reply{}, chat.Refuse("environment.gone", chat.Word("environment", c.Text("environment")))
	}
	for _, right := range []people.Right{people.Rollback, people.Deploy} {
		if refusal := t.Authorise(right, r.Service, env.Name); refusal != nil {
			return chat.Reply{}, refusal
		}
	}
	to, err := rehearsedBack(t, r, env)
	if err != nil {
		return chat.Reply{}, err
	}
	f := facts.(outside)
	report, _, err := evaluate(t, t.Org, t.Store(), question{release: r, environment: env, executor: t.Person, now: t.Now}, f)
	if err != nil {
		return chat.Reply{}, err
	}
	addEvidence(t, report)
	if !report.Open() {
		t.Leave(func(t *bot.Turn) error { return noteAsked(t, r, env, f, report, true) })
		return chat.Reply{}, gatesClosed(r, env, report)
	}
	d, err := queue(t, order{release: r, environment: env, build: buildOf(*f.Artifact), executor: t.Person, rehearsal: &rollout.Rehearsal{To: to}})
	if err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("rehearsal.queued", chat.Word("deployment", d.ID), chat.Word("release", r.ID), chat.Word("what", r.Subject()),
		chat.Word("environment", env.Name), chat.Word("back", to.Version), chat.Person("by", t.Person))
	return tried(c, report, done(text, map[string]string{"release": r.ID, "deployment": d.ID})), nil
}

// rehearsedBack is what a rehearsal goes back to: what a rollback in the last environment would restore.
func rehearsedBack(t *bot.Turn, r release.Release, env organisation.Environment) (to rollout.Build, err error) {
	final := last(t.Org)
	if env.Name == final.Name {
		return to, chat.Refuse("rehearsal.final", chat.Word("environment", env.Name))
	}
	if env.Verify == "" { // a rollback that nobody looked at is evidence of nothing
		return to, chat.Refuse("rehearsal.unwatched", chat.Word("environment", env.Name))
	}
	if !deployable(t.Org, r, env.Name) {
		return to, chat.Refuse("deploy.not_now", chat.Word("release", r.ID), chat.Nested("state", r.State.Text()))
	}
	now, known, err := noted(t, place(r.Service, final.Name))
	if err != nil {
		return to, err
	}
	switch {
	case !known || now.Digest == "":
		return to, chat.Refuse("rehearsal.nothing", chat.Word("service", r.Service), chat.Word("environment", final.Name))
	case now.Digest == r.Digest():
		return to, chat.Refuse("rehearsal.same", chat.Word("what", r.Subject()), chat.Word("environment", final.Name))
	}
	return now.Build, nil
}

// rehearsalGoesOn rolls back what was deployed for that, once it was found to be well.
func rehearsalGoesOn(t *bot.Turn, d rollout.Deployment, r release.Release) error {
	if d.Rehearsal == nil {
		return nil
	}
	verified := *d.Rehearsal
	verified.Verified = t.Now.UTC()
	d.Rehearsal = &verified
	if err := putDeployment(t, d); err != nil {
		return err
	}
	// Whoever asked may have lost the right since: they asked for both.
	if !t.Org.May(d.Executor, people.Rollback, d.Service, d.Environment) {
		return rehearsalEnded(t, d, chat.Say("rehearsal.right_gone", chat.Person("by", d.Executor), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment)), chat.Warning)
	}
	d.Previous = verified.To
	cause := chat.Say("rehearsal.cause", chat.Word("release", r.ID), chat.Word("back", verified.To.Version), chat.Person("by", d.Executor))
	_, err := rollBack(t, d, r, d.Executor, cause)
	if refusal := asRefusal(err); refusal != nil {
		return rehearsalEnded(t, d, chat.Say("rehearsal.stopped", chat.Word("what", d.Subject()), chat.Word("environment", d.Environment), chat.Nested("why", refusal.Text)), chat.Warning)
	}
	return err
}

// rehearsed keeps the evidence of a rollback that was rehearsed and went well.
func rehearsed(t *bot.Turn, d, back rollout.Deployment) error {
	e := rehearsal.Rehearsal{
		V: rehearsal.Version, Release: d.Release, Service: d.Service, Environment: d.Environment, From: d.Build, To: back.Build,
		Deployment: d.ID, Rollback: back.ID, By: d.Executor, At: t.Now.UTC(), Took: t.Now.Sub(back.RequestedAt),
	}
	if err := rehearsals.Put(t.Tx, place(d.Service, d.Digest)+"/"+back.ID, e); err != nil {
		return err
	}
	return rehearsalEnded(t, d, e.Text(), chat.Good)
}

func rehearsalEnded(t *bot.Turn, d rollout.Deployment, text chat.Text, tone chat.Tone) error {
	t.About(d.ID, d.Release)
	t.Record("rehearsal", text)
	if err := t.Announce("rehearsal:"+d.ID, t.Org.Channels.Releases, chat.Message{Title: text, Tone: tone}); err != nil {
		return err
	}
	return t.Card(d.Release)
}

// rehearsedFor is what was rehearsed of going back from an artifact.
func rehearsedFor(r state.Reader, service string, p rehearsal.Pair) (rehearsal.Standing, error) {
	var list []rehearsal.Rehearsal
	if p.From == "" {
		return rehearsal.Standing{}, nil
	}
	err := rehearsals.Under(r, place(service, p.From)+"/", func(_ string, e rehearsal.Rehearsal) error {
		list = append(list, e)
		return nil
	})
	return rehearsal.Look(list, p), err
}

// fillRehearsal says whether going back was rehearsed. It needs to know what runs: fillPlace comes before.
func fillRehearsal(r state.Reader, org *organisation.Organisation, _ *state.Store, q question, f *gate.Facts) error {
	if !slices.Contains(q.environment.Gates, gate.Rehearsal) {
		return nil
	}
	service, _ := org.Service(q.release.Service)
	pair := rehearsal.Pair{To: f.Running.Digest}
	switch {
	case q.deployment != nil:
		pair.From = q.deployment.Digest
	case f.Artifact != nil:
		pair.From = f.Artifact.Digest
	}
	standing, err := rehearsedFor(r, q.release.Service, pair)
	f.Rehearsed = &gate.Rehearsed{Policy: org.Rehearsal, Tier: q.release.Tier, Hotfix: service.Hotfix, Standing: standing}
	return err
}
