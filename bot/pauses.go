package bot

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// partly are cards that not all of their places took at the last attempt: where and how they are shown, so that the next attempt
// leaves those places alone. Ready as it is.
type partly struct {
	mu    sync.Mutex
	cards map[string][]shownCard // of one place each
}

// partlyMost bounds what is remembered; what is forgotten is shown again as it is.
const partlyMost = 4096

func (p *partly) at(subject string, place chat.Place) (ref chat.Ref, digest string, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.cards[subject] {
		if ref, known = c.at(place); known {
			return ref, c.Digest, true
		}
	}
	return ref, "", false
}

func (p *partly) keep(subject string, c shownCard) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cards == nil || len(p.cards) >= partlyMost {
		p.cards = map[string][]shownCard{}
	}
	list := slices.DeleteFunc(p.cards[subject], func(before shownCard) bool { _, again := c.at(before.Refs[0].Place); return again })
	for _, r := range c.Refs {
		list = append(list, shownCard{[]chat.Ref{r}, c.Digest})
	}
	p.cards[subject] = list
}

func (p *partly) forget(subject string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.cards, subject)
}

// errPaused says that a platform asked for a pause in a channel: a card is not even rendered before it is over.
var errPaused = errors.New("the channel takes no more messages for a moment")

// pausing is what a platform asked a pause of: new messages in a place, or edits. They have limits of their own, so that many cards
// don't hold up what is announced.
type pausing struct {
	place chat.Place
	edits bool
}

// pauses are what platforms asked for.
type pauses struct {
	mu    sync.Mutex
	until map[pausing]time.Time
}

func (p *pauses) set(of pausing, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.until == nil {
		p.until = map[pausing]time.Time{}
	}
	p.until[of] = until
}

// left is how long a pause still lasts.
func (p *pauses) left(of pausing, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(0, p.until[of].Sub(now))
}

// shortest is how long none of the messages can be edited.
func (p *pauses) shortest(refs []chat.Ref, now time.Time) (shortest time.Duration) {
	for i, r := range refs {
		if wait := p.left(pausing{r.Place, true}, now); i == 0 || wait < shortest {
			shortest = wait
		}
	}
	return shortest
}
