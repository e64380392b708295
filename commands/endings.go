package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
)

// How deployments end, and what follows for their release.

// runEnded takes the end of a run.
func runEnded(t *bot.Turn, d rollout.Deployment, r release.Release, e rollout.Event, text chat.Text) error {
	cancelled := d.State == rollout.Cancelling
	d, err := applied(d, e, t)
	if err != nil {
		return err
	}
	if d.State == rollout.Failed {
		d.Reason = &text
	}
	if err := t.Retract(d.ID, "cancel"); err != nil {
		return err
	}
	if d.Run.ID != "" { // else nothing was begun
		if err := tellChanged(t, d, changedText(d)); err != nil {
			return err
		}
	}
	if d.State == rollout.Watching {
		if err := runsNow(t, d); err != nil {
			return err
		}
	}
	if d.Undo != "" && d.State != rollout.Lost {
		if undone, err := undoFrozen(t, &d, r, text); undone || err != nil {
			return err
		}
	}
	switch d.State {
	case rollout.Watching:
		return beginWatch(t, d, r)
	case rollout.Lost:
		return lost(t, d, r, text)
	}
	if d.Kind == rollout.Rollback { // cancelled behind the bot's back or failed: either way nothing was restored
		return rollbackFailed(t, d, r, []chat.Text{text})
	}
	if d.State == rollout.Cancelled {
		t.Fail()
		return ended(t, d, r, release.DeployFailed)
	}
	// A run that failed on its way may have left anything behind: what ran before is put back.
	if e == rollout.RunFailed && !cancelled {
		return unwell(t, d, r, []chat.Text{text})
	}
	t.Fail()
	return ended(t, d, r, release.DeployFailed)
}

// ended frees the lock of a deployment that came to nothing, and moves its release.
func ended(t *bot.Turn, d rollout.Deployment, r release.Release, e release.Event) error {
	if err := putDeployment(t, d); err != nil {
		return err
	}
	if err := t.Retract(d.ID, "cancel"); err != nil {
		return err
	}
	if err := unlockFor(t, d); err != nil {
		return err
	}
	if d.State == rollout.Failed {
		if err := noteTrack(t, d, true); err != nil {
			return err
		}
	}
	if t.Org.Final(d.Environment) {
		next, err := moved(t, r, d.Environment, e)
		if err != nil {
			return err
		}
		r = next
	}
	if r.State.Deployable() {
		if err := offerDeploy(t, r, d.Environment); err != nil {
			return err
		}
	}
	return t.Card(r.ID)
}

// passed ends a watch that found everything well.
func passed(t *bot.Turn, d rollout.Deployment, r release.Release, why chat.Text) error {
	if d.Hold != nil {
		return passedOnHold(t, d, r, why)
	}
	d, err := applied(d, rollout.WatchPassed, t)
	if err != nil {
		return err
	}
	if err := putDeployment(t, d); err != nil {
		return err
	}
	if err := unlockFor(t, d); err != nil {
		return err
	}
	t.Record("watch", why)
	if err := noteTrack(t, d, false); err != nil {
		return err
	}
	if d.Kind == rollout.Rollback {
		return rolledBack(t, d, r)
	}
	r.Passed = with(r.Passed, d.Environment, d.ID)
	text := chat.Say("deploy.verified", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment),
		chat.Duration("watched", lastFor(d, t.Now)))
	if err := milestonesReached(t, d); err != nil {
		return err
	}
	if err := t.Announce("verified:"+d.ID, t.Org.Channels.Releases, verdictMessage(d, text, chat.Good)); err != nil {
		return err
	}
	if t.Org.Final(d.Environment) {
		return released(t, d, r, text)
	}
	if err := staged(t, d, r); err != nil || d.Rehearsal == nil {
		return err
	}
	if r, err = getRelease(t, r.ID); err != nil {
		return err
	}
	return rehearsalGoesOn(t, d, r)
}

// staged moves a release on to its next environment: the board is asked once the last one before it was passed.
func staged(t *bot.Turn, d rollout.Deployment, r release.Release) error {
	next, refusal := r.Apply(release.StagingPassed, t.Now)
	if refusal != nil {
		return refusal
	}
	if err := putRelease(t, next); err != nil {
		return err
	}
	if err := t.Offer(r.ID, bot.Offer{Name: "rollback-" + d.Environment, Label: "button.rollback", Line: "/rollback " + r.ID + " " + d.Environment,
		Style: chat.StyleDanger, Order: 30, Confirm: chat.Say("confirm.rollback", chat.Word("what", d.Subject()), chat.Word("environment", d.Environment), chat.Word("previous", d.Previous.Version))}); err != nil {
		return err
	}
	env, ok := t.Org.Next(d.Environment)
	if ok && next.State == release.Approved && t.Org.Final(env.Name) { // passed once more: the button was this deployment's
		if err := offerDeploy(t, next, env.Name); err != nil {
			return err
		}
	}
	if !ok || next.State != release.Staged {
		return t.Card(r.ID)
	}
	if t.Org.Final(env.Name) && t.Org.Tiers[r.Tier].Approval != "" {
		if _, err := openReleaseBallot(t, next, nil); err != nil {
			return err
		}
	} else if err := offerDeploy(t, next, env.Name); err != nil {
		return err
	}
	return t.Card(r.ID)
}

