package commands

import (
	"cmp"
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/lock"
)

func lockList() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"lock", "list"}, Summary: "List who has the lock of what, and who waits for it.",
			Examples: []command.Example{{Line: "/lock list", Does: "lists the locks held, since when and why, and the line for them"}},
		},
		Read: listLocks,
	}
}

func listLocks(r *bot.Reading, _ command.Call) (chat.Reply, error) {
	held, line := chat.Section{}, chat.Section{Heading: chat.Say("heading.lock_line")}
	places, err := placesInUse(r)
	if err != nil {
		return chat.Reply{}, err
	}
	var waiting []lock.Turn
	for _, at := range slices.Sorted(slices.Values(places)) {
		s := scopeOfPlace(at)
		l, err := lockOf(r, s.Service, s.Environment)
		if err != nil {
			return chat.Reply{}, err
		}
		if l.Held(r.Now) {
			held.Lines = append(held.Lines, chat.Line{Mark: chat.MarkClosed, Text: l.Text(r.Now)})
		}
		for _, w := range l.Queue {
			waiting = append(waiting, lock.Turn{Scope: s, Waiter: w})
		}
	}
	slices.SortStableFunc(waiting, func(a, b lock.Turn) int { return cmp.Compare(a.Waiter.Ticket, b.Waiter.Ticket) })
	for _, turn := range waiting {
		text := chat.Say("lock.waiting", turn.Waiter.Arg("owner"), chat.Nested("scope", turn.Scope.Text()), chat.Time("since", turn.Waiter.At))
		if turn.Waiter.Reason != nil {
			text.Args = append(text.Args, chat.Quote("reason", *turn.Waiter.Reason))
		}
		line.Lines = append(line.Lines, chat.Line{Mark: chat.MarkWaiting, Text: text})
	}
	m := chat.Message{Title: chat.Say("lock.list", chat.Count("count", len(held.Lines))), Private: true}
	for _, s := range []chat.Section{held, line} {
		if len(s.Lines) > 0 {
			m.Sections = append(m.Sections, s)
		}
	}
	return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, Messages: []chat.Message{m}}, nil
}
