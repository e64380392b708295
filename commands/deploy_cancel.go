package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
)

func deployCancel() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"deploy", "cancel"}, Right: people.Deploy, DryRun: true,
			Summary: "Stop a deployment: at once while it waits, else as soon as its run obeys.",
			Params: []command.Param{
				{Name: "deployment", Kind: command.KindDeployment, Help: "The deployment."},
				{Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "Why, for the record."},
			},
			Examples: []command.Example{{Line: `/deploy cancel D-1 "wrong moment"`, Does: "cancels D-1"}},
		},
		Decide: cancelDeployment,
	}
}

func cancelDeployment(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	d, r, err := deploymentAndRelease(t, c.Text("deployment"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(d.ID, r.ID)
	if refusal := t.Authorise(people.Deploy, d.Service, d.Environment); refusal != nil {
		return chat.Reply{}, refusal
	}
	if refusal := notCancellable(d); refusal != nil {
		return chat.Reply{}, refusal
	}
	next, err := applied(d, rollout.Cancel, t)
	if err != nil {
		return chat.Reply{}, err
	}
	code := chat.Code("deploy.cancelling")
	if next.State == rollout.Cancelled {
		code = "deploy.cancelled"
	}
	text := chat.Say(code, chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment), chat.Person("by", t.Person))
	if reason := c.Text("reason"); reason != "" {
		sealed, err := t.Seal(reason)
		if err != nil {
			return chat.Reply{}, err
		}
		text.Args = append(text.Args, chat.Quote("reason", sealed))
	}
	next.Reason = &text
	ids := map[string]string{"deployment": d.ID, "release": r.ID}
	if next.State == rollout.Cancelled { // nothing was handed over: what waits in the outbox is dropped when it is asked for
		return done(text, ids), ended(t, next, r, release.DeployRefused)
	}
	if err := putDeployment(t, next); err != nil {
		return chat.Reply{}, err
	}
	if err := t.Retract(d.ID, "cancel"); err != nil {
		return chat.Reply{}, err
	}
	if d.Run.ID != "" { // else the run is asked to stop once the pipeline has named it
		if err := cancelRun(t, next); err != nil {
			return chat.Reply{}, err
		}
	}
	return done(text, ids), t.Card(r.ID)
}

// notCancellable says what to do instead, where there is nothing left to cancel or it must not be.
func notCancellable(d rollout.Deployment) *chat.Refusal {
	args := []chat.Arg{chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment), chat.Nested("state", d.State.Text())}
	switch {
	case d.Kind == rollout.Rollback && !d.State.Ended():
		return chat.Refuse("deploy.cancel_rollback", args...)
	case d.State == rollout.Cancelling:
		return chat.Refuse("deploy.cancelling_already", args...)
	case d.State == rollout.Lost, d.State == rollout.Held:
		return chat.Refuse("deploy.cancel_resolve", args...)
	case d.State == rollout.Watching, d.State == rollout.Succeeded:
		return chat.Refuse("deploy.cancel_late", append(args, chat.Word("line", "/rollback "+d.Release+" "+d.Environment))...)
	}
	return nil
}

func deploymentNotQueued(d rollout.Deployment) *chat.Refusal {
	return chat.Refuse("deploy.not_queued", chat.Word("deployment", d.ID), chat.Nested("state", d.State.Text()))
}

// neverStarted ends a deployment that was cancelled before the pipeline took it: it is about to be handed over once more,
// so nothing was found there.
func neverStarted(t *bot.Turn, d rollout.Deployment, r release.Release) error {
	d, err := applied(d, rollout.GatesClosed, t)
	if err != nil {
		return err
	}
	t.About(d.ID, r.ID)
	t.Record("deploy start", chat.Say("deploy.never_started", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment)))
	return ended(t, d, r, release.DeployRefused)
}
