package commands

import (
	"fmt"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

// releaseOfTicket is the release whose ticket it is; false for a ticket that is none of ours.
func releaseOfTicket(r state.Reader, ticket port.Ticket) (release.Release, bool, error) {
	rel, ok, err := releases.Get(r, ticket.Change.Release)
	return rel, ok && rel.Ticket == ticket.ID, err
}

// beingOpened refuses to take, for now, what is heard of a ticket that may be a release's: that is known once its opening is settled.
func beingOpened(t *bot.Turn, r release.Release, ticket port.Ticket) error {
	if r.ID == "" || r.Ticket != "" || ticket.Change.Key != ticketKey(r) {
		return nil
	}
	return t.Tx.Effects(func(e effect.Effect) error {
		if e.Kind == kindTicketOpen && e.Subject == r.ID {
			return effect.Retryable(fmt.Errorf("the ticket of %s is being opened", r.ID), 0)
		}
		return nil
	})
}

// ticketHeard shows what somebody did to a ticket in the register itself.
func ticketHeard(t *bot.Turn, n port.Notice, seen port.TicketNotice, said *chat.Reply) error {
	r, ok, err := releaseOfTicket(t, seen.Ticket)
	if err == nil && !ok {
		return beingOpened(t, r, seen.Ticket)
	}
	late := r.News != nil && n.At.Before(r.News.At)
	if err != nil || late && seen.Decision == "" {
		return err
	}
	news := release.TicketNews{
		At: n.At.UTC(), By: t.Person, System: n.System, Was: seen.Was, Is: seen.Is, Status: seen.Ticket.Status, Decision: seen.Decision,
	}
	switch {
	case said != nil:
		news.Counted = said.Outcome == chat.Done
		if len(said.Messages) > 0 {
			news.Answer = &said.Messages[0].Title
		}
	case seen.Decision != "":
		b, err := openBallotOn(t, r)
		if err != nil {
			return err
		}
		if b.ID != "" {
			news.Answer = overtakenDecision(b, n, t.Person)
		}
	}
	t.About(r.ID)
	text := newsText(t, n, r, news)
	var reasons []chat.Text
	if news.Answer != nil {
		reasons = append(reasons, *news.Answer)
	}
	t.Record("ticket heard", text, reasons...)
	if !late {
		r.News = &news
		if err := putRelease(t, r); err != nil {
			return err
		}
	}
	if ends := ticketEnds[news.Status] && !r.State.Settled() && !late; ends || news.Decision != "" {
		m := chat.Message{Title: text, Tone: chat.Warning}
		for _, reason := range reasons {
			m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Mark: decisionMark(news), Text: reason}}})
		}
		if ends {
			m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Mark: chat.MarkClosed, Text: chat.Say("ticket.ended_there", chat.Word("release", r.ID), chat.Word("ticket", r.Ticket))}}})
		}
		if err := t.Announce("ticket:"+n.Key, t.Org.Channels.Releases, m); err != nil {
			return err
		}
	}
	return t.Card(r.ID)
}

func newsText(t *bot.Turn, n port.Notice, r release.Release, news release.TicketNews) chat.Text {
	code := chat.Code("ticket.touched")
	if news.Was != news.Is {
		code = "ticket.moved_there"
	}
	return chat.Say(code, chat.Word("ticket", r.Ticket), chat.Word("was", news.Was), chat.Word("is", news.Is), chat.Word("system", n.System),
		chat.Nested("who", somebody(t, n)))
}

func decisionMark(n release.TicketNews) chat.Mark {
	if n.Counted {
		return chat.MarkOpen
	}
	return chat.MarkClosed
}

// itemsFound keeps the work items that a release brings. Titles are people's words: they are sealed.
func itemsFound(t *bot.Turn, e effect.Effect, o effect.Outcome) error {
	r, err := getRelease(t, e.Subject)
	if err != nil {
		return err
	}
	t.About(r.ID)
	if !o.OK {
		t.Record("ticket items", chat.Say("ticket.items_failed", chat.Word("release", r.ID), chat.Word("fault", o.Fault)))
		return t.Card(r.ID)
	}
	var found []port.WorkItem
	if err := o.Decode(&found); err != nil {
		return err
	}
	if len(found) == 0 {
		return nil
	}
	r.Items = make([]release.WorkItem, len(found))
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = f.ID
		r.Items[i] = release.WorkItem{ID: f.ID, Status: f.Status, Done: f.Done, Link: f.Link}
		if f.Title == "" {
			continue
		}
		title, err := t.Store().Seal(state.Strangers, f.Title)
		if err != nil {
			return err
		}
		r.Items[i].Title = &title
	}
	t.Record("ticket items", chat.Say("ticket.items", chat.Word("release", r.ID), chat.Count("count", len(names)), chat.List("items", names)))
	if err := putRelease(t, r); err != nil {
		return err
	}
	return t.Card(r.ID)
}

// cardItems is how many work items a card lists; the ticket links all of them.
const cardItems = 10

// itemsSection lists the work items on the release's card.
func itemsSection(_ *bot.Reading, rel release.Release) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.items")}
	for i, item := range rel.Items {
		if i == cardItems {
			s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("ticket.items_more", chat.Count("more", len(rel.Items)-cardItems), chat.Word("ticket", rel.Ticket))})
			break
		}
		line := chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("ticket.item", chat.Word("item", item.ID), chat.Word("status", item.Status))}
		if item.Title != nil {
			line.Text = chat.Say("ticket.item_titled", chat.Word("item", item.ID), chat.Quote("title", *item.Title), chat.Word("status", item.Status))
		}
		if item.Done {
			line.Mark = chat.MarkOpen
		}
		s.Lines = append(s.Lines, line)
	}
	return s, nil
}

// newsSection says what somebody last did to the ticket in the register itself.
func newsSection(_ *bot.Reading, rel release.Release) (chat.Section, error) {
	n := rel.News
	if n == nil {
		return chat.Section{}, nil
	}
	who := chat.Say("notice.stranger", chat.Word("system", n.System))
	if n.By != "" {
		who = chat.Say("value.person", chat.Person("person", n.By))
	}
	code := chat.Code("ticket.touched")
	if n.Was != n.Is {
		code = "ticket.moved_there"
	}
	line := chat.Line{Mark: chat.MarkWaiting, Text: chat.Say(code, chat.Word("ticket", rel.Ticket), chat.Word("was", n.Was), chat.Word("is", n.Is),
		chat.Word("system", n.System), chat.Nested("who", who))}
	if n.Decision != "" {
		line.Mark = decisionMark(*n)
	}
	if n.Answer != nil {
		line.Sub = append(line.Sub, *n.Answer)
	}
	if ticketEnds[n.Status] && !rel.State.Settled() {
		line.Mark = chat.MarkClosed
		line.Sub = append(line.Sub, chat.Say("ticket.ended_there", chat.Word("release", rel.ID), chat.Word("ticket", rel.Ticket)))
	}
	return chat.Section{Heading: chat.Say("heading.register"), Lines: []chat.Line{line}}, nil
}
