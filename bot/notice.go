package bot

import (
	"context"
	"fmt"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
)

// Noticed is what becomes of what adapters hear of other systems.
type Noticed struct {
	// Says is what a notice amounts to, as a line said by its account: it is decided as if they had said it in chat, so that what
	// somebody does elsewhere counts only if they may do it here. Empty for nothing.
	Says func(*Reading, port.Notice) (string, error)
	// Decide is the turn that takes the notice. What its line was answered comes along; nil if it had none.
	Decide func(*Turn, port.Notice, *chat.Reply) error
}

var _ port.Listener = (*Bot)(nil)

// saidSuffix makes the key of the line that a notice says from its own.
const saidSuffix = ":said"

// Notice takes something that happened in another system, in a turn of its own: once it returns nil, that is durable.
func (b *Bot) Notice(ctx context.Context, n port.Notice) error {
	if b.behaviour.Noticed.Decide == nil {
		return nil
	}
	if n.Key == "" || n.System == "" {
		return fmt.Errorf("a notice of %q without a key", n.System)
	}
	if err := b.Accepting(); err != nil {
		return err
	}
	key := "notice:" + n.System + ":" + n.Key
	line := ""
	taken := false
	var said *chat.Reply
	err := b.Read(func(r *Reading) (err error) {
		view := r.Reader.(*state.View)
		if _, taken, err = view.Taken(key); err != nil || taken {
			return err
		}
		before, repeated, err := view.Taken(key + saidSuffix)
		if repeated { // the process ended between the two turns: the line was said, and may amount to something else by now
			said = &before.Reply
		}
		if err != nil || repeated || b.behaviour.Noticed.Says == nil {
			return err
		}
		line, err = guarded(func() (string, error) { return b.behaviour.Noticed.Says(r, n) })
		return err
	})
	if err != nil || taken {
		return err
	}
	if line != "" {
		reply, err := b.Say(ctx, port.Said{Key: key + saidSuffix, Account: n.Account, Text: line})
		if err != nil {
			return err
		}
		said = &reply
	}
	b.at(StepNoticed, n.System)
	return b.system(ctx, n.System, key, key, func(t *Turn) error {
		if _, taken, err := t.Tx.Taken(key); err != nil || taken {
			return err
		}
		t.Account = n.Account
		t.Person, _ = t.Org.Directory.Resolve(n.Account)
		if err := b.behaviour.Noticed.Decide(t, n, said); err != nil {
			return err
		}
		return t.Take(key, state.Taken{At: t.Now})
	})
}

// Address is where people reach the bot's own pages from elsewhere, without a slash at the end; empty if they can't.
func (b *Bot) Address() string { return b.address }
