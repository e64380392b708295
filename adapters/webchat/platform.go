package webchat

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Name is the platform's name in accounts and places.
func (s *Server) Name() string { return PlatformName }

// Post adds a message to a channel and shows it to everybody connected. A key that was posted before keeps its message;
// a card is then brought up to date. To "@handle", or private with mentions, it reaches the connected of those people
// alone and is kept nowhere. An unknown channel is a permanent error.
func (s *Server) Post(ctx context.Context, to chat.Place, key string, m port.Worded) (chat.Ref, error) {
	if m.At.IsZero() {
		m.At = s.o.Now()
	}
	if handles, only := s.recipients(to, m.Message); only {
		id := "private-" + s.hub.epoch + "-" + strconv.FormatUint(s.private.Add(1), 10)
		s.whisper(handles, port.Entry{ID: id, Channel: to.Channel, At: m.At, Message: m.Message})
		return chat.Ref{Place: to, ID: id}, nil
	}
	if !s.hasChannel(to.Channel) {
		return chat.Ref{}, effect.Permanently(fmt.Errorf("webchat: there is no channel %q", to.Channel))
	}
	e := port.Entry{Key: key, Channel: to.Channel, At: m.At, Message: m.Message}
	var err error
	if e.ID, err = s.o.Timeline.Append(ctx, e); err != nil {
		return chat.Ref{}, fmt.Errorf("webchat: post: %w", err)
	}
	if e, err = s.stored(ctx, e, m); err != nil {
		return chat.Ref{}, err
	}
	s.posted.put(e)
	s.hub.publish(&event{entry: e})
	return chat.Ref{Place: to, ID: e.ID}, nil
}

// stored is the entry as the timeline holds it: posted just now, or before a crash.
func (s *Server) stored(ctx context.Context, e port.Entry, m port.Worded) (port.Entry, error) {
	if e.Message.Card == "" {
		return e, nil
	}
	was, found, err := s.find(ctx, e.Channel, e.ID)
	if err != nil || !found || reflect.DeepEqual(was.Message, e.Message) {
		return e, err
	}
	if err := s.o.Timeline.Replace(ctx, e.ID, m); err != nil {
		return e, fmt.Errorf("webchat: bring up to date: %w", err)
	}
	was.Message, was.Edited = m.Message, m.At
	return was, nil
}

// Update puts a new message in the place of a posted one, for everybody connected. One that is no longer kept is no error.
func (s *Server) Update(ctx context.Context, ref chat.Ref, m port.Worded) error {
	if m.At.IsZero() {
		m.At = s.o.Now()
	}
	if handles, only := s.recipients(ref.Place, m.Message); only {
		s.whisper(handles, port.Entry{ID: ref.ID, Channel: ref.Place.Channel, At: m.At, Message: m.Message, Edited: m.At})
		return nil
	}
	if err := s.o.Timeline.Replace(ctx, ref.ID, m); err != nil {
		return fmt.Errorf("webchat: update: %w", err)
	}
	e, known := s.posted.get(ref.ID)
	if !known {
		var err error
		if e, known, err = s.find(ctx, ref.Place.Channel, ref.ID); err != nil || !known {
			return err
		}
		s.posted.put(e)
	}
	e.Message, e.Edited = m.Message, m.At
	s.hub.publish(&event{entry: e})
	return nil
}

// find looks for an entry among those that a channel shows.
func (s *Server) find(ctx context.Context, channel, id string) (port.Entry, bool, error) {
	entries, err := s.o.Timeline.Entries(ctx, channel, mostEntries)
	if err != nil {
		return port.Entry{}, false, fmt.Errorf("webchat: find a message: %w", err)
	}
	for _, e := range slices.Backward(entries) {
		if e.ID == id {
			return e, true, nil
		}
	}
	return port.Entry{}, false, nil
}

// recipients are the handles that alone see a message, if it is not for everybody.
func (s *Server) recipients(to chat.Place, m chat.Message) (handles []string, only bool) {
	if handle, ok := strings.CutPrefix(to.Channel, "@"); ok {
		return []string{handle}, true
	}
	if !m.Private {
		return nil, false
	}
	for _, a := range s.o.Accounts() {
		if a.Person != "" && slices.Contains(m.Mentions, a.Person) {
			handles = append(handles, a.Handle)
		}
	}
	return handles, true
}

func (s *Server) whisper(handles []string, e port.Entry) {
	for _, h := range handles {
		s.hub.publish(&event{entry: e, only: h})
	}
}

// postedMost bounds how many entries are remembered; older ones are read from the timeline again.
const postedMost = 1024

// postedMemory remembers what an update does not say of an entry: its key and when it was posted.
type postedMemory struct {
	mu    sync.Mutex
	byID  map[string]postedEntry
	order []string
}

type postedEntry struct {
	key, channel string
	at           time.Time
}

func (p *postedMemory) put(e port.Entry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byID == nil {
		p.byID = map[string]postedEntry{}
	}
	if _, ok := p.byID[e.ID]; !ok {
		if len(p.order) == postedMost {
			delete(p.byID, p.order[0])
			p.order = append(p.order[:0], p.order[1:]...)
		}
		p.order = append(p.order, e.ID)
	}
	p.byID[e.ID] = postedEntry{key: e.Key, channel: e.Channel, at: e.At}
}

func (p *postedMemory) get(id string) (port.Entry, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e, ok := p.byID[id]
	return port.Entry{ID: id, Key: e.key, Channel: e.channel, At: e.at}, ok
}
