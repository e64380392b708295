package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// other is the other system: what was asked of it and when, and how it will answer.
type other struct {
	mu      sync.Mutex
	log     []string // "perform k @2s"
	begun   time.Time
	keys    map[string]bool // what arrived
	answers []error         // of the coming performs; nil when used up
	finds   []error         // of the coming finds; when used up, by what arrived
	takes   time.Duration
}

func (o *other) noted(what string, e effect.Effect) {
	if o.begun.IsZero() {
		o.begun = time.Now()
	}
	o.log = append(o.log, fmt.Sprintf("%s %s @%v", what, e.Key, time.Since(o.begun)))
}

func (o *other) perform(ctx context.Context, e effect.Effect) (any, error) {
	o.mu.Lock()
	o.noted("perform", e)
	takes := o.takes
	o.mu.Unlock()
	if takes > 0 {
		select {
		case <-time.After(takes):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.answers) > 0 {
		err := o.answers[0]
		if o.answers = o.answers[1:]; err != nil {
			return nil, err
		}
	}
	o.keys[e.Key] = true
	return map[string]string{"did": e.Key}, nil
}

func (o *other) find(_ context.Context, e effect.Effect) (any, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.noted("find", e)
	if len(o.finds) > 0 {
		err := o.finds[0]
		o.finds = o.finds[1:]
		return map[string]string{"did": e.Key}, err
	}
	if !o.keys[e.Key] {
		return nil, effect.ErrNotFound
	}
	return map[string]string{"did": e.Key}, nil
}

func (o *other) told() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.log, ", ")
}

// act is an effect on the other system.
func act(key string, class effect.Class) bot.Intent {
	return bot.Intent{Kind: "act", Class: class, Key: key, Subject: "R-1", Lane: "R-1"}
}

// enqueue is a deed that enqueues effects.
func enqueue(intents ...bot.Intent) func(*bot.Turn) (chat.Reply, error) {
	return sure(func(t *bot.Turn) error {
		for _, i := range intents {
			if err := t.Effect(i); err != nil {
				return err
			}
		}
		return nil
	})
}

// platform is a chat whose messages can be read, and which can refuse.
type platform struct {
	mu     sync.Mutex
	log    []string          // "post general toy.done"
	posts  map[string]string // id by key
	shown  map[string]string // what stands in a message now, by id
	refuse map[string]error  // by channel, until it is taken away
	gone   map[string]bool   // by id
}

func (p *platform) Name() string { return "local" }

func (p *platform) Post(_ context.Context, to chat.Place, key string, m port.Worded) (chat.Ref, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, "post "+to.Channel+" "+string(m.Message.Title.Code))
	if err := p.refuse[to.Channel]; err != nil {
		return chat.Ref{}, err
	}
	id, known := p.posts[key]
	if !known {
		id = fmt.Sprint("m", len(p.posts)+1)
		p.posts[key] = id
	}
	p.put(id, m)
	return chat.Ref{Place: to, ID: id}, nil
}

func (p *platform) Update(_ context.Context, ref chat.Ref, m port.Worded) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, "update "+ref.Place.Channel+" "+string(m.Message.Title.Code))
	if err := p.refuse[ref.Place.Channel]; err != nil {
		return err
	}
	if p.gone[ref.ID] {
		return fmt.Errorf("it was deleted: %w", effect.ErrNotFound)
	}
	p.put(ref.ID, m)
	return nil
}

func (p *platform) put(id string, m port.Worded) {
	if p.shown == nil {
		p.shown = map[string]string{}
	}
	p.shown[id] = string(m.Message.Title.Code)
}

func (p *platform) set(channel string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuse == nil {
		p.refuse = map[string]error{}
	}
	p.refuse[channel] = err
}

func (p *platform) told() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	told := strings.Join(p.log, ", ")
	p.log = nil
	return told
}

var errOther = errors.New("the other system says hunter2")

// stands is what stands in a message now.
func (p *platform) stands(id string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shown[id]
}
