package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/traffic"
	"github.com/gonogo-chat/gonogo/bot/window"
	"github.com/gonogo-chat/gonogo/state/kv"
)

const letterWindow = "W"

var windowStateTones = map[window.State]chat.Tone{
	window.Proposed: chat.Warning, window.Countered: chat.Warning, window.Accepted: chat.Good, window.Refused: chat.Bad, window.Expired: chat.Bad,
}

// windowCard is where a window stands: who agreed, who is asked, what it costs at which hour, what gets in its way, what would be
// better.
func windowCard(r *bot.Reading, id string) (chat.Message, []chat.Place, error) {
	w, ok, err := windows.Get(r, id)
	if err != nil || !ok {
		return chat.Message{}, nil, err
	}
	m, err := windowMessage(r, w)
	return m, windowPlaces(r.Org, w), err
}

func windowMessage(r *bot.Reading, w window.Window) (chat.Message, error) {
	m := chat.Message{Card: w.ID, Tone: windowStateTones[w.State], Title: chat.Say("card.window", chat.Nested("window", w.Text()), chat.Nested("state", w.State.Text()))}
	s := chat.Section{Fields: []chat.Field{
		{Label: "label.window_when", Value: w.Interval()},
		{Label: "label.proposed_by", Value: chat.Say("value.person", chat.Person("person", w.Proposer))},
	}}
	if w.State.Negotiated() {
		s.Fields = append(s.Fields, chat.Field{Label: "label.answer_until", Value: chat.Say("value.time", chat.Time("at", w.Closes))})
	}
	if w.Reason != nil {
		s.Lines = append(s.Lines, chat.Line{Text: chat.Say("quote", chat.Quote("text", *w.Reason))})
	}
	s.Lines = append(s.Lines, clockLines(w)...)
	m.Sections = append(m.Sections, s)
	for _, part := range []func(*bot.Reading, window.Window) (chat.Section, error){
		answersSection, impactSection, conflictsSection, quietSection, agreedSection,
	} {
		s, err := part(r, w)
		if err != nil {
			return m, err
		}
		if len(s.Lines) > 0 {
			m.Sections = append(m.Sections, s)
		}
	}
	var err error
	m.Buttons, err = bot.Offers(r, w.ID)
	return m, err
}

// clockLines say how long a window is where the clocks change on the way.
func clockLines(w window.Window) []chat.Line {
	length, shown := w.Lengths()
	if length == shown {
		return nil
	}
	return []chat.Line{{Mark: chat.MarkWaiting, Text: chat.Say("window.clocks", chat.Duration("length", length), chat.Duration("shown", shown))}}
}

// answersSection says who has answered for what, in this round and before, and who is asked.
func answersSection(r *bot.Reading, w window.Window) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.window_answers")}
	marks := map[window.Choice]chat.Mark{window.Accepts: chat.MarkOpen, window.Refuses: chat.MarkClosed, window.Counters: chat.MarkWaiting}
	for _, a := range w.Answers {
		line := chat.Line{Mark: marks[a.Choice], Text: chat.Say("window.answer."+chat.Code(a.Choice), chat.Person("by", a.By), chat.Nested("party", a.Party.Text()), chat.Time("at", a.At))}
		if a.Round < w.Round {
			line.Mark = chat.MarkNone
			line.Text.Args = append(line.Text.Args, chat.Count("round", a.Round))
		}
		if a.Reason != nil {
			line.Sub = append(line.Sub, chat.Say("quote", chat.Quote("text", *a.Reason)))
		}
		s.Lines = append(s.Lines, line)
	}
	if w.State.Negotiated() {
		_, owners := partiesOf(r, r.Org, w.Service)
		s.Lines = append(s.Lines, unansweredLines(w, owners)...)
	}
	if w.State.Ended() && w.State != window.Refused && w.EndedBy != "" { // who refused has answered above
		line := chat.Line{Mark: chat.MarkClosed, Text: chat.Say("window.ended_by", chat.Nested("state", w.State.Text()), chat.Person("by", w.EndedBy), chat.Time("at", w.Changed))}
		if w.Why != nil {
			line.Sub = append(line.Sub, chat.Say("quote", chat.Quote("text", *w.Why)))
		}
		s.Lines = append(s.Lines, line)
	}
	return s, nil
}

// unansweredLines say who has not answered, and who may for them.
func unansweredLines(w window.Window, owners window.Owners) []chat.Line {
	var list []chat.Line
	for _, p := range w.Waiting() {
		list = append(list, chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("window.waits", chat.Nested("party", p.Text()), chat.People("people", owners.All([]window.Party{p})))})
	}
	return list
}

// hoursShown bounds the hours that a card lists; its window may last days.
const hoursShown = 12

