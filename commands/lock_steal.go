package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/people"
)

func lockSteal() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"lock", "steal"}, Right: people.Unlock, DryRun: true, Summary: "Take somebody else's lock for yourself, past everybody who waits. They are told.",
			Params: append(slices.Clone(ofScope),
				command.Param{Name: "reason", Kind: command.KindText, Rest: true, Help: "Why: whoever loses it reads it, and so does the record."},
				command.Param{Name: "for", Kind: command.KindDuration, Flag: true, Optional: true, Help: "How long; until unlocked if left out."},
			),
			Examples: []command.Example{
				{Line: `/lock steal {service} {environment} "the owner is on a plane" --for 1h`, Does: "takes the lock of {service} in {environment} from whoever has it"},
			},
		},
		Decide: stealPlace, Fences: true, // it closes the gate of whoever loses it
	}
}

func stealPlace(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	s := scopeOfCall(c)
	if refusal := authoriseLock(t, people.Unlock, s); refusal != nil {
		return chat.Reply{}, refusal
	}
	b, err := lockBook(t, s)
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(placeOf(s))
	reason, err := t.Seal(c.Text("reason"))
	if err != nil {
		return chat.Reply{}, err
	}
	was, refusal := b.Steal(s, lock.Ask{Owner: t.Person, Kind: lock.Manual, Reason: &reason, For: c.Duration("for")}, t.Now)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	if err := keepLocks(t, b); err != nil {
		return chat.Reply{}, err
	}
	busy, err := underWay(t, was)
	if err != nil {
		return chat.Reply{}, err
	}
	code := chat.Code("lock.stolen")
	if busy {
		code = "lock.stolen_deployment"
		t.About(was.Owner)
	}
	text := chat.Say(code, chat.Nested("scope", s.Text()), chat.Person("by", t.Person), was.OwnerArg("owner"), chat.Quote("reason", reason))
	if until := b.Lock(s).Expires; !until.IsZero() {
		text.Args = append(text.Args, chat.Time("until", until))
	}
	m := chat.Message{Title: text, Tone: chat.Bad}
	if m.Mentions, err = losers(t, was); err != nil {
		return chat.Reply{}, err
	}
	heard := slices.Concat(t.Org.Channels.Releases, t.Org.Channels.OnCall)
	if err := tellLock(t, s, m, heard); err != nil {
		return chat.Reply{}, err
	}
	return aloud(t, text, lockIDs(s), heard), nil
}
