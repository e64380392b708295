package slacktest

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Socket Mode. doc: https://docs.slack.dev/apis/events-api/using-socket-mode
const (
	maxLinks  = 10 // connections at once
	pingEvery = 10 * time.Second
)

// link is one Socket Mode connection.
type link struct {
	ws     *websocket.Conn
	write  sync.Mutex
	gone   chan struct{}
	once   sync.Once
	told   bool // that it will be closed: nothing new goes there
	mu     sync.Mutex
	awaits map[string]func(json.RawMessage) // by envelope id
}

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

func (s *Server) serveLink(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	s.mu.Lock()
	valid := s.tickets[ticket]
	delete(s.tickets, ticket)
	count := len(s.links)
	s.mu.Unlock()
	if !valid {
		http.Error(w, "the ticket was used or never made", http.StatusForbidden)
		return
	}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	l := &link{ws: ws, gone: make(chan struct{}), awaits: map[string]func(json.RawMessage){}}
	if count >= maxLinks {
		_ = l.send(answer{"type": "disconnect", "reason": "too_many_websockets", "debug_info": debugInfo()})
		l.close()
		return
	}
	s.mu.Lock()
	s.links = append(s.links, l)
	count = len(s.links)
	s.touch()
	s.mu.Unlock()
	defer s.drop(l)
	if l.send(answer{"type": "hello", "num_connections": count, "connection_info": answer{"app_id": AppID}, "debug_info": debugInfo()}) != nil {
		return
	}
	go l.ping(s.done)
	// Answering pings must not keep from reading: over a network without buffers two sides that both write wait for each other.
	ws.SetPingHandler(func(data string) error {
		go func() { _ = ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(AckWithin)) }()
		return nil
	})
	for {
		_, raw, err := ws.ReadMessage()
		if err != nil {
			return
		}
		var ack struct {
			ID      string          `json:"envelope_id"`
			Payload json.RawMessage `json:"payload"`
		}
		if json.Unmarshal(raw, &ack) != nil {
			continue
		}
		l.mu.Lock()
		answered := l.awaits[ack.ID]
		delete(l.awaits, ack.ID)
		l.mu.Unlock()
		if answered != nil {
			answered(ack.Payload)
		}
	}
}

func debugInfo() answer {
	return answer{"host": "applink-1", "started": time.Now().UTC().Format(time.RFC3339), "build_number": 1, "approximate_connection_time": 18060}
}

func (l *link) send(v any) error {
	l.write.Lock()
	defer l.write.Unlock()
	_ = l.ws.SetWriteDeadline(time.Now().Add(AckWithin))
	return l.ws.WriteJSON(v)
}

func (l *link) ping(done <-chan struct{}) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if l.ws.WriteControl(websocket.PingMessage, []byte("Ping from applink-1"), time.Now().Add(AckWithin)) != nil {
				l.close()
				return
			}
		case <-l.gone:
			return
		case <-done:
			l.close()
			return
		}
	}
}

func (l *link) close() {
	l.once.Do(func() {
		close(l.gone)
		_ = l.ws.Close()
	})
}

func (s *Server) drop(l *link) {
	l.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.links = slices.DeleteFunc(s.links, func(other *link) bool { return other == l })
	s.touch()
}

// pick takes a connection, another one than the last if there is one; it waits for one for as long as the app has to acknowledge.
func (s *Server) pick(d *Delivery, last *link) *link {
	timeout := time.NewTimer(AckWithin)
	defer timeout.Stop()
	for {
		s.mu.Lock()
		changed := s.changed
		free := slices.DeleteFunc(slices.Clone(s.links), func(l *link) bool { return l.told })
		if others := slices.DeleteFunc(slices.Clone(free), func(l *link) bool { return l == last }); len(others) > 0 {
			free = others
		}
		var l *link
		if len(free) > 0 {
			l = free[s.dice.IntN(len(free))]
		}
		s.mu.Unlock()
		if l != nil {
			return l
		}
		select {
		case <-changed:
		case <-timeout.C:
			return nil
		case <-d.acked:
			return nil
		case <-s.done:
			return nil
		}
	}
}

// overSocket delivers until it is acknowledged: at once on another connection when one breaks, and after the pauses of events when
// there was no answer in time. Slack does less for commands: what redelivers more finds more.
func (s *Server) overSocket(d *Delivery) {
	var l *link
	for retry := 0; retry <= len(s.options.Retries); {
		if retry > 0 && !s.pause(s.options.Retries[retry-1], d.acked) {
			return
		}
		if l = s.pick(d, l); l != nil && !s.try(d, l, retry) {
			continue // the connection broke: nothing was waited for
		}
		select {
		case <-d.acked:
			return
		case <-s.done:
			return
		default:
			retry++
		}
	}
}

// try sends over a connection and waits; it reports whether the connection held.
func (s *Server) try(d *Delivery, l *link, retry int) bool {
	attempt := s.attempt(d)
	s.mu.Lock()
	id := s.id("envelope-")
	s.mu.Unlock()
	l.mu.Lock()
	l.awaits[id] = func(reply json.RawMessage) { s.acknowledge(d, attempt, reply) }
	l.mu.Unlock()
	envelope := answer{"envelope_id": id, "type": d.Kind, "payload": d.Payload, "accepts_response_payload": d.wants}
	if d.Kind == "events_api" {
		envelope["retry_attempt"], envelope["retry_reason"] = retry, ""
		if retry > 0 {
			envelope["retry_reason"] = "timeout"
		}
	}
	if l.send(envelope) != nil {
		l.close()
		return false
	}
	timeout := time.NewTimer(AckWithin)
	defer timeout.Stop()
	select {
	case <-d.acked:
	case <-timeout.C:
	case <-s.done:
	case <-l.gone:
		return false
	}
	return true
}

// Links counts the Socket Mode connections that are open.
func (s *Server) Links() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.links)
}

// CutLinks breaks Socket Mode connections without a word: every one, or the oldest so many.
func (s *Server) CutLinks(most int) {
	s.mu.Lock()
	list := slices.Clone(s.links)
	s.mu.Unlock()
	for _, l := range list[:min(most, len(list))] {
		l.close()
	}
}

// Disconnect tells the oldest connection that it will be closed: reason "warning" (10 seconds before), "refresh_requested" or
// "link_disabled" (at once: Socket Mode was switched off).
func (s *Server) Disconnect(reason string) {
	s.mu.Lock()
	if len(s.links) == 0 {
		s.mu.Unlock()
		return
	}
	l := s.links[0]
	if i := slices.IndexFunc(s.links, func(l *link) bool { return !l.told }); i >= 0 {
		l = s.links[i]
	}
	l.told = true
	s.mu.Unlock()
	_ = l.send(answer{"type": "disconnect", "reason": reason, "debug_info": debugInfo()})
	wait := time.Duration(0)
	if reason == "warning" {
		wait = 10 * time.Second
	}
	go func() {
		if s.pause(wait, l.gone) {
			l.close()
		}
	}()
}
