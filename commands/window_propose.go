package commands

import (
	"context"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/window"
	"github.com/gonogo-chat/gonogo/state"
)

func (p Ports) windowPropose() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"window", "propose"}, Right: people.Plan, DryRun: true,
			Summary: "Ask the business units concerned for a time at which a service may be down.",
			Params: []command.Param{
				{Name: "service", Kind: command.KindService, Help: "What is to be down."},
				{Name: "when", Kind: command.KindRange, Help: "From when until when, in quotes: \"Sat 02:00-04:00 Europe/Berlin\"."},
				{Name: "reason", Kind: command.KindText, Rest: true, Help: "What for: the business decides by it."},
			},
			Examples: []command.Example{{Line: `/window propose {service} "Sat 02:00-04:00" "schema change"`, Does: "asks for two hours on Saturday"}},
		},
		Gather: func(ctx context.Context, r *bot.Reading, c command.Call) (bot.Facts, error) {
			return p.askTraffic(ctx, r, c.Text("service")), nil
		},
		Decide: proposeWindow,
	}
}

func proposeWindow(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	service := c.Text("service")
	if refusal := t.Authorise(people.Plan, service, ""); refusal != nil {
		return chat.Reply{}, refusal
	}
	p, err := timeProposed(t, c)
	if err != nil {
		return chat.Reply{}, err
	}
	parties, owners := partiesOf(t, t.Org, service)
	w, refusal := window.Propose(window.Window{Service: service, Environment: last(t.Org).Name}, p, parties, owners, t.Now)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	if w.ID, err = t.Next(letterWindow); err != nil {
		return chat.Reply{}, err
	}
	if w, err = weighed(t, w, facts.(trafficFacts)); err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("window.proposed", chat.Person("by", t.Person), chat.Nested("window", w.Text()), chat.Quote("reason", *p.Reason))
	if len(w.Answers) > 0 {
		text.Args = append(text.Args, chat.List("owned", partyNames(agreedParties(w))))
	}
	return negotiated(t, w, owners, text)
}

// timeProposed is the time that somebody proposes.
func timeProposed(t *bot.Turn, c command.Call) (window.Proposal, error) {
	reason, err := t.Seal(c.Text("reason"))
	p := window.Proposal{From: c.Time("when"), To: c.Until("when"), By: t.Person, Reason: &reason, Closes: t.Now.Add(t.Org.Windows.Answer)}
	if zone := p.From.Location().String(); zone != "Local" {
		p.Zone = zone
	}
	return p, err
}

// negotiated keeps a window that was proposed anew, calls whoever must answer, and replies.
func negotiated(t *bot.Turn, w window.Window, owners window.Owners, text chat.Text) (chat.Reply, error) {
	t.About(w.ID)
	for _, i := range w.Impact {
		t.Evidence(i.Source, trafficText(i))
	}
	if err := putWindow(t, w); err != nil {
		return chat.Reply{}, err
	}
	if err := wakeForWindow(t, w); err != nil {
		return chat.Reply{}, err
	}
	if err := offerAnswers(t, w); err != nil {
		return chat.Reply{}, err
	}
	m := chat.Message{Title: text, Tone: chat.Warning, Mentions: except(owners.All(w.Waiting()), t.Person)}
	m.Sections = lines(chat.Section{Lines: clockLines(w)})
	if w.State == window.Accepted {
		m.Sections = append(m.Sections, lines(chat.Section{Lines: []chat.Line{{Mark: chat.MarkOpen, Text: chat.Say("window.stands", chat.Nested("window", w.Text()))}}})...)
	}
	key := "window:" + w.ID + ":proposed:" + countWord(w.Round)
	if err := t.Announce(key, windowPlaces(t.Org, w), m); err != nil {
		return chat.Reply{}, err
	}
	if w.State == window.Accepted {
		if err := refreshReleases(t, func(service string) bool { return service == w.Service }); err != nil {
			return chat.Reply{}, err
		}
	}
	return aloud(t, text, map[string]string{"window": w.ID}, windowPlaces(t.Org, w)), t.Card(w.ID)
}

// offerAnswers puts the buttons on a window's card by which it is answered, or takes them off.
func offerAnswers(t *bot.Turn, w window.Window) error {
	if !w.State.Negotiated() {
		return t.Retract(w.ID, "accept", "refuse", "counter")
	}
	for i, o := range []bot.Offer{
		{Name: "accept", Label: "button.window_accept", Line: "/window accept " + w.ID, Style: chat.StylePrimary},
		{Name: "refuse", Label: "button.window_refuse", Form: "/window refuse " + w.ID, Style: chat.StyleDanger},
		{Name: "counter", Label: "button.window_counter", Form: "/window counter " + w.ID},
	} {
		o.Order = i
		if err := t.Offer(w.ID, o); err != nil {
			return err
		}
	}
	return nil
}

// Timer kinds of windows.
const (
	timerWindowRemind = "window.remind"
	timerWindowCloses = "window.closes"
	timerWindowOpens  = "window.opens"
	timerWindowEnds   = "window.ends"
)

// wakeForWindow sets the timers of a window as it stands, and cancels those that it no longer needs.
func wakeForWindow(t *bot.Turn, w window.Window) error {
	for _, kind := range []string{timerWindowRemind, timerWindowCloses, timerWindowOpens, timerWindowEnds} {
		t.CancelTimer(kind + ":" + w.ID)
	}
	var at map[string]state.Timer
	switch {
	case w.State.Negotiated():
		at = map[string]state.Timer{timerWindowCloses: {At: w.Closes}}
		if remind := w.Closes.Add(-t.Org.Windows.Remind); t.Org.Windows.Remind > 0 && remind.After(t.Now) {
			at[timerWindowRemind] = state.Timer{At: remind}
		}
	case w.State == window.Accepted:
		at = map[string]state.Timer{timerWindowOpens: {At: w.From}, timerWindowEnds: {At: w.To}}
	}
	for _, kind := range []string{timerWindowRemind, timerWindowCloses, timerWindowOpens, timerWindowEnds} {
		timer, ok := at[kind]
		if !ok || !timer.At.After(t.Now) {
			continue
		}
		timer.ID, timer.Kind, timer.Subject = kind+":"+w.ID, kind, w.ID
		if err := t.Wake(timer); err != nil {
			return err
		}
	}
	return nil
}
