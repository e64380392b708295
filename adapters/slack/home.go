package slack

import (
	"context"
	"errors"
	"sync"

	api "github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/adapters/slack/blockkit"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// homeLine is what the Home tab shows the reply to.
const homeLine = "/home"

// homesMost bounds how many Home tabs are remembered; one that was forgotten is shown anew when it is opened.
const homesMost = 10_000

// homes are the Home tabs opened since the start.
type homes struct {
	mu   sync.Mutex
	seen map[chat.Account]*home
}

// home is one person's Home tab. One publication is under way at a time, and one more wanted at most.
type home struct {
	workspace *workspace
	hash      string
	busy      bool
	again     bool
}

// openedHome shows somebody's Home tab, and keeps it up to date with what they do from now on.
func (s *Slack) openedHome(w *workspace, who chat.Account, hash string) {
	s.homes.mu.Lock()
	if s.homes.seen == nil || len(s.homes.seen) >= homesMost && s.homes.seen[who] == nil {
		s.homes.seen = map[chat.Account]*home{}
	}
	h := s.homes.seen[who]
	if h == nil {
		h = &home{workspace: w}
		s.homes.seen[who] = h
	}
	if hash != "" && !h.busy {
		h.hash = hash
	}
	s.homes.mu.Unlock()
	s.showHome(who)
}

// showHome publishes somebody's Home tab as things stand now, if they have opened it.
func (s *Slack) showHome(who chat.Account) {
	s.homes.mu.Lock()
	defer s.homes.mu.Unlock()
	h := s.homes.seen[who]
	if h == nil {
		return
	}
	h.again = true
	if !h.busy {
		h.busy = s.errands.run(func(ctx context.Context) { s.publish(ctx, who, h) })
	}
}

// publish shows the newest until nothing newer is wanted.
func (s *Slack) publish(ctx context.Context, who chat.Account, h *home) {
	for {
		s.homes.mu.Lock()
		if !h.again || ctx.Err() != nil {
			h.busy = false
			s.homes.mu.Unlock()
			return
		}
		h.again = false
		hash := h.hash
		s.homes.mu.Unlock()
		next, err := s.publishOnce(ctx, who, h.workspace, hash)
		var limited *api.RateLimitedError
		switch {
		case errors.As(err, &limited):
			pause(ctx, limited.RetryAfter)
		case err != nil && !saysSlack(err, "hash_conflict"):
			s.outside.Log.Warn("a Home tab could not be shown", "error", err)
		}
		s.homes.mu.Lock()
		h.hash = next // empty after a conflict: the next one is published whatever is there
		h.again = h.again || limited != nil || saysSlack(err, "hash_conflict") && hash != ""
		s.homes.mu.Unlock()
	}
}

func (s *Slack) publishOnce(ctx context.Context, who chat.Account, w *workspace, hash string) (next string, err error) {
	reply, err := s.outside.Door.Say(ctx, port.Said{
		Account: who, Place: chat.Place{Platform: PlatformName, Workspace: w.id()}, Text: homeLine,
	})
	if err != nil {
		return hash, err
	}
	request := api.PublishViewContextRequest{
		UserID: who.ID, View: api.HomeTabViewRequest{Type: api.VTHomeTab, Blocks: api.Blocks{BlockSet: s.homeBlocks(w, reply.Messages)}},
	}
	if hash != "" {
		request.Hash = &hash
	}
	published, err := w.client.PublishViewContext(ctx, request)
	if err != nil {
		return "", err
	}
	return published.View.Hash, nil
}

// acted is told of every request that was answered: what the person sees in their Home tab may have changed.
func (s *Slack) acted(d port.Delivery) { s.showHome(d.Account) }

// homeBlocks lays the reply out for one person's Home tab.
func (s *Slack) homeBlocks(w *workspace, messages []chat.Message) []api.Block {
	wording, now := newWording(s.outside.Reader(nil), w.id()), s.outside.Clock()
	worded := make([]words.Message, 0, len(messages))
	for _, m := range messages {
		one, _ := wording.word(m, now)
		worded = append(worded, one)
	}
	return blockkit.View(worded, wording)
}
