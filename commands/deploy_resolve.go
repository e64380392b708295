package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
)

func deployResolve() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			// Two rights open it: see mayResolve.
			Words: []string{"deploy", "resolve"}, DryRun: true,
			Summary: "Say how it stands with a deployment that the bot can't judge.",
			Params: []command.Param{
				{Name: "deployment", Kind: command.KindDeployment, Help: "The deployment."},
				{Name: "outcome", Kind: command.KindChoice, Choices: []string{"well", "failed", "live"},
					Help: "well: it runs and is well; failed: it is not; live: a lost run did put it live, watch it now."},
				{Name: "note", Kind: command.KindText, Optional: true, Rest: true, Help: "How you know, for the record."},
			},
			Examples: []command.Example{
				{Line: `/deploy resolve D-2 well "checked by hand"`, Does: "says that what D-2 put there is well"},
				{Line: "/deploy resolve D-2 failed", Does: "says that it failed, and offers the rollback"},
			},
		},
		Decide: resolve,
	}
}

// resolution is what a person said of a deployment.
type resolution struct {
	said string
	note *chat.Sealed
	text chat.Text
}

// resolutions are what follows, by what was said.
var resolutions = map[string]struct {
	event  rollout.Event
	code   chat.Code
	decide func(*bot.Turn, rollout.Deployment, rollout.Deployment, release.Release, resolution) error
}{
	"well":   {rollout.ResolvedWell, "resolve.well", resolvedWell},
	"failed": {rollout.ResolvedFailed, "resolve.failed", resolvedFailed},
	"live":   {rollout.ResolvedLive, "resolve.live", resolvedLive},
}

