package commands

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// Effects on the change register. Those of one release keep their order: a ticket is opened before it is noted on.
const (
	kindTicketOpen effect.Kind = "ticket.open"
	kindTicketNote effect.Kind = "ticket.note"
	kindTicketMove effect.Kind = "ticket.move"
)

// ticketWork is what to do to a release's ticket. The ticket's own id may not be known yet when it is decided: Key finds it.
type ticketWork struct {
	Key    string            `json:"key"`
	Change *port.Change      `json:"change,omitempty"`
	Note   chat.Text         `json:"note,omitzero"`
	Status port.TicketStatus `json:"status,omitempty"`
}

func ticketKey(release string) string { return "gonogo-" + release }

func ticketOpen(t *bot.Turn, r release.Release) error {
	env := t.Org.Environments[len(t.Org.Environments)-1].Name
	return t.Effect(bot.Intent{
		Kind: kindTicketOpen, Class: effect.Keyed, Key: ticketKey(r.ID), Subject: r.ID, Lane: "ticket:" + r.ID,
		Payload: ticketWork{Key: ticketKey(r.ID), Change: &port.Change{
			Key: ticketKey(r.ID), Release: r.ID, Service: r.Service, Version: r.Version, Digest: r.Digest(), Tier: r.Tier,
			Summary: r.Subject() + " to " + env, Rollback: "/rollback " + r.ID + " " + env, By: r.Requester, At: t.Now.UTC(),
		}},
	})
}

func ticketNote(t *bot.Turn, r release.Release, text chat.Text) error {
	return t.Effect(bot.Intent{
		Kind: kindTicketNote, Class: effect.Keyed, Key: fmt.Sprintf("%s-%d", ticketKey(r.ID), t.Seq()), Subject: r.ID, Lane: "ticket:" + r.ID,
		Payload: ticketWork{Key: ticketKey(r.ID), Note: text},
	})
}

// ticketMove sets the ticket's status and says why.
func ticketMove(t *bot.Turn, r release.Release, to port.TicketStatus, why chat.Text) error {
	return t.Effect(bot.Intent{
		Kind: kindTicketMove, Class: effect.Keyed, Key: fmt.Sprintf("%s-%s-%d", ticketKey(r.ID), to, t.Seq()), Subject: r.ID, Lane: "ticket:" + r.ID,
		Payload: ticketWork{Key: ticketKey(r.ID), Note: why, Status: to},
	})
}

// ticketSought is how often a ticket is looked for, a minute apart in the end: searches lag behind what was opened.
const ticketSought = 30

func (p Ports) ticketPerformers(performers map[effect.Kind]bot.Performer) {
	performers[kindTicketOpen] = bot.Performer{
		Perform: p.onTicket(func(ctx context.Context, w ticketWork, _ effect.Effect) (any, error) {
			// A note may have opened nothing before: the key is looked for even the first time, since creating is what can't be repeated.
			if found, err := p.Tickets.Find(ctx, w.Key); err == nil {
				return found, nil
			} else if !isNotFound(err) {
				return nil, err
			}
			return p.Tickets.Open(ctx, *w.Change)
		}),
		Find: p.onTicket(func(ctx context.Context, w ticketWork, _ effect.Effect) (any, error) {
			return p.Tickets.Find(ctx, w.Key)
		}),
	}
	note := p.onTicket(func(ctx context.Context, w ticketWork, e effect.Effect) (any, error) {
		ticket, err := p.Tickets.Find(ctx, w.Key)
		if isNotFound(err) && e.Attempts > ticketSought {
			return nil, effect.Permanently(err) // it was never opened: that is on record, and what waits behind must not wait for good
		}
		if err != nil {
			return nil, effect.Retryable(err, 0)
		}
		if w.Status != "" {
			if err := p.Tickets.Move(ctx, ticket.ID, w.Status); err != nil {
				return nil, err
			}
		}
		return nil, p.Tickets.Note(ctx, ticket.ID, port.Note{Key: e.Key, Text: words.Text(w.Note, p.Reader(), e.At), At: e.At})
	})
	// Both steps do the same when done twice: looking first would gain nothing.
	performers[kindTicketNote] = bot.Performer{Perform: note}
	performers[kindTicketMove] = bot.Performer{Perform: note}
}

func (p Ports) onTicket(fn func(context.Context, ticketWork, effect.Effect) (any, error)) func(context.Context, effect.Effect) (any, error) {
	return func(ctx context.Context, e effect.Effect) (any, error) {
		var w ticketWork
		if err := json.Unmarshal(e.Payload, &w); err != nil {
			return nil, effect.Permanently(err)
		}
		return fn(ctx, w, e)
	}
}

// ticketOpened keeps the ticket's id on the release.
func ticketOpened(t *bot.Turn, e effect.Effect, o effect.Outcome) error {
	r, err := getRelease(t, e.Subject)
	if err != nil {
		return err
	}
	t.About(r.ID)
	if !o.OK {
		t.Fail()
		t.Record("ticket open", chat.Say("ticket.failed", chat.Word("release", r.ID), chat.Word("fault", o.Fault)))
		return t.Card(r.ID)
	}
	var ticket port.Ticket
	if err := o.Decode(&ticket); err != nil {
		return err
	}
	r.Ticket, r.Link = ticket.ID, ticket.Link
	t.Record("ticket open", chat.Say("ticket.opened", chat.Word("ticket", ticket.ID), chat.Word("release", r.ID)))
	if err := putRelease(t, r); err != nil {
		return err
	}
	return t.Card(r.ID)
}
