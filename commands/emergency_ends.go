package commands

import (
	"fmt"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
)

// Timer kinds of emergencies.
const (
	timerEmergencyEnds = "emergency.ends"
	timerReviewDue     = "emergency.review_due"
)

// reviewAgain is how often an overdue review is called for.
const reviewAgain = 24 * time.Hour

// emergencyBallotEnded grants an emergency to which a second person agreed. One that nobody agreed to stays on record,
// and opens nothing.
func emergencyBallotEnded(t *bot.Turn, b approval.Ballot) error {
	r, err := getRelease(t, b.Subject)
	if err != nil || r.Emergency == nil || r.Emergency.Ballot != b.ID {
		return err
	}
	if err := offerVotesAgain(t, r); err != nil {
		return err
	}
	if b.State == approval.StatePassed {
		return grantEmergency(t, b, r)
	}
	return loudly(t, "emergency:ended:"+b.ID, chat.Message{Title: chat.Say("emergency.refused", chat.Word("release", r.ID), chat.Word("what", r.Subject()),
		chat.Nested("state", b.State.Text()), chat.Nested("why", *b.Why)), Tone: chat.Bad, Mentions: []string{r.Emergency.By}})
}

// offerVotesAgain gives the buttons of a release back to its own ballot, if that is still open.
func offerVotesAgain(t *bot.Turn, r release.Release) error {
	b, ok, err := ballots.Get(t, r.Ballot())
	if err != nil || !ok || b.State.Closed() {
		return err
	}
	return offerVotes(t, b.ID, r.ID, 10)
}

func grantEmergency(t *bot.Turn, b approval.Ballot, r release.Release) error {
	who, err := electorsOf(t, b)
	if err != nil {
		return err
	}
	e := *r.Emergency
	e.Agreed = slices.DeleteFunc(b.Approvers(who), func(id string) bool { return id == e.By })
	if len(e.Agreed) > 0 {
		e.Second = e.Agreed[0]
	}
	e.Until = t.Now.Add(t.Org.Emergency.Lifetime).UTC()
	due := t.Now.Add(t.Org.Emergency.ReviewWithin).UTC()
	if e.Review, err = openReview(t, r, e, due); err != nil {
		return err
	}
	r.Emergency = &e
	if err := putRelease(t, r); err != nil {
		return err
	}
	if err := t.Wake(state.Timer{ID: timerEmergencyEnds + ":" + r.ID, At: e.Until, Kind: timerEmergencyEnds, Subject: r.ID}); err != nil {
		return err
	}
	env := last(t.Org).Name
	if err := t.Offer(r.ID, bot.Offer{Name: "deploy-emergency", Label: "button.deploy_emergency", Line: "/deploy " + r.ID + " " + env, Style: chat.StyleDanger, Order: 2,
		Confirm: chat.Say("confirm.deploy_emergency", chat.Word("what", r.Subject()), chat.Word("environment", env), chat.List("gates", gatesOpened(b)))}); err != nil {
		return err
	}
	m := chat.Message{Title: chat.Say("emergency.granted", chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Word("environment", env),
		chat.Person("by", e.By), chat.Person("second", e.Second), chat.Time("until", e.Until), chat.List("gates", gatesOpened(b)),
		chat.Word("review", e.Review), chat.Time("due", due)), Tone: chat.Bad, Mentions: t.Org.Holders(people.Deploy, r.Service, env)}
	return loudly(t, "emergency:granted:"+b.ID, m)
}

// openReview opens the follow-up that judges the emergency after the fact.
func openReview(t *bot.Turn, r release.Release, e release.Emergency, due time.Time) (string, error) {
	id, err := t.Next(letterFollowUp)
	if err != nil {
		return "", err
	}
	s, _ := t.Org.Service(r.Service)
	f := followup.FollowUp{
		V: followup.Version, ID: id, Kind: followup.EmergencyReview, Release: r.ID, Owner: s.Owner, Opened: t.Now.UTC(), Due: due, State: followup.Open,
		Text: chat.Say("emergency.review", chat.Word("what", r.Subject()), chat.Person("by", e.By), chat.Person("second", e.Second), chat.Quote("reason", *e.Reason)),
	}
	t.About(id)
	if err := t.Wake(state.Timer{ID: timerReviewDue + ":" + id, At: due, Kind: timerReviewDue, Subject: id}); err != nil {
		return "", err
	}
	return id, putFollowUp(t, f)
}

