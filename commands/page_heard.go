package commands

import (
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
)

// pageButtons are the names of the buttons on a page.
var pageButtons = []string{"acknowledge", "owner", "retry"}

// pageKeyPrefix begins the keys under which pages are triggered: the page's id follows.
const pageKeyPrefix = "gonogo-"

func pageKey(id, deployment string) string { return pageKeyPrefix + id + "-" + deployment }

// pageOfKey is the page that was triggered under a key; false for what the bot did not trigger, however it is called.
func pageOfKey(r state.Reader, key string) (p followup.Page, ok bool, err error) {
	rest, ours := strings.CutPrefix(key, pageKeyPrefix+letterPage+"-")
	number, _, more := strings.Cut(rest, "-")
	if !ours || !more {
		return p, false, nil
	}
	p, ok, err = pages.Get(r, letterPage+"-"+number)
	return p, ok && p.Key == key, err
}

// pageHeard takes what somebody did to a page of the bot's in the pager itself. What is known already changes nothing.
func pageHeard(t *bot.Turn, n port.Notice, p followup.Page, now port.IncidentState) error {
	next, refusal := p, (*chat.Refusal)(nil)
	code := chat.Code("page.acknowledged_there")
	gone := "acknowledge"
	switch now {
	case port.IncidentAcknowledged:
		next, refusal = p.Acknowledge(t.Person, n.At)
	case port.IncidentResolved:
		code = "page.resolved_there"
		next, refusal = p.Resolve(t.Person, n.At)
	default:
		return nil
	}
	if refusal != nil {
		return nil // it was so already
	}
	t.About(p.ID, p.Release, p.Deployment)
	t.Record("page heard", chat.Say(code, chat.Word("page", p.ID), chat.Word("system", n.System), chat.Nested("who", somebody(t, n))))
	if err := pages.Put(t.Tx, p.ID, next); err != nil {
		return err
	}
	if now == port.IncidentResolved {
		if err := t.Retract(p.ID, pageButtons...); err != nil {
			return err
		}
	} else if err := t.Retract(p.ID, gone); err != nil {
		return err
	}
	// Whoever may answer for it here has taken what it is about along with it.
	if now == port.IncidentAcknowledged && p.FollowUp != "" && t.Person != "" && t.Org.May(t.Person, people.Respond, p.Service, "") {
		if err := takeFollowUp(t, p.FollowUp); err != nil {
			return err
		}
	}
	return t.Card(p.ID)
}

// paged says who is on call, once the pager has named them.
func paged(t *bot.Turn, e effect.Effect, o effect.Outcome) error {
	p, ok, err := pages.Get(t, e.Subject)
	if err != nil || !ok {
		return err
	}
	t.About(p.ID)
	if !o.OK {
		t.Fail()
		t.Record("page", chat.Say("page.failed", chat.Word("page", p.ID), chat.Word("fault", o.Fault)))
		return t.Card(p.ID)
	}
	if string(o.Value) == "null" {
		return nil // this pager has no rota: its card called those who answer for the service
	}
	var w woken
	if err := o.Decode(&w); err != nil {
		return err
	}
	var on []string
	for _, a := range w.Accounts {
		if person, ok := t.Org.Directory.Resolve(a); ok {
			on = append(on, person)
		}
	}
	p.OnCall = except(on, "")
	text := chat.Say("page.on_call", chat.Word("page", p.ID), chat.Word("service", p.Service), chat.People("people", p.OnCall))
	if len(p.OnCall) == 0 {
		text = chat.Say("page.on_call_unknown", chat.Word("page", p.ID), chat.Word("service", p.Service), chat.Word("fault", w.Fault))
	}
	t.Record("page", text)
	if err := pages.Put(t.Tx, p.ID, p); err != nil {
		return err
	}
	if len(p.OnCall) > 0 && p.State == followup.PageTriggered {
		m := chat.Message{Title: text, Tone: chat.Bad, Mentions: p.OnCall, Thread: p.ID}
		if err := t.Announce("oncall:"+p.ID, t.Org.Channels.OnCall, m); err != nil {
			return err
		}
	}
	return t.Card(p.ID)
}
