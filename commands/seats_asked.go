package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/release"
)

// seatsAsked is a rule with those of its seats that a vote on a release asks for now, and puts on record why. A vote is opened by the bot
// itself, too, without asking other systems: what only they know is not known, and asks for the seat.
func seatsAsked(t *bot.Turn, r release.Release, rule approval.Rule) (approval.Rule, error) {
	if len(rule.Conditions()) == 0 {
		return rule, nil
	}
	in, err := planningContext(t, t.Org, r, sight{}, t.Now)
	if err != nil {
		return rule, err
	}
	rule = rule.Asked(func(when string) (holds, known bool) {
		c := t.Org.Seats[when]
		if c == nil { // of a rule that is not this configuration's
			return false, false
		}
		answer := c.Holds(in)
		return answer.True, !answer.Unknown
	})
	note := func(s approval.Seat, code chat.Code) {
		var inputs []string
		if c := t.Org.Seats[s.When]; c != nil {
			for _, i := range c.Inputs(in) {
				if i.Known {
					inputs = append(inputs, i.Field.Name+": "+i.Value)
				}
			}
		}
		t.Evidence(ownRecords(t.Now), chat.Say(code, seatArgs(s, inputs)...))
	}
	for _, s := range rule.Unasked {
		note(s, "ballot.seat_unasked")
	}
	for _, s := range rule.AllSeats() {
		switch {
		case s.Unknown:
			note(s, "ballot.seat_unknown")
		case s.When != "":
			note(s, "ballot.seat_asked")
		}
	}
	return rule, nil
}

func seatArgs(s approval.Seat, inputs []string) []chat.Arg {
	return some(chat.Word("seat", s.Name), chat.Word("when", s.When), chat.List("inputs", inputs))
}

// conditionalSeats say on a ballot's card which seats it does not ask for, and which for want of knowing.
func conditionalSeats(rule approval.Rule) (lines []chat.Line) {
	for _, s := range rule.AllSeats() {
		if s.Unknown {
			lines = append(lines, chat.Line{Mark: chat.MarkUnknown, Text: chat.Say("ballot.seat_unknown", seatArgs(s, nil)...)})
		}
	}
	for _, s := range rule.Unasked {
		lines = append(lines, chat.Line{Mark: chat.MarkUnknown, Text: chat.Say("ballot.seat_unasked", seatArgs(s, nil)...)})
	}
	return lines
}
