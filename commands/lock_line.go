package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
)

// Deployments in the line for a lock.

// takeLock takes the place's lock for a deployment; a rollback takes over the lock of what it rolls back. Where somebody else has
// it, what may wait gets no token, and what it waits for.
func takeLock(t *bot.Turn, d rollout.Deployment, env organisation.Environment, o order) (uint64, *lock.Ask, error) {
	s := lock.Scope{Service: d.Service, Environment: d.Environment}
	b, err := lockBook(t, s)
	if err != nil {
		return 0, nil, err
	}
	ask := lock.Ask{Owner: d.ID, Kind: lock.Deployment, For: env.Lock, Under: d.Executor, Ahead: o.back != nil}
	var l lock.Lock
	var refusal *chat.Refusal
	if o.back != nil && b.Lock(s).HeldBy(o.back.ID, t.Now) {
		l, refusal = b.HandOver(s, o.back.ID, ask, t.Now)
	} else {
		l, refusal = b.Take(s, ask, t.Now)
	}
	if refusal != nil {
		if o.wait {
			return 0, &ask, nil
		}
		return 0, nil, refusal
	}
	return l.Token, nil, keepLocks(t, b)
}

// nextTicket is the last place in the line.
func nextTicket(t *bot.Turn) (uint64, error) {
	n, _, err := lockTickets.Get(t, busy)
	if err != nil {
		return 0, err
	}
	return n + 1, lockTickets.Put(t.Tx, busy, n+1)
}

// standInLine keeps a deployment that waits for its lock.
func standInLine(t *bot.Turn, d rollout.Deployment, ask lock.Ask) (rollout.Deployment, error) {
	if err := putDeployment(t, d); err != nil {
		return d, err
	}
	s := lock.Scope{Service: d.Service, Environment: d.Environment}
	b, err := lockBook(t, s)
	if err != nil {
		return d, err
	}
	ticket, err := nextTicket(t)
	if err != nil {
		return d, err
	}
	b.Wait(s, ask, ticket, t.Now)
	if err := keepLocks(t, b); err != nil {
		return d, err
	}
	now, _, err := deployments.Get(t, d.ID) // it may be its turn already
	return now, err
}

// inLine answers whoever asked for a deployment that waits.
func inLine(t *bot.Turn, d rollout.Deployment) (chat.Reply, error) {
	s := lock.Scope{Service: d.Service, Environment: d.Environment}
	b, err := lockBook(t, s)
	if err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("lock.deployment_waits", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment),
		chat.Person("by", t.Person))
	if refusal := lock.Refusal(standing(b, s, d.ID, t), t.Now); refusal != nil {
		text.Args = append(text.Args, chat.Nested("for", refusal.Text))
	}
	return done(text, map[string]string{"release": d.Release, "deployment": d.ID}), nil
}

// standing is what stands between somebody who waits and their lock.
func standing(b *lock.Book, s lock.Scope, owner string, t *bot.Turn) []lock.Obstacle {
	l := b.Lock(s)
	i := l.Place(owner)
	if i == 0 {
		return nil
	}
	w := l.Queue[i-1]
	return b.Obstacles(s, lock.Ask{Owner: w.Owner, Kind: w.Kind, Under: w.Under}, w.Ticket, t.Now)
}

// onlyLocked reports whether the lock is all that stands in the way: then it makes sense to wait for it.
func onlyLocked(report gate.Report) bool {
	closed := report.Closed()
	return len(closed) == 1 && closed[0].Gate == gate.Lock && closed[0].Status == gate.Closed
}

// waitsAlready refuses a second place in the line.
func waitsAlready(t *bot.Turn, r release.Release, environment string) (*chat.Refusal, error) {
	l, err := lockOf(t, r.Service, environment)
	if err != nil {
		return nil, err
	}
	for _, w := range l.Queue {
		d, ok, err := deployments.Get(t, w.Owner)
		if err != nil {
			return nil, err
		}
		if ok && d.Release == r.ID {
			return chat.Refuse("lock.deployment_waits_already", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", environment)), nil
		}
	}
	return nil, nil
}

// beginTurn hands a deployment to the outbox whose turn it is. Its gates are asked there, so one that has closed meanwhile costs it
// the turn.
func beginTurn(t *bot.Turn, l lock.Lock) error {
	d, _, err := deploymentAndRelease(t, l.Owner)
	if err != nil {
		return err
	}
	d.Fence = l.Token
	t.About(d.ID, d.Release)
	text := chat.Say("lock.turn_deployment", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment))
	m := chat.Message{Title: text, Tone: chat.Neutral}
	if d.Executor != "" {
		m.Mentions = []string{d.Executor}
	}
	if err := t.Announce("turn:"+d.ID, t.Org.Channels.Releases, m); err != nil {
		return err
	}
	if err := launch(t, d); err != nil {
		return err
	}
	return t.Card(d.Release)
}

// codeFenceLost says that a deployment lost its lock to somebody else.
const codeFenceLost chat.Code = "deploy.fence_lost"

// fenceLost is what to say of a result that comes from a deployment which lost its lock to somebody else meanwhile: what runs there
// now, nobody knows from it. Nil if it has the lock, or nobody else had it since.
func fenceLost(t *bot.Turn, d rollout.Deployment) (*chat.Text, error) {
	l, err := lockOf(t, d.Service, d.Environment)
	if err != nil || !l.Overtaken(d.Fence) {
		return nil, err
	}
	text := chat.Say(codeFenceLost, chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment),
		chat.Count("fence", int(d.Fence)), chat.Count("token", int(l.Token)))
	return &text, nil
}
