package commands

import (
	"maps"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
)

func (p Ports) rollback() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"rollback"}, Right: people.Rollback, DryRun: true,
			Summary: "Put back what ran before a release. No freeze or vote stands in the way.",
			Params: []command.Param{
				{Name: "release", Kind: command.KindRelease, Help: "The release to roll back."},
				{Name: "environment", Kind: command.KindEnvironment, Help: "Where."},
				{Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "Why, for the record."},
			},
			Examples: []command.Example{
				{Line: `/rollback R-1 {environment} "refunds fail"`, Does: "puts back what ran in {environment} before R-1"},
				{Line: "/rollback R-1 {environment} --dry-run", Does: "says what it would put back"},
			},
		},
		Decide: rollback,
	}
}

func rollback(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	r, err := getRelease(t, c.Text("release"))
	if err != nil {
		return chat.Reply{}, err
	}
	env := c.Text("environment")
	t.About(r.ID)
	if refusal := t.Authorise(people.Rollback, r.Service, env); refusal != nil {
		return chat.Reply{}, refusal
	}
	now, ok, err := noted(t, place(r.Service, env))
	if err != nil {
		return chat.Reply{}, err
	}
	last, found, err := lastDeployment(t, r, env)
	if err != nil {
		return chat.Reply{}, err
	}
	if !found || ok && now.Release != r.ID && !(unfinished(last.State) && now.Same(last.Previous)) {
		return chat.Reply{}, chat.Refuse("rollback.not_running", chat.Word("release", r.ID), chat.Word("what", r.Subject()),
			chat.Word("environment", env), chat.Word("running", now.Version))
	}
	cause := chat.Say("rollback.asked", chat.Person("by", t.Person))
	if text := c.Text("reason"); text != "" {
		sealed, err := t.Seal(text)
		if err != nil {
			return chat.Reply{}, err
		}
		cause.Args = append(cause.Args, chat.Quote("reason", sealed))
	}
	back, err := rollBack(t, last, r, t.Person, cause)
	if err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("rollback.queued", chat.Word("deployment", back.ID), chat.Word("release", r.ID), chat.Word("what", r.Subject()),
		chat.Word("previous", back.Version), chat.Word("environment", env), chat.Person("by", t.Person))
	return done(text, map[string]string{"release": r.ID, "deployment": back.ID}), nil
}

// unfinished reports whether a deployment may have left something behind that never came to run as a whole.
func unfinished(s rollout.State) bool {
	return s == rollout.Failed || s == rollout.Cancelled || s.Attention()
}

// lastDeployment is the newest deployment of a release to an environment that a rollback could undo.
func lastDeployment(t *bot.Turn, r release.Release, env string) (last rollout.Deployment, found bool, err error) {
	for _, id := range r.Deployments {
		d, ok, err := deployments.Get(t, id)
		if err != nil {
			return last, false, err
		}
		if ok && d.Environment == env && d.Kind == rollout.Deploy && d.State != rollout.Refused {
			last, found = d, true
		}
	}
	return last, found, nil
}

