package bot

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// rootPatience is how long a message waits for the card that it belongs under to be posted; then it stands by itself.
const rootPatience = 5 * time.Second

// thread is the subject under whose card a message of this turn belongs in a place: one whose card is there, or else one that
// has a card at all.
func (t *Turn) thread(p chat.Place) string {
	first := ""
	for _, subject := range t.entry.Subjects {
		if t.bot.behaviour.ShownOn != nil {
			shown, err := t.bot.behaviour.ShownOn(t, subject)
			if err != nil {
				continue // the message then stands by itself
			}
			subject = shown
		}
		letter, _, _ := strings.Cut(subject, "-")
		if t.bot.behaviour.Cards[letter] == nil {
			continue
		}
		if c, _, err := cards.Get(t, subject); err == nil {
			if _, there := c.at(p); there {
				return subject
			}
		}
		if first == "" {
			first = subject
		}
	}
	return first
}

// roots lets messages wait for the cards that they belong under.
type roots struct {
	mu      sync.Mutex
	posted  map[rootOf]chat.Ref
	waiting map[rootOf][]chan struct{}
}

type rootOf struct {
	subject string
	place   chat.Place
}

// rootsMost bounds how many are remembered: by then the store knows them.
const rootsMost = 1024

// tell says that a card was posted, or could not be.
func (r *roots) tell(subject string, ref chat.Ref, failure error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := rootOf{subject, ref.Place}
	if failure == nil {
		if r.posted == nil || len(r.posted) >= rootsMost {
			r.posted = map[rootOf]chat.Ref{}
		}
		r.posted[at] = ref
	}
	for _, w := range r.waiting[at] {
		close(w)
	}
	delete(r.waiting, at)
}

func (r *roots) known(at rootOf) (chat.Ref, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ref, ok := r.posted[at]
	return ref, ok
}

func (r *roots) wait(at rootOf) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	told := make(chan struct{})
	if _, ok := r.posted[at]; ok {
		close(told)
		return told
	}
	if r.waiting == nil {
		r.waiting = map[rootOf][]chan struct{}{}
	}
	r.waiting[at] = append(r.waiting[at], told)
	return told
}

// root is the card of a subject in a place; zero if there is none. One that is on its way is waited for.
func (b *Bot) root(ctx context.Context, subject string, place chat.Place) chat.Ref {
	if subject == "" {
		return chat.Ref{}
	}
	at := rootOf{subject, place}
	find := func() (chat.Ref, bool) {
		if ref, ok := b.roots.known(at); ok {
			return ref, true
		}
		c, _, err := cards.Get(b.store.Latest(), subject)
		if err != nil {
			return chat.Ref{}, false
		}
		return c.at(place)
	}
	if ref, ok := find(); ok || !b.outbox.busy("card:"+subject) {
		return ref
	}
	told := b.roots.wait(at)
	if ref, ok := find(); ok { // settled meanwhile
		return ref
	}
	alarm := time.NewTimer(rootPatience)
	defer alarm.Stop()
	select {
	case <-told:
	case <-alarm.C:
	case <-ctx.Done():
	}
	ref, _ := find()
	return ref
}

// busy reports whether a lane has effects to perform.
func (o *outbox) busy(lane string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.lanes[lane] != nil
}
