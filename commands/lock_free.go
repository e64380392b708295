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
			Params: []command.Param{
				{Name: "service", Kind: command.KindService, Help: "The service."},
				{Name: "environment", Kind: command.KindEnvironment, Help: "Where."},
				{Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "Why, for the record."},
			},
			Examples: []command.Example{{Line: "/unlock {service} {environment}", Does: "gives the lock of {service} in {environment} back"}},
		},
		Decide: freePlace,
	}
}

func freePlace(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	service, env := c.Text("service"), c.Text("environment")
	l, err := lockOf(t, service, env)
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(place(service, env))
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
	free, refusal := l.Break(t.Now)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	text := chat.Say(unlockCode(l, breaks), chat.Word("service", service), chat.Word("environment", env), chat.Person("by", t.Person), ownerOf(l))
	if reason != nil {
		text.Args = append(text.Args, chat.Quote("reason", *reason))
	}
	m := chat.Message{Title: text, Tone: chat.Good}
	heard := t.Org.Channels.Releases
	if breaks {
		m.Tone = chat.Bad
		heard = slices.Concat(heard, t.Org.Channels.OnCall)
		if l.Kind == lock.Manual {
			m.Mentions = []string{l.Owner}
		}
	}
	if err := lockChanged(t, free, m, heard); err != nil {
		return chat.Reply{}, err
	}
	return aloud(t, text, map[string]string{"service": service, "environment": env}, heard), nil
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
	if breaks || t.Org.May(t.Person, people.Unlock, l.Service, l.Environment) {
		right = people.Unlock
	}
	refusal := t.Authorise(right, l.Service, l.Environment)
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

func ownerOf(l lock.Lock) chat.Arg {
	if l.Kind == lock.Manual {
		return chat.Person("owner", l.Owner)
	}
	return chat.Word("owner", l.Owner)
}
