package commands

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/incident"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// searchedBack is how long a deployment may have waited before it began: older requests are not looked at for a cause.
const searchedBack = 24 * time.Hour

func incidentList() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"incident", "list"}, Summary: "List the open incidents that the pager told of, the newest first.",
			Params: []command.Param{
				{Name: "service", Kind: command.KindService, Optional: true, Help: "Only this service."},
				{Name: "all", Kind: command.KindBool, Flag: true, Optional: true, Help: "Also those that are over."},
			},
			Examples: []command.Example{
				{Line: "/incident list", Does: "lists the open incidents"},
				{Line: "/incident list {service} --all", Does: "lists every incident of {service} that was heard of"},
			},
		},
		Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) {
			s := chat.Section{}
			more := false
			err := incidents.Latest(r, func(_ string, i incident.Incident) error {
				if c.Has("service") && i.Service != c.Text("service") || !c.Has("all") && !i.Open() {
					return nil
				}
				if more = len(s.Lines) == listed; more {
					return kv.ErrStop
				}
				s.Lines = append(s.Lines, incidentLine(i))
				return nil
			})
			m := chat.Message{Title: chat.Say("incident.list", chat.Count("count", len(s.Lines))), Private: true}
			if len(s.Lines) > 0 {
				m.Sections = []chat.Section{s}
			}
			if more {
				m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Text: chat.Say("list.more", chat.Count("shown", listed))}}})
			}
			return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, Messages: []chat.Message{m}}, err
		},
	}
}

var incidentMarks = map[port.IncidentState]chat.Mark{
	port.IncidentTriggered: chat.MarkClosed, port.IncidentAcknowledged: chat.MarkWaiting, port.IncidentResolved: chat.MarkOpen,
}

func incidentLine(i incident.Incident) chat.Line {
	line := chat.Line{Mark: incidentMarks[i.State], Text: incidentText(i)}
	if i.Title != nil {
		line.Sub = append(line.Sub, chat.Say("quote", chat.Quote("text", *i.Title)))
	}
	if i.Deployment != "" {
		line.Sub = append(line.Sub, chat.Say("incident.traced", chat.Word("deployment", i.Deployment), chat.Word("release", i.Release), chat.Time("opened", i.OpenedAt)))
	}
	return line
}

// incidentCard shows an incident where the on-call are.
func incidentCard(r *bot.Reading, id string) (chat.Message, []chat.Place, error) {
	i, ok, err := incidents.Get(r, id)
	if err != nil || !ok {
		return chat.Message{}, nil, err
	}
	m := chat.Message{Card: id, Tone: chat.Bad, Title: chat.Say("card.incident", chat.Word("incident", id), chat.Word("name", i.Name),
		chat.Word("service", i.Service), chat.Nested("state", incident.Text(i.State)))}
	switch i.State {
	case port.IncidentAcknowledged:
		m.Tone = chat.Warning
	case port.IncidentResolved:
		m.Tone = chat.Good
	}
	s := chat.Section{Fields: []chat.Field{
		{Label: "label.severity", Value: chat.Say("value.word", chat.Word("word", string(i.Severity)))},
		{Label: "label.opened", Value: chat.Say("value.time", chat.Time("at", i.OpenedAt))},
	}}
	if i.Deployment != "" {
		s.Fields = append(s.Fields, chat.Field{Label: "label.deployment", Value: chat.Say("value.word", chat.Word("word", i.Deployment+" ("+i.Release+")"))})
	}
	if i.TakenBy != "" {
		s.Fields = append(s.Fields, chat.Field{Label: "label.taken_by", Value: chat.Say("value.person", chat.Person("person", i.TakenBy))})
	}
	if i.Title != nil {
		s.Lines = append(s.Lines, chat.Line{Text: chat.Say("quote", chat.Quote("text", *i.Title))})
	}
	m.Sections = []chat.Section{s}
	waiting, err := waitingFor(r, id)
	if err != nil {
		return m, nil, err
	}
	if len(waiting.Lines) > 0 {
		m.Sections = append(m.Sections, waiting)
	}
	if m.Buttons, err = bot.Offers(r, id); err != nil {
		return m, nil, err
	}
	if i.Link != "" {
		m.Buttons = append(m.Buttons, chat.Button{Name: "incident", Label: "button.incident", URL: i.Link})
	}
	return m, r.Org.Channels.OnCall, nil
}

// incidentsSection lists what came up after a release's deployments.
func incidentsSection(r *bot.Reading, rel release.Release) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.incidents")}
	var all []incident.Incident
	err := incidentsOf.Under(r, rel.ID+"/", func(key string, _ struct{}) error {
		i, ok, err := incidents.Get(r, key[len(rel.ID)+1:])
		if ok {
			all = append(all, i)
		}
		return err
	})
	slices.SortStableFunc(all, func(a, b incident.Incident) int {
		if a.Open() != b.Open() {
			return map[bool]int{true: -1, false: 1}[a.Open()]
		}
		return b.OpenedAt.Compare(a.OpenedAt)
	})
	for n, i := range all {
		if n == cardIncidents {
			s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("incident.more", chat.Count("more", len(all)-n), chat.Word("service", rel.Service))})
			break
		}
		s.Lines = append(s.Lines, incidentLine(i))
	}
	return s, err
}

// cardIncidents is how many incidents a release's card lists: those that are open first, then the newest.
const cardIncidents = 5
