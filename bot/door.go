package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// KeyLimit is the longest delivery key taken, in bytes.
const KeyLimit = 256

// Say takes a line that somebody typed.
func (b *Bot) Say(ctx context.Context, s port.Said) (chat.Reply, error) {
	if s.Key == "" {
		s.Key = "said:" + rand.Text()
	}
	if len(s.Key) > KeyLimit {
		return rejection(chat.Reject("request.key", chat.Count("limit", KeyLimit))), nil
	}
	org := b.org.Load()
	zone := s.Zone
	if zone == nil {
		zone = org.Zone
	}
	call, failure := b.catalogue.Parse(s.Text, command.Moment{Now: b.now(), Zone: zone}, names{org: org})
	if failure != nil {
		if before, ok, err := b.decided(s.Key); ok || err != nil {
			return before, err
		}
		return rejection(failure.Refusal), nil
	}
	person, linked := org.Directory.Resolve(s.Account)
	c := b.commands[call.Spec]
	reading := &Reading{Org: org, Now: b.now(), Person: person, Linked: linked, Account: s.Account, Bot: b}
	if c.Read != nil && !linked && !c.Strangers && visits(s) {
		account, err := b.store.Seal(state.Strangers, s.Account.String())
		return rejection(chat.Refuse("account.visitor", chat.Quote("account", account))), err
	}
	if c.Read != nil {
		return b.read(reading, c, call)
	}
	if err := b.Accepting(); err != nil {
		return chat.Reply{}, err
	}
	act := strings.Join(c.Words, " ")
	b.at(StepReceived, act)
	facts, refusal, err := b.gather(ctx, reading, c, call)
	if err != nil {
		return chat.Reply{}, err
	}
	b.at(StepGathered, act)
	request := request{
		key: s.Key, act: act, person: person, linked: linked, account: s.Account, place: s.Place, proven: s.Proven, dryRun: call.DryRun,
		about: subjectsOf(call),
	}
	if linked {
		said, err := b.store.Seal(person, s.Text)
		if err != nil {
			return chat.Reply{}, err
		}
		request.said = &said
	}
	reply, err := b.decide(ctx, request, func(t *Turn) (chat.Reply, error) {
		// Whose the account is may have changed while facts were gathered.
		if now, _ := t.Org.Directory.Resolve(s.Account); now != person || !linked && !c.Strangers {
			account, err := b.store.Seal(state.Strangers, s.Account.String())
			if err != nil {
				return chat.Reply{}, err
			}
			return chat.Reply{}, chat.Refuse("account.unlinked", chat.Quote("account", account))
		}
		if c.Right != "" && !c.Lent && !t.Org.May(person, c.Right, "", "") {
			return chat.Reply{}, t.Authorise(c.Right, "", "")
		}
		if refusal != nil {
			return chat.Reply{}, refusal
		}
		reply, err := c.Decide(t, call, facts)
		if err == nil && c.Right != "" && !t.authorised {
			return reply, fmt.Errorf("%s decided without asking whether the speaker may", request.act)
		}
		return reply, err
	})
	if err == nil && c.Fences && reply.Outcome == chat.Done && !call.DryRun {
		err = b.launches.wait(ctx)
	}
	return reply, err
}

// visits reports whether somebody speaks in a place of another organisation than their account's: a channel shared by both.
func visits(s port.Said) bool {
	return s.Account.Platform == s.Place.Platform && s.Account.Workspace != s.Place.Workspace && s.Account.Workspace != "" && s.Place.Workspace != ""
}

func (b *Bot) read(r *Reading, c *Command, call command.Call) (reply chat.Reply, err error) {
	err = b.store.View(func(v *state.View) error {
		r.Reader = v
		reply, err = guarded(func() (chat.Reply, error) { return c.Read(r, call) })
		return err
	})
	var refusal *chat.Refusal
	if errors.As(err, &refusal) {
		return rejection(refusal), nil
	}
	return reply, err
}

