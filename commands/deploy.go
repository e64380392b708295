package commands

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
)

func (p Ports) deploy() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"deploy"}, Right: people.Deploy, DryRun: true,
			Summary: "Put a release into an environment, if its gates are open.",
			Params: []command.Param{
				{Name: "release", Kind: command.KindRelease, Help: "The release."},
				{Name: "environment", Kind: command.KindEnvironment, Help: "Where to."},
			},
			Examples: []command.Example{
				{Line: "/deploy R-1 {first}", Does: "deploys R-1 to {first}"},
				{Line: "/deploy R-1 {environment} --dry-run", Does: "shows what would be decided, and changes nothing"},
			},
		},
		Gather: func(ctx context.Context, r *bot.Reading, c command.Call) (bot.Facts, error) {
			return p.gateFacts(ctx, r, c.Text("release"), c.Text("environment"))
		},
		Decide: deploy,
	}
}

func deploy(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	r, err := getRelease(t, c.Text("release"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(r.ID)
	env, ok := t.Org.Environment(c.Text("environment"))
	if !ok { // it was when the line was read
		return chat.Reply{}, chat.Refuse("environment.gone", chat.Word("environment", c.Text("environment")))
	}
	if refusal := t.Authorise(people.Deploy, r.Service, env.Name); refusal != nil {
		return chat.Reply{}, refusal
	}
	if !r.State.Deployable() && !(r.State == release.Deploying && !t.Org.Final(env.Name)) {
		return chat.Reply{}, chat.Refuse("deploy.not_now", chat.Word("release", r.ID), chat.Nested("state", r.State.Text()))
	}
	f := facts.(outside)
	if reply, changed, err := voidIfStale(t, r, f); changed || err != nil {
		return reply, err
	}
	report, _, err := evaluate(t, t.Org, t.Store(), question{release: r, environment: env, executor: t.Person, now: t.Now}, f)
	if err != nil {
		return chat.Reply{}, err
	}
	addEvidence(t, report)
	if !report.Open() {
		refusal := gatesClosed(r, env, report)
		if c.DryRun {
			return tried(c, report, chat.Reply{Outcome: refusal.Outcome, Code: refusal.Text.Code, Messages: []chat.Message{{Title: refusal.Text, Tone: chat.Bad, Private: true}}}), nil
		}
		return chat.Reply{}, refusal
	}
	d, err := queue(t, order{release: r, environment: env, build: buildOf(*f.Artifact), executor: t.Person})
	if err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("deploy.queued", chat.Word("deployment", d.ID), chat.Word("release", r.ID), chat.Word("what", r.Subject()),
		chat.Word("environment", env.Name), chat.Person("by", t.Person))
	return tried(c, report, done(text, map[string]string{"release": r.ID, "deployment": d.ID})), nil
}

// tried adds every gate to what a dry run of a deployment says: what holds is worth knowing before it is tried.
func tried(c command.Call, report gate.Report, reply chat.Reply) chat.Reply {
	if c.DryRun {
		reply.Messages[0].Sections = append(reply.Messages[0].Sections, chat.Section{Lines: report.Lines()})
	}
	return reply
}

func buildOf(a port.Artifact) rollout.Build {
	return rollout.Build{Version: a.Version, Digest: a.Digest, Location: a.Location, Commit: a.Build.Commit}
}

// order is what to queue.
type order struct {
	release     release.Release
	environment organisation.Environment
	build       rollout.Build
	executor    string
	cause       *chat.Text
	back        *rollout.Deployment // the deployment to roll back
	rehearsal   *rollout.Rehearsal
}

// queue takes the lock and hands a deployment to the outbox.
func queue(t *bot.Turn, o order) (rollout.Deployment, error) {
	id, err := t.Next(letterDeployment)
	if err != nil {
		return rollout.Deployment{}, err
	}
	r, env := o.release, o.environment
	d := rollout.Deployment{
		V: rollout.Version, ID: id, Kind: rollout.Deploy, Release: r.ID, Service: r.Service, Environment: env.Name, Build: o.build,
		Rehearsal: o.rehearsal, State: rollout.Queued, Key: "gonogo-" + id + "-" + strings.ToLower(rand.Text()[:10]), Pipeline: env.Pipeline,
		Executor: o.executor, Cause: o.cause, RequestedAt: t.Now.UTC(), Plan: env.Verify, Emergency: r.Emergency.Granted(o.build.Digest, t.Now),
	}
	now, _, err := running.Get(t, place(d.Service, d.Environment))
	if err != nil {
		return d, err
	}
	d.Previous = now.Build
	if o.back != nil {
		d.Kind, d.Of = rollout.Rollback, o.back.ID
	}
	if d.Fence, err = takeLock(t, d, env, o.back); err != nil {
		return d, err
	}
	t.About(d.ID)
	if o.back == nil {
		if r, err = moved(t, r, env.Name, release.DeployStarted); err != nil {
			return d, err
		}
		if err := t.Retract(r.ID, "deploy"); err != nil {
			return d, err
		}
	}
	r.Deployments = append(slices.Clone(r.Deployments), id)
	if err := putRelease(t, r); err != nil {
		return d, err
	}
	if err := underEmergency(t, r, d); err != nil {
		return d, err
	}
	if err := t.Offer(d.ID, bot.Offer{Name: "cancel", Label: "button.cancel_deployment", Line: "/deploy cancel " + d.ID, Style: chat.StyleDanger}); err != nil {
		return d, err
	}
	if err := deployments.Put(t.Tx, id, d); err != nil {
		return d, err
	}
	if err := t.Effect(bot.Intent{
		Kind: kindStart, Class: effect.Keyed, Guarded: true, Key: d.Key, Subject: d.ID, Lane: "deploy:" + place(d.Service, d.Environment), Payload: d.Order(),
	}); err != nil {
		return d, err
	}
	return d, t.Card(r.ID)
}

// takeLock takes the place's lock for a deployment; a rollback takes over the lock of what it rolls back.
func takeLock(t *bot.Turn, d rollout.Deployment, env organisation.Environment, back *rollout.Deployment) (uint64, error) {
	l, err := lockOf(t, d.Service, d.Environment)
	if err != nil {
		return 0, err
	}
	ask := lock.Ask{Owner: d.ID, Kind: lock.Deployment, For: env.Lock}
	var refusal *chat.Refusal
	switch {
	case back != nil && l.HeldBy(back.ID, t.Now):
		l, refusal = l.HandOver(back.ID, ask, t.Now)
	case l.Kind == lock.Manual && d.Executor != "" && l.HeldBy(d.Executor, t.Now):
		l, refusal = lend(l, ask, t.Now)
	default:
		l, refusal = l.Take(ask, t.Now)
	}
	if refusal != nil {
		return 0, refusal
	}
	return l.Token, putLock(t, l)
}

// moved applies an event of the final environment to a release; in any other environment the release stays as it is.
func moved(t *bot.Turn, r release.Release, environment string, e release.Event) (release.Release, error) {
	if !t.Org.Final(environment) {
		return r, nil
	}
	next, refusal := r.Apply(e, t.Now)
	if refusal != nil {
		return r, refusal
	}
	return next, putRelease(t, next)
}

// voidIfStale voids the release's approval when the artifact is no longer the one that was voted on.
func voidIfStale(t *bot.Turn, r release.Release, f outside) (chat.Reply, bool, error) {
	if r.Ballot() == "" {
		return chat.Reply{}, false, nil
	}
	b, ok, err := ballots.Get(t, r.Ballot())
	if err != nil || !ok {
		return chat.Reply{}, false, err
	}
	return voidIfChanged(t, b, r, f.artifactFacts)
}
