package commands

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/fiscal"
	"github.com/gonogo-chat/gonogo/bot/milestone"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state/kv"
)

func milestoneList() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"milestone", "list"}, Summary: "List the milestones that are still to be reached.",
			Params: []command.Param{
				{Name: "quarter", Kind: command.KindText, Flag: true, Optional: true, Help: "Those of a fiscal quarter, reached or not: 2026Q4."},
			},
			Examples: []command.Example{
				{Line: "/milestone list", Does: "lists what is promised"},
				{Line: "/milestone list --quarter 2026Q4", Does: "lists what was promised for a quarter, whatever came of it"},
			},
		},
		Read: listMilestones,
	}
}

func listMilestones(r *bot.Reading, c command.Call) (chat.Reply, error) {
	if c.Has("quarter") {
		q, err := fiscal.ParseQuarter(c.Text("quarter"))
		if err != nil {
			return chat.Reply{}, err
		}
		report, err := quarterly(r, q)
		if err != nil {
			return chat.Reply{}, err
		}
		return privately(report.message(), nil), nil
	}
	s, more := chat.Section{}, false
	err := milestones.Latest(r, func(_ string, m milestone.Milestone) error {
		if !m.State.Open() {
			return nil
		}
		if more = len(s.Lines) == listed; more {
			return kv.ErrStop
		}
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("milestone.line", milestoneArgs(m, chat.Nested("state", m.State.Text()))...)})
		return nil
	})
	m := chat.Message{Title: chat.Say("milestone.list", chat.Count("count", len(s.Lines)))}
	if len(s.Lines) > 0 {
		m.Sections = []chat.Section{s}
	}
	if more {
		m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Text: chat.Say("list.more", chat.Count("shown", listed))}}})
	}
	return privately(m, nil), err
}

func milestoneShow() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"milestone", "show"}, Summary: "Show a milestone with everything that was done to it.",
			Params:   []command.Param{theMilestone},
			Examples: []command.Example{{Line: "/milestone show M-1", Does: "shows M-1's card"}},
		},
		Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) {
			id := c.Text("milestone")
			m, _, err := milestoneCard(r, id)
			if err != nil || m.Title.IsZero() {
				return chat.Reply{}, orUnknown(err, "milestone.unknown", "milestone", id)
			}
			m.Card = ""
			return privately(m, map[string]string{"milestone": id}), nil
		},
	}
}

var milestoneTones = map[milestone.State]chat.Tone{milestone.Reached: chat.Good, milestone.Deferred: chat.Warning, milestone.Dropped: chat.Warning}

// milestoneCard is what was promised, where it stands, and every change of the promise.
func milestoneCard(r *bot.Reading, id string) (chat.Message, []chat.Place, error) {
	m, ok, err := milestones.Get(r, id)
	if err != nil || !ok {
		return chat.Message{}, nil, err
	}
	rel, err := getRelease(r, m.Release)
	if err != nil {
		return chat.Message{}, nil, err
	}
	out := chat.Message{Card: id, Tone: milestoneTones[m.State], Title: chat.Say("card.milestone", milestoneArgs(m, chat.Nested("state", m.State.Text()))...)}
	fields := chat.Section{Fields: []chat.Field{
		{Label: "label.release", Value: chat.Say("value.release", chat.Word("release", rel.ID), chat.Word("what", rel.Subject()), chat.Nested("state", rel.State.Text()))},
		{Label: "label.quarter", Value: chat.Say("value.word", chat.Word("word", quarterOfDay(r.Org, m.Day).String()))},
		{Label: "label.promised_by", Value: chat.Say("value.person", chat.Person("person", m.By))},
	}}
	if first := m.First(); !first.Equal(m.Day) {
		fields.Fields = append(fields.Fields, chat.Field{Label: "label.promised_first", Value: chat.Say("value.word", chat.Word("word", first.Format(time.DateOnly)))})
	}
	out.Sections = []chat.Section{fields}
	if s := standingSection(r, m, rel); len(s.Lines) > 0 {
		out.Sections = append(out.Sections, s)
	}
	if len(m.History) > 0 {
		s := chat.Section{Heading: chat.Say("heading.changes")}
		for _, c := range m.History {
			s.Lines = append(s.Lines, chat.Line{Text: changeText(c)})
		}
		out.Sections = append(out.Sections, s)
	}
	out.Buttons, err = bot.Offers(r, id)
	return out, r.Org.Channels.Releases, err
}

func milestoneNames(r *bot.Reading) []string {
	return newest(r, milestones, func(m milestone.Milestone) (bool, bool) { return m.State.Open(), false })
}

// standingSection says whether the milestone was, or can still be, kept.
func standingSection(r *bot.Reading, m milestone.Milestone, rel release.Release) chat.Section {
	row := milestone.Report([]milestone.Milestone{m}, quarterOfDay(r.Org, m.Day), r.Org.Planning.Fiscal, r.Now, func(id string) bool { return heldBack(r, id, r.Now) })
	s := chat.Section{}
	for _, one := range row {
		s.Lines = append(s.Lines, chat.Line{Mark: standingMarks[one.Standing], Text: one.Standing.Text(one)})
	}
	if m.State.Open() && rel.State.Settled() && rel.Passed[m.Environment] == "" {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkClosed, Text: chat.Say("milestone.release_ended", chat.Word("release", rel.ID), chat.Nested("state", rel.State.Text()), chat.Word("milestone", m.ID))})
	}
	return s
}

// changeText says one change with who, when and why.
func changeText(c milestone.Change) chat.Text {
	args := []chat.Arg{chat.Time("at", c.At)}
	if c.By != "" {
		args = append(args, chat.Person("by", c.By))
	}
	if !c.Was.IsZero() {
		args = append(args, chat.Word("was", c.Was.Format(time.DateOnly)))
	}
	if c.Release != "" {
		args = append(args, chat.Word("release", c.Release))
	}
	if c.Why != nil {
		args = append(args, chat.Quote("reason", *c.Why))
	}
	return chat.Say("milestone.change."+chat.Code(c.Event), args...)
}