// impactSection says how many customers each hour of the window hits, of every service that stands still.
func impactSection(_ *bot.Reading, w window.Window) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.window_impact")}
	for _, i := range w.Impact {
		line := chat.Line{Text: trafficText(i)}
		if _, known := i.Customers(); !known {
			line.Mark = chat.MarkUnknown
		}
		for _, h := range i.Hours[:min(len(i.Hours), hoursShown)] {
			line.Sub = append(line.Sub, hourText(w, h))
		}
		if more := len(i.Hours) - hoursShown; more > 0 {
			line.Sub = append(line.Sub, chat.Say("window.more_hours", chat.Count("count", more)))
		}
		s.Lines = append(s.Lines, line)
	}
	return s, nil
}

func hourText(w window.Window, h traffic.Hour) chat.Text {
	from, to := inZone(chat.Time("from", h.From), w.Zone), inZone(chat.Time("until", h.To), w.Zone)
	if h.Customers == nil {
		return chat.Say("window.hour_unknown", from, to)
	}
	return chat.Say("window.hour", from, to, chat.Count("customers", int(*h.Customers+0.5)))
}

// conflictsSection says what gets in the way of a window that is not over.
func conflictsSection(r *bot.Reading, w window.Window) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.conflicts")}
	if w.Over(r.Now) {
		return s, nil
	}
	found, err := conflictsOf(r, r.Org, w)
	for _, text := range found {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkClosed, Text: text})
	}
	return s, err
}

func quietSection(_ *bot.Reading, w window.Window) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.window_quiet")}
	if !w.State.Negotiated() {
		return s, nil
	}
	for _, q := range w.Quiet {
		s.Lines = append(s.Lines, chat.Line{Text: chat.Say("window.quiet", inZone(chat.Time("from", q.From), w.Zone), inZone(chat.Time("until", q.To), w.Zone),
			chat.Count("customers", int(q.Customers+0.5)))})
	}
	return s, nil
}

func agreedSection(_ *bot.Reading, w window.Window) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.window_agreed")}
	for _, a := range w.Agreed {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkOpen, Text: chat.Say("window.agreed_line", chat.Word("release", a.Release), chat.Person("by", a.By), chat.Time("at", a.At))})
	}
	return s, nil
}

func windowShow() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"window", "show"}, Summary: "Show where a window stands, what it costs and who is asked.",
			Params:   []command.Param{windowParam},
			Examples: []command.Example{{Line: "/window show W-1", Does: "shows W-1"}},
		},
		Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) {
			w, err := getWindow(r, c.Text("window"))
			if err != nil {
				return chat.Reply{}, err
			}
			m, err := windowMessage(r, w)
			m.Card, m.Private = "", true
			return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, IDs: map[string]string{"window": w.ID}, Messages: []chat.Message{m}}, err
		},
	}
}

func windowList() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"window", "list"}, Summary: "List the windows that are agreed or asked for, and security tests.",
			Params:   []command.Param{{Name: "all", Kind: command.KindBool, Flag: true, Optional: true, Help: "Also those that are over, the newest first."}},
			Examples: []command.Example{{Line: "/window list", Does: "lists the windows ahead"}, {Line: "/window list --all", Does: "lists past windows too"}},
		},
		Read: listWindows,
	}
}

func listWindows(r *bot.Reading, c command.Call) (chat.Reply, error) {
	ahead, err := windowsAhead(r)
	if err != nil {
		return chat.Reply{}, err
	}
	if c.Has("all") {
		ahead = nil
		err = windows.Latest(r, func(_ string, w window.Window) error {
			if ahead = append(ahead, w); len(ahead) > listed {
				return kv.ErrStop
			}
			return nil
		})
	}
	m := chat.Message{Title: chat.Say("window.list", chat.Count("count", min(len(ahead), listed))), Private: true}
	s := chat.Section{}
	for _, w := range ahead[:min(len(ahead), listed)] {
		s.Lines = append(s.Lines, chat.Line{Mark: windowMarks[w.State], Text: chat.Say("window.line", chat.Nested("window", w.Text()), chat.Nested("state", w.State.Text()))})
	}
	m.Sections = lines(s)
	if len(ahead) > listed {
		m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Text: chat.Say("list.more", chat.Count("shown", listed))}}})
	}
	return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, Messages: []chat.Message{m}}, err
}

var windowMarks = map[window.State]chat.Mark{
	window.Proposed: chat.MarkWaiting, window.Countered: chat.MarkWaiting, window.Accepted: chat.MarkOpen, window.Refused: chat.MarkClosed,
	window.Withdrawn: chat.MarkClosed, window.Expired: chat.MarkClosed,
}
