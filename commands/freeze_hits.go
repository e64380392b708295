package commands

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// hitsAhead bounds how far a simulation looks at the calendar, on which every slot of every train stands.
const hitsAhead = 366 * 24 * time.Hour

// hit is what a freeze falls upon: one thing on the calendar, or all slots of a train.
type hit struct {
	first port.Occasion
	more  int
}

// simulatedCalendar lists what is on the calendar while a freeze would hold: windows, tests, trains, releases and promises.
func simulatedCalendar(r *bot.Reading, f freeze.Freeze, until time.Time) (chat.Section, error) {
	bound := r.Now.Add(hitsAhead)
	short := until.After(bound)
	if short {
		until = bound
	}
	hits, count, err := calendarHits(r, f, until)
	s := chat.Section{Heading: chat.Say("heading.calendar_hits", chat.Count("count", count))}
	if short {
		s.Heading.Args = append(s.Heading.Args, inZone(chat.Time("until", until), f.Zone))
	}
	for _, h := range hits[:min(len(hits), listed)] {
		text := chat.Say("freeze.hits", chat.Nested("what", h.first.Title), inZone(chat.Time("from", h.first.From), f.Zone))
		if h.more > 0 {
			text.Args = append(text.Args, chat.Count("more", h.more))
		}
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkClosed, Text: text})
	}
	if more := len(hits) - len(s.Lines); more > 0 {
		s.Lines = append(s.Lines, chat.Line{Text: chat.Say("freeze.times_more", chat.Count("more", more))})
	}
	return s, err
}

// calendarHits lists what a freeze falls upon, in the order in which it begins, the slots of a train together, and counts all of it.
func calendarHits(r *bot.Reading, f freeze.Freeze, until time.Time) (hits []hit, count int, err error) {
	all, err := occasions(r, port.CalendarQuery{From: r.Now, To: until})
	if err != nil {
		return nil, 0, err
	}
	trains := map[string]int{} // where in hits each is
	for _, o := range all {
		if o.Kind == kindFreeze || o.Cancelled || !concernedBy(r, f, o) || !holdsDuring(f, o.From, o.To) {
			continue
		}
		count++
		if name, slot := o.Title.Arg("train"); slot {
			if at, known := trains[name.Word]; known {
				hits[at].more++
				continue
			}
			trains[name.Word] = len(hits)
		}
		hits = append(hits, hit{first: o})
	}
	return hits, count, nil
}

// concernedBy reports whether a freeze covers any of the services that something on the calendar is about.
func concernedBy(r *bot.Reading, f freeze.Freeze, o port.Occasion) bool {
	return slices.ContainsFunc(o.Services, func(service string) bool { return f.Scope.Covers(target(r.Org, service, o.Environment)) })
}

func holdsDuring(f freeze.Freeze, from, to time.Time) bool {
	if !to.After(from) {
		to = from.Add(1)
	}
	for range f.Occurrences(from, to) {
		return true
	}
	return false
}
