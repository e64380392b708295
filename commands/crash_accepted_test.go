package commands_test

import (
	"context"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// answers are what people were told through their platform, by delivery key. They outlive the bot.
type answers struct {
	mu      sync.Mutex
	told    map[string]chat.Reply
	waiting map[string]chan struct{}
}

// answering is a platform that is acknowledged first and answered afterwards.
type answering struct {
	*platform
	answers *answers
}

func (p answering) Answer(_ context.Context, a port.Answer) error {
	p.answers.mu.Lock()
	defer p.answers.mu.Unlock()
	if p.answers.told == nil {
		p.answers.told = map[string]chat.Reply{}
	}
	p.answers.told[a.Delivery.Key] = a.Reply
	if w := p.answers.waiting[a.Delivery.Key]; w != nil {
		close(w)
		delete(p.answers.waiting, a.Delivery.Key)
	}
	return nil
}

// heard returns the answer, or what is closed once it is there.
func (s *answers) heard(key string) (chat.Reply, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reply, ok := s.told[key]; ok {
		return reply, nil
	}
	if s.waiting == nil {
		s.waiting = map[string]chan struct{}{}
	}
	if s.waiting[key] == nil {
		s.waiting[key] = make(chan struct{})
	}
	return chat.Reply{}, s.waiting[key]
}

// tryAccepted delivers a request unless it was acknowledged before, and waits for its answer; false if the process died first.
func (m *mortal) tryAccepted(a ask) (chat.Reply, bool) {
	m.mu.Lock()
	known, death := m.acknowledged[a.key], m.death
	m.mu.Unlock()
	if !known {
		acknowledged := make(chan bool, 1)
		go func() {
			ok := false
			defer func() { acknowledged <- ok }() // sent, too, when the process ends in the middle
			err := m.bot.Accept(context.Background(), port.Delivery{Key: a.key, Account: account(a.who), Place: m.place(a.channel), Text: a.text, At: time.Now()})
			if ok = err == nil; err != nil && !m.isDead() {
				m.t.Errorf("%v: %v", a, err)
			}
		}()
		if !<-acknowledged {
			return chat.Reply{}, false
		}
		m.mu.Lock()
		m.acknowledged[a.key] = true
		m.mu.Unlock()
	}
	reply, coming := m.answers.heard(a.key)
	if coming != nil {
		select {
		case <-coming:
			reply, _ = m.answers.heard(a.key)
		case <-death:
			return reply, false
		}
	}
	m.mu.Lock()
	m.replies[a.key] = reply
	m.mu.Unlock()
	return reply, true
}
