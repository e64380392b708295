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
	kindTicketOpen     effect.Kind = "ticket.open"
	kindTicketItems    effect.Kind = "ticket.items"
	kindTicketNote     effect.Kind = "ticket.note"
	kindTicketMove     effect.Kind = "ticket.move"
	kindTicketEvidence effect.Kind = "ticket.evidence"
)

// ticketWork is what to do to a release's ticket. The ticket's own id may not be known yet when it is decided: Key finds it.
type ticketWork struct {
	Key     string            `json:"key"`
	Release string            `json:"release"`
	Note    chat.Text         `json:"note,omitzero"`
	Status  port.TicketStatus `json:"status,omitempty"`
}

// ticketKey is what the register finds a release's ticket by. Those planned by an earlier version are known there by their id alone.
func ticketKey(r release.Release) string {
	if r.TicketKey != "" {
		return r.TicketKey
	}
	return "gonogo-" + r.ID
}

func ticketEffect(t *bot.Turn, r release.Release, kind effect.Kind, suffix string, w ticketWork) error {
	w.Key, w.Release = ticketKey(r), r.ID
	return t.Effect(bot.Intent{Kind: kind, Class: effect.Keyed, Key: w.Key + suffix, Subject: r.ID, Lane: "ticket:" + r.ID, Payload: w})
}

func ticketOpen(t *bot.Turn, r release.Release) error {
	return ticketEffect(t, r, kindTicketOpen, "", ticketWork{})
}

func ticketNote(t *bot.Turn, r release.Release, text chat.Text) error {
	return ticketEffect(t, r, kindTicketNote, fmt.Sprintf("-%d", t.Seq()), ticketWork{Note: text})
}

// ticketMove sets the ticket's status and says why. A status that ends the change takes the evidence along.
func ticketMove(t *bot.Turn, r release.Release, to port.TicketStatus, why chat.Text) error {
	if err := ticketEffect(t, r, kindTicketMove, fmt.Sprintf("-%s-%d", to, t.Seq()), ticketWork{Note: why, Status: to}); err != nil {
		return err
	}
	if !ticketEnds[to] {
		return nil
	}
	return ticketEffect(t, r, kindTicketEvidence, fmt.Sprintf("-%s-%d-evidence", to, t.Seq()), ticketWork{Status: to})
}

// ticketEnds are the statuses after which nothing more is expected of a change.
var ticketEnds = map[port.TicketStatus]bool{port.TicketDone: true, port.TicketBackedOut: true, port.TicketCancelled: true}

// ticketSought is how often a ticket is looked for, a minute apart in the end: searches lag behind what was opened.
const ticketSought = 30

func (p Ports) ticketPerformers(performers map[effect.Kind]bot.Performer) {
	performers[kindTicketOpen] = bot.Performer{Perform: onTicket(p.openTicket), Find: onTicket(func(ctx context.Context, w ticketWork, _ effect.Effect) (any, error) {
		return p.Tickets.Find(ctx, w.Key)
	})}
	// These do the same when done twice: looking first would gain nothing.
	performers[kindTicketNote] = bot.Performer{Perform: p.onOpened(p.noteTicket)}
	performers[kindTicketMove] = bot.Performer{Perform: p.onOpened(p.moveTicket)}
	performers[kindTicketItems] = bot.Performer{Perform: p.onOpened(p.findItems)}
	performers[kindTicketEvidence] = bot.Performer{Perform: p.onOpened(p.attachEvidence)}
}

func (p Ports) openTicket(ctx context.Context, w ticketWork, _ effect.Effect) (any, error) {
	c, err := p.change(w.Release)
	if err != nil {
		return nil, err
	}
	return p.Tickets.Open(ctx, c)
}

func (p Ports) noteTicket(ctx context.Context, ticket string, w ticketWork, e effect.Effect) (any, error) {
	return nil, p.Tickets.Note(ctx, ticket, port.Note{Key: e.Key, Text: words.Text(w.Note, p.Reader(), e.At), At: e.At})
}

// moveTicket brings the fields up to date before the status: what a status asks to be filled in is then there.
func (p Ports) moveTicket(ctx context.Context, ticket string, w ticketWork, e effect.Effect) (any, error) {
	c, err := p.change(w.Release)
	if err != nil {
		return nil, err
	}
	if err := p.Tickets.Amend(ctx, ticket, c); err != nil {
		return nil, err
	}
	if err := p.Tickets.Move(ctx, ticket, w.Status); err != nil {
		return nil, err
	}
	return p.noteTicket(ctx, ticket, w, e)
}

func (p Ports) findItems(ctx context.Context, ticket string, w ticketWork, _ effect.Effect) (any, error) {
	c, err := p.change(w.Release)
	if err != nil {
		return nil, err
	}
	return p.Tickets.(port.WorkItems).WorkItems(ctx, ticket, c)
}

// onOpened finds the ticket that a note or move is about.
func (p Ports) onOpened(fn func(context.Context, string, ticketWork, effect.Effect) (any, error)) func(context.Context, effect.Effect) (any, error) {
	return onTicket(func(ctx context.Context, w ticketWork, e effect.Effect) (any, error) {
		ticket, err := p.Tickets.Find(ctx, w.Key)
		if isNotFound(err) && e.Attempts > ticketSought {
			return nil, effect.Permanently(err) // it was never opened: that is on record, and what waits behind must not wait for good
		}
		if isNotFound(err) {
			return nil, effect.Retryable(err, 0)
		}
		if err != nil {
			_, after := effect.Classify(err)
			return nil, effect.Retryable(err, after)
		}
		return fn(ctx, ticket.ID, w, e)
	})
}

func onTicket(fn func(context.Context, ticketWork, effect.Effect) (any, error)) func(context.Context, effect.Effect) (any, error) {
	return func(ctx context.Context, e effect.Effect) (any, error) {
		var w ticketWork
		if err := json.Unmarshal(e.Payload, &w); err != nil {
			return nil, effect.Permanently(err)
		}
		if w.Release == "" { // of a version that carried the change along
			w.Release = e.Subject
		}
		return fn(ctx, w, e)
	}
}

// ticketOpened keeps the ticket's id on the release.
func (p Ports) ticketOpened(t *bot.Turn, e effect.Effect, o effect.Outcome) error {
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
	if _, ok := p.Tickets.(port.WorkItems); ok {
		if err := ticketEffect(t, r, kindTicketItems, "-items", ticketWork{}); err != nil {
			return err
		}
	}
	return t.Card(r.ID)
}