// released ends a release that reached the final environment and is well there.
func released(t *bot.Turn, d rollout.Deployment, r release.Release, text chat.Text) error {
	next, refusal := r.Apply(release.Verified, t.Now)
	if refusal != nil {
		return refusal
	}
	if err := putRelease(t, next); err != nil {
		return err
	}
	if err := forgetGateEdits(t, d.Service, d.RequestedAt); err != nil {
		return err
	}
	gone := []string{"deploy", "cancel", "reopen"}
	for environment := range r.Passed {
		gone = append(gone, "rollback-"+environment) // the card offers to roll back where it matters
	}
	if err := t.Retract(r.ID, gone...); err != nil {
		return err
	}
	if err := t.Offer(r.ID, bot.Offer{Name: "rollback", Label: "button.rollback", Line: "/rollback " + r.ID + " " + d.Environment,
		Style: chat.StyleDanger, Order: 30, Confirm: chat.Say("confirm.rollback", chat.Word("what", d.Subject()), chat.Word("environment", d.Environment), chat.Word("previous", d.Previous.Version))}); err != nil {
		return err
	}
	if err := ticketMove(t, next, port.TicketDone, text); err != nil {
		return err
	}
	if err := edgesReleased(t, d); err != nil {
		return err
	}
	if err := supersede(t, next, d.Environment); err != nil {
		return err
	}
	return t.Card(r.ID)
}

// supersede ends the release that ran there before, if it still counted as released.
func supersede(t *bot.Turn, r release.Release, environment string) error {
	now, _, err := running.Get(t, place(r.Service, environment))
	if err != nil || now.Before == nil || now.Before.Release == "" || now.Before.Release == r.ID {
		return err
	}
	was, err := getRelease(t, now.Before.Release)
	if err != nil || was.State != release.Released {
		return err
	}
	next, refusal := was.Apply(release.Supersede, t.Now)
	if refusal != nil {
		return refusal
	}
	next.Newer = r.ID
	if err := putRelease(t, next); err != nil {
		return err
	}
	if err := t.Retract(was.ID, "rollback"); err != nil {
		return err
	}
	t.About(was.ID)
	return t.Card(was.ID)
}

// noteTrack adds a deployment's end to the service's past.
func noteTrack(t *bot.Turn, d rollout.Deployment, failed bool) error {
	if d.Kind != rollout.Deploy {
		return nil
	}
	track, _, err := tracks.Get(t, d.Service)
	if err != nil {
		return err
	}
	if d.State != rollout.Succeeded || !failed { // one that succeeded and is rolled back later was counted already
		track.Deployments++
	}
	if failed {
		track.Failures++
	}
	return tracks.Put(t.Tx, d.Service, track)
}

// held leaves a deployment as it is, about which too little is known, and asks a person.
func held(t *bot.Turn, d rollout.Deployment, r release.Release, reasons []chat.Text) error {
	d, err := applied(d, rollout.WatchInconclusive, t)
	if err != nil {
		return err
	}
	t.Fail()
	text := chat.Say("deploy.held", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment))
	t.Record("watch", text, reasons...)
	return attention(t, d, r, followup.HeldWatch, release.DeployHeld, text, reasons)
}

// lost asks a person how a run ended that nobody knows of.
func lost(t *bot.Turn, d rollout.Deployment, r release.Release, text chat.Text) error {
	t.Fail()
	if text.Code == codeFenceLost { // its end was heard, and not believed
		return attention(t, d, r, followup.LostRun, release.DeployHeld, text, nil)
	}
	return attention(t, d, r, followup.LostRun, release.DeployHeld, chat.Say("deploy.lost", chat.Word("deployment", d.ID),
		chat.Word("what", d.Subject()), chat.Word("environment", d.Environment)), []chat.Text{text})
}

// attention pages, opens a follow-up, and offers the ways on.
func attention(t *bot.Turn, d rollout.Deployment, r release.Release, kind followup.Kind, e release.Event, text chat.Text, reasons []chat.Text) error {
	d.Reason = &text
	if err := putDeployment(t, d); err != nil {
		return err
	}
	if d.Kind == rollout.Deploy && r.State != release.Held { // it may wait for a person already
		next, err := moved(t, r, d.Environment, e)
		if err != nil {
			return err
		}
		r = next
	}
	for i, o := range []bot.Offer{
		{Name: "well", Label: "button.it_is_well", Line: "/deploy resolve " + d.ID + " well"},
		{Name: "failed", Label: "button.it_failed", Line: "/deploy resolve " + d.ID + " failed", Style: chat.StyleDanger},
	} {
		o.Order = 40 + i
		if err := t.Offer(r.ID, o); err != nil {
			return err
		}
	}
	id, err := openFollowUp(t, kind, d, text)
	if err != nil {
		return err
	}
	if err := page(t, d, id, text, reasons); err != nil {
		return err
	}
	return t.Card(r.ID)
}

// with is a map with one more entry; records are not changed in place.
func with[V any](m map[string]V, key string, value V) map[string]V {
	next := make(map[string]V, len(m)+1)
	for k, v := range m {
		next[k] = v
	}
	next[key] = value
	return next
}
