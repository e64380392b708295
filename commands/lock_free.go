package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/people"
)

func unlockPlace() bot.Command {
	return bot.Command{
		// Which right it takes depends on whose lock it is.
		Spec: command.Spec{
			Words: []string{"unlock"}, DryRun: true, Summary: "Give your lock back, or break somebody else's.",
			Params:   append(slices.Clone(ofScope), command.Param{Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "Why, for the record."}),
			Examples: []command.Example{{Line: "/unlock {service} {environment}", Does: "gives the lock of {service} in {environment} back"}},
		},
		Decide: freePlace,
	}
}

func freePlace(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	s := scopeOfCall(c)
	b, err := lockBook(t, s)
	if err != nil {
		return chat.Reply{}, err
	}
	l := b.Lock(s)
	t.About(placeOf(s))
	busy, err := underWay(t, l)
	if err != nil {
		return chat.Reply{}, err
	}
	own := l.HeldBy(t.Person, t.Now)
	// What a deployment left locked when it ended protects nothing: whoever may lock may clear it away.
	breaks := l.Held(t.Now) && !own && (l.Kind == lock.Manual || busy)
	if refusal := authoriseUnlock(t, l, breaks); refusal != nil {
		return chat.Reply{}, refusal
	}
	reason, err := sealOptional(t, c.Text("reason"))
	if err != nil {
		return chat.Reply{}, err
	}
	if refusal := b.Break(s, t.Now); refusal != nil {
		return chat.Reply{}, refusal
	}
	text := chat.Say(unlockCode(l, breaks), chat.Nested("scope", s.Text()), chat.Person("by", t.Person), l.OwnerArg("owner"))
	if reason != nil {
		text.Args = append(text.Args, chat.Quote("reason", *reason))
	}
	m := chat.Message{Title: text, Tone: chat.Good}
	heard := t.Org.Channels.Releases
	if breaks {
		m.Tone = chat.Bad
		heard = slices.Concat(heard, t.Org.Channels.OnCall)
		if m.Mentions, err = losers(t, l); err != nil {
			return chat.Reply{}, err
		}
	}
	if err := tellLock(t, s, m, heard); err != nil {
		return chat.Reply{}, err
	}
	return aloud(t, text, lockIDs(s), heard), keepLocks(t, b)
}

// losers are the people to tell that a lock was taken from them: its owner, or who deploys under it.
func losers(t *bot.Turn, l lock.Lock) ([]string, error) {
	if l.Kind == lock.Manual {
		return []string{l.Owner}, nil
	}
	d, ok, err := deployments.Get(t, l.Owner)
	if err != nil || !ok || d.Executor == "" {
		return nil, err
	}
	return []string{d.Executor}, nil
}

// underWay reports whether a lock belongs to a deployment that has not ended.
func underWay(t *bot.Turn, l lock.Lock) (bool, error) {
	if l.Kind != lock.Deployment || !l.Held(t.Now) {
		return false, nil
	}
	d, ok, err := deployments.Get(t, l.Owner)
	return ok && !d.State.Ended(), err
}

// authoriseUnlock asks for the right to lock, or for that to break locks; the refusal says whose lock it is.
func authoriseUnlock(t *bot.Turn, l lock.Lock, breaks bool) *chat.Refusal {
	right := people.Lock
	if breaks || t.Org.May(t.Person, people.Unlock, everyIfAll(l.Service), everyIfAll(l.Environment)) {
		right = people.Unlock
	}
	refusal := authoriseLock(t, right, l.Scope())
	if refusal != nil && breaks {
		refusal = refusal.Because(l.Text(t.Now))
	}
	return refusal
}

func unlockCode(l lock.Lock, breaks bool) chat.Code {
	switch {
	case breaks && l.Kind == lock.Deployment:
		return "lock.broken_deployment"
	case breaks:
		return "lock.broken"
	}
	return "lock.released"
}

func lockLeave() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"lock", "leave"}, Right: people.Lock, DryRun: true, Summary: "Wait no longer for a lock.",
			Params:   slices.Clone(ofScope),
			Examples: []command.Example{{Line: "/lock leave {service} {environment}", Does: "gives up your place in the line for {service} in {environment}"}},
		},
		Decide: leaveLine,
	}
}

func leaveLine(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	s := scopeOfCall(c)
	if refusal := authoriseLock(t, people.Lock, s); refusal != nil {
		return chat.Reply{}, refusal
	}
	b, err := lockBook(t, s)
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(placeOf(s))
	if !b.Leave(s, t.Person) {
		return chat.Reply{}, chat.Refuse("lock.waits_not", chat.Nested("scope", s.Text()))
	}
	text := chat.Say("lock.left", chat.Nested("scope", s.Text()), chat.Person("by", t.Person))
	return quietly(text, lockIDs(s)), keepLocks(t, b)
}
