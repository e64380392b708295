package discord

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/discord/embed"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Times of answers.
const (
	// tokenLives is how long an interaction can be answered ("Receiving and Responding").
	tokenLives = 15 * time.Minute
	// settling is how long after a request Discord may not know yet that it was acknowledged.
	settling     = 5 * time.Second
	settlingWait = 300 * time.Millisecond
)

// Answer shows whoever asked what came of it: the private messages of the reply, and of the public ones the title, since those are
// said in the channels. The first takes the place of "is thinking".
func (d *Discord) Answer(ctx context.Context, a port.Answer) error {
	var h handle
	if err := json.Unmarshal(a.Delivery.Handle, &h); err != nil || h.Token == "" {
		return effect.Permanently(errors.New("discord: a request without a handle can't be answered"))
	}
	if d.outside.Clock().Sub(a.Delivery.At) > tokenLives {
		return effect.Permanently(errors.New("discord: a request is answered within 15 minutes, or not at all"))
	}
	select {
	case <-d.pending.over(strings.TrimPrefix(a.Delivery.Key, keyPrefix)):
	case <-ctx.Done():
		return effect.Retryable(ctx.Err(), 0)
	}
	var messages []embed.Message
	for _, m := range privately(a.Reply) {
		messages = append(messages, embed.Render(port.Worded{Message: m, Reader: a.Reader, At: a.At}, a.Delivery.Account.Workspace)...)
	}
	webhook := "/webhooks/" + d.settings.Application + "/" + h.Token
	for n := d.told.get(a.Delivery.Key); n < len(messages); n++ {
		m := messages[n]
		d.questions.add(m.Questions)
		q := request{verb: http.MethodPatch, path: webhook + "/messages/@original", body: m, files: m.Files, repeatable: true}
		if n > 0 {
			q.verb, q.path, q.body = http.MethodPost, webhook, private{m, flagEphemeral}
		}
		if err := d.call(ctx, q); err != nil {
			if has(err, codeUnknownWebhook, codeUnknownMessage, codeUnknownInteraction, codeWebhookToken) && d.outside.Clock().Sub(a.Delivery.At) < settling {
				return effect.Retryable(err, settlingWait)
			}
			return err
		}
		d.told.set(a.Delivery.Key, n+1)
	}
	d.told.forget(a.Delivery.Key)
	return nil
}

// privately is a reply as whoever asked sees it.
func privately(r chat.Reply) []chat.Message {
	var out []chat.Message
	for _, m := range r.Messages {
		if !m.Private {
			m = chat.Message{Title: m.Title, Tone: m.Tone}
		}
		m.Card, m.Private = "", true
		out = append(out, m)
	}
	if len(out) == 0 {
		out = append(out, chat.Message{Title: chat.Say(r.Code), Private: true})
	}
	return out
}

// progress is how many messages of an answer were sent, for when the next has to wait.
type progress struct {
	mu sync.Mutex
	n  map[string]int
}

// progressMost bounds what is remembered; an answer that is forgotten begins anew.
const progressMost = 4096

func (p *progress) get(key string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.n[key]
}

func (p *progress) set(key string, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.n == nil || len(p.n) >= progressMost {
		p.n = map[string]int{}
	}
	p.n[key] = n
}

func (p *progress) forget(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.n, key)
}
