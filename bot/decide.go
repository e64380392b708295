package bot

import (
	"context"
	"errors"

	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
)

func (b *Bot) turn(tx *state.Tx, key, root string) *Turn {
	org := b.org.Load()
	return &Turn{
		Tx: tx, Org: org, Now: b.now(), Key: key, Root: root, bot: b,
		entry: audit.Entry{At: b.now().UTC(), Key: key, Config: org.Digest},
	}
}

// commit hands the turn's entry to the transaction, and what follows from it to the outbox and the clock after the commit.
func (t *Turn) commit() {
	if t.Root != t.Key {
		t.entry.Root = t.Root
	}
	t.Tx.Audit(t.entry)
	t.schedule()
}

// schedule makes effects and timers known after the commit.
func (t *Turn) schedule() {
	if len(t.enqueued) == 0 && len(t.timers) == 0 {
		return
	}
	b, root := t.bot, t.Root
	t.After(func() {
		b.chains.add(root, len(t.enqueued))
		for _, e := range t.enqueued {
			b.outbox.add(e)
		}
		for _, timer := range t.timers {
			b.timers.set(timer)
		}
	})
}

// system makes a turn of the bot's own: a start, a timer, the outcome of an effect. A turn that writes nothing governed and
// records nothing leaves no entry.
func (b *Bot) system(ctx context.Context, system, key, root string, handle func(*Turn) error) error {
	return b.store.Update(ctx, func(tx *state.Tx) error {
		t := b.turn(tx, key, root)
		t.entry.Actor = audit.Actor{System: system}
		_, err := guarded(func() (struct{}, error) { return struct{}{}, handle(t) })
		if err != nil {
			return err
		}
		if t.failed && root != "" {
			taken, ok, err := tx.Taken(root)
			if err != nil {
				return err
			}
			if ok && !taken.Failed {
				taken.Failed = true
				if err := tx.Take(root, taken); err != nil {
					return err
				}
			}
		}
		if t.entry.Act == "" && !tx.Governs() {
			t.schedule()
			return nil
		}
		if t.entry.Act == "" {
			return errors.New("a turn of the bot's own wrote a record and did not say why")
		}
		t.commit()
		return nil
	})
}

// Operate makes a turn for whoever runs the process, who is no person to the bot: its audit entry names the operator.
func (b *Bot) Operate(ctx context.Context, key string, decide func(*Turn) error) error {
	if err := b.Accepting(); err != nil {
		return err
	}
	return b.system(ctx, "operator", key, "", decide)
}

// names answers the parser from configuration, and completion from what is committed too.
type names struct {
	org     *organisation.Organisation
	reading *Reading
	more    func(*Reading, command.Kind, map[string]command.Value) []string
}

// Known returns the words of a kind.
func (n names) Known(kind command.Kind, given map[string]command.Value) ([]string, bool) {
	switch kind {
	case command.KindService:
		words := make([]string, len(n.org.Services))
		for i, s := range n.org.Services {
			words[i] = s.Name
		}
		return words, true
	case command.KindEnvironment:
		words := make([]string, len(n.org.Environments))
		for i, e := range n.org.Environments {
			words[i] = e.Name
		}
		return words, true
	}
	if n.reading != nil && n.more != nil {
		if words := n.more(n.reading, kind, given); words != nil {
			return words, true
		}
	}
	return nil, false
}