// underEmergency tells that a deployment goes ahead by an emergency, ties it to its review, and withdraws the vote that it
// overtook: there is nothing left for the board to decide beforehand.
func underEmergency(t *bot.Turn, r release.Release, d rollout.Deployment) error {
	if !d.Emergency || !t.Org.Final(d.Environment) || d.Kind != rollout.Deploy {
		return nil
	}
	e := r.Emergency
	if err := t.Retract(r.ID, "deploy-emergency"); err != nil {
		return err
	}
	f, ok, err := followUps.Get(t, e.Review)
	if err != nil {
		return err
	}
	if ok && f.State != followup.Closed {
		f.Deployment = d.ID
		if err := putFollowUp(t, f); err != nil {
			return err
		}
	}
	if err := withdrawBallot(t, r.Ballot(), nil); err != nil {
		return err
	}
	return loudly(t, "emergency:used:"+d.ID, chat.Message{Title: chat.Say("emergency.used", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()),
		chat.Word("environment", d.Environment), chat.Person("executor", d.Executor), chat.Person("by", e.By), chat.Person("second", e.Second), chat.Word("review", e.Review)), Tone: chat.Bad})
}

// emergencyEnds tells that an emergency opens nothing any more.
func emergencyEnds(t *bot.Turn, timer state.Timer) error {
	r, ok, err := releases.Get(t, timer.Subject)
	if err != nil || !ok || r.Emergency == nil || r.Emergency.Until.IsZero() || r.Emergency.Until.After(t.Now) {
		return err
	}
	text := chat.Say("emergency.over", chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Word("review", r.Emergency.Review))
	t.About(r.ID)
	t.Record(timer.Kind, text)
	if err := t.Retract(r.ID, "deploy-emergency"); err != nil {
		return err
	}
	if err := loudly(t, "emergency:over:"+r.Emergency.Ballot, chat.Message{Title: text, Tone: chat.Warning}); err != nil {
		return err
	}
	return t.Card(r.ID)
}

// reviewDue calls for a review that should have been closed, again and again until it is.
func reviewDue(t *bot.Turn, timer state.Timer) error {
	f, ok, err := followUps.Get(t, timer.Subject)
	if err != nil || !ok || !f.Overdue(t.Now) {
		return err
	}
	r, err := getRelease(t, f.Release)
	if err != nil {
		return err
	}
	again := timer
	calls, every, err := reviewCall(t, f, r)
	if err != nil {
		return err
	}
	again.At = t.Now.Add(every)
	if err := t.Wake(again); err != nil {
		return err
	}
	text := chat.Say("emergency.review_overdue", chat.Word("review", f.ID), chat.Word("release", r.ID), chat.Word("what", r.Subject()),
		chat.Time("due", f.Due))
	if len(calls) > 0 && len(t.Org.Emergency.Escalate) > 0 {
		text.Args = append(text.Args, chat.People("calls", calls))
	}
	if late := t.Now.Sub(f.Due).Round(time.Minute); late > 0 {
		text.Args = append(text.Args, chat.Duration("overdue", late))
	}
	t.About(f.ID, r.ID)
	t.Record(timer.Kind, text)
	if err := t.Card(f.ID); err != nil {
		return err
	}
	return loudly(t, fmt.Sprintf("review:%s:%d", f.ID, t.Now.Unix()), chat.Message{Title: text, Tone: chat.Bad, Mentions: calls})
}

// reviewCall is whom an overdue review calls now, and after how long it calls again: whoever may review it, day after day, or the
// groups to which it escalates, one after another, the last of them until it is closed. Nobody who took part is called to judge.
func reviewCall(t *bot.Turn, f followup.FollowUp, r release.Release) (calls []string, again time.Duration, err error) {
	called, again := t.Org.Holders(people.Review, r.Service, ""), reviewAgain
	if groups, every := t.Org.Emergency.Escalate, t.Org.Emergency.ReviewWithin/2; len(groups) > 0 && every > 0 {
		step := min(int(t.Now.Sub(f.Due)/every), len(groups)-1)
		called, again = t.Org.Directory.Members(groups[max(0, step)]), every
	}
	if r.Emergency == nil {
		return called, again, nil
	}
	involved, err := partInEmergency(t, r)
	if err != nil {
		return nil, again, err
	}
	for _, id := range called {
		if code, _ := involved(id); code == "" {
			calls = append(calls, id)
		}
	}
	return calls, again, nil
}

// releaseGivenUp ends what lets a release through once it is cancelled.
func releaseGivenUp(t *bot.Turn, r release.Release, reason *chat.Sealed) error {
	if err := t.Retract(r.ID, "deploy-emergency"); err != nil {
		return err
	}
	t.CancelTimer(timerEmergencyEnds + ":" + r.ID)
	return annulExceptions(t, r, reason)
}

// emergencySections mark what is said of a deployment that was made under an emergency.
func emergencySections(d rollout.Deployment) []chat.Section {
	if !d.Emergency {
		return nil
	}
	return []chat.Section{{Lines: []chat.Line{{Mark: chat.MarkClosed, Text: chat.Say("emergency.deployment", chat.Word("deployment", d.ID))}}}}
}
