package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/bot/train"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// trainLines is how many members a card shows; /release list has every release.
const trainLines = 60

var trainTones = map[train.State]chat.Tone{
	train.Held: chat.Warning, train.Stopped: chat.Warning, train.Returning: chat.Bad, train.Stuck: chat.Bad,
	train.Returned: chat.Warning, train.Arrived: chat.Good,
}

func trainCard(r *bot.Reading, id string) (chat.Message, []chat.Place, error) {
	tr, ok, err := trains.Get(r, id)
	if err != nil || !ok {
		return chat.Message{}, nil, err
	}
	m, err := trainMessage(r, tr)
	return m, r.Org.Channels.Releases, err
}

func trainMessage(r *bot.Reading, tr train.Train) (chat.Message, error) {
	at, err := standings(r, tr)
	if err != nil {
		return chat.Message{}, err
	}
	m := chat.Message{Card: tr.ID, Tone: trainTones[tr.State], Title: progressOf(tr, at)}
	fields := []chat.Field{
		{Label: "label.requester", Value: chat.Say("value.person", chat.Person("person", tr.By))},
		{Label: "label.planned", Value: chat.Say("value.time", chat.Time("at", tr.At))},
	}
	if tr.Executor != "" {
		fields = append(fields,
			chat.Field{Label: "label.train_executor", Value: chat.Say("value.person", chat.Person("person", tr.Executor))},
			chat.Field{Label: "label.train_policy", Value: chat.Say("train.policy."+chat.Code(tr.OnFailure), chat.Count("parallel", tr.Parallel))})
	}
	m.Sections = []chat.Section{{Fields: fields}}
	if tr.Why != nil {
		m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Text: *tr.Why}}})
	}
	if tr.Reason != nil {
		m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Text: chat.Say("quote", chat.Quote("text", *tr.Reason))}}})
	}
	lines, err := memberLines(r, tr)
	if err != nil {
		return m, err
	}
	m.Sections = append(m.Sections, layers(tr, lines)...)
	if len(tr.Missing) > 0 {
		m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Mark: chat.MarkUnknown, Text: chat.Say("train.missing", chat.List("services", tr.Missing))}}})
	}
	m.Buttons, err = bot.Offers(r, tr.ID)
	return m, err
}

// layers puts the lines of members under the heading of their layer.
func layers(tr train.Train, lines []chat.Line) []chat.Section {
	var list []chat.Section
	for i, line := range lines {
		if i < len(tr.Members) && (i == 0 || tr.Members[i-1].Layer != tr.Members[i].Layer) {
			list = append(list, chat.Section{Heading: chat.Say("train.layer", chat.Count("layer", tr.Members[i].Layer))})
		}
		last := &list[len(list)-1]
		last.Lines = append(last.Lines, line)
	}
	return list
}

var memberMarks = map[train.Standing]chat.Mark{
	train.Waiting: chat.MarkWaiting, train.Going: chat.MarkWaiting, train.Asking: chat.MarkUnknown, train.Passed: chat.MarkOpen,
	train.Blocked: chat.MarkClosed, train.Failed: chat.MarkClosed, train.GoingBack: chat.MarkWaiting, train.Gone: chat.MarkClosed,
	train.Fallen: chat.MarkClosed,
}

// memberLines says of each member where it stands, and what keeps it.
func memberLines(r state.Reader, tr train.Train) ([]chat.Line, error) {
	at, err := standings(r, tr)
	if err != nil {
		return nil, err
	}
	var lines []chat.Line
	for i, m := range tr.Members {
		if i == trainLines {
			return append(lines, chat.Line{Text: chat.Say("train.more", chat.Count("count", len(tr.Members)-i))}), nil
		}
		line := chat.Line{Mark: memberMarks[at[i]], Text: chat.Say("train.member", chat.Word("release", m.Release), chat.Word("what", m.Subject()),
			chat.Nested("standing", at[i].Text()), chat.Word("deployment", m.Deployment))}
		if at[i] == train.Waiting {
			line.Sub = append(line.Sub, waitsForMembers(tr, i, at)...)
		}
		reasons, err := memberReasons(r, m, at[i])
		if err != nil {
			return nil, err
		}
		line.Sub = append(line.Sub, reasons...)
		lines = append(lines, line)
	}
	return lines, nil
}

