package commands

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/milestone"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
)

// letterMilestone begins the ids of milestones.
const letterMilestone = "M"

// timerMilestoneDue wakes at the end of the day that a milestone is promised for.
const timerMilestoneDue = "milestone.due"

var (
	milestones   = state.Governed[milestone.Milestone]("milestone")
	milestonesOf = state.Ungoverned[struct{}]("milestones-of") // R-1/M-1, while it is to be reached or is
)

// putMilestone writes a milestone with its place in the index, wakes at the end of its day while it is to be reached, and shows it.
func putMilestone(t *bot.Turn, m milestone.Milestone) error {
	was, known, err := milestones.Get(t, m.ID)
	if err != nil {
		return err
	}
	if known && was.Release != m.Release {
		milestonesOf.Delete(t.Tx, was.Release+"/"+m.ID)
		if err := t.Card(was.Release); err != nil {
			return err
		}
	}
	if m.State == milestone.Dropped {
		milestonesOf.Delete(t.Tx, m.Release+"/"+m.ID)
	} else if err := milestonesOf.Put(t.Tx, m.Release+"/"+m.ID, struct{}{}); err != nil {
		return err
	}
	timer := timerMilestoneDue + ":" + m.ID
	if end := t.Org.Planning.Fiscal.EndOfDay(m.Day); m.State == milestone.Planned && end.After(t.Now) {
		if err := t.Wake(state.Timer{ID: timer, At: end, Kind: timerMilestoneDue, Subject: m.ID}); err != nil {
			return err
		}
	} else {
		t.CancelTimer(timer)
	}
	if err := milestones.Put(t.Tx, m.ID, m); err != nil {
		return err
	}
	if err := offerMilestone(t, m); err != nil {
		return err
	}
	if err := t.Card(m.Release); err != nil {
		return err
	}
	return t.Card(m.ID)
}

// offerMilestone puts on the card what can be done about a milestone that is to be reached.
func offerMilestone(t *bot.Turn, m milestone.Milestone) error {
	if !m.State.Open() {
		return t.Retract(m.ID, "move", "defer", "drop")
	}
	for i, o := range []bot.Offer{
		{Name: "move", Label: "button.move", Form: "/milestone move " + m.ID},
		{Name: "defer", Label: "button.defer", Form: "/milestone defer " + m.ID},
		{Name: "drop", Label: "button.drop", Form: "/milestone drop " + m.ID, Style: chat.StyleDanger},
	} {
		o.Order = i
		if err := t.Offer(m.ID, o); err != nil {
			return err
		}
	}
	return nil
}

// milestonesFor lists the milestones of a release.
func milestonesFor(r state.Reader, release string) (list []milestone.Milestone, err error) {
	err = milestonesOf.Under(r, release+"/", func(key string, _ struct{}) error {
		m, ok, err := milestones.Get(r, key[len(release)+1:])
		if ok && m.Release == release {
			list = append(list, m)
		}
		return err
	})
	return list, err
}

// showMilestones brings the cards of a release's milestones up to date.
func showMilestones(t *bot.Turn, release string) error {
	list, err := milestonesFor(t, release)
	for _, m := range list {
		if err == nil {
			err = t.Card(m.ID)
		}
	}
	return err
}

// milestonesReached notes that a deployment passed where milestones of its release are to be.
func milestonesReached(t *bot.Turn, d rollout.Deployment) error {
	return eachMilestone(t, d, func(m milestone.Milestone) (milestone.Milestone, *chat.Text, error) {
		if !m.State.Open() {
			return m, nil, nil
		}
		next, refusal := m.ReachedBy(d.ID, t.Now)
		if refusal != nil {
			return m, nil, refusal
		}
		days := t.Org.Planning.Fiscal.Late(m.Day, t.Now)
		code := chat.Code("milestone.reached")
		if days > 0 {
			code = "milestone.reached_late"
		}
		text := chat.Say(code, milestoneArgs(next, chat.Count("days", days), chat.Word("deployment", d.ID))...)
		return next, &text, nil
	})
}

// milestonesLost takes back that milestones were reached by a deployment that was rolled back.
func milestonesLost(t *bot.Turn, d rollout.Deployment) error {
	return eachMilestone(t, d, func(m milestone.Milestone) (milestone.Milestone, *chat.Text, error) {
		if m.State != milestone.Reached || m.Deployment != d.ID {
			return m, nil, nil
		}
		next, refusal := m.Lost(t.Now)
		if refusal != nil {
			return m, nil, refusal
		}
		text := chat.Say("milestone.lost", milestoneArgs(next, chat.Word("deployment", d.ID))...)
		return next, &text, nil
	})
}

// eachMilestone asks what becomes of the milestones of a deployment's release in its environment, and says it.
func eachMilestone(t *bot.Turn, d rollout.Deployment, ask func(milestone.Milestone) (milestone.Milestone, *chat.Text, error)) error {
	list, err := milestonesFor(t, d.Release)
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.Environment != d.Environment {
			continue
		}
		next, text, err := ask(m)
		if err != nil {
			return err
		}
		if text == nil {
			continue
		}
		t.About(m.ID)
		if err := putMilestone(t, next); err != nil {
			return err
		}
		tone := chat.Good
		if next.State != milestone.Reached {
			tone = chat.Warning
		}
		if err := t.Announce("milestone:"+m.ID+":"+d.ID+":"+string(next.State), t.Org.Channels.Releases, chat.Message{Title: *text, Tone: tone, Thread: m.ID}); err != nil {
			return err
		}
	}
	return nil
}

// milestoneDue tells whoever promised a milestone, and whoever answers for its service, that its day is over.
func milestoneDue(t *bot.Turn, timer state.Timer) error {
	m, ok, err := milestones.Get(t, timer.Subject)
	if err != nil || !ok || m.State != milestone.Planned || t.Now.Before(t.Org.Planning.Fiscal.EndOfDay(m.Day)) {
		return err
	}
	r, err := getRelease(t, m.Release)
	if err != nil {
		return err
	}
	text := chat.Say("milestone.overdue", milestoneArgs(m)...)
	t.About(m.ID, m.Release)
	t.Record(timer.Kind, text)
	who := except(append([]string{m.By}, t.Org.OwnersOf(r.Service)...), "")
	if err := t.Announce("milestone:"+m.ID+":due:"+m.Day.Format(time.DateOnly), t.Org.Channels.Releases,
		chat.Message{Title: text, Tone: chat.Warning, Mentions: who, Thread: m.ID}); err != nil {
		return err
	}
	return t.Card(m.ID)
}

// milestoneArgs are what every sentence on a milestone says of it.
func milestoneArgs(m milestone.Milestone, more ...chat.Arg) []chat.Arg {
	return append([]chat.Arg{chat.Word("milestone", m.ID), chat.Quote("title", m.Title), chat.Word("release", m.Release),
		chat.Word("environment", m.Environment), chat.Word("day", m.Day.Format(time.DateOnly))}, more...)
}