// gather collects facts outside any transaction. A refusal found on the way is decided, and recorded, in the turn.
func (b *Bot) gather(ctx context.Context, r *Reading, c *Command, call command.Call) (facts Facts, refusal *chat.Refusal, err error) {
	if c.Gather == nil {
		return nil, nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, FactsTimeout)
	defer cancel()
	r.Reader = b.store.Latest()
	facts, err = guarded(func() (Facts, error) { return c.Gather(ctx, r, call) })
	if errors.As(err, &refusal) {
		return nil, refusal, nil
	}
	return facts, nil, err
}

// request is who asks for a decision.
type request struct {
	key, act string
	person   string
	linked   bool
	account  chat.Account
	place    chat.Place
	proven   bool
	said     *chat.Sealed
	about    []string // the short ids that the request named
	dryRun   bool
}

// subjectsOf lists the short ids that a call names: a refusal is found by them, whoever refused it.
func subjectsOf(c command.Call) (ids []string) {
	for _, p := range c.Spec.Params {
		switch p.Kind {
		case command.KindRelease, command.KindDeployment, command.KindFreeze, command.KindException, command.KindFollowUp,
			command.KindMilestone, command.KindTrain, command.KindWindow, command.KindSubject:
			if c.Has(p.Name) {
				ids = append(ids, strings.Fields(c.Text(p.Name))...)
			}
		}
	}
	return ids
}

// decide makes one turn of a request: once, however often it is delivered.
func (b *Bot) decide(ctx context.Context, r request, handle func(*Turn) (chat.Reply, error)) (chat.Reply, error) {
	var reply chat.Reply
	err := b.store.Update(ctx, func(tx *state.Tx) error {
		taken, repeated, err := tx.Taken(r.key)
		if err != nil {
			return err
		}
		if repeated {
			reply = taken.Reply
			return nil
		}
		t := b.turn(tx, r.key, r.key)
		t.Person, t.Account, t.Place, t.Proven = r.person, r.account, r.place, r.proven
		reply, err = guarded(func() (chat.Reply, error) { return handle(t) })
		var refusal *chat.Refusal
		switch {
		case errors.As(err, &refusal):
			reply = rejection(refusal)
			tx.Discard()
			if r.dryRun {
				return nil
			}
			evidence, leaves := t.entry.Evidence, t.leaves
			t = b.turn(tx, r.key, r.key)
			t.Person, t.Account = r.person, r.account
			t.entry.Evidence, t.entry.Reasons = evidence, refusal.Reasons
			for _, write := range leaves {
				if err := write(t); err != nil {
					return err
				}
			}
		case err != nil:
			return err
		case r.dryRun:
			tx.Discard()
			reply.Messages = append(reply.Messages, chat.Message{Title: chat.Say("dry.run"), Private: true})
			return nil
		}
		if reply.Outcome == chat.Invalid {
			return nil
		}
		err = b.close(t, r, reply)
		b.at(StepDecided, r.act)
		return err
	})
	if err == nil {
		b.at(StepCommitted, r.act)
	}
	if errors.Is(err, kv.ErrNoSpace) || errors.Is(err, kv.ErrReadOnly) {
		b.log.Error("not accepting: nothing can be stored", "error", err)
	}
	return reply, err
}

// close completes the turn of a request with its reply and audit entry.
func (b *Bot) close(t *Turn, r request, reply chat.Reply) error {
	t.entry.Act, t.entry.Outcome, t.entry.Said = r.act, reply.Outcome, r.said
	for _, id := range r.about {
		if !slices.Contains(t.entry.Subjects, id) {
			t.About(id)
		}
	}
	t.entry.Text = chat.Say(reply.Code)
	if len(reply.Messages) > 0 {
		t.entry.Text = reply.Messages[0].Title
	}
	t.entry.Actor = audit.Actor{Person: r.person, Platform: r.account.Platform}
	if !r.linked {
		account, err := b.store.Seal(state.Strangers, r.account.String())
		if err != nil {
			return err
		}
		t.entry.Actor.Account = &account
	}
	for i, m := range reply.Messages {
		if !m.Private && r.place.Channel != "" {
			if err := t.Announce(fmt.Sprintf("%s:%d", r.key, i), b.hearing(t.Org, r.place), m); err != nil {
				return err
			}
		}
	}
	t.commit()
	return t.Take(r.key, state.Taken{At: t.Now, Reply: reply})
}

