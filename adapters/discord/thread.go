package discord

import (
	"context"
	"net/http"

	"github.com/gonogo-chat/gonogo/adapters/discord/embed"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// threadNameMost is the longest name of a thread, in characters ("Start Thread from Message").
const threadNameMost = 100

// threadRests is after how many minutes without a message a thread leaves the list: a week, the longest that there is.
const threadRests = 10080

// postUnder posts into the thread of a card. What is loud is posted as a reply to the card, in the channel, where everybody sees it;
// so is what can't be said in the thread: deleted, locked by a moderator, or one that the bot may not begin.
func (d *Discord) postUnder(ctx context.Context, to chat.Place, key string, m port.Worded, messages []embed.Message) (chat.Ref, error) {
	card := m.Under.ID
	if !loud(m.Message) {
		id, err := d.sendUnder(ctx, to, key, m, messages)
		if verdict, _ := effect.Classify(err); err == nil || verdict != effect.Permanent {
			return chat.Ref{Place: to, ID: card + "/" + id}, err
		}
		d.outside.Log.Warn("a message can't be said in its thread: it stands in the channel", "channel", to.Channel, "error", err)
	}
	id, err := d.send(ctx, to.Channel, key, messages, &reference{Message: card})
	return chat.Ref{Place: to, ID: id}, err
}

// sendUnder posts into the thread of a card, which it begins where there is none.
func (d *Discord) sendUnder(ctx context.Context, to chat.Place, key string, m port.Worded, messages []embed.Message) (string, error) {
	card := m.Under.ID
	id, err := d.send(ctx, card, key, messages, nil) // a thread has the id of the message that it began with
	if has(err, codeUnknownChannel) {
		if err := d.startThread(ctx, to.Channel, card, m.Message.Thread); err != nil {
			return "", err
		}
		id, err = d.send(ctx, card, key, messages, nil)
	}
	if has(err, codeThreadLocked) { // one at rest wakes when somebody writes; this one was put to rest by a moderator
		wake := request{verb: http.MethodPatch, path: "/channels/" + card, body: map[string]bool{"archived": false}, repeatable: true}
		if d.call(ctx, wake) == nil {
			id, err = d.send(ctx, card, key, messages, nil)
		}
	}
	return id, err
}

// loud messages must be seen by everybody in the channel.
func loud(m chat.Message) bool {
	return m.Tone == chat.Warning || m.Tone == chat.Bad || len(m.Mentions) > 0
}

// startThread starts the thread of a card, called as the card is; one that is there already is as good.
func (d *Discord) startThread(ctx context.Context, channel, card, name string) error {
	var p posted
	path := "/channels/" + channel + "/messages/" + card
	if err := d.call(ctx, request{verb: http.MethodGet, path: path, out: &p, repeatable: true}); has(err, codeUnknownMessage) {
		return err
	}
	if len(p.Embeds) > 0 && p.Embeds[0].Title != "" && len([]rune(embed.Unescape(p.Embeds[0].Title))) <= threadNameMost {
		name = embed.Unescape(p.Embeds[0].Title)
	}
	if name == "" {
		name = card
	}
	err := d.call(ctx, request{
		verb: http.MethodPost, path: path + "/threads", body: map[string]any{"name": name, "auto_archive_duration": threadRests}, repeatable: true,
	})
	if has(err, codeThreadThere) {
		return nil
	}
	return err
}
