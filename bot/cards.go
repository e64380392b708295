package bot

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
)

// The effects that the bot performs itself.
const (
	kindCard effect.Kind = "chat.card"
	kindPost effect.Kind = "chat.post"
)

// post is the payload of a message said once.
type post struct {
	To      chat.Place   `json:"to"`
	Message chat.Message `json:"message"`
}

// shownCard is where a card is, and a digest of how it looked last.
type shownCard struct {
	Refs   []chat.Ref `json:"refs"`
	Digest string     `json:"digest"`
}

var cards = state.Ungoverned[shownCard]("card")

// showCard renders a card as things stand and brings every place it belongs to up to date.
func (b *Bot) showCard(ctx context.Context, e effect.Effect) (any, error) {
	was, _, err := cards.Get(b.store.Latest(), e.Subject)
	if err != nil {
		return was, err
	}
	if wait := b.pauses.left(was.Refs, b.now()); wait > 0 {
		return was, effect.Retryable(errPaused, wait)
	}
	var m chat.Message
	var places []chat.Place
	err = b.Read(func(r *Reading) (err error) {
		m, places, err = b.render(r, e.Subject)
		return err
	})
	if err != nil || len(places) == 0 {
		return was, err
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return was, effect.Permanently(err)
	}
	sum := sha256.Sum256(raw)
	now := shownCard{Digest: base64.RawURLEncoding.EncodeToString(sum[:16])}
	var refused error
	for _, place := range places {
		ref, known := was.at(place)
		if known && was.Digest == now.Digest {
			now.Refs = append(now.Refs, ref)
			continue
		}
		if wait := b.pauses.left([]chat.Ref{{Place: place}}, b.now()); wait > 0 { // asked for by another card
			return was, effect.Retryable(errPaused, wait)
		}
		platform, ok := b.platforms[place.Platform]
		if !ok {
			refused = effect.Permanently(fmt.Errorf("no platform %q", place.Platform))
			continue
		}
		worded := port.Worded{Message: m, Reader: b.Reader(nil), At: b.now()}
		key := "card:" + e.Subject + ":" + place.Channel
		if known {
			if err = platform.Update(ctx, ref, worded); errors.Is(err, effect.ErrNotFound) { // somebody deleted it
				known, key = false, key+":instead:"+ref.ID
			}
		}
		if !known {
			ref, err = platform.Post(ctx, place, key, worded)
			b.roots.tell(e.Subject, ref, err)
		}
		if err != nil {
			err = fmt.Errorf("show the card of %s in %s: %w", e.Subject, place.Channel, err)
			verdict, after := effect.Classify(err)
			if after > 0 {
				b.pauses.set(place, b.now().Add(after))
			}
			if verdict != effect.Permanent {
				return was, err
			}
			refused = err // the other places are shown it all the same
			continue
		}
		now.Refs = append(now.Refs, ref)
	}
	if refused != nil && len(now.Refs) == 0 {
		return was, refused
	}
	if refused != nil {
		b.log.Warn("a card is shown in some of its places only", "subject", e.Subject, "error", b.redact(refused.Error()))
	}
	return now, nil
}

// errPaused says that a platform asked for a pause in a channel: a card is not even rendered before it is over.
var errPaused = errors.New("the channel takes no more messages for a moment")

// pauses are what platforms asked for, by place.
type pauses struct {
	mu    sync.Mutex
	until map[chat.Place]time.Time
}

func (p *pauses) set(at chat.Place, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.until == nil {
		p.until = map[chat.Place]time.Time{}
	}
	p.until[at] = until
}

// left is how long the longest pause among the places still lasts.
func (p *pauses) left(refs []chat.Ref, now time.Time) (longest time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range refs {
		longest = max(longest, p.until[r.Place].Sub(now))
	}
	return longest
}

// render renders the card of a subject as things stand.
func (b *Bot) render(r *Reading, subject string) (chat.Message, []chat.Place, error) {
	letter, _, _ := strings.Cut(subject, "-")
	render := b.behaviour.Cards[letter]
	if render == nil {
		return chat.Message{}, nil, effect.Permanently(fmt.Errorf("no card for %q", subject))
	}
	return render(r, subject)
}

func (c shownCard) at(p chat.Place) (chat.Ref, bool) {
	for _, r := range c.Refs {
		if r.Place == p {
			return r, true
		}
	}
	return chat.Ref{}, false
}

// shown keeps where a card is.
func shown(t *Turn, e effect.Effect, o effect.Outcome) error {
	if !o.OK {
		return nil
	}
	var c shownCard
	if err := o.Decode(&c); err != nil {
		return err
	}
	was, _, err := cards.Get(t, e.Subject)
	if err != nil || was.Digest == c.Digest && len(was.Refs) == len(c.Refs) {
		return err
	}
	return cards.Put(t.Tx, e.Subject, c)
}

// post says a message once: a platform that knows the key already returns the message it has.
func (b *Bot) post(ctx context.Context, e effect.Effect) (any, error) {
	var p post
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		return nil, effect.Permanently(err)
	}
	platform, ok := b.platforms[p.To.Platform]
	if !ok {
		return nil, effect.Permanently(fmt.Errorf("no platform %q", p.To.Platform))
	}
	if wait := b.pauses.left([]chat.Ref{{Place: p.To}}, b.now()); wait > 0 {
		return nil, effect.Retryable(errPaused, wait)
	}
	worded := port.Worded{Message: p.Message, Reader: b.Reader(nil), At: b.now()}
	if threaded, ok := platform.(port.Threaded); ok && threaded.Threads() {
		worded.Under = b.root(ctx, p.Message.Thread, p.To)
	}
	ref, err := platform.Post(ctx, p.To, e.Key, worded)
	if _, after := effect.Classify(err); err != nil && after > 0 {
		b.pauses.set(p.To, b.now().Add(after))
	}
	return ref, err
}

// Reader words things for somebody in a zone; nil is the organisation's.
func (b *Bot) Reader(zone *time.Location) port.Reader {
	if zone == nil {
		zone = b.org.Load().Zone
	}
	return reader{b, zone}
}

type reader struct {
	bot  *Bot
	zone *time.Location
}

// PersonName is the configured name, the handle of somebody no longer configured, or a stand-in once erased.
func (r reader) PersonName(id string) string {
	if p, ok := r.bot.org.Load().Directory.Person(id); ok && p.Name != "" {
		return p.Name
	}
	if h, ok := r.bot.store.Handle(id); ok {
		return h
	}
	return "somebody"
}

// Accounts are the configured and the linked ones.
func (r reader) Accounts(id string) []chat.Account { return r.bot.org.Load().Directory.Accounts(id) }

func (r reader) Unseal(s chat.Sealed) (string, bool) { return r.bot.store.Unseal(s) }

func (r reader) Zone() *time.Location { return r.zone }
