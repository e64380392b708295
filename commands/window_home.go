package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/window"
)

// windowsAtHome are the windows that wait for the reader's answer, each with its buttons, those that close first before the others; nothing is said
// where there are none.
func windowsAtHome(r *bot.Reading) ([]chat.Section, error) {
	ahead, err := windowsAhead(r)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(ahead, func(a, b window.Window) int { return a.Closes.Compare(b.Closes) })
	var sections []chat.Section
	all := 0
	for _, w := range ahead {
		if !w.State.Negotiated() || !r.Now.Before(w.Closes) {
			continue
		}
		_, owners := partiesOf(r, r.Org, w.Service)
		if !slices.Contains(owners.All(w.Waiting()), r.Person) {
			continue
		}
		if all++; all > homeMost {
			continue
		}
		line := chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("home.window", chat.Nested("window", w.Text()), chat.Person("by", w.Proposer), chat.Time("closes", w.Closes))}
		if w.Reason != nil {
			line.Sub = append(line.Sub, chat.Say("quote", chat.Quote("text", *w.Reason)))
		}
		for _, i := range w.Impact {
			line.Sub = append(line.Sub, trafficText(i))
		}
		buttons, err := bot.Offers(r, w.ID)
		if err != nil {
			return nil, err
		}
		sections = append(sections, chat.Section{Buttons: buttons, Lines: []chat.Line{line}})
	}
	if all == 0 {
		return nil, nil
	}
	return under("home.heading.windows", "", sections, all), nil
}