func resolve(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	d, r, err := deploymentAndRelease(t, c.Text("deployment"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(d.ID, r.ID)
	if refusal := mayResolve(t, d); refusal != nil {
		return chat.Reply{}, refusal
	}
	what := resolutions[c.Text("outcome")]
	next, refusal := d.Apply(what.event, t.Now)
	if refusal != nil || !d.State.Attention() {
		return chat.Reply{}, chat.Refuse("resolve.not_now", chat.Word("deployment", d.ID), chat.Nested("state", d.State.Text()), chat.Word("outcome", c.Text("outcome")))
	}
	if refusal, err := notResolvable(t, d, c.Text("outcome")); refusal != nil || err != nil {
		return chat.Reply{}, firstError(err, refusal)
	}
	s := resolution{said: c.Text("outcome"), text: chat.Say(what.code, chat.Word("deployment", d.ID), chat.Word("what", d.Subject()),
		chat.Word("environment", d.Environment), chat.Person("by", t.Person))}
	if s.note, err = sealOptional(t, c.Text("note")); err != nil {
		return chat.Reply{}, err
	}
	if s.note != nil {
		s.text.Args = append(s.text.Args, chat.Quote("note", *s.note))
	}
	next.Reason = &s.text
	if err := t.Retract(r.ID, "well", "failed"); err != nil {
		return chat.Reply{}, err
	}
	if err := what.decide(t, d, next, r, s); err != nil {
		return chat.Reply{}, err
	}
	if err := answered(t, d, s); err != nil {
		return chat.Reply{}, err
	}
	if err := refreshPages(t, d.ID); err != nil {
		return chat.Reply{}, err
	}
	return done(s.text, map[string]string{"deployment": d.ID, "release": r.ID}), t.Card(r.ID)
}

// mayResolve lets those judge who could have deployed there, and those who are woken for it.
func mayResolve(t *bot.Turn, d rollout.Deployment) *chat.Refusal {
	if t.Org.May(t.Person, people.Respond, d.Service, d.Environment) {
		return t.Authorise(people.Respond, d.Service, d.Environment)
	}
	return t.Authorise(people.Deploy, d.Service, d.Environment)
}

// notResolvable refuses to call well, after a rollback that failed, what is not what runs: the way on is to roll back again.
func notResolvable(t *bot.Turn, d rollout.Deployment, said string) (*chat.Refusal, error) {
	if d.State != rollout.RollbackFailed || said != "well" {
		return nil, nil
	}
	now, _, err := running.Get(t, place(d.Service, d.Environment))
	if err != nil || now.Same(d.Build) {
		return nil, err
	}
	return chat.Refuse("resolve.not_running", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment),
		chat.Word("running", now.Version), chat.Word("line", "/rollback "+d.Release+" "+d.Environment)), nil
}

// resolvedWell ends a deployment as a passed watch would.
func resolvedWell(t *bot.Turn, was, d rollout.Deployment, r release.Release, s resolution) error {
	if was.State == rollout.Lost { // the run's end was never heard: that it is live is said only now
		if err := runsNow(t, d); err != nil {
			return err
		}
		d.LiveAt = t.Now.UTC()
	}
	if err := putDeployment(t, d); err != nil {
		return err
	}
	if err := t.Retract(d.ID, "cancel"); err != nil {
		return err
	}
	if err := unlockFor(t, d); err != nil {
		return err
	}
	if d.Kind == rollout.Rollback {
		return rolledBack(t, d, r)
	}
	if was.State != rollout.RollbackFailed { // that counted as a failure when its rollback began
		if err := noteTrack(t, d, false); err != nil {
			return err
		}
	}
	r.Passed = with(r.Passed, d.Environment, d.ID)
	if err := t.Announce("resolved:"+d.ID+":"+t.Key, t.Org.Channels.Releases, chat.Message{Title: s.text, Tone: chat.Good}); err != nil {
		return err
	}
	if err := milestonesReached(t, d); err != nil {
		return err
	}
	if !t.Org.Final(d.Environment) {
		return staged(t, d, r)
	}
	if was.State == rollout.RollbackFailed {
		// The release was given up as failed; it is taken up again, and is what runs.
		again, refusal := r.Apply(release.DeployStarted, t.Now)
		if refusal != nil {
			return refusal
		}
		r = again
	}
	return released(t, d, r, s.text)
}

// resolvedFailed ends a deployment as failed. A person is looking at it: the rollback is offered, not begun.
func resolvedFailed(t *bot.Turn, _, d rollout.Deployment, r release.Release, s resolution) error {
	if d.Kind == rollout.Rollback {
		return rollbackFailed(t, d, r, []chat.Text{s.text})
	}
	if err := t.Announce("resolved:"+d.ID+":"+t.Key, t.Org.Channels.Releases, chat.Message{Title: s.text, Tone: chat.Bad}); err != nil {
		return err
	}
	if err := ended(t, d, r, release.DeployFailed); err != nil {
		return err
	}
	name := "rollback-" + d.Environment
	if t.Org.Final(d.Environment) {
		name = "rollback"
	}
	return t.Offer(r.ID, bot.Offer{Name: name, Label: "button.rollback", Line: "/rollback " + r.ID + " " + d.Environment, Style: chat.StyleDanger, Order: 30,
		Confirm: chat.Say("confirm.rollback", chat.Word("what", d.Subject()), chat.Word("environment", d.Environment), chat.Word("previous", d.Previous.Version))})
}

// resolvedLive begins the watch that a lost run never came to.
func resolvedLive(t *bot.Turn, _, d rollout.Deployment, r release.Release, _ resolution) error {
	if d.Kind == rollout.Deploy && t.Org.Final(d.Environment) {
		// The release waited for a person; it is under way again, and whatever the watch finds can happen to it.
		for _, e := range []release.Event{release.DeployFailed, release.DeployStarted} {
			next, err := moved(t, r, d.Environment, e)
			if err != nil {
				return err
			}
			r = next
		}
	}
	return live(t, d, r)
}

// answered ends the follow-ups that asked what was said now. One about something that failed is the speaker's to end.
func answered(t *bot.Turn, d rollout.Deployment, s resolution) error {
	about, err := openFollowUps(t, d.Release)
	if err != nil {
		return err
	}
	note := s.note
	if note == nil { // what was said is the note
		sealed, err := t.Seal(s.said)
		if err != nil {
			return err
		}
		note = &sealed
	}
	for _, f := range about {
		if f.Deployment != d.ID || f.Kind != followup.HeldWatch && f.Kind != followup.LostRun && f.Kind != followup.FailedRollback {
			continue
		}
		t.About(f.ID)
		if s.said == "failed" {
			err = takeFollowUp(t, f.ID)
		} else {
			err = closeFollowUp(t, f, note)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
