package bot

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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

// showCard renders a card as things stand and brings every place it belongs to up to date: platforms beside each other, and what
// one of them does not take is tried again without the others.
func (b *Bot) showCard(ctx context.Context, e effect.Effect) (any, error) {
	was, _, err := cards.Get(b.store.Latest(), e.Subject)
	if err != nil {
		return was, err
	}
	if wait := b.pauses.shortest(was.Refs, b.now()); wait > 0 {
		return was, effect.Retryable(errPaused, wait)
	}
	m, places, digest, err := b.renderNow(e.Subject)
	if err != nil || len(places) == 0 {
		return was, err
	}
	now := shownCard{Digest: digest}
	at := showing{subject: e.Subject, digest: now.Digest, was: was}
	worded := port.Worded{Message: m, Reader: b.Reader(nil), At: b.now()}
	refs, failures := make([]chat.Ref, len(places)), make([]error, len(places))
	var platforms sync.WaitGroup
	for i, first := range places {
		if slices.ContainsFunc(places[:i], func(p chat.Place) bool { return p.Platform == first.Platform }) {
			continue
		}
		platforms.Go(func() {
			for j, p := range places[i:] {
				if p.Platform == first.Platform {
					refs[i+j], failures[i+j] = guarded(func() (chat.Ref, error) { return b.showIn(ctx, at, p, worded) })
				}
			}
		})
	}
	platforms.Wait()
	var refused, later error // for good, and for now
	for i, failure := range failures {
		verdict, after := effect.Classify(failure)
		switch {
		case failure == nil:
			now.Refs = append(now.Refs, refs[i])
		case verdict == effect.Permanent:
			refused = failure
		default:
			if _, soonest := effect.Classify(later); later == nil || after < soonest {
				later = failure
			}
		}
	}
	if later != nil {
		b.partly.keep(e.Subject, now)
		return was, later
	}
	b.partly.forget(e.Subject)
	if refused != nil && len(now.Refs) == 0 {
		return was, refused
	}
	if refused != nil {
		b.log.Warn("a card is shown in some of its places only", "subject", e.Subject, "error", b.redact(refused.Error()))
	}
	return now, nil
}

// renderNow renders a card as things stand, few of them at once, with a digest of how it looks.
func (b *Bot) renderNow(subject string) (m chat.Message, places []chat.Place, digest string, err error) {
	b.outbox.cards <- struct{}{}
	defer func() { <-b.outbox.cards }()
	err = b.Read(func(r *Reading) (err error) {
		m, places, err = b.render(r, subject)
		return err
	})
	if err != nil || len(places) == 0 {
		return m, places, "", err
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return m, places, "", effect.Permanently(err)
	}
	sum := sha256.Sum256(raw)
	return m, places, base64.RawURLEncoding.EncodeToString(sum[:16]), nil
}

// showing is a card on its way to its places.
type showing struct {
	subject, digest string
	was             shownCard
}

// showIn brings one place up to date.
func (b *Bot) showIn(ctx context.Context, s showing, place chat.Place, m port.Worded) (chat.Ref, error) {
	ref, digest, known := b.partly.at(s.subject, place)
	if !known {
		ref, known = s.was.at(place)
		digest = s.was.Digest
	}
	if known && digest == s.digest {
		return ref, nil
	}
	if wait := b.pauses.left(pausing{place, known}, b.now()); wait > 0 { // asked for by another card
		return ref, effect.Retryable(errPaused, wait)
	}
	platform, ok := b.platforms[place.Platform]
	if !ok {
		return ref, effect.Permanently(fmt.Errorf("no platform %q", place.Platform))
	}
	m.Message = b.linked(platform, m.Message)
	select {
	case b.showing[place.Platform] <- struct{}{}:
		defer func() { <-b.showing[place.Platform] }()
	case <-ctx.Done():
		return ref, effect.Retryable(ctx.Err(), 0)
	}
	var err error
	key := "card:" + s.subject + ":" + place.Channel
	if known {
		if err = platform.Update(ctx, ref, m); errors.Is(err, effect.ErrNotFound) { // somebody deleted it
			known, key = false, key+":instead:"+ref.ID
		}
	}
	if !known {
		ref, err = platform.Post(ctx, place, key, m)
		b.roots.tell(s.subject, ref, err)
	}
	if err == nil {
		return ref, nil
	}
	if _, after := effect.Classify(err); after > 0 {
		b.pauses.set(pausing{place, known}, b.now().Add(after))
	}
	return ref, fmt.Errorf("show the card of %s in %s: %w", s.subject, place.Channel, err)
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
	if wait := b.pauses.left(pausing{place: p.To}, b.now()); wait > 0 {
		return nil, effect.Retryable(errPaused, wait)
	}
	worded := port.Worded{Message: b.linked(platform, p.Message), Reader: b.Reader(nil), At: b.now()}
	if threaded, ok := platform.(port.Threaded); ok && threaded.Threads() {
		worded.Under = b.root(ctx, p.Message.Thread, p.To)
	}
	ref, err := platform.Post(ctx, p.To, e.Key, worded)
	if _, after := effect.Classify(err); err != nil && after > 0 {
		b.pauses.set(pausing{place: p.To}, b.now().Add(after))
	}
	return ref, err
}

// findPost looks for a message of which it is not known whether it was posted. Looking posts it: what the platform refuses for good
// is not there, and posting it says so once more and ends it, so that what is to be said after it in the channel does not wait.
func (b *Bot) findPost(ctx context.Context, e effect.Effect) (any, error) {
	ref, err := b.post(ctx, e)
	if verdict, _ := effect.Classify(err); err != nil && verdict == effect.Permanent {
		return ref, fmt.Errorf("%w: %w", effect.ErrNotFound, err)
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
