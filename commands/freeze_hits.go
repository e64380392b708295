package commands

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// simulatedCalendar lists what is on the calendar while a freeze would hold: windows, tests, trains, releases and promises.
func simulatedCalendar(r *bot.Reading, f freeze.Freeze, until time.Time) (chat.Section, error) {
	hits, err := calendarHits(r, f, until)
	s := chat.Section{Heading: chat.Say("heading.calendar_hits", chat.Count("count", len(hits)))}
	for _, o := range hits[:min(len(hits), listed)] {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkClosed, Text: chat.Say("freeze.hits", chat.Nested("what", o.Title), inZone(chat.Time("from", o.From), f.Zone))})
	}
	if more := len(hits) - len(s.Lines); more > 0 {
		s.Lines = append(s.Lines, chat.Line{Text: chat.Say("freeze.times_more", chat.Count("more", more))})
	}
	return s, err
}

func calendarHits(r *bot.Reading, f freeze.Freeze, until time.Time) ([]port.Occasion, error) {
	queries := []port.CalendarQuery{{From: r.Now, To: until}}
	if len(f.Scope.Services)+len(f.Scope.Lines)+len(f.Scope.Regions) > 0 {
		queries = nil
		for _, s := range r.Org.Services {
			if coversService(r.Org, f.Scope, s.Name) {
				queries = append(queries, port.CalendarQuery{From: r.Now, To: until, Service: s.Name})
			}
		}
	}
	var hits []port.Occasion
	seen := map[string]bool{}
	for _, q := range queries {
		all, err := occasions(r, q)
		if err != nil {
			return nil, err
		}
		for _, o := range all {
			if o.Kind == "freeze" || o.Cancelled || seen[o.ID] || !concernedBy(r, f, o) || !holdsDuring(f, o.From, o.To) {
				continue
			}
			seen[o.ID] = true
			hits = append(hits, o)
		}
	}
	slices.SortStableFunc(hits, func(a, b port.Occasion) int { return a.From.Compare(b.From) })
	return hits, nil
}

// concernedBy reports whether a freeze covers what is on the calendar, as far as that names a service; what names no environment goes to
// the last.
func concernedBy(r *bot.Reading, f freeze.Freeze, o port.Occasion) bool {
	where := last(r.Org).Name
	if a, ok := o.Title.Arg("environment"); ok {
		where = a.Word
	}
	if a, ok := o.Title.Arg("service"); ok {
		return f.Scope.Covers(target(r.Org, a.Word, where))
	}
	return len(f.Scope.Environments) == 0 || slices.Contains(f.Scope.Environments, where)
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
