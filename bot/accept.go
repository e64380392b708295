package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// delivered are requests that a platform has acknowledged and that are not answered yet. They are sealed, since they hold what
// people typed and what a platform is answered with, and ungoverned: what is decided of them is in the trail.
var delivered = state.Ungoverned[sealedDelivery]("delivery")

type sealedDelivery struct {
	Sealed chat.Sealed `json:"sealed"`
}

// Bounds of what is accepted and not answered yet.
const (
	acceptedMost  = 50_000 // requests waiting; beyond it nothing more is accepted
	decidedAtOnce = 2048   // requests of different accounts being decided; most of them wait for facts from outside
	answersAtOnce = 64     // on each platform
	answeredMost  = 8192   // answered keys remembered at least, so that a late redelivery is not answered twice
	finishedMost  = 256    // answered requests forgotten in one turn
)

// decidePatience is how long a request is tried that the bot fails at: a fault of its own must not keep the account's other requests
// waiting for ever. What can't be stored waits as long as it takes.
const decidePatience = 2 * time.Minute

// answerPatience bounds how long an answer is tried: longer than a platform is down for a moment, shorter than a handle lives.
const answerPatience = 2 * time.Minute

// ErrBusy says that more requests wait than the bot will hold.
var ErrBusy = errors.New("the bot has too many requests waiting")

// accepted decides accepted requests: those of one account one after the other, accounts beside each other.
type accepted struct {
	bot      *Bot
	mu       sync.Mutex
	lanes    map[chat.Account][]port.Delivery
	waiting  int
	running  bool
	answered map[string]bool // lately, and a while before that
	before   map[string]bool
	deciding chan struct{}
	telling  map[string]chan struct{} // by platform: one that takes nothing holds up no other
	finished chan string
	leaving  chan struct{}
	active   sync.WaitGroup
	closing  sync.WaitGroup
}

func newAccepted(b *Bot) *accepted {
	a := &accepted{
		bot: b, lanes: map[chat.Account][]port.Delivery{}, answered: map[string]bool{}, deciding: make(chan struct{}, decidedAtOnce),
		telling: map[string]chan struct{}{}, finished: make(chan string, finishedMost), leaving: make(chan struct{}),
	}
	for name := range b.platforms {
		a.telling[name] = make(chan struct{}, answersAtOnce)
	}
	return a
}

// Accept takes a request durably before it is decided.
func (b *Bot) Accept(ctx context.Context, d port.Delivery) error {
	if d.Key == "" || len(d.Key) > KeyLimit {
		return effect.Permanently(fmt.Errorf("a delivery key has 1 to %d bytes, not %d", KeyLimit, len(d.Key)))
	}
	if err := b.Accepting(); err != nil {
		return err
	}
	if known, full := b.accepted.knows(d.Key); known || full {
		if full {
			return ErrBusy
		}
		return nil
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return effect.Permanently(err)
	}
	sealed, err := b.store.Seal(state.Strangers, string(raw))
	if err != nil {
		return err
	}
	err = b.store.Update(ctx, func(tx *state.Tx) error {
		if _, waits, err := delivered.Get(tx, d.Key); waits || err != nil {
			return err
		}
		if _, decided, err := tx.Taken(d.Key); decided || err != nil {
			return err
		}
		tx.After(func() { b.accepted.add(d) })
		return delivered.Put(tx, d.Key, sealedDelivery{Sealed: sealed})
	})
	if err == nil {
		b.at(StepAccepted, d.Account.Platform)
	}
	return err
}

func (a *accepted) knows(key string) (answered, full bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.answered[key] || a.before[key], a.waiting >= acceptedMost
}

// takeOver takes what an earlier process accepted and did not answer, in the order it was accepted.
func (a *accepted) takeOver(v *state.View) error {
	var list []port.Delivery
	err := delivered.All(v, func(key string, s sealedDelivery) error {
		raw, ok := a.bot.store.Unseal(s.Sealed)
		var d port.Delivery
		if !ok || json.Unmarshal([]byte(raw), &d) != nil {
			a.bot.log.Error("an accepted request can't be read", "key", key)
			return nil
		}
		list = append(list, d)
		return nil
	})
	slices.SortStableFunc(list, func(x, y port.Delivery) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Key, y.Key)) })
	for _, d := range list {
		a.add(d)
	}
	return err
}

func (a *accepted) add(d port.Delivery) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting++
	lane, busy := a.lanes[d.Account]
	a.lanes[d.Account] = append(lane, d)
	if !busy && a.running && !a.left() {
		a.active.Go(func() { a.work(d.Account) })
	}
}

func (a *accepted) run() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.running = true
	a.closing.Go(a.forget)
	for account := range a.lanes {
		a.active.Go(func() { a.work(account) })
	}
}

// leave begins nothing new: what is not decided is left to the next start.
func (a *accepted) leave() {
	a.mu.Lock() // so that no lane begins while wait waits
	defer a.mu.Unlock()
	close(a.leaving)
}

func (a *accepted) wait() {
	a.active.Wait()
	close(a.finished)
	a.closing.Wait()
}

func (a *accepted) left() bool {
	select {
	case <-a.leaving:
		return true
	default:
		return false
	}
}

