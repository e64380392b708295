package bot

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
)

// Turn is one decision under way: what a handler may read and write. Whatever it writes is committed whole, with the
// audit entry and the reply, or not at all.
type Turn struct {
	*state.Tx
	Org *organisation.Organisation
	Now time.Time
	// Person is the opaque id of who asked; empty for the bot's own turns.
	Person  string
	Account chat.Account
	Proven  bool // the request carried the speaker's own token
	Place   chat.Place
	Key     string
	Root    string

	bot        *Bot
	entry      audit.Entry
	authorised bool
	failed     bool
	leaves     []func(*Turn) error
	enqueued   []effect.Effect
	timers     []state.Timer
}

// Authorise is the one way to ask whether the speaker may: it returns a refusal that names who may instead.
func (t *Turn) Authorise(right people.Right, service, environment string) *chat.Refusal {
	t.authorised = true
	if t.Person != "" && t.Org.May(t.Person, right, service, environment) {
		return nil
	}
	args := []chat.Arg{chat.Word("right", string(right))}
	if service != "" && service != people.Everything {
		args = append(args, chat.Word("service", service))
	}
	if environment != "" && environment != people.Everything {
		args = append(args, chat.Word("environment", environment))
	}
	if holders := t.Org.Holders(right, service, environment); len(holders) > 0 {
		args = append(args, chat.People("holders", holders))
	}
	return chat.Refuse("may.not", args...)
}

// About says what the decision concerns: the short ids by which the audit trail is asked.
func (t *Turn) About(subjects ...string) { t.entry.Subjects = append(t.entry.Subjects, subjects...) }

// Record says what was decided, in the turns that answer nobody.
func (t *Turn) Record(act string, text chat.Text, reasons ...chat.Text) {
	t.entry.Act, t.entry.Outcome, t.entry.Text, t.entry.Reasons = act, chat.Done, text, reasons
}

// Evidence adds a fact that the decision rested on.
func (t *Turn) Evidence(source port.Source, what chat.Text) {
	t.entry.Evidence = append(t.entry.Evidence, audit.Evidence{What: what, Source: source})
}

// Leave says what is written all the same if the decision turns out to be a refusal, which undoes whatever else it wrote: a fact about
// what was refused, never a part of what was asked for. It is done in the turn that records the refusal.
func (t *Turn) Leave(write func(*Turn) error) { t.leaves = append(t.leaves, write) }

// Fail marks the request that started this chain as not having done what was asked.
func (t *Turn) Fail() { t.failed = true }

// Seal encrypts what the speaker wrote under their key.
func (t *Turn) Seal(text string) (chat.Sealed, error) { return t.bot.store.Seal(t.Person, text) }

// Intent is an effect to enqueue.
type Intent struct {
	Kind    effect.Kind
	Class   effect.Class
	Key     string // unique to what is to happen: the other system sees it
	Subject string
	Lane    string // effects of a lane keep their order
	Payload any
	Guarded bool
	Wait    time.Duration // not before this long from now
}

// Effect enqueues an effect.
func (t *Turn) Effect(i Intent) error {
	e, err := t.effect(i)
	if err != nil {
		return err
	}
	id, err := t.Tx.Enqueue(e)
	if err != nil {
		return err
	}
	e.ID = id
	t.enqueued = append(t.enqueued, e)
	return nil
}

// Touch asks for a repeatable effect that shows the newest state under its key, once however often it is asked for.
func (t *Turn) Touch(i Intent) error {
	e, err := t.effect(i)
	if err != nil {
		return err
	}
	id, err := t.Tx.Touch(e)
	if err != nil || id == 0 {
		return err
	}
	e.ID = id
	t.enqueued = append(t.enqueued, e)
	return nil
}

func (t *Turn) effect(i Intent) (effect.Effect, error) {
	var payload json.RawMessage
	if i.Payload != nil {
		var err error
		if payload, err = json.Marshal(i.Payload); err != nil {
			return effect.Effect{}, fmt.Errorf("encode the payload of %s: %w", i.Kind, err)
		}
	}
	e := effect.Effect{
		Kind: i.Kind, Class: i.Class, Key: i.Key, Subject: i.Subject, Lane: i.Lane, Root: t.Root,
		Payload: payload, Status: effect.Due, Guarded: i.Guarded, At: t.Now,
	}
	if i.Wait > 0 {
		e.NotBefore = t.Now.Add(i.Wait)
	}
	return e, nil
}

// Wake sets a timer.
func (t *Turn) Wake(timer state.Timer) error {
	t.timers = append(t.timers, timer)
	return t.Tx.SetTimer(timer)
}

// Card asks for the card of a subject to be shown as things stand after this turn.
func (t *Turn) Card(subject string) error {
	return t.Touch(Intent{Kind: kindCard, Class: effect.Repeatable, Key: "card:" + subject, Subject: subject, Lane: "card:" + subject})
}

// Announce posts a message once in each of the places, under the card of what the turn is about unless it says otherwise.
func (t *Turn) Announce(key string, to []chat.Place, m chat.Message) error {
	of := m.Thread
	for i, p := range to {
		if p.Channel == "" || slices.Contains(to[:i], p) {
			continue
		}
		where := p.Platform + ":" + p.Workspace + ":" + p.Channel
		if of == "" && m.Card == "" {
			m.Thread = t.thread(p)
		}
		if err := t.Effect(Intent{
			Kind: kindPost, Class: effect.Keyed, Key: "post:" + key + ":" + where, Lane: "post:" + where,
			Payload: post{To: p, Message: m},
		}); err != nil {
			return err
		}
	}
	return nil
}

// Hears reports whether what is announced in the places is heard wherever a public reply would be.
func (t *Turn) Hears(places []chat.Place) bool {
	for _, p := range t.bot.hearing(t.Org, t.Place) {
		if !slices.Contains(places, p) {
			return false
		}
	}
	return true
}

// Reorganise makes what the turn learned of people hold from the moment it is durable.
func (t *Turn) Reorganise() {
	t.After(func() {
		if err := t.bot.overlay(); err != nil {
			t.bot.log.Error("what was learned of people can't be read", "error", err)
		}
	})
}

// Redact takes the secrets that the process knows out of what another system said.
func (t *Turn) Redact(text string) string { return t.bot.redact(text) }

// Store is the memory that seals and unseals what people wrote.
func (t *Turn) Store() *state.Store { return t.bot.store }
