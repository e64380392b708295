package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/milestone"
	"github.com/gonogo-chat/gonogo/bot/people"
)

// The parameters that the commands on a milestone share.
var (
	theMilestone = command.Param{Name: "milestone", Kind: command.KindMilestone, Help: "The milestone: M-1."}
	whyMilestone = command.Param{Name: "reason", Kind: command.KindText, Rest: true, Help: "Why: the quarter's report repeats it."}
)

func milestoneMove() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"milestone", "move"}, Right: people.Plan, DryRun: true, Summary: "Promise a milestone for another day; the old one is remembered.",
			Params: []command.Param{
				theMilestone,
				{Name: "day", Kind: command.KindText, Help: "By the end of which day: 2026-12-20."},
				whyMilestone,
				{Name: "release", Kind: command.KindRelease, Flag: true, Optional: true, Help: "By another release, of the same service."},
			},
			Examples: []command.Example{{Line: `/milestone move M-1 2031-01-20 "the scheme's test day moved"`, Does: "moves M-1 and says why"}},
		},
		Decide: moveMilestone,
	}
}

func moveMilestone(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	m, err := ownMilestone(t, c)
	if err != nil {
		return chat.Reply{}, err
	}
	day, err := dayAhead(t, c.Text("day"))
	if err != nil {
		return chat.Reply{}, err
	}
	was, err := getRelease(t, m.Release)
	if err != nil {
		return chat.Reply{}, err
	}
	r := was
	if other := c.Text("release"); other != "" {
		if r, err = getRelease(t, other); err != nil {
			return chat.Reply{}, err
		}
		t.About(r.ID)
	}
	if r.Service != was.Service {
		return chat.Reply{}, chat.Refuse("milestone.other_service", chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Word("service", was.Service))
	}
	if refusal := unreachable(r, m.Environment); refusal != nil && m.State.Open() {
		return chat.Reply{}, refusal
	}
	change, err := changeOf(t, c)
	if err != nil {
		return chat.Reply{}, err
	}
	next, refusal := m.MoveTo(day, c.Text("release"), change)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	return milestoneChanged(t, next, change, "milestone.moved", chat.Word("was", m.Day.Format("2006-01-02")), chat.Word("quarter", quarterOfDay(t.Org, day).String()))
}

func milestoneDefer() bot.Command {
	return changingMilestone("defer", milestone.Defer, "Put a milestone off to no day yet.",
		command.Example{Line: `/milestone defer M-1 "the scheme is not ready"`, Does: "puts M-1 off and says why"}, "milestone.deferred")
}

func milestoneDrop() bot.Command {
	return changingMilestone("drop", milestone.Drop, "Give a milestone up for good.",
		command.Example{Line: `/milestone drop M-1 "bought instead"`, Does: "gives M-1 up and says why"}, "milestone.dropped")
}

func changingMilestone(word string, event milestone.Event, summary string, example command.Example, code chat.Code) bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"milestone", word}, Right: people.Plan, DryRun: true, Summary: summary,
			Params: []command.Param{theMilestone, whyMilestone}, Examples: []command.Example{example},
		},
		Decide: func(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
			m, err := ownMilestone(t, c)
			if err != nil {
				return chat.Reply{}, err
			}
			change, err := changeOf(t, c)
			if err != nil {
				return chat.Reply{}, err
			}
			change.Event = event
			next, refusal := m.Apply(change)
			if refusal != nil {
				return chat.Reply{}, refusal
			}
			return milestoneChanged(t, next, change, code)
		},
	}
}

// ownMilestone is the milestone that was named, for somebody who may plan releases of its service.
func ownMilestone(t *bot.Turn, c command.Call) (milestone.Milestone, error) {
	id := c.Text("milestone")
	m, ok, err := milestones.Get(t, id)
	if err != nil || !ok {
		return m, orUnknown(err, "milestone.unknown", "milestone", id)
	}
	t.About(m.ID, m.Release)
	r, err := getRelease(t, m.Release)
	if err != nil {
		return m, err
	}
	return m, refused(t.Authorise(people.Plan, r.Service, ""))
}

func changeOf(t *bot.Turn, c command.Call) (milestone.Change, error) {
	why, err := sealOptional(t, c.Text("reason"))
	return milestone.Change{At: t.Now, By: t.Person, Why: why}, err
}

// milestoneChanged writes what a person did to a milestone, and says it where releases are spoken of.
func milestoneChanged(t *bot.Turn, m milestone.Milestone, c milestone.Change, code chat.Code, args ...chat.Arg) (chat.Reply, error) {
	if err := putMilestone(t, m); err != nil {
		return chat.Reply{}, err
	}
	args = append(args, chat.Person("by", t.Person))
	if c.Why != nil {
		args = append(args, chat.Quote("reason", *c.Why))
	}
	text := chat.Say(code, milestoneArgs(m, args...)...)
	if err := t.Announce("milestone:"+m.ID+":"+t.Key, t.Org.Channels.Releases, chat.Message{Title: text, Tone: chat.Warning, Thread: m.ID}); err != nil {
		return chat.Reply{}, err
	}
	return aloud(t, text, map[string]string{"milestone": m.ID, "release": m.Release}, t.Org.Channels.Releases), nil
}
