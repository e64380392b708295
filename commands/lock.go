package commands

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/state"
)

// timerLockExpires tells that a lock by hand ended by itself.
const timerLockExpires = "lock.expires"

func lockPlace() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"lock"}, Right: people.Lock, DryRun: true, Summary: "Keep everybody else from deploying a service somewhere.",
			Params: []command.Param{
				{Name: "service", Kind: command.KindService, Help: "The service."},
				{Name: "environment", Kind: command.KindEnvironment, Help: "Where."},
				{Name: "reason", Kind: command.KindText, Rest: true, Help: "Why: whoever is stopped reads it."},
				{Name: "for", Kind: command.KindDuration, Flag: true, Optional: true, Help: "How long; until unlocked if left out."},
			},
			Examples: []command.Example{
				{Line: `/lock {service} {environment} "looking into slow refunds" --for 2h`, Does: "locks {service} in {environment} for two hours"},
			},
		},
		Decide: takePlace,
	}
}

func takePlace(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	service, env := c.Text("service"), c.Text("environment")
	if refusal := t.Authorise(people.Lock, service, env); refusal != nil {
		return chat.Reply{}, refusal
	}
	l, err := lockOf(t, service, env)
	if err != nil {
		return chat.Reply{}, err
	}
	reason, err := t.Seal(c.Text("reason"))
	if err != nil {
		return chat.Reply{}, err
	}
	l, refusal := l.Take(lock.Ask{Owner: t.Person, Kind: lock.Manual, Reason: &reason, For: c.Duration("for")}, t.Now)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	text := chat.Say("lock.taken", chat.Word("service", service), chat.Word("environment", env), chat.Person("by", t.Person), chat.Quote("reason", reason))
	if !l.Expires.IsZero() {
		text.Args = append(text.Args, chat.Time("until", l.Expires))
	}
	if err := lockChanged(t, l, chat.Message{Title: text, Tone: chat.Warning}, t.Org.Channels.Releases); err != nil {
		return chat.Reply{}, err
	}
	return aloud(t, text, map[string]string{"service": service, "environment": env}, t.Org.Channels.Releases), nil
}

// lockChanged keeps a lock and tells of it.
func lockChanged(t *bot.Turn, l lock.Lock, m chat.Message, places []chat.Place) error {
	at := place(l.Service, l.Environment)
	t.About(at)
	if err := putLock(t, l); err != nil {
		return err
	}
	if err := t.Announce("lock:"+at+":"+t.Key, places, m); err != nil {
		return err
	}
	return refreshReleases(t, func(service string) bool { return service == l.Service })
}

// wakeForLock sets the timer that tells of the end of a lock by hand, or of a deployment that has its lock for too long.
func wakeForLock(t *bot.Turn, l lock.Lock) error {
	id := timerLockExpires + ":" + place(l.Service, l.Environment)
	if l.Expires.IsZero() {
		t.CancelTimer(id)
		return nil
	}
	return t.Wake(state.Timer{ID: id, At: l.Expires, Kind: timerLockExpires, Subject: place(l.Service, l.Environment)})
}

// lockExpires tells that a lock by hand ended, and hands it on.
func lockExpires(t *bot.Turn, timer state.Timer) error {
	was, ok, err := locks.Get(t, timer.Subject)
	if err != nil || !ok {
		return err
	}
	if was.Kind == lock.Deployment {
		return lockOverdue(t, was, timer)
	}
	l, changed := was.Expire(t.Now)
	if !changed {
		return nil
	}
	text := chat.Say("lock.expired", chat.Word("service", l.Service), chat.Word("environment", l.Environment), chat.Person("owner", was.Owner))
	t.Record(timer.Kind, text)
	return lockChanged(t, l, chat.Message{Title: text, Tone: chat.Good, Mentions: []string{was.Owner}}, t.Org.Channels.Releases)
}

// lockOverdue tells that a deployment has its lock for longer than it should take. It keeps it: two at once are worse.
func lockOverdue(t *bot.Turn, l lock.Lock, timer state.Timer) error {
	d, ok, err := deployments.Get(t, l.Owner)
	if err != nil || !ok || !d.State.HoldsLock() || l.Expires.After(t.Now) {
		return err
	}
	text := chat.Say("lock.overdue", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment),
		chat.Nested("state", d.State.Text()), chat.Duration("held", t.Now.Sub(l.At)))
	t.About(d.ID, d.Release)
	t.Record(timer.Kind, text)
	return t.Announce("lock:overdue:"+d.ID, slices.Concat(t.Org.Channels.OnCall, t.Org.Channels.Releases), chat.Message{Title: text, Tone: chat.Bad,
		Mentions: t.Org.Holders(people.Respond, d.Service, d.Environment)})
}

// lend gives a lock by hand to its owner's own deployment, and puts the owner first in line to have it back.
func lend(l lock.Lock, ask lock.Ask, at time.Time) (lock.Lock, *chat.Refusal) {
	owner := lock.Ask{Owner: l.Owner, Kind: lock.Manual}
	if !l.Expires.IsZero() {
		owner.For = l.Expires.Sub(at)
	}
	l, refusal := l.HandOver(l.Owner, ask, at)
	if refusal != nil {
		return l, refusal
	}
	return l.Wait(owner, at), nil
}

func lockList() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"lock", "list"}, Summary: "List who has the lock of what.",
			Examples: []command.Example{{Line: "/lock list", Does: "lists the locks held, since when and why"}},
		},
		Read: func(r *bot.Reading, _ command.Call) (chat.Reply, error) {
			s := chat.Section{}
			err := locks.All(r, func(_ string, l lock.Lock) error {
				l, err := lockOf(r, l.Service, l.Environment)
				if err != nil {
					return err
				}
				if l.Held(r.Now) {
					s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkClosed, Text: l.Text(r.Now)})
				}
				return nil
			})
			m := chat.Message{Title: chat.Say("lock.list", chat.Count("count", len(s.Lines))), Private: true}
			if len(s.Lines) > 0 {
				m.Sections = []chat.Section{s}
			}
			return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, Messages: []chat.Message{m}}, err
		},
	}
}

// aloud replies to what was announced: aloud, unless it was said in one of the places that have heard it.
func aloud(t *bot.Turn, text chat.Text, ids map[string]string, heard []chat.Place) chat.Reply {
	if t.Hears(heard) {
		return quietly(text, ids)
	}
	return done(text, ids)
}
