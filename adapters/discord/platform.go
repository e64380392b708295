package discord

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/discord/embed"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// outgoing is a message to be posted.
type outgoing struct {
	embed.Message
	Reference *reference `json:"message_reference,omitempty"`
	Nonce     string     `json:"nonce"`
	// EnforceNonce makes Discord return the message that has the nonce already, for some minutes.
	EnforceNonce bool `json:"enforce_nonce"`
}

// reference makes a message a reply to another in its channel.
type reference struct {
	Message string `json:"message_id"`
	Must    bool   `json:"fail_if_not_exists"`
}

// posted is what is read of a message.
type posted struct {
	ID     string `json:"id"`
	Author user   `json:"author"`
	Embeds []struct {
		Title  string `json:"title"`
		Footer struct {
			Text string `json:"text"`
		} `json:"footer"`
	} `json:"embeds"`
}

// searched is how far back a card is looked for that an attempt before a crash may have posted.
const searched = 30 * time.Minute

// Post says something in a channel, or in the thread of the card that it belongs under; what is loud is a reply to the card, in
// the channel. The key becomes the nonce, under which Discord itself makes no second message for some minutes. A card is
// besides looked for by its id, which stands at its foot: two cards of one subject would be worse than an announcement said
// twice.
func (d *Discord) Post(ctx context.Context, to chat.Place, key string, m port.Worded) (chat.Ref, error) {
	if err := d.mine(to); err != nil {
		return chat.Ref{}, err
	}
	messages := embed.Render(m, to.Workspace)
	switch {
	case m.Message.Private:
		return d.whisper(ctx, to, key, m, messages)
	case m.Message.Card != "":
		ref, err := d.find(ctx, to, m.Message.Card, m.At)
		if err != nil {
			return ref, err
		}
		if ref.ID != "" { // shown by a process that ended before it knew; by now there may be more to show
			return ref, d.Update(ctx, ref, m)
		}
	case m.Under.ID != "" && m.Under.Place == to:
		return d.postUnder(ctx, to, key, m, messages)
	}
	id, err := d.send(ctx, to.Channel, key, messages, nil)
	return chat.Ref{Place: to, ID: id}, err
}

// send posts messages one after the other, and returns the id of the first.
func (d *Discord) send(ctx context.Context, channel, key string, messages []embed.Message, to *reference) (string, error) {
	first := ""
	for n, m := range messages {
		d.questions.add(m.Questions)
		var made posted
		err := d.call(ctx, request{
			verb: http.MethodPost, path: "/channels/" + channel + "/messages", files: m.Files, out: &made,
			body: outgoing{Message: m, Reference: to, Nonce: nonce(key, n), EnforceNonce: true},
		})
		if err != nil {
			return first, err
		}
		if n == 0 {
			first = made.ID
		}
		to = nil
	}
	return first, nil
}

// nonce is what Discord knows a message by for some minutes.
func nonce(key string, n int) string {
	sum := sha256.Sum256([]byte(key + "#" + strconv.Itoa(n)))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:embed.NonceMost]
}

// find looks for a card that was posted lately, and whose posting is not known to have succeeded.
func (d *Discord) find(ctx context.Context, in chat.Place, card string, now time.Time) (chat.Ref, error) {
	var list []posted
	self, err := d.self(ctx)
	if err != nil {
		return chat.Ref{}, err
	}
	err = d.call(ctx, request{verb: http.MethodGet, path: "/channels/" + in.Channel + "/messages?limit=50", out: &list, repeatable: true})
	if has(err, codeMissingAccess, codeNoPermission) {
		return chat.Ref{}, nil // posting says what is missing
	}
	if err != nil {
		return chat.Ref{}, err
	}
	for _, p := range list {
		if p.Author.ID != self || now.Sub(made(p.ID)) > searched {
			continue
		}
		for _, e := range p.Embeds {
			if e.Footer.Text == card {
				return chat.Ref{Place: in, ID: p.ID}, nil
			}
		}
	}
	return chat.Ref{}, nil
}

// self is the id of the bot's own user, asked for once: an old application's is another than the application's.
func (d *Discord) self(ctx context.Context) (string, error) {
	if id := d.me.Load(); id != nil {
		return *id, nil
	}
	var me user
	if err := d.call(ctx, request{verb: http.MethodGet, path: "/users/@me", out: &me, repeatable: true}); err != nil {
		return "", err
	}
	d.me.Store(&me.ID)
	return me.ID, nil
}

// made is when a message was made, which its id says ("Snowflakes").
func made(id string) time.Time {
	const epoch = 1420070400000 // milliseconds: the first second of 2015
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n>>22 + epoch)
}

// Update puts a new message in the place of an old one, which stays one message. effect.ErrNotFound: it was deleted.
func (d *Discord) Update(ctx context.Context, ref chat.Ref, m port.Worded) error {
	if err := d.mine(ref.Place); err != nil {
		return err
	}
	channel, id := ref.Place.Channel, ref.ID
	if thread, within, ok := strings.Cut(ref.ID, "/"); ok {
		channel, id = thread, within
	}
	next := embed.Render(m, ref.Place.Workspace)[0]
	d.questions.add(next.Questions)
	err := d.call(ctx, request{verb: http.MethodPatch, path: "/channels/" + channel + "/messages/" + id, body: next, files: next.Files, repeatable: true})
	if has(err, codeUnknownMessage) {
		err = fmt.Errorf("%w: %w", effect.ErrNotFound, err)
	}
	return err
}

// whisper writes to those whom a private message is for, each by themselves: in a channel everybody would read it.
func (d *Discord) whisper(ctx context.Context, to chat.Place, key string, m port.Worded, messages []embed.Message) (ref chat.Ref, err error) {
	for _, person := range m.Message.Mentions {
		for _, account := range m.Reader.Accounts(person) {
			if account.Platform != PlatformName || account.Workspace != to.Workspace || !snowflake(account.ID) {
				continue
			}
			var direct posted
			open := request{verb: http.MethodPost, path: "/users/@me/channels", body: map[string]string{"recipient_id": account.ID}, out: &direct, repeatable: true}
			if err := d.call(ctx, open); err != nil {
				return ref, err
			}
			id, err := d.send(ctx, direct.ID, key+":"+account.ID, messages, nil)
			if err != nil {
				return ref, err
			}
			ref = chat.Ref{Place: to, ID: direct.ID + "/" + id}
		}
	}
	if ref.ID == "" {
		return ref, effect.Permanently(errors.New("discord: a private message is for nobody with an account on the server"))
	}
	return ref, nil
}

// mine refuses places that are not the bot's.
func (d *Discord) mine(p chat.Place) error {
	if p.Platform != PlatformName || !d.server(p.Workspace) || !snowflake(p.Channel) {
		return effect.Permanently(fmt.Errorf("discord: %q in %q is no channel of a configured server: channels are given by their ids", p.Channel, p.Workspace))
	}
	return nil
}
