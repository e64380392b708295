package commands

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/recur"
)

// frozen is a time at which a freeze holds.
type frozen struct {
	freeze freeze.Freeze
	of     recur.Interval
}

// listAhead lists every time that something is frozen in a span from now on.
func listAhead(r *bot.Reading, span time.Duration) (chat.Reply, error) {
	all, err := standingFreezes(r)
	if err != nil {
		return chat.Reply{}, err
	}
	times := timesFrozen(all, r.Now, r.Now.Add(span))
	m := chat.Message{Title: chat.Say("freeze.list_ahead", chat.Count("count", len(times)), chat.Duration("ahead", span)), Private: true}
	s := chat.Section{}
	for _, f := range times[:min(len(times), listed)] {
		s.Lines = append(s.Lines, f.line(r.Now))
	}
	if len(s.Lines) > 0 {
		m.Sections = append(m.Sections, s)
	}
	if len(times) > listed {
		m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Text: chat.Say("list.more", chat.Count("shown", listed))}}})
	}
	return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, Messages: []chat.Message{m}}, nil
}

// timesFrozen lists every time in [from, to) at which one of the freezes holds, in order; of each freeze no more than a list shows.
func timesFrozen(all []freeze.Freeze, from, to time.Time) []frozen {
	var list []frozen
	for _, f := range all {
		n := 0
		for o := range f.Occurrences(from, to) {
			if n++; n > listed+1 {
				break
			}
			list = append(list, frozen{f, o})
		}
	}
	slices.SortStableFunc(list, func(a, b frozen) int { return a.of.From.Compare(b.of.From) })
	return list
}

func (f frozen) line(now time.Time) chat.Line {
	text := chat.Say("freeze.time", chat.Word("freeze", f.freeze.ID), chat.Nested("scope", f.freeze.Scope.Text()), inZone(chat.Time("from", f.of.From), f.freeze.Zone))
	if freeze.Ends(f.of) {
		text.Args = append(text.Args, inZone(chat.Time("until", f.of.To), f.freeze.Zone))
	}
	if f.freeze.Reason != nil {
		text.Args = append(text.Args, chat.Quote("reason", *f.freeze.Reason))
	}
	if f.freeze.Why != "" {
		text.Args = append(text.Args, chat.Word("why", f.freeze.Why))
	}
	mark := chat.MarkWaiting
	if f.of.Contains(now) {
		mark = chat.MarkClosed
	}
	return chat.Line{Mark: mark, Text: text}
}
