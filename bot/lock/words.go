package lock

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Text says who has the lock at an instant and since when, until when and why.
func (l Lock) Text(at time.Time) chat.Text {
	place := []chat.Arg{chat.Word("service", l.Service), chat.Word("environment", l.Environment)}
	code := [...]chat.Code{"lock.free", "lock.held"}
	if l.Scope().Wide() {
		place = []chat.Arg{chat.Nested("scope", l.Scope().Text())}
		code = [...]chat.Code{"lock.free_wide", "lock.held_wide"}
	}
	if !l.Held(at) {
		return chat.Say(code[0], place...)
	}
	args := append(place, owner("owner", l.Kind, l.Owner), chat.Time("since", l.At))
	if !l.Expires.IsZero() && l.Kind == Manual {
		args = append(args, chat.Time("until", l.Expires))
	}
	if l.Reason != nil {
		args = append(args, chat.Quote("reason", *l.Reason))
	}
	return chat.Say(code[1], args...)
}

func (l Lock) refusal(at time.Time) *chat.Refusal {
	t := l.Text(at)
	return chat.Refuse(t.Code, t.Args...)
}

// Arg names who waits.
func (w Waiter) Arg(name string) chat.Arg { return owner(name, w.Kind, w.Owner) }

// OwnerArg names who has the lock.
func (l Lock) OwnerArg(name string) chat.Arg { return owner(name, l.Kind, l.Owner) }

func owner(name string, k Kind, id string) chat.Arg {
	if k == Manual {
		return chat.Person(name, id)
	}
	return chat.Word(name, id)
}
