package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// Effects on pipelines.
const (
	kindStart  effect.Kind = "deploy.start"
	kindFollow effect.Kind = "deploy.follow"
	kindCancel effect.Kind = "deploy.cancel"
)

// followTimeout bounds one look at a run; the next look goes on from there.
const followTimeout = 5 * time.Minute

// follow is what is needed to follow, or cancel, a run.
type follow struct {
	Pipeline string        `json:"pipeline"`
	Run      port.Run      `json:"run"`
	Seen     port.Progress `json:"seen"`
}

func (p Ports) runPerformers(performers map[effect.Kind]bot.Performer) {
	performers[kindStart] = bot.Performer{
		Perform: onPayload(func(ctx context.Context, o port.Deployment) (any, error) {
			d, err := p.deployer(o.Pipeline)
			if err != nil {
				return nil, err
			}
			return d.Start(ctx, o)
		}),
		Find: onPayload(func(ctx context.Context, o port.Deployment) (any, error) {
			d, err := p.deployer(o.Pipeline)
			if err != nil {
				return nil, err
			}
			return d.Find(ctx, o.Key)
		}),
	}
	performers[kindFollow] = bot.Performer{
		Timeout: followTimeout + bot.PerformTimeout,
		Perform: onPayload(func(ctx context.Context, f follow) (any, error) {
			d, err := p.deployer(f.Pipeline)
			if err != nil {
				return nil, err
			}
			ctx, cancel := context.WithTimeout(ctx, followTimeout)
			defer cancel()
			return d.Follow(ctx, f.Run, f.Seen)
		}),
	}
	performers[kindCancel] = bot.Performer{
		Perform: onPayload(func(ctx context.Context, f follow) (any, error) {
			d, err := p.deployer(f.Pipeline)
			if err != nil {
				return nil, err
			}
			return nil, d.Cancel(ctx, f.Run)
		}),
	}
}

func (p Ports) deployer(pipeline string) (port.Deployer, error) {
	d, ok := p.Deployers[pipeline]
	if !ok {
		return nil, effect.Permanently(fmt.Errorf("no pipeline %q is configured", pipeline))
	}
	return d, nil
}

// onPayload decodes an effect's payload.
func onPayload[T any](fn func(context.Context, T) (any, error)) func(context.Context, effect.Effect) (any, error) {
	return func(ctx context.Context, e effect.Effect) (any, error) {
		var v T
		if err := json.Unmarshal(e.Payload, &v); err != nil {
			return nil, effect.Permanently(err)
		}
		return fn(ctx, v)
	}
}

// guardStart asks the gates again at the moment of triggering.
func (p Ports) guardStart() bot.Guard {
	return bot.Guard{
		Gather: func(ctx context.Context, r *bot.Reading, e effect.Effect) (bot.Facts, error) {
			d, ok, err := deployments.Get(r, e.Subject)
			if err != nil || !ok {
				return outside{}, err
			}
			return p.startFacts(ctx, r, d)
		},
		Decide: func(t *bot.Turn, e effect.Effect, facts bot.Facts) (*chat.Refusal, error) {
			d, r, err := deploymentAndRelease(t, e.Subject)
			if err != nil {
				return nil, err
			}
			if d.State == rollout.Cancelling {
				return deploymentNotQueued(d), neverStarted(t, d, r)
			}
			if _, ok := rollout.Next(d.State, rollout.Leased); !ok {
				return deploymentNotQueued(d), nil
			}
			env, ok := t.Org.Environment(d.Environment)
			if !ok && d.Kind == rollout.Deploy { // no gates are configured that could be open
				refusal := chat.Refuse("environment.gone", chat.Word("environment", d.Environment))
				return refusal, stopped(t, d, r, refusal.Because(refusal.Text))
			}
			if refusal := overtaken(t, d, r); refusal != nil {
				return refusal, stopped(t, d, r, refusal.Because(refusal.Text))
			}
			q := question{release: r, environment: env, executor: d.Executor, deployment: &d, now: t.Now}
			report, used, err := evaluate(t, t.Org, t.Store(), q, facts.(outside))
			if err != nil {
				return nil, err
			}
			if report.Unread() { // no answer is neither yes nor no: what was asked for waits for one
				return nil, notYet(report, t.Now)
			}
			addEvidence(t, report)
			if d.Kind == rollout.Deploy {
				if err := noteAsked(t, r, env, facts.(outside), report, !report.Open()); err != nil {
					return nil, err
				}
			}
			if !report.Open() {
				refusal := gatesClosed(r, env, report)
				return refusal, stopped(t, d, r, refusal)
			}
			if d, err = applied(d, rollout.Leased, t); err != nil {
				return nil, err
			}
			for _, id := range used {
				if err := useException(t, id, d); err != nil {
					return nil, err
				}
				d.Exception = id
			}
			d.Attempts++
			t.About(d.ID, r.ID)
			t.Record("deploy start", chat.Say("deploy.starting", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment)))
			if err := putDeployment(t, d); err != nil {
				return nil, err
			}
			return nil, t.Card(r.ID)
		},
	}
}

// notYet says what could not be read just now, and by whom.
func notYet(report gate.Report, now time.Time) error {
	var why []string
	for _, reason := range report.Refusal().Reasons {
		why = append(why, words.Text(reason, nil, now))
	}
	return bot.NotYet{Why: strings.Join(why, " ")}
}

