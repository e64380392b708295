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
				{Name: "wait", Kind: command.KindBool, Flag: true, Optional: true, Help: "If somebody else has the lock, wait in line for it."},
			},
			Examples: []command.Example{
				{Line: "/deploy R-1 {first}", Does: "deploys R-1 to {first}"},
				{Line: "/deploy R-1 {first} --wait", Does: "deploys it, or waits for its turn if somebody has the lock"},
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
	if !deployable(t.Org, r, env.Name) {
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
	wait := c.Has("wait") && onlyLocked(report)
	if !report.Open() && !wait {
		refusal := gatesClosed(r, env, report)
		t.Leave(func(t *bot.Turn) error { return noteAsked(t, r, env, f, report, true) })
		if c.DryRun {
			return tried(c, report, chat.Reply{Outcome: refusal.Outcome, Code: refusal.Text.Code, Messages: []chat.Message{{Title: refusal.Text, Tone: chat.Bad, Private: true}}}), nil
		}
		return chat.Reply{}, refusal
	}
	if wait {
		if refusal, err := waitsAlready(t, r, env.Name); refusal != nil || err != nil {
			return chat.Reply{}, firstError(err, refusal)
		}
	}
	d, err := queue(t, order{release: r, environment: env, build: buildOf(*f.Artifact), executor: t.Person, wait: wait})
	if err != nil {
		return chat.Reply{}, err
	}
	if err := noteAsked(t, r, env, f, report, false); err != nil {
		return chat.Reply{}, err
	}
	if d.Fence == 0 {
		return inLine(t, d)
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
	wait        bool   // wait in line where the lock can't be had now
	train       string // the train that it goes with
}

// queue takes the lock and hands a deployment to the outbox; or it lets the deployment wait in line for the lock.
func queue(t *bot.Turn, o order) (rollout.Deployment, error) {
	id, err := t.Next(letterDeployment)
	if err != nil {
		return rollout.Deployment{}, err
	}
	r, env := o.release, o.environment
	d := rollout.Deployment{
		V: rollout.Version, ID: id, Kind: rollout.Deploy, Release: r.ID, Service: r.Service, Environment: env.Name, Build: o.build,
		Rehearsal: o.rehearsal, State: rollout.Queued, Key: "gonogo-" + id + "-" + strings.ToLower(rand.Text()[:10]), Pipeline: env.Pipeline,
		Train: o.train, Executor: o.executor, Cause: o.cause, RequestedAt: t.Now.UTC(), Plan: env.Verify, Emergency: r.Emergency.Granted(o.build.Digest, t.Now),
	}
	now, _, err := running.Get(t, place(d.Service, d.Environment))
	if err != nil {
		return d, err
	}
	d.Previous = now.Build
	if o.back != nil {
		d.Kind, d.Of, d.Train = rollout.Rollback, o.back.ID, o.back.Train
	}
	var later *lock.Ask // it waits for its lock
	if d.Fence, later, err = takeLock(t, d, env, o); err != nil {
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
	if err := lookSoon(t); err != nil {
		return d, err
	}
	if err := underEmergency(t, r, d); err != nil {
		return d, err
	}
	if err := t.Offer(d.ID, bot.Offer{Name: "cancel", Label: "button.cancel_deployment", Line: "/deploy cancel " + d.ID, Style: chat.StyleDanger}); err != nil {
		return d, err
	}
	if err := t.Card(r.ID); err != nil {
		return d, err
	}
	if err := notePast(t, d); err != nil {
		return d, err
	}
	if later != nil {
		return standInLine(t, d, *later)
	}
	return d, launch(t, d)
}

// launch hands a deployment that has its lock to the outbox.
func launch(t *bot.Turn, d rollout.Deployment) error {
	if err := putDeployment(t, d); err != nil {
		return err
	}
	return t.Effect(bot.Intent{
		Kind: kindStart, Class: effect.Keyed, Guarded: true, Key: d.Key, Subject: d.ID, Lane: "deploy:" + place(d.Service, d.Environment), Payload: d.Order(),
	})
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
