package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/state"
)

// timerLockExpires tells that a lock by hand ended by itself.
const timerLockExpires = "lock.expires"

// ofScope are the parameters that say what a lock is of.
var ofScope = []command.Param{
	{Name: "service", Kind: command.KindService, Also: []string{lock.All}, Help: "The service, or all."},
	{Name: "environment", Kind: command.KindEnvironment, Also: []string{lock.All}, Help: "Where, or all."},
}

func lockPlace() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"lock"}, Right: people.Lock, DryRun: true, Summary: "Keep everybody else from deploying a service somewhere.",
			Params: append(slices.Clone(ofScope),
				command.Param{Name: "reason", Kind: command.KindText, Rest: true, Help: "Why: whoever is stopped reads it."},
				command.Param{Name: "for", Kind: command.KindDuration, Flag: true, Optional: true, Help: "How long; until unlocked if left out."},
				command.Param{Name: "wait", Kind: command.KindBool, Flag: true, Optional: true, Help: "If somebody else has it, wait in line for it."},
			),
			Examples: []command.Example{
				{Line: `/lock {service} {environment} "looking into slow refunds" --for 2h`, Does: "locks {service} in {environment} for two hours"},
				{Line: `/lock all {environment} "network work" --for 1h --wait`, Does: "locks everything in {environment}, once what is under way there has ended"},
			},
		},
		Decide: takePlace,
	}
}

func scopeOfCall(c command.Call) lock.Scope {
	return lock.Scope{Service: c.Text("service"), Environment: c.Text("environment")}
}

// authoriseLock asks for a right over everything that a lock is of, now and later.
func authoriseLock(t *bot.Turn, right people.Right, s lock.Scope) *chat.Refusal {
	return t.Authorise(right, everyIfAll(s.Service), everyIfAll(s.Environment))
}

func lockIDs(s lock.Scope) map[string]string {
	return map[string]string{"service": s.Service, "environment": s.Environment}
}

func takePlace(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	s := scopeOfCall(c)
	if refusal := authoriseLock(t, people.Lock, s); refusal != nil {
		return chat.Reply{}, refusal
	}
	b, err := lockBook(t, s)
	if err != nil {
		return chat.Reply{}, err
	}
	reason, err := t.Seal(c.Text("reason"))
	if err != nil {
		return chat.Reply{}, err
	}
	ask := lock.Ask{Owner: t.Person, Kind: lock.Manual, Reason: &reason, For: c.Duration("for")}
	l, refusal := b.Take(s, ask, t.Now)
	if refusal != nil && c.Has("wait") {
		return waitForPlace(t, b, s, ask)
	}
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	if err := keepLocks(t, b); err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("lock.taken", chat.Nested("scope", s.Text()), chat.Person("by", t.Person), chat.Quote("reason", reason))
	if !l.Expires.IsZero() {
		text.Args = append(text.Args, chat.Time("until", l.Expires))
	}
	if err := tellLock(t, s, chat.Message{Title: text, Tone: chat.Warning}, t.Org.Channels.Releases); err != nil {
		return chat.Reply{}, err
	}
	return aloud(t, text, lockIDs(s), t.Org.Channels.Releases), nil
}

// waitForPlace puts somebody into the line.
func waitForPlace(t *bot.Turn, b *lock.Book, s lock.Scope, ask lock.Ask) (chat.Reply, error) {
	if b.Lock(s).Place(t.Person) > 0 {
		return chat.Reply{}, chat.Refuse("lock.waits_already", chat.Nested("scope", s.Text()))
	}
	ticket, err := nextTicket(t)
	if err != nil {
		return chat.Reply{}, err
	}
	b.Wait(s, ask, ticket, t.Now)
	if err := keepLocks(t, b); err != nil {
		return chat.Reply{}, err
	}
	t.About(placeOf(s))
	text := chat.Say("lock.waits", chat.Nested("scope", s.Text()), chat.Person("by", t.Person), chat.Quote("reason", *ask.Reason))
	if refusal := lock.Refusal(standing(b, s, t.Person, t), t.Now); refusal != nil {
		text.Args = append(text.Args, chat.Nested("for", refusal.Text))
	}
	return done(text, lockIDs(s)), refreshReleases(t, func(service string) bool { return s.Service == lock.All || s.Service == service })
}

// wakeForLock sets the timer that tells of the end of a lock by hand, or of a deployment that has its lock for too long.
func wakeForLock(t *bot.Turn, l lock.Lock) error {
	at := placeOf(l.Scope())
	id := timerLockExpires + ":" + at
	if l.Expires.IsZero() {
		t.CancelTimer(id)
		return nil
	}
	return t.Wake(state.Timer{ID: id, At: l.Expires, Kind: timerLockExpires, Subject: at})
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
	if was.Owner == "" || was.Held(t.Now) {
		return nil
	}
	b, err := lockBook(t, was.Scope())
	if err != nil {
		return err
	}
	t.Record(timer.Kind, chat.Say("lock.expired", chat.Nested("scope", was.Scope().Text()), chat.Person("owner", was.Owner)))
	return keepLocks(t, b)
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

// aloud replies to what was announced: aloud, unless it was said in one of the places that have heard it.
func aloud(t *bot.Turn, text chat.Text, ids map[string]string, heard []chat.Place) chat.Reply {
	if t.Hears(heard) {
		return quietly(text, ids)
	}
	return done(text, ids)
}
