package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// noticed is what becomes of what is heard of other systems.
func (p Ports) noticed() bot.Noticed {
	return bot.Noticed{Says: noticeSays, Decide: func(t *bot.Turn, n port.Notice, said *chat.Reply) error {
		switch {
		case n.Ticket != nil:
			return ticketHeard(t, n, *n.Ticket, said)
		case n.Incident != nil:
			return p.incidentHeard(t, n, n.Incident.Incident)
		case n.Run != nil:
			return runHeard(t, n, *n.Run)
		}
		return nil
	}}
}

// noticeSays is what a notice amounts to: a decision on a ticket is a vote, and counts only if whoever made it may vote here.
func noticeSays(r *bot.Reading, n port.Notice) (string, error) {
	if n.Ticket == nil || n.Ticket.Decision == "" {
		return "", nil
	}
	rel, ok, err := releaseOfTicket(r, n.Ticket.Ticket)
	if err != nil || !ok {
		return "", err
	}
	b, err := openBallotOn(r, rel)
	if err != nil || b.ID == "" { // nothing is asked: what the ticket's status means then is for its gate
		return "", err
	}
	if person, _ := r.Org.Directory.Resolve(n.Account); overtakenDecision(b, n, person) != nil {
		return "", nil
	}
	return "/vote " + b.ID + " " + string(n.Ticket.Decision), nil
}

// overtakenDecision says why a decision that was made elsewhere at an instant is none on a ballot; nil if it is one. It was made on
// what was asked then, and is heard at any time after.
func overtakenDecision(b approval.Ballot, n port.Notice, person string) *chat.Text {
	if n.At.Before(b.Opened) {
		text := chat.Say("ticket.decided_before", chat.Word("ballot", b.ID), chat.Time("opened", b.Opened))
		return &text
	}
	for _, v := range b.Votes {
		if v.Person == person && person != "" && n.At.Before(v.At) {
			text := chat.Say("ticket.decided_since", chat.Word("ballot", b.ID), chat.Person("person", person))
			return &text
		}
	}
	return nil
}

// somebody is who did something elsewhere: a person, or an account that is nobody's here.
func somebody(t *bot.Turn, n port.Notice) chat.Text {
	switch {
	case t.Person != "":
		return chat.Say("value.person", chat.Person("person", t.Person))
	case n.Account == (chat.Account{}):
		return chat.Say("notice.nobody", chat.Word("system", n.System))
	}
	return chat.Say("notice.stranger", chat.Word("system", n.System))
}