// work decides the requests of one account.
func (a *accepted) work(account chat.Account) {
	for {
		a.mu.Lock()
		lane := a.lanes[account]
		if len(lane) == 0 || a.left() {
			delete(a.lanes, account)
			a.mu.Unlock()
			return
		}
		d := lane[0]
		a.lanes[account] = lane[1:]
		a.mu.Unlock()
		reply, err := a.decide(d)
		if err != nil { // stopping
			continue
		}
		a.active.Go(func() { a.answer(d, reply) })
	}
}

// decide decides one request, as often as it takes: one that the bot itself fails at is given up after a while, and whoever asked is
// told so. An error means that the bot stops.
func (a *accepted) decide(d port.Delivery) (chat.Reply, error) {
	a.deciding <- struct{}{}
	defer func() { <-a.deciding }()
	wait, until := firstRetry, a.bot.now().Add(decidePatience)
	for {
		began := a.bot.now()
		reply, err := guarded(func() (chat.Reply, error) { return a.bot.heed(d) })
		a.bot.heard(d, a.bot.now().Sub(began), reply, err)
		if err == nil {
			return reply, nil
		}
		if a.left() || a.bot.ctx.Err() != nil {
			return reply, err
		}
		if began.After(until) && a.bot.Accepting() == nil && !unstored(err) {
			a.bot.log.Error("an accepted request is given up", "key", d.Key, "error", a.bot.redact(err.Error()))
			return rejection(chat.Reject("request.given_up")), nil
		}
		a.bot.log.Error("an accepted request could not be decided yet", "key", d.Key, "error", a.bot.redact(err.Error()))
		if !a.sleep(wait) {
			return reply, err
		}
		wait = min(2*wait, longestRetry)
	}
}

// unstored reports whether a request failed only since nothing can be stored at the moment.
func unstored(err error) bool {
	return slices.ContainsFunc([]error{kv.ErrNoSpace, kv.ErrReadOnly, kv.ErrClosed, state.ErrClosed, state.ErrBroken}, func(e error) bool { return errors.Is(err, e) })
}

// heed takes an accepted request as if it were said or pressed now.
func (b *Bot) heed(d port.Delivery) (chat.Reply, error) {
	if d.Token != "" {
		return b.Press(b.ctx, port.Pressed{Key: d.Key, Account: d.Account, Place: d.Place, Token: d.Token})
	}
	return b.Say(b.ctx, port.Said{Key: d.Key, Account: d.Account, Place: d.Place, Text: d.Text})
}

func (a *accepted) sleep(d time.Duration) bool {
	alarm := time.NewTimer(d)
	defer alarm.Stop()
	select {
	case <-alarm.C:
		return true
	case <-a.leaving:
		return false
	}
}

// answer tells whoever asked, while the platform takes it.
func (a *accepted) answer(d port.Delivery, reply chat.Reply) {
	if telling := a.telling[d.Account.Platform]; telling != nil {
		telling <- struct{}{}
		defer func() { <-telling }()
	}
	platform, ok := a.bot.platforms[d.Account.Platform].(port.Answerer)
	if ok && a.bot.address != "" {
		reply.Messages = slices.Clone(reply.Messages)
		for i, m := range reply.Messages {
			reply.Messages[i] = a.bot.linked(platform, m)
		}
	}
	until, wait := a.bot.now().Add(answerPatience), firstRetry
	for ok {
		err := a.tell(platform, port.Answer{Delivery: d, Reply: reply, Reader: a.bot.Reader(nil), At: a.bot.now()})
		if err == nil {
			break
		}
		verdict, after := effect.Classify(err)
		if a.left() {
			return // the next start answers again
		}
		if verdict == effect.Permanent || a.bot.now().After(until) {
			a.bot.log.Warn("nobody could be told of a reply: what was decided stands", "platform", d.Account.Platform, "key", d.Key, "error", a.bot.redact(err.Error()))
			break
		}
		if !a.sleep(max(wait, after)) {
			return
		}
		wait = min(2*wait, longestRetry)
	}
	a.mu.Lock()
	if len(a.answered) >= answeredMost {
		a.before, a.answered = a.answered, map[string]bool{}
	}
	a.answered[d.Key] = true
	a.waiting--
	a.mu.Unlock()
	a.finished <- d.Key
}

func (a *accepted) tell(p port.Answerer, answer port.Answer) error {
	ctx, cancel := context.WithTimeout(a.bot.ctx, PerformTimeout)
	defer cancel()
	_, err := guarded(func() (struct{}, error) { return struct{}{}, p.Answer(ctx, answer) })
	a.bot.at(StepTold, p.Name())
	return err
}

// forget drops answered requests from the store, many in one turn.
func (a *accepted) forget() {
	for key := range a.finished {
		keys := append(make([]string, 0, finishedMost), key)
		for more := true; more && len(keys) < finishedMost; {
			select {
			case next, open := <-a.finished:
				if more = open; open {
					keys = append(keys, next)
				}
			default:
				more = false
			}
		}
		err := a.bot.store.Update(context.Background(), func(tx *state.Tx) error {
			for _, k := range keys {
				delivered.Delete(tx, k)
			}
			return nil
		})
		if err != nil { // the next start answers them again
			a.bot.log.Warn("answered requests stay in the store", "error", err)
		}
	}
}
