package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
)

// settle takes an attempt's outcome in a turn of its own.
func (b *Bot) settle(ctx context.Context, e effect.Effect, seen uint64, value json.RawMessage, failure error) (effect.Effect, bool, error) {
	if failure != nil && e.Class == effect.Repeatable {
		if verdict, _ := effect.Classify(failure); verdict != effect.Permanent {
			next := e // nothing to write: it stays due, and is shown as it is by then
			b.again(&next, failure, b.redact(failure.Error()), b.now())
			return next, false, nil
		}
	}
	next, done := e, true
	err := b.system(ctx, "outbox", fmt.Sprintf("effect:%d:%d", e.ID, e.Attempts), e.Root, func(t *Turn) error {
		stored, ok, err := t.Tx.Effect(e.ID)
		if err != nil || !ok {
			return err
		}
		next, done = stored, true
		outcome := effect.Outcome{OK: failure == nil, Value: value}
		if failure != nil {
			outcome.Fault = b.redact(failure.Error())
			if again, parked := b.again(&next, failure, outcome.Fault, t.Now); again {
				done = false
				return b.waitFor(t, next, stored.Fault)
			} else if parked {
				outcome.Parked = true
				next.Status = effect.Parked
				t.failed = true
				if err := t.PutEffect(next); err != nil {
					return err
				}
				return b.react(t, e, outcome)
			}
		}
		if e.Class == effect.Repeatable && !t.Shown(e, seen) { // what was decided a moment ago may be accepted
			next.NotBefore, done = t.Now.Add(cardPause), false
			return nil
		}
		t.DropEffect(e.ID)
		if stored.Fault != "" { // its card said that it waits
			if err := b.cardOfEffect(t, stored); err != nil {
				return err
			}
		}
		return b.react(t, e, outcome)
	})
	if err == nil {
		b.at(StepSettled, string(e.Kind))
	}
	if failure != nil {
		b.log.Warn("an effect failed", "effect", e.Kind, "key", e.Key, "again", !done, "error", b.redact(failure.Error()))
	}
	if err != nil {
		return e, false, err // as it was before this turn, which wrote nothing
	}
	return next, done, nil
}

// waitFor leaves an effect in the outbox for another attempt; the card of its subject says what it waits for.
func (b *Bot) waitFor(t *Turn, e effect.Effect, was string) error {
	t.After(func() {
		b.outbox.mu.Lock()
		defer b.outbox.mu.Unlock()
		b.outbox.faulty[e.ID] = e
	})
	if e.Fault != was {
		if err := b.cardOfEffect(t, e); err != nil {
			return err
		}
	}
	return t.PutEffect(e)
}

// cardOfEffect shows the card on which it stands what an effect waits for, if there is one.
func (b *Bot) cardOfEffect(t *Turn, e effect.Effect) (err error) {
	subject := e.Subject
	if b.behaviour.ShownOn != nil {
		if subject, err = b.behaviour.ShownOn(t, subject); err != nil {
			return err
		}
	}
	letter, _, _ := strings.Cut(subject, "-")
	if b.behaviour.Cards[letter] == nil {
		return nil
	}
	return t.Card(subject)
}

func (b *Bot) react(t *Turn, e effect.Effect, o effect.Outcome) error {
	defer b.at(StepReacted, string(e.Kind))
	if react := b.behaviour.Reactions[e.Kind]; react != nil {
		return react(t, e, o)
	}
	if !o.OK {
		t.failed = true
		if e.Subject != "" {
			t.About(e.Subject)
		}
		t.Record("effect "+string(e.Kind), chat.Say("effect.failed", chat.Word("effect", string(e.Kind)), chat.Word("fault", o.Fault)))
	}
	return nil
}

// again decides whether a failed effect is tried once more, and when.
func (b *Bot) again(e *effect.Effect, failure error, fault string, now time.Time) (again, parked bool) {
	verdict, after := effect.Classify(failure)
	if verdict == effect.Permanent || e.Class == effect.Expiring {
		return false, false
	}
	if verdict == effect.Unknown && e.Guarded && e.Attempts >= unknownLimit {
		return false, true
	}
	e.Fault = fault
	e.Status = effect.Leased
	if verdict == effect.Retry || e.Class == effect.Repeatable {
		e.Status = effect.Due
	}
	if e.Class == effect.Repeatable || e.Status == effect.Leased {
		e.Attempts++ // nothing else counts these: they are not leased anew
	}
	wait := min(firstRetry<<min(max(e.Attempts-1, 0), 10), longestRetry)
	e.NotBefore = now.Add(max(wait, after))
	return true, false
}

// cardPause is the least time between two showings of one card while decisions keep coming.
const cardPause = 500 * time.Millisecond

// settleShown settles a repeatable effect, which stays due if something was decided while it was performed.
func (b *Bot) settleShown(ctx context.Context, e effect.Effect, seen uint64, value json.RawMessage) (effect.Effect, bool, error) {
	done := false
	err := b.system(ctx, "outbox", fmt.Sprintf("shown:%d", e.ID), e.Root, func(t *Turn) error {
		done = t.Shown(e, seen)
		return b.react(t, e, effect.Outcome{OK: true, Value: value})
	})
	if err == nil {
		b.at(StepSettled, string(e.Kind))
	}
	e.NotBefore, e.Attempts, e.Fault = b.now().Add(cardPause), 0, ""
	return e, done, err
}
