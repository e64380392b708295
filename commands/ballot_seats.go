package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
)

// seatSections say who fills which seat, which are still open and for whom, and what is asked after that.
func seatSections(b approval.Ballot, tally approval.Tally) []chat.Section {
	if len(tally.Filled)+len(tally.Vacant) == 0 {
		return nil
	}
	s := chat.Section{Heading: chat.Say("heading.seats")}
	if len(b.Rule.Stages) > 0 {
		s.Heading = chat.Say("heading.stage", chat.Word("stage", b.Rule.Stages[b.Stage].Name), chat.Count("number", b.Stage+1), chat.Count("of", len(b.Rule.Stages)))
	}
	s.Lines = append(s.Lines, conditionalSeats(b.Rule)...)
	open := b.State == approval.StateOpen
	for _, v := range tally.Vacant {
		mark := chat.MarkWaiting
		if v.Void || !open {
			mark = chat.MarkClosed
		}
		if !open {
			v.May, v.Away, v.Void = nil, nil, false
		}
		s.Lines = append(s.Lines, chat.Line{Mark: mark, Text: v.Text()})
	}
	for _, f := range tally.Filled {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkOpen, Text: f.Text()})
	}
	if open {
		for _, later := range b.Rule.Stages[min(len(b.Rule.Stages), b.Stage+1):] {
			var names []string
			for _, seat := range later.Seats {
				names = append(names, seat.Name)
			}
			s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkUnknown, Text: chat.Say("ballot.then", chat.Word("stage", later.Name), chat.List("seats", names))})
		}
	}
	return []chat.Section{s}
}

// waitingLine says for whom a ballot waits: whoever stands in for another with whom that is, and who is away until when.
func waitingLines(r *bot.Reading, b approval.Ballot, tally approval.Tally, who approval.Electors) ([]chat.Line, error) {
	var lines []chat.Line
	needed := b.Needed(tally)
	if len(needed) > 0 && len(tally.Vacant) == 0 {
		lines = append(lines, chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("ballot.waiting", chat.People("people", needed))})
	}
	for _, d := range who.Delegations {
		if slices.Contains(needed, d.To) && !slices.Contains(who.Barred, d.From) && standsInFor(d, who, slices.Concat(b.Rule.Electorate, b.Rule.Veto)) {
			lines = append(lines, chat.Line{Mark: chat.MarkUnknown, Text: chat.Say("ballot.stands_in", chat.Person("to", d.To), chat.Person("from", d.From), chat.Time("until", d.Until))})
		}
	}
	stand, err := placesHandedOn(r)
	if err != nil {
		return nil, err
	}
	for _, id := range tally.Away {
		lines = append(lines, chat.Line{Mark: chat.MarkUnknown, Text: chat.Say("away.line", chat.Person("person", id), chat.Time("until", stand.until(id, r.Now)))})
	}
	return lines, nil
}
