package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/window"
)

func windowTest() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"window", "test"}, Right: people.WindowTest, DryRun: true,
			Summary: "Set time aside for a penetration test or the validation of patches: nothing is deployed into it unasked.",
			Params: []command.Param{
				{Name: "service", Kind: command.KindService, Help: "What is tested."},
				{Name: "when", Kind: command.KindRange, Help: "From when until when, in quotes: \"Sat 02:00-04:00 Europe/Berlin\"."},
				{Name: "reason", Kind: command.KindText, Rest: true, Help: "Who tests what."},
				{Name: "environment", Kind: command.KindEnvironment, Flag: true, Optional: true, Help: "Where; the last environment if left out."},
			},
			Examples: []command.Example{{Line: `/window test {service} "Wed 09:00-17:00" "pen-test by ACME"`, Does: "keeps Wednesday for a test"}},
		},
		Decide: planTest, Fences: true,
	}
}

func planTest(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	service, env := c.Text("service"), last(t.Org).Name
	if c.Has("environment") {
		env = c.Text("environment")
	}
	if refusal := t.Authorise(people.WindowTest, service, env); refusal != nil {
		return chat.Reply{}, refusal
	}
	p, err := timeProposed(t, c)
	if err != nil {
		return chat.Reply{}, err
	}
	w, refusal := window.Plan(window.Window{Service: service, Environment: env}, p, t.Now)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	if w.ID, err = t.Next(letterWindow); err != nil {
		return chat.Reply{}, err
	}
	t.About(w.ID)
	if err := t.Offer(w.ID, bot.Offer{Name: "withdraw", Label: "button.window_withdraw", Line: "/window withdraw " + w.ID, Style: chat.StyleDanger,
		Confirm: chat.Say("confirm.window_withdraw", chat.Nested("window", w.Text()))}); err != nil {
		return chat.Reply{}, err
	}
	parties, owners := partiesOf(t, t.Org, service)
	text := chat.Say("window.test_planned", chat.Person("by", t.Person), chat.Nested("window", w.Text()), chat.Quote("reason", *p.Reason))
	found, err := conflictsOf(t, t.Org, w)
	if err != nil {
		return chat.Reply{}, err
	}
	s := chat.Section{Heading: chat.Say("heading.conflicts")}
	for _, conflict := range found {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkClosed, Text: conflict})
	}
	return windowChanged(t, w, "planned", chat.Message{Title: text, Tone: chat.Warning, Mentions: except(owners.All(parties), t.Person), Sections: lines(s)})
}

func windowAgree() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"window", "agree"}, Right: people.WindowTest, DryRun: true,
			Summary: "Let one release, as it is built now, into a security test.",
			Params: []command.Param{
				{Name: "window", Kind: command.KindWindow, Help: "The test."},
				{Name: "release", Kind: command.KindRelease, Help: "The release that may go there meanwhile."},
			},
			Examples: []command.Example{{Line: "/window agree W-1 R-1", Does: "lets R-1 into the test W-1"}},
		},
		Decide: agreeWindow,
	}
}

func agreeWindow(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	w, err := getWindow(t, c.Text("window"))
	if err != nil {
		return chat.Reply{}, err
	}
	r, err := getRelease(t, c.Text("release"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(w.ID, r.ID)
	if refusal := t.Authorise(people.WindowTest, w.Service, w.Environment); refusal != nil {
		return chat.Reply{}, refusal
	}
	if r.Service != w.Service {
		return chat.Reply{}, chat.Refuse("window.other_service", chat.Word("window", w.ID), chat.Word("service", w.Service), chat.Word("what", r.Subject()))
	}
	w, refusal := w.Agree(window.Agreement{Release: r.ID, Digest: r.Digest(), By: t.Person, At: t.Now.UTC()}, t.Now)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	text := chat.Say("window.agreed", chat.Person("by", t.Person), chat.Word("window", w.ID), chat.Word("release", r.ID), chat.Word("what", r.Subject()))
	return windowChanged(t, w, "agreed:"+r.ID+":"+countWord(len(w.Agreed)), chat.Message{Title: text, Tone: chat.Good})
}