// overtaken refuses to start what was given up, or asked for by somebody who may no longer, since it was asked for. A
// rollback is started all the same.
func overtaken(t *bot.Turn, d rollout.Deployment, r release.Release) *chat.Refusal {
	switch {
	case d.Kind == rollout.Rollback:
		return nil
	case !r.State.Deployable() && r.State != release.Deploying:
		return chat.Refuse("deploy.not_now", chat.Word("release", r.ID), chat.Nested("state", r.State.Text()))
	case d.Executor != "" && !t.Org.May(d.Executor, people.Deploy, d.Service, d.Environment):
		return chat.Refuse("deploy.may_no_longer", chat.Person("by", d.Executor), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment))
	}
	return nil
}

// stopped ends a deployment whose gates closed before anything was done.
func stopped(t *bot.Turn, d rollout.Deployment, r release.Release, refusal *chat.Refusal) error {
	d, err := applied(d, rollout.GatesClosed, t)
	if err != nil {
		return err
	}
	t.Fail()
	t.About(d.ID, r.ID)
	text := chat.Say("deploy.stopped", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment))
	t.Record("deploy start", text, refusal.Reasons...)
	d.Reason = &text
	m := refusal.Message()
	m.Title, m.Private = text, false
	if err := t.Announce("stopped:"+d.ID, t.Org.Channels.Releases, m); err != nil {
		return err
	}
	if d.Kind == rollout.Rollback { // what it was to undo is still there
		if err := t.Retract(d.ID, "cancel"); err != nil {
			return err
		}
		return rollbackFailed(t, d, r, refusal.Reasons)
	}
	return ended(t, d, r, release.DeployRefused)
}

// started takes what the pipeline said to the start of a run.
func started(t *bot.Turn, e effect.Effect, o effect.Outcome) error {
	d, r, err := deploymentAndRelease(t, e.Subject)
	if err != nil {
		return err
	}
	t.About(d.ID, r.ID)
	if !o.OK {
		event := rollout.StartFailed
		if o.Parked {
			event = rollout.RunLost
		}
		text := chat.Say("deploy.start_failed", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("fault", o.Fault))
		t.Record("deploy start", text)
		return runEnded(t, d, r, event, text)
	}
	if err := o.Decode(&d.Run); err != nil {
		return err
	}
	if d, err = applied(d, rollout.RunStarted, t); err != nil {
		return err
	}
	t.Record("run started", chat.Say("deploy.started", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()),
		chat.Word("environment", d.Environment), chat.Word("run", d.Run.ID)))
	if err := putDeployment(t, d); err != nil {
		return err
	}
	if d.State == rollout.Cancelling {
		if err := cancelRun(t, d); err != nil {
			return err
		}
	}
	if t.Org.Final(d.Environment) && d.Kind == rollout.Deploy {
		text := chat.Say("deploy.started", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment), chat.Word("run", d.Run.ID))
		if err := ticketMove(t, r, port.TicketImplementing, text); err != nil {
			return err
		}
	}
	if err := t.Card(r.ID); err != nil {
		return err
	}
	return followRun(t, d)
}

func followRun(t *bot.Turn, d rollout.Deployment) error {
	return t.Effect(bot.Intent{
		Kind: kindFollow, Class: effect.Keyed, Key: fmt.Sprintf("%s:follow:%d", d.Key, t.Now.UnixNano()), Subject: d.ID, Lane: "follow:" + d.ID,
		Payload: follow{Pipeline: d.Pipeline, Run: d.Run, Seen: d.Progress},
	})
}

func cancelRun(t *bot.Turn, d rollout.Deployment) error {
	return t.Effect(bot.Intent{
		Kind: kindCancel, Class: effect.Keyed, Key: d.Key + ":cancel", Subject: d.ID, Lane: "cancel:" + d.ID,
		Payload: follow{Pipeline: d.Pipeline, Run: d.Run},
	})
}

// followed takes how far a run has come.
func followed(t *bot.Turn, e effect.Effect, o effect.Outcome) error {
	d, r, err := deploymentAndRelease(t, e.Subject)
	if err != nil {
		return err
	}
	if !d.State.Open() {
		return nil
	}
	progress := port.Progress{State: port.RunLost, At: t.Now.UTC()}
	if o.OK {
		if err := o.Decode(&progress); err != nil {
			return err
		}
	}
	if o.OK && reflect.DeepEqual(progress, d.Progress) {
		return followRun(t, d)
	}
	if progress.State.Ended() { // until then it is what the next look compares with
		for i, line := range progress.Tail {
			progress.Tail[i] = t.Redact(line)
		}
	}
	d.Progress = progress
	t.About(d.ID, r.ID)
	event := rollout.OfRun(progress.State)
	text := chat.Say("run.progress", chat.Word("deployment", d.ID), chat.Word("state", string(progress.State)), chat.Word("stage", progress.Stage),
		chat.Percent("percent", float64(progress.Percent)/100))
	t.Record("run progress", text)
	if progress.State.Ended() {
		lost, err := fenceLost(t, d)
		if err != nil {
			return err
		}
		if lost != nil && progress.State != port.RunCancelled {
			event, text = rollout.RunLost, *lost
		}
		return runEnded(t, d, r, event, text)
	}
	if d, err = applied(d, event, t); err != nil {
		return err
	}
	if err := putDeployment(t, d); err != nil {
		return err
	}
	if err := t.Card(r.ID); err != nil {
		return err
	}
	return followRun(t, d)
}

func deploymentAndRelease(t *bot.Turn, id string) (rollout.Deployment, release.Release, error) {
	d, ok, err := deployments.Get(t, id)
	if err != nil || !ok {
		return d, release.Release{}, orUnknown(err, "deployment.unknown", "deployment", id)
	}
	r, err := getRelease(t, d.Release)
	return d, r, err
}

func applied(d rollout.Deployment, e rollout.Event, t *bot.Turn) (rollout.Deployment, error) {
	next, refusal := d.Apply(e, t.Now)
	return next, refused(refusal)
}
