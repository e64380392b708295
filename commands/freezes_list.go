package commands

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/state/kv"
)

func freezeList() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"freeze", "list"}, Summary: "List the freezes that hold and those announced.",
			Params: []command.Param{
				{Name: "all", Kind: command.KindBool, Flag: true, Optional: true, Help: "Also those that have ended or were lifted."},
				{Name: "ahead", Kind: command.KindDuration, Flag: true, Optional: true, Help: "Every time that something is frozen from now on for so long, in order."},
			},
			Examples: []command.Example{
				{Line: "/freeze list", Does: "lists what is frozen, until when and why"}, {Line: "/freeze list --all", Does: "lists past freezes too"},
				{Line: "/freeze list --ahead 30d", Does: "lists what will be frozen when in the next thirty days"},
			},
		},
		Read: listFreezes,
	}
}

// freezeMarks show where a freeze stands.
var freezeMarks = map[freeze.State]chat.Mark{freeze.Active: chat.MarkClosed, freeze.Announced: chat.MarkWaiting}

func listFreezes(r *bot.Reading, c command.Call) (chat.Reply, error) {
	if c.Has("ahead") {
		return listAhead(r, c.Duration("ahead"))
	}
	s := chat.Section{}
	more := false
	err := freezes.Latest(r, func(_ string, f freeze.Freeze) error {
		at := f.State(r.Now)
		if _, stands := freezeMarks[at]; !stands && !c.Has("all") {
			return nil
		}
		if more = len(s.Lines) == listed; more {
			return kv.ErrStop
		}
		s.Lines = append(s.Lines, freezeLine(f, r.Now))
		return nil
	})
	m := chat.Message{Title: chat.Say("freeze.list", chat.Count("count", len(s.Lines))), Private: true}
	if len(s.Lines) > 0 {
		m.Sections = []chat.Section{s}
	}
	if more {
		m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Text: chat.Say("list.more", chat.Count("shown", listed))}}})
	}
	return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, Messages: []chat.Message{m}}, err
}

func freezeLine(f freeze.Freeze, now time.Time) chat.Line {
	at := f.State(now)
	return chat.Line{Mark: freezeMarks[at], Text: chat.Say("freeze.line", chat.Nested("state", at.Text()), chat.Nested("freeze", f.Text(now)))}
}

func freezeLift() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"freeze", "lift"}, Right: people.Freeze, DryRun: true, Summary: "End a freeze now, or call off one that is announced.",
			Params: []command.Param{
				{Name: "freeze", Kind: command.KindFreeze, Help: "The freeze."},
				{Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "Why, for the record."},
				{Name: "once", Kind: command.KindBool, Flag: true, Optional: true, Help: "Of a freeze that recurs, only the time that holds now, or the next one."},
			},
			Examples: []command.Example{
				{Line: `/freeze lift F-1 "books are closed"`, Does: "ends F-1 before its time"},
				{Line: `/freeze lift F-1 "no closing this week" --once`, Does: "ends only the time that holds now, or calls off the next one"},
			},
		},
		Decide: liftFreeze,
	}
}

func liftFreeze(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	id := c.Text("freeze")
	f, ok, err := freezes.Get(t, id)
	if err != nil || !ok {
		return chat.Reply{}, orUnknown(err, "freeze.unknown", "freeze", id)
	}
	t.About(id)
	if refusal := authoriseScope(t, f.Scope); refusal != nil {
		return chat.Reply{}, refusal
	}
	reason, err := sealOptional(t, c.Text("reason"))
	if err != nil {
		return chat.Reply{}, err
	}
	was := f.State(t.Now)
	f, text, refusal := lifted(t, f, c.Has("once"))
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	if reason != nil {
		text.Args = append(text.Args, chat.Quote("reason", *reason))
	}
	others, err := stillFrozen(t, f)
	if err != nil {
		return chat.Reply{}, err
	}
	if len(others) > 0 {
		text.Args = append(text.Args, chat.List("others", others))
	}
	if err := putFreeze(t, f); err != nil {
		return chat.Reply{}, err
	}
	if !holdsOrWill(f.State(t.Now)) {
		if err := t.Retract(id, "lift", "once"); err != nil {
			return chat.Reply{}, err
		}
	}
	if was == freeze.Active {
		if _, err := thaw(t); err != nil {
			return chat.Reply{}, err
		}
	}
	what := "lifted"
	if c.Has("once") {
		what += ":" + t.Now.UTC().Format(time.RFC3339Nano)
	}
	if err := freezeChanged(t, f, what, chat.Message{Title: text, Tone: chat.Good}); err != nil {
		return chat.Reply{}, err
	}
	return aloud(t, text, map[string]string{"freeze": id}, freezePlaces(t.Org, f)), nil
}

// lifted ends a freeze, or one occurrence of it, and says so.
func lifted(t *bot.Turn, f freeze.Freeze, once bool) (freeze.Freeze, chat.Text, *chat.Refusal) {
	args := []chat.Arg{chat.Word("id", f.ID), chat.Nested("scope", f.Scope.Text()), chat.Person("by", t.Person)}
	if !once {
		next, refusal := f.Lift(t.Person, t.Now)
		return next, chat.Say("freeze.lifted_now", args...), refusal
	}
	next, of, refusal := f.LiftOnce(t.Person, t.Now)
	if refusal != nil {
		return f, chat.Text{}, refusal
	}
	code := chat.Code("freeze.called_off")
	if of.Contains(t.Now) {
		code = "freeze.lifted_once"
	}
	args = append(args, inZone(chat.Time("from", of.From), f.Zone), inZone(chat.Time("until", of.To), f.Zone))
	if after, comes := next.Next(t.Now.Add(1)); comes {
		args = append(args, inZone(chat.Time("next", after.From), f.Zone))
	}
	return next, chat.Say(code, args...), nil
}
