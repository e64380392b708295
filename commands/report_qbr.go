package commands

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/fiscal"
	"github.com/gonogo-chat/gonogo/bot/milestone"
)

func reportQBR() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"report", "qbr"}, Summary: "Report a fiscal quarter: what was promised for it, and what came of it.",
			Params: []command.Param{
				{Name: "quarter", Kind: command.KindText, Optional: true, Rest: true, Help: "Which: 2026Q4. The one that it is now if left out."},
				{Name: "format", Kind: command.KindChoice, Choices: []string{"card", "csv", "markdown"}, Flag: true, Optional: true, Help: "card unless said otherwise; csv and markdown to copy."},
			},
			Examples: []command.Example{
				{Line: "/report qbr 2026Q4", Does: "reports the fourth quarter of the fiscal year 2026"},
				{Line: "/report qbr --format csv", Does: "gives this quarter's as comma-separated values"},
			},
		},
		Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) {
			q := r.Org.Planning.Fiscal.Of(r.Now)
			if c.Has("quarter") {
				var err error
				if q, err = fiscal.ParseQuarter(c.Text("quarter")); err != nil {
					return chat.Reply{}, err
				}
			}
			report, err := quarterly(r, q)
			if err != nil {
				return chat.Reply{}, err
			}
			m := report.message()
			switch c.Text("format") {
			case "csv":
				m.Sections = []chat.Section{{Pre: report.csv(r)}}
			case "markdown":
				m.Sections = []chat.Section{{Pre: report.markdown(r)}}
			}
			return privately(m, nil), nil
		},
	}
}

// quarter is the report of one.
type quarter struct {
	fiscal.Quarter
	first, last time.Time // days
	rows        []milestone.Row
	services    map[string]string    // what is released, by release
	held        map[string]chat.Text // why a release is held back
}

// quarterly collects what a quarter's report says, as things stand.
func quarterly(r *bot.Reading, q fiscal.Quarter) (quarter, error) {
	out := quarter{Quarter: q, services: map[string]string{}, held: map[string]chat.Text{}}
	out.first, out.last = r.Org.Planning.Fiscal.Days(q)
	var all []milestone.Milestone
	err := milestones.All(r, func(_ string, m milestone.Milestone) error {
		all = append(all, m)
		return nil
	})
	if err != nil {
		return out, err
	}
	out.rows = milestone.Report(all, q, r.Org.Planning.Fiscal, r.Now, func(id string) bool { return heldBack(r, id, r.Now) })
	for _, row := range out.rows {
		rel, err := getRelease(r, row.Release)
		if err != nil {
			return out, err
		}
		out.services[row.Release] = rel.Subject()
		if why, ok := whyHeldBack(r, row.Release, r.Now); ok {
			out.held[row.Release] = why
		}
	}
	return out, nil
}

var standingMarks = map[milestone.Standing]chat.Mark{
	milestone.OnTime: chat.MarkOpen, milestone.Late: chat.MarkClosed, milestone.Overdue: chat.MarkClosed, milestone.Ahead: chat.MarkWaiting,
	milestone.PutOff: chat.MarkWaiting, milestone.MovedAway: chat.MarkWaiting, milestone.GivenUp: chat.MarkClosed,
}

// message is the report as a card: the figures first, then each milestone.
func (q quarter) message() chat.Message {
	counts := map[milestone.Standing]int{}
	for _, row := range q.rows {
		counts[row.Standing]++
	}
	m := chat.Message{Title: chat.Say("report.qbr", chat.Word("quarter", q.String()), chat.Word("first", q.first.Format(time.DateOnly)),
		chat.Word("last", q.last.Format(time.DateOnly)), chat.Count("count", len(q.rows)))}
	if counts[milestone.Late]+counts[milestone.Overdue] > 0 {
		m.Tone = chat.Warning
	}
	figures := chat.Section{}
	for _, s := range milestone.Standings() {
		if counts[s] > 0 {
			figures.Fields = append(figures.Fields, chat.Field{Label: "label.standing." + chat.Code(s), Value: chat.Say("value.count", chat.Count("count", counts[s]))})
		}
	}
	if len(figures.Fields) > 0 {
		m.Sections = append(m.Sections, figures)
	}
	list := chat.Section{}
	for _, row := range q.rows {
		line := chat.Line{Mark: standingMarks[row.Standing], Text: chat.Say("report.milestone", milestoneArgs(row.Milestone,
			chat.Word("promised", row.Promised.Format(time.DateOnly)), chat.Word("what", q.services[row.Release]), chat.Nested("standing", row.Standing.Text(row)))...)}
		line.Sub = q.because(row)
		list.Lines = append(list.Lines, line)
	}
	if len(list.Lines) > 0 {
		m.Sections = append(m.Sections, list)
	}
	return m
}

// because is why a milestone was moved, put off or given up.
func (q quarter) because(row milestone.Row) (why []chat.Text) {
	if row.Change != nil {
		why = append(why, changeText(*row.Change))
	}
	if held, ok := q.held[row.Release]; ok && row.State.Open() {
		why = append(why, held)
	}
	if first := row.First(); !first.Equal(row.Promised) {
		why = append(why, chat.Say("report.first", chat.Word("day", first.Format(time.DateOnly))))
	}
	return why
}
