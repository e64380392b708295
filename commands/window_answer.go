package commands

import (
	"context"
	"slices"
	"strconv"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/window"
)

// windowParam is the window that a command is about.
var windowParam = command.Param{Name: "window", Kind: command.KindWindow, Help: "The window."}

func windowAccept() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"window", "accept"}, DryRun: true, Summary: "Agree to a proposed window, for the business that you answer for.",
			Params:   []command.Param{windowParam},
			Examples: []command.Example{{Line: "/window accept W-1", Does: "agrees to W-1"}},
		},
		Decide: func(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
			w, err := getWindow(t, c.Text("window"))
			if err != nil {
				return chat.Reply{}, err
			}
			t.About(w.ID)
			owners := ownersNow(t, w)
			waited := w.Waiting()
			w, refusal := w.Accept(t.Person, owners, t.Now)
			if refusal != nil {
				return chat.Reply{}, refusal
			}
			mine := slices.DeleteFunc(waited, func(p window.Party) bool { return slices.Contains(w.Waiting(), p) })
			text := chat.Say("window.accepted_by", chat.Person("by", t.Person), chat.Word("window", w.ID), chat.List("for", partyNames(mine)))
			m := chat.Message{Title: text, Tone: chat.Good}
			if w.State == window.Accepted {
				m.Sections = lines(chat.Section{Lines: []chat.Line{{Mark: chat.MarkOpen, Text: chat.Say("window.stands", chat.Nested("window", w.Text()))}}})
			} else {
				m.Sections = lines(chat.Section{Lines: unansweredLines(w, owners)})
			}
			return windowChanged(t, w, "accepted:"+countWord(len(w.Answers)), m)
		},
	}
}

func windowRefuse() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"window", "refuse"}, DryRun: true, Summary: "Say no to a proposed window: that ends it.",
			Params:   []command.Param{windowParam, {Name: "reason", Kind: command.KindText, Rest: true, Help: "Why not: whoever asks again will need it."}},
			Examples: []command.Example{{Line: `/window refuse W-1 "the sale runs until Monday"`, Does: "refuses W-1"}},
		},
		Decide: func(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
			return endWindow(t, c, "window.refused_by", func(w window.Window, reason *chat.Sealed) (window.Window, *chat.Refusal) {
				return w.Refuse(t.Person, reason, ownersNow(t, w), t.Now)
			})
		},
	}
}

func windowWithdraw() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"window", "withdraw"}, DryRun: true,
			Summary: "Take a window back: whoever asked for it may, and once it stands also who agreed to it; a test, who may plan tests.",
			Params:  []command.Param{windowParam, {Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "Why, for the record."}},
			Examples: []command.Example{
				{Line: `/window withdraw W-1 "the change needs no downtime"`, Does: "withdraws W-1"},
			},
		},
		Fences: true, // it closes a gate
		Decide: func(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
			return endWindow(t, c, "window.withdrawn_by", func(w window.Window, reason *chat.Sealed) (window.Window, *chat.Refusal) {
				may := w.Kind == window.Test && t.Org.May(t.Person, people.WindowTest, w.Service, w.Environment)
				return w.Withdraw(t.Person, reason, may, ownersNow(t, w), t.Now)
			})
		},
	}
}

func endWindow(t *bot.Turn, c command.Call, code chat.Code, end func(window.Window, *chat.Sealed) (window.Window, *chat.Refusal)) (chat.Reply, error) {
	w, err := getWindow(t, c.Text("window"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(w.ID)
	reason, err := sealOptional(t, c.Text("reason"))
	if err != nil {
		return chat.Reply{}, err
	}
	w, refusal := end(w, reason)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	text := chat.Say(code, chat.Person("by", t.Person), chat.Nested("window", w.Text()))
	if reason != nil {
		text.Args = append(text.Args, chat.Quote("reason", *reason))
	}
	return windowChanged(t, w, "ended", chat.Message{Title: text, Tone: chat.Bad, Mentions: except([]string{w.By}, t.Person)})
}

func (p Ports) windowCounter() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"window", "counter"}, DryRun: true,
			Summary: "Propose another time for a window: everybody is asked anew, whoever asked first too.",
			Params: []command.Param{windowParam,
				{Name: "when", Kind: command.KindRange, Help: "From when until when, in quotes: \"Sun 03:00-05:00\"."},
				{Name: "reason", Kind: command.KindText, Rest: true, Help: "Why not as it was proposed."},
			},
			Examples: []command.Example{{Line: `/window counter W-1 "Sun 03:00-05:00" "batches run until then"`, Does: "proposes Sunday instead"}},
		},
		Gather: func(ctx context.Context, r *bot.Reading, c command.Call) (bot.Facts, error) {
			w, err := getWindow(r, c.Text("window"))
			if err != nil {
				return nil, err
			}
			return p.askTraffic(ctx, r, w.Service), nil
		},
		Decide: counterWindow,
	}
}

func counterWindow(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	w, err := getWindow(t, c.Text("window"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(w.ID)
	p, err := timeProposed(t, c)
	if err != nil {
		return chat.Reply{}, err
	}
	owners := ownersNow(t, w)
	before := w
	w, refusal := w.Counter(p, owners, t.Now)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	if w, err = weighed(t, w, facts.(trafficFacts)); err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("window.countered", chat.Person("by", t.Person), chat.Nested("window", w.Text()), chat.Nested("before", before.Interval()),
		chat.Quote("reason", *p.Reason))
	return negotiated(t, w, owners, text)
}

// ownersNow are the people who speak for a window's parties now.
func ownersNow(t *bot.Turn, w window.Window) window.Owners {
	_, owners := partiesOf(t, t.Org, w.Service)
	return owners
}

// agreedParties lists the parties that have accepted in this round.
func agreedParties(w window.Window) []window.Party {
	waiting := w.Waiting()
	return slices.DeleteFunc(slices.Clone(w.Parties), func(p window.Party) bool { return slices.Contains(waiting, p) })
}

// partyNames are the names of business lines and services.
func partyNames(parties []window.Party) []string {
	var names []string
	for _, p := range parties {
		if p.Kind != window.OfPerson {
			names = append(names, p.Name)
		}
	}
	return names
}

// windowChanged keeps a window, tells of it and shows it anew, and with it the releases that wait for it.
func windowChanged(t *bot.Turn, w window.Window, what string, m chat.Message) (chat.Reply, error) {
	if err := putWindow(t, w); err != nil {
		return chat.Reply{}, err
	}
	if err := wakeForWindow(t, w); err != nil {
		return chat.Reply{}, err
	}
	if err := offerAnswers(t, w); err != nil {
		return chat.Reply{}, err
	}
	if w.State.Ended() {
		if err := unbind(t, w); err != nil {
			return chat.Reply{}, err
		}
	}
	return shownAnew(t, w, what, m)
}

func countWord(n int) string { return strconv.Itoa(n) }
