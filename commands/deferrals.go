package commands

import (
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/deferral"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

// timerDeferralOver wakes when what a person deferred is over by itself.
const timerDeferralOver = "deferral.over"

// deferrals are by release, for as long as something holds it back.
var deferrals = state.Governed[deferral.Deferral]("deferral")

// deferralOf is what holds a release back.
func deferralOf(r state.Reader, id string) (deferral.Deferral, error) {
	d, _, err := deferrals.Get(r, id)
	d.V, d.Release = deferral.Version, id
	return d, err
}

// putDeferral writes what holds a release back, wakes when that is over by itself, and takes the button that deploys it off its card
// or puts it there again.
func putDeferral(t *bot.Turn, r release.Release, d deferral.Deferral) error {
	timer := timerDeferralOver + ":" + r.ID
	t.CancelTimer(timer)
	if !d.Holds(t.Now) {
		deferrals.Delete(t.Tx, r.ID)
		if env, ok := awaited(t.Org, r); ok && r.State.Deployable() {
			if err := offerDeploy(t, r, env.Name); err != nil {
				return err
			}
		}
		return deferralShown(t, r)
	}
	if c, ok := d.ByPerson(t.Now); ok && !c.Until.IsZero() {
		if err := t.Wake(state.Timer{ID: timer, At: c.Until, Kind: timerDeferralOver, Subject: r.ID}); err != nil {
			return err
		}
	}
	if err := t.Retract(r.ID, "deploy"); err != nil {
		return err
	}
	if err := deferrals.Put(t.Tx, r.ID, d); err != nil {
		return err
	}
	return deferralShown(t, r)
}

// deferralShown brings the cards up to date that say whether a release is held back.
func deferralShown(t *bot.Turn, r release.Release) error {
	if err := showMilestones(t, r.ID); err != nil {
		return err
	}
	return t.Card(r.ID)
}

// awaited is the environment that a release is to be deployed to next; false where the vote on it is to pass first.
func awaited(org *organisation.Organisation, r release.Release) (organisation.Environment, bool) {
	env := org.First()
	for r.Passed[env.Name] != "" {
		next, more := org.Next(env.Name)
		if !more {
			return env, false
		}
		env = next
	}
	return env, !org.Final(env.Name) || r.State == release.Approved || org.Tiers[r.Tier].Approval == ""
}

// deferralOver ends what a person deferred until now.
func deferralOver(t *bot.Turn, timer state.Timer) error {
	r, err := getRelease(t, timer.Subject)
	if err != nil {
		return err
	}
	d, err := deferralOf(t, r.ID)
	if err != nil || len(d.Causes) == len(d.Standing(t.Now)) {
		return err
	}
	d.Causes = d.Standing(t.Now)
	text := resumedText(r, d, t.Now, chat.Say("deferral.time_over"))
	t.About(r.ID)
	t.Record(timer.Kind, text)
	if err := putDeferral(t, r, d); err != nil || r.State.Settled() {
		return err
	}
	return t.Announce("deferral:"+r.ID+":"+timer.ID+":"+timer.At.Format(time.RFC3339Nano), t.Org.Channels.Releases,
		chat.Message{Title: text, Tone: chat.Good, Mentions: concerned(t.Org, r)})
}

// resumedText says that one thing no longer holds a release back, and whether anything else does.
func resumedText(r release.Release, d deferral.Deferral, at time.Time, why chat.Text) chat.Text {
	code := chat.Code("deferral.resumed")
	if d.Holds(at) {
		code = "deferral.less"
	}
	return chat.Say(code, chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Nested("why", why), chat.Count("left", len(d.Standing(at))))
}

// concerned are those who are told when a release is held back or let go: who answers for its service, and who planned it.
func concerned(org *organisation.Organisation, r release.Release) []string {
	return except(append(org.OwnersOf(r.Service), r.Requester), "")
}

// fillDeferral says what holds the release back.
func fillDeferral(r state.Reader, _ *organisation.Organisation, _ *state.Store, q question, f *gate.Facts) error {
	d, err := deferralOf(r, q.release.ID)
	f.Deferral = &d
	return err
}

// whyHeldBack says what holds a release back; false if nothing does.
func whyHeldBack(r state.Reader, id string, at time.Time) (chat.Text, bool) {
	d, err := deferralOf(r, id)
	if standing := d.Standing(at); err == nil && len(standing) > 0 {
		return standing[0].Text(), true
	}
	return chat.Text{}, false
}

// heldBack reports whether something holds a release back.
func heldBack(r state.Reader, id string, at time.Time) bool {
	_, held := whyHeldBack(r, id, at)
	return held
}

// deferralSection says on a release's card what holds it back.
func deferralSection(r *bot.Reading, rel release.Release) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.deferred")}
	d, err := deferralOf(r, rel.ID)
	for _, c := range d.Standing(r.Now) {
		texts := c.Texts()
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkClosed, Text: texts[0], Sub: texts[1:]})
	}
	return s, err
}

// openIDs lists the releases under way, of a service or, without one, of all.
func openIDs(r state.Reader) (ids []string, err error) {
	err = openReleases.Under(r, "", func(key string, _ struct{}) error {
		ids = append(ids, key[strings.LastIndexByte(key, '/')+1:])
		return nil
	})
	return ids, err
}
