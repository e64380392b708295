package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/state/kv"
)

func exceptionList() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"freeze", "exception", "list"}, Summary: "List the exceptions that are asked for or hold.",
			Params: []command.Param{{Name: "all", Kind: command.KindBool, Flag: true, Optional: true, Help: "Also those that were used, refused or withdrawn, or ran out."}},
			Examples: []command.Example{
				{Line: "/freeze exception list", Does: "lists what is let through which freeze, and until when"},
				{Line: "/freeze exception list --all", Does: "lists past exceptions too"},
			},
		},
		Read: listExceptions,
	}
}

func listExceptions(r *bot.Reading, c command.Call) (chat.Reply, error) {
	var s chat.Section
	more := false
	err := exceptions.Latest(r, func(_ string, x freeze.Exception) error {
		if x.State.Terminal() && !c.Has("all") {
			return nil
		}
		if more = len(s.Lines) == listed; more {
			return kv.ErrStop
		}
		line := chat.Say("exception.line", chat.Nested("exception", exceptionText(x)), chat.Word("release", x.Release), chat.Person("by", x.By))
		if x.Reason != nil {
			line.Args = append(line.Args, chat.Quote("reason", *x.Reason))
		}
		s.Lines = append(s.Lines, chat.Line{Mark: exceptionMarks[x.State], Text: line})
		return nil
	})
	m := chat.Message{Title: chat.Say("exception.list", chat.Count("count", len(s.Lines))), Private: true}
	if len(s.Lines) > 0 {
		m.Sections = []chat.Section{s}
	}
	if more {
		m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Text: chat.Say("list.more", chat.Count("shown", listed))}}})
	}
	return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, Messages: []chat.Message{m}}, err
}

func exceptionWithdraw() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"freeze", "exception", "withdraw"}, Right: people.Exception, DryRun: true,
			Summary: "Take an exception back: one that is voted on is asked for no more, and one that was granted opens nothing more.",
			Params: []command.Param{
				{Name: "exception", Kind: command.KindException, Help: "The exception."},
				{Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "Why, for the record."},
			},
			Examples: []command.Example{{Line: `/freeze exception withdraw X-1 "it can wait after all"`, Does: "withdraws X-1"}},
		},
		Decide: withdrawException, Fences: true, // it closes a gate
	}
}

func withdrawException(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	id := c.Text("exception")
	x, ok, err := exceptions.Get(t, id)
	if err != nil || !ok {
		return chat.Reply{}, orUnknown(err, "exception.unknown", "exception", id)
	}
	r, err := getRelease(t, x.Release)
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(x.ID, r.ID)
	if refusal := t.Authorise(people.Exception, r.Service, x.Environment); refusal != nil {
		return chat.Reply{}, refusal
	}
	reason, err := sealOptional(t, c.Text("reason"))
	if err != nil {
		return chat.Reply{}, err
	}
	next, refusal := x.Apply(freeze.Annul)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	text := chat.Say("exception.withdrawn", chat.Word("exception", x.ID), chat.Word("release", r.ID), chat.Word("what", r.Subject()),
		chat.Word("environment", x.Environment), chat.Person("by", t.Person))
	if reason != nil {
		text.Args = append(text.Args, chat.Quote("reason", *reason))
	}
	if x.State == freeze.Requested { // its vote ends it, and tells of it
		return done(text, map[string]string{"exception": x.ID, "release": r.ID}), withdrawBallot(t, x.Ballot, reason)
	}
	t.CancelTimer(timerExceptionExpires + ":" + x.ID)
	if err := ticketNote(t, r, text); err != nil {
		return chat.Reply{}, err
	}
	if err := exceptionChanged(t, next, "withdrawn", chat.Message{Title: text, Tone: chat.Warning}); err != nil {
		return chat.Reply{}, err
	}
	return aloud(t, text, map[string]string{"exception": x.ID, "release": r.ID}, t.Org.Channels.Releases), nil
}