// rollBack queues the deployment that undoes another. Only its own gates are asked: a cause, a known previous version, and
// the lock.
func rollBack(t *bot.Turn, d rollout.Deployment, r release.Release, by string, cause chat.Text) (rollout.Deployment, error) {
	env, ok := t.Org.Environment(d.Environment)
	if !ok { // configured no longer: what was put there is put back the way it went
		env = organisation.Environment{Name: d.Environment, Pipeline: d.Pipeline, Verify: d.Plan}
	}
	l, wider, err := locksAround(t, lock.Scope{Service: d.Service, Environment: d.Environment})
	if err != nil {
		return d, err
	}
	report := gate.EvaluateRollback(gate.Facts{
		Now: t.Now, Release: r.ID, Service: d.Service, Version: d.Version, Environment: d.Environment, Of: d.ID, Executor: by,
		Cause: &gate.Cause{Authorised: true, Text: cause}, Previous: &d.Previous, Lock: l, Wider: wider,
	})
	if !report.Open() {
		return d, report.Refusal()
	}
	undone, err := applied(d, rollout.RollbackStarted, t)
	if err != nil {
		return d, err
	}
	if d.Rehearsal == nil || d.Rehearsal.Verified.IsZero() {
		if err := noteTrack(t, d, true); err != nil {
			return d, err
		}
	}
	if r, err = moved(t, r, d.Environment, release.RollbackStarted); err != nil {
		return d, err
	}
	back, err := queue(t, order{release: r, environment: env, build: d.Previous, executor: by, cause: &cause, back: &d})
	if err != nil {
		return d, err
	}
	undone.Back = back.ID
	if err := t.Retract(r.ID, "rollback", "rollback-"+d.Environment, "well", "failed", "cancel"); err != nil {
		return d, err
	}
	return back, putDeployment(t, undone)
}

// unwell is what follows when what was deployed is not well: it is rolled back with no person needed, and the on-call is
// told why. Where nothing is known to go back to, the on-call is told that too.
func unwell(t *bot.Turn, d rollout.Deployment, r release.Release, reasons []chat.Text) error {
	t.Fail()
	if d.Kind == rollout.Rollback {
		d, err := applied(d, rollout.WatchFailed, t)
		if err != nil {
			return err
		}
		return rollbackFailed(t, d, r, reasons)
	}
	if d.State == rollout.Watching {
		var err error
		if d, err = applied(d, rollout.WatchFailed, t); err != nil {
			return err
		}
	}
	cause := chat.Say("rollback.unwell", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment))
	if err := putDeployment(t, d); err != nil {
		return err
	}
	back, err := rollBack(t, d, r, "", cause)
	if refusal := asRefusal(err); refusal != nil {
		if r, err = moved(t, r, d.Environment, release.DeployFailed); err != nil {
			return err
		}
		if err := unlockFor(t, d); err != nil {
			return err
		}
		if len(refusal.Reasons) > 0 { // the page says why the bot could not help itself
			d.Reason = &refusal.Reasons[0]
			if err := putDeployment(t, d); err != nil {
				return err
			}
		}
		return alarm(t, d, r, followup.FailedRollback, chat.Say("rollback.impossible", chat.Word("deployment", d.ID),
			chat.Word("what", d.Subject()), chat.Word("environment", d.Environment)), append(reasons, refusal.Reasons...))
	}
	if err != nil {
		return err
	}
	t.Record("rollback", cause, reasons...)
	title := chat.Say("rollback.started", chat.Word("what", d.Subject()), chat.Word("environment", d.Environment),
		chat.Word("previous", back.Version), chat.Word("deployment", back.ID))
	if err := t.Announce("unwell:"+d.ID, t.Org.Channels.Releases, verdictMessage(d, title, chat.Bad)); err != nil {
		return err
	}
	return alarm(t, d, r, followup.Rollback, title, reasons)
}

// alarm opens a follow-up and pages the on-call about it.
func alarm(t *bot.Turn, d rollout.Deployment, r release.Release, kind followup.Kind, title chat.Text, reasons []chat.Text) error {
	id, err := openFollowUp(t, kind, d, title)
	if err != nil {
		return err
	}
	if err := page(t, d, id, title, reasons); err != nil {
		return err
	}
	return t.Card(r.ID)
}

