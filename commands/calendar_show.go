package commands

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/fiscal"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/when"
)

// Bounds of the calendar as a card.
const (
	calendarAhead = 31 * 24 * time.Hour
	calendarMost  = 40 // occasions that a card lists
)

func releaseCalendar() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"release", "calendar"}, Summary: "Show what is ahead, day by day: slots of trains, freezes, windows, tests, releases, milestones, and what gets in whose way.",
			Params: []command.Param{
				{Name: "service", Kind: command.KindService, Optional: true, Help: "Only what concerns this service."},
				{Name: "month", Kind: command.KindText, Flag: true, Optional: true, Help: "A month, like 2026-12; the next 31 days if left out."},
			},
			Examples: []command.Example{
				{Line: "/release calendar", Does: "shows the next 31 days"},
				{Line: "/release calendar {service} --month 2026-12", Does: "shows December for {service}"},
			},
		},
		Read: showCalendar,
	}
}

func showCalendar(r *bot.Reading, c command.Call) (chat.Reply, error) {
	q := port.CalendarQuery{From: r.Now, To: r.Now.Add(calendarAhead), Service: c.Text("service")}
	if c.Has("month") {
		var ok bool
		if q.From, q.To, ok = monthOf(c.Text("month"), r.Org.Zone); !ok {
			return chat.Reply{}, chat.Reject("calendar.month", chat.Word("said", brief(c.Text("month"))), chat.Word("example", r.Now.In(r.Org.Zone).Format(monthForm)))
		}
	}
	all, err := occasions(r, q)
	if err != nil {
		return chat.Reply{}, err
	}
	title := chat.Say("calendar.title", chat.Count("count", len(all)), chat.Time("from", q.From.In(r.Org.Zone)), chat.Time("until", q.To.In(r.Org.Zone)))
	if q.Service != "" {
		title.Args = append(title.Args, chat.Word("service", q.Service))
	}
	m := chat.Message{Title: title, Private: true}
	day := ""
	for _, o := range all[:min(len(all), calendarMost)] {
		begins := o.From
		if begins.Before(q.From) {
			begins = q.From
		}
		if on := begins.In(r.Org.Zone).Format("Mon 2 Jan 2006"); on != day {
			day = on
			m.Sections = append(m.Sections, chat.Section{Heading: chat.Say("calendar.day", chat.Word("day", on))})
		}
		s := &m.Sections[len(m.Sections)-1]
		s.Lines = append(s.Lines, occasionLine(o))
	}
	if len(all) > calendarMost {
		m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Text: chat.Say("list.more", chat.Count("shown", calendarMost))}}})
	}
	return chat.Reply{Outcome: chat.Done, Code: title.Code, Messages: []chat.Message{m}}, nil
}

// monthForm is how a month is written.
const monthForm = "2006-01"

// monthOf is the first instant of a month in a zone, and that of the next.
func monthOf(said string, zone *time.Location) (from, to time.Time, ok bool) {
	t, err := time.Parse(monthForm, said)
	if err != nil || len(said) != len(monthForm) || t.Year() < when.MinYear || t.Year() > when.MaxYear {
		return from, to, false
	}
	return fiscal.Begin(t, zone), fiscal.Begin(t.AddDate(0, 1, 0), zone), true
}

// occasionLine is one thing on the calendar, with what gets in its way.
func occasionLine(o port.Occasion) chat.Line {
	args := []chat.Arg{chat.Time("from", o.From), chat.Nested("what", o.Title)}
	code := chat.Code("calendar.line")
	switch {
	case o.AllDay:
		code = "calendar.line_days"
	case !o.To.IsZero():
		args = append(args, chat.Time("until", o.To))
	}
	line := chat.Line{Text: chat.Say(code, args...), Sub: append([]chat.Text(nil), o.Details...)}
	for _, c := range o.Conflicts {
		line.Sub = append(line.Sub, chat.Say("calendar.conflict", chat.Nested("with", c)))
	}
	switch {
	case o.Cancelled, len(o.Conflicts) > 0:
		line.Mark = chat.MarkClosed
	case o.Tentative:
		line.Mark = chat.MarkWaiting
	}
	return line
}
