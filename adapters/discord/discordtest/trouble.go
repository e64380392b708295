package discordtest

import (
	"context"
	"encoding/json"
)

// links lists the open connections of the gateway.
func (s *Server) links() (open []*link) {
	for _, own := range s.sessions {
		if own.link != nil {
			open = append(open, own.link)
		}
	}
	return open
}

// Connected reports how many gateway connections are identified.
func (s *Server) Connected() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.links())
}

// WaitConnected waits until n gateway connections are identified or have resumed.
func (s *Server) WaitConnected(ctx context.Context, n int) error {
	for {
		s.mu.Lock()
		have, joined := len(s.links()), s.joined
		s.mu.Unlock()
		if have == n {
			return nil
		}
		select {
		case <-joined:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// join tells those who wait that a connection came or went.
func (s *Server) join() {
	close(s.joined)
	s.joined = make(chan struct{})
}

// CutGateway ends every gateway connection without a word; sessions can be resumed.
func (s *Server) CutGateway() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.links() {
		l.send(closing{})
	}
}

// Reconnect asks every client to connect anew and resume, as Discord does before it restarts a gateway.
func (s *Server) Reconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.links() {
		l.send(frame{Op: opReconnect})
	}
}

// Invalidate ends every session: its client is told, or learns it when it tries to resume, and must identify anew.
func (s *Server) Invalidate() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, own := range s.sessions {
		if own.link != nil {
			own.link.session = nil
			own.link.send(frame{Op: opInvalid, Data: json.RawMessage("false")})
		}
		delete(s.sessions, id)
	}
}

// Zombie lets every gateway connection stay open and go silent: nothing is acknowledged and nothing comes.
func (s *Server) Zombie() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.links() {
		l.zombie = true
	}
}

// Close ends every gateway connection, identified or not. An http.Server does not end them.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for l := range s.open {
		l.send(closing{})
	}
}