// hearing are the places that hear what is decided in one: those of the same purpose on every platform, or a business line's own. What is decided in a
// conversation that the bot may not be in is said where releases are.
func (b *Bot) hearing(org *organisation.Organisation, place chat.Place) []chat.Place {
	for _, places := range [][]chat.Place{org.Channels.Releases, org.Channels.CAB, org.Channels.OnCall} {
		if slices.Contains(places, place) {
			return places
		}
	}
	for _, line := range org.Lines {
		if slices.Contains(line.Channels, place) {
			return []chat.Place{place}
		}
	}
	if _, elsewhere := b.platforms[place.Platform].(port.Answerer); elsewhere {
		return org.Channels.Releases
	}
	return []chat.Place{place}
}

// Press takes a pressed button: its stored invocation, said by whoever pressed it.
func (b *Bot) Press(ctx context.Context, p port.Pressed) (chat.Reply, error) {
	o, ok, err := findOffer(b.store.Latest(), p)
	if err != nil {
		return chat.Reply{}, err
	}
	if !ok { // perhaps by this very delivery
		if before, ok, err := b.decided(p.Key); ok || err != nil {
			return before, err
		}
		return rejection(chat.Refuse("button.gone")), nil
	}
	return b.Say(ctx, port.Said{Key: p.Key, Account: p.Account, Place: p.Place, Text: o.Line})
}

// decided is the reply to a request that was decided before, under conditions that no longer hold.
func (b *Bot) decided(key string) (reply chat.Reply, ok bool, err error) {
	err = b.store.View(func(v *state.View) error {
		var taken state.Taken
		taken, ok, err = v.Taken(key)
		reply = taken.Reply
		return err
	})
	return reply, ok, err
}

// Suggest lists what an argument can be.
func (b *Bot) Suggest(_ context.Context, s port.Suggestion) []string {
	org := b.org.Load()
	var words []string
	err := b.Read(func(r *Reading) (err error) {
		r.Person, r.Linked = org.Directory.Resolve(s.Account)
		words, err = guarded(func() ([]string, error) {
			return b.catalogue.Suggest(s.Command, s.Param, s.Given, s.Typed, command.Moment{Now: b.now(), Zone: org.Zone},
				names{org: org, reading: r, more: b.behaviour.Names}, s.Limit), nil
		})
		return err
	})
	if err != nil {
		b.log.Warn("a suggestion failed", "error", err)
	}
	return words
}

// Enrol takes what a platform says of its people, in a turn of its own.
func (b *Bot) Enrol(ctx context.Context, r port.Roll) error {
	if b.behaviour.Enrol == nil {
		return nil
	}
	if err := b.Accepting(); err != nil {
		return err
	}
	return b.system(ctx, r.Platform, "enrol:"+r.Platform+":"+rand.Text(), "", func(t *Turn) error { return b.behaviour.Enrol(t, r) })
}

// Complete lists how a line could go on.
func (b *Bot) Complete(_ context.Context, s port.Said) []string {
	org := b.org.Load()
	var lines []string
	err := b.Read(func(r *Reading) (err error) {
		r.Person, r.Linked = org.Directory.Resolve(s.Account)
		lines, err = guarded(func() ([]string, error) {
			return b.catalogue.Complete(s.Text, command.Moment{Now: b.now(), Zone: org.Zone}, names{org: org, reading: r, more: b.behaviour.Names}), nil
		})
		return err
	})
	if err != nil {
		b.log.Warn("completion failed", "error", err)
	}
	return lines
}

// Settle waits until the effects that a request caused have ended.
func (b *Bot) Settle(ctx context.Context, key string) (port.Effects, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(b.ctx, cancel)() // what is left then is for the next start
	if !b.chains.wait(ctx, key) {
		return port.Pending, nil
	}
	effects := port.Settled
	err := b.store.View(func(v *state.View) error {
		taken, _, err := v.Taken(key)
		if taken.Failed {
			effects = port.Failed
		}
		return err
	})
	return effects, err
}

func rejection(r *chat.Refusal) chat.Reply {
	return chat.Reply{Outcome: r.Outcome, Code: r.Text.Code, Messages: []chat.Message{r.Message()}}
}

// guarded turns a panic of a handler into an error: one broken command must not stop the bot.
func guarded[T any](fn func() (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return fn()
}