// rolledBack ends a rollback that restored what ran before.
func rolledBack(t *bot.Turn, back rollout.Deployment, r release.Release) error {
	d, _, err := deploymentAndRelease(t, back.Of)
	if err != nil {
		return err
	}
	if d, err = applied(d, rollout.RollbackDone, t); err != nil {
		return err
	}
	if err := putDeployment(t, d); err != nil {
		return err
	}
	if r, err = moved(t, r, d.Environment, release.RollbackDone); err != nil {
		return err
	}
	if ranWell(d) {
		return rehearsed(t, d, back)
	}
	if err := milestonesLost(t, d); err != nil {
		return err
	}
	t.About(d.ID, r.ID)
	text := chat.Say("rollback.done", chat.Word("service", back.Service), chat.Word("version", back.Version), chat.Word("bad", d.Version),
		chat.Word("environment", back.Environment), chat.Word("deployment", back.ID), chat.Duration("took", t.Now.Sub(back.RequestedAt)))
	t.Record("rollback", text)
	if err := t.Announce("restored:"+back.ID, t.Org.Channels.Releases, verdictMessage(back, text, chat.Good)); err != nil {
		return err
	}
	if t.Org.Final(d.Environment) {
		if err := ticketMove(t, r, port.TicketBackedOut, text); err != nil {
			return err
		}
		if err := restore(t, back, r); err != nil {
			return err
		}
		// The release has ended: nothing is left to deploy or to give up.
		if err := t.Retract(r.ID, "deploy", "deploy-emergency", "cancel", "reopen", "rollback"); err != nil {
			return err
		}
	} else if err := unstaged(t, r, d.Environment); err != nil {
		return err
	}
	if err := refreshPages(t, d.ID); err != nil {
		return err
	}
	return t.Card(r.ID)
}

// unstaged takes back that a release passed an environment that it was rolled back in: it must pass there anew.
func unstaged(t *bot.Turn, r release.Release, environment string) error {
	next, refusal := r.Apply(release.StagingFailed, t.Now)
	if refusal != nil {
		return refusal
	}
	next.Passed = maps.Clone(r.Passed)
	delete(next.Passed, environment)
	if err := putRelease(t, next); err != nil || !next.State.Deployable() {
		return err
	}
	return offerDeploy(t, next, environment)
}

// restore marks the release that runs again as released.
func restore(t *bot.Turn, back rollout.Deployment, r release.Release) error {
	now, ok, err := noted(t, place(back.Service, back.Environment))
	if err != nil || !ok || now.Release == "" {
		return err
	}
	was, err := getRelease(t, now.Release)
	if err != nil || was.State != release.Superseded {
		return err
	}
	next, refusal := was.Apply(release.Restore, t.Now)
	if refusal != nil {
		return refusal
	}
	next.Newer = ""
	t.About(was.ID)
	if err := putRelease(t, next); err != nil {
		return err
	}
	return t.Card(was.ID)
}

// rollbackFailed is the worst case: the environment needs a person.
func rollbackFailed(t *bot.Turn, back rollout.Deployment, r release.Release, reasons []chat.Text) error {
	t.Fail()
	d, _, err := deploymentAndRelease(t, back.Of)
	if err != nil {
		return err
	}
	if d, err = applied(d, rollout.RollbackFailing, t); err != nil {
		return err
	}
	for _, each := range []rollout.Deployment{back, d} {
		if err := putDeployment(t, each); err != nil {
			return err
		}
	}
	if err := unlockFor(t, back); err != nil {
		return err
	}
	if r, err = moved(t, r, d.Environment, release.RollbackFailed); err != nil {
		return err
	}
	text := chat.Say("rollback.failed", chat.Word("deployment", back.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment))
	t.About(d.ID, back.ID, r.ID)
	t.Record("rollback", text, reasons...)
	if err := t.Announce("rollbackfailed:"+back.ID, t.Org.Channels.Releases, chat.Message{Title: text, Tone: chat.Bad}); err != nil {
		return err
	}
	name := "rollback"
	if !t.Org.Final(d.Environment) {
		name += "-" + d.Environment
	}
	if err := t.Offer(r.ID, bot.Offer{Name: name, Label: "button.retry_rollback", Line: "/rollback " + r.ID + " " + d.Environment, Style: chat.StyleDanger, Order: 30}); err != nil {
		return err
	}
	return alarm(t, d, r, followup.FailedRollback, text, reasons)
}