// waitsForMembers says what holds a member, or else what it goes after.
func waitsForMembers(tr train.Train, i int, at []train.Standing) []chat.Text {
	var list []chat.Text
	for _, j := range tr.HeldBy(i, at) {
		list = append(list, chat.Say("train.held_by", chat.Word("release", tr.Members[j].Release), chat.Word("what", tr.Members[j].Subject()), chat.Nested("standing", at[j].Text())))
	}
	if len(list) == 0 && len(tr.Members[i].After) > 0 {
		list = append(list, chat.Say("train.after", chat.List("services", tr.Members[i].After)))
	}
	return list
}

// memberReasons are why a member stands where it does, when that needs saying.
func memberReasons(r state.Reader, m train.Member, at train.Standing) ([]chat.Text, error) {
	switch {
	case len(m.Blocked)+len(m.Kept) > 0:
		return slices.Concat(m.Blocked, m.Kept), nil
	case m.Before:
		return []chat.Text{chat.Say("train.before")}, nil
	case m.Deployment == "" || !at.Bad() && at != train.Going && at != train.Asking:
		return nil, nil
	}
	d, _, err := deployments.Get(r, m.Deployment)
	switch {
	case err != nil:
		return nil, err
	case d.State == rollout.Queued && d.Fence == 0:
		return []chat.Text{chat.Say("train.in_line", chat.Word("service", d.Service), chat.Word("environment", d.Environment))}, nil
	case d.Reason != nil:
		return []chat.Text{*d.Reason}, nil
	}
	return nil, nil
}

// progressOf says where a train stands and how many of its members passed.
func progressOf(tr train.Train, at []train.Standing) chat.Text {
	passed := 0
	for _, s := range at {
		if s == train.Passed {
			passed++
		}
	}
	return chat.Say("train.progress", chat.Word("train", tr.ID), chat.Nested("state", tr.State.Text()), chat.Word("environment", tr.Environment),
		chat.Count("passed", passed), chat.Count("count", len(tr.Members)))
}

// trainSection says which train a release goes with, and after what.
func trainSection(r *bot.Reading, rel release.Release) (chat.Section, error) {
	var s chat.Section
	if rel.Train == "" {
		return s, nil
	}
	tr, ok, err := trains.Get(r, rel.Train)
	if err != nil || !ok || tr.State == train.Withdrawn {
		return s, err
	}
	for _, m := range tr.Members {
		if m.Release == rel.ID {
			text := chat.Say("train.goes_with", chat.Word("train", tr.ID), chat.Nested("state", tr.State.Text()), chat.Count("layer", m.Layer))
			if len(m.After) > 0 {
				text.Args = append(text.Args, chat.List("after", m.After))
			}
			s.Lines = []chat.Line{{Text: text}}
		}
	}
	return s, nil
}

func trainNames(r *bot.Reading) []string {
	return newest(r, trains, func(tr train.Train) (bool, bool) {
		_, goes := train.Next(tr.State, train.Depart)
		return tr.State != train.Withdrawn, !goes && !tr.State.Moves()
	})
}

func trainShow() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"train", "show"}, Summary: "Show a train: the order, where each release stands, and what holds it.",
			Params:   []command.Param{{Name: "train", Kind: command.KindTrain, Help: "The train."}},
			Examples: []command.Example{{Line: "/train show T-1", Does: "shows T-1 layer by layer"}},
		},
		Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) {
			tr, err := getTrain(r, c.Text("train"))
			if err != nil {
				return chat.Reply{}, err
			}
			m, err := trainMessage(r, tr)
			m.Private, m.Card = true, ""
			return chat.Reply{Outcome: chat.Done, Code: "train.shown", IDs: map[string]string{"train": tr.ID}, Messages: []chat.Message{m}}, err
		},
	}
}

// trainsListed is how many trains a list names, the newest.
const trainsListed = 20

func trainList() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"train", "list"}, Summary: "List the newest trains and where they stand.",
			Examples: []command.Example{{Line: "/train list", Does: "lists the newest trains"}},
		},
		Read: func(r *bot.Reading, _ command.Call) (chat.Reply, error) {
			var s chat.Section
			err := trains.Latest(r, func(_ string, tr train.Train) error {
				if len(s.Lines) == trainsListed {
					return kv.ErrStop
				}
				at, err := standings(r, tr)
				s.Lines = append(s.Lines, chat.Line{Text: progressOf(tr, at), Sub: []chat.Text{chat.Say("train.order", chat.Word("order", orderOf(tr)))}})
				return err
			})
			m := chat.Message{Title: chat.Say("train.list", chat.Count("count", len(s.Lines))), Private: true}
			if len(s.Lines) > 0 {
				m.Sections = []chat.Section{s}
			}
			return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, Messages: []chat.Message{m}}, err
		},
	}
}
