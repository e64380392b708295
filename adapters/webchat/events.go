package webchat

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Bounds of a stream of events.
const (
	heartbeat = 15 * time.Second // docs/api.md promises 20
	writeTime = 15 * time.Second // for one write: a reader that takes longer is gone
)

// events streams what happens, as the HTML standard's section 9.2 lays server-sent events out.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	who, problem := s.speaker(r, q.Get("as"))
	if problem != nil {
		problem.write(w)
		return
	}
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		last = q.Get("last") // a browser sends the header only when it reconnects
	}
	c, backlog, reset, from, ok := s.hub.subscribe(who.Handle, last)
	if !ok {
		notAccepting.write(w)
		return
	}
	defer s.hub.leave(c)

	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	out := stream{w: w, control: http.NewResponseController(w), html: q.Get("html") == "1", server: s, zone: who.Zone}
	_ = out.control.SetReadDeadline(time.Time{})
	switch {
	case reset:
		out.write([]byte("retry: 1000\nevent: reset\nid: " + from + "\ndata: {}\n\n"))
	case len(backlog) == 0:
		// An id without data tells the reader where it is, before anything has happened.
		out.write([]byte("retry: 1000\nid: " + from + "\n\n"))
	}
	for _, e := range backlog {
		out.event(e)
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for out.err == nil {
		select {
		case <-r.Context().Done():
			return
		case e, open := <-c.out:
			if !open {
				return
			}
			out.event(e)
		case <-beat.C:
			// A token may have been revoked meanwhile.
			if _, problem := s.speaker(r, q.Get("as")); problem != nil {
				return
			}
			out.write([]byte(":\n\n"))
		}
	}
}

// stream writes events to one reader.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	server  *Server
	zone    *time.Location
	html    bool
	err     error
}

func (o *stream) write(b []byte) {
	if o.err != nil {
		return
	}
	// Not every writer has deadlines: then the connection's own limits hold.
	_ = o.control.SetWriteDeadline(time.Now().Add(writeTime))
	if _, o.err = o.w.Write(b); o.err == nil {
		o.err = o.control.Flush()
	}
}

func (o *stream) event(e *event) {
	b, err := o.server.wordEvent(e, o.zone, o.html)
	if err != nil {
		o.server.o.Log.Error("an event could not be worded", "error", err)
		return
	}
	o.write(b)
}

// wordEvent lays an event out, once for all readers of a kind.
func (s *Server) wordEvent(e *event, zone *time.Location, html bool) ([]byte, error) {
	v := view{html: html}
	if zone != nil {
		v.zone = zone.String()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if b, ok := e.worded[v]; ok {
		return b, nil
	}
	wire := s.wordEntry(e.entry, s.o.Reader(zone), html)
	kind := "entry"
	if e.only != "" {
		kind = "private"
		wire.Channel = privateChannel(wire.Channel)
	}
	data, err := json.Marshal(wire)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(data)+64)
	b = append(append(b, "event: "...), kind...)
	if e.id != "" {
		b = append(append(b, "\nid: "...), e.id...)
	}
	b = append(append(append(b, "\ndata: "...), data...), "\n\n"...)
	if e.worded == nil {
		e.worded = map[view][]byte{}
	}
	e.worded[v] = b
	return b, nil
}

// privateChannel is the channel that a private entry belongs beneath: none for one sent to a person.
func privateChannel(channel string) string {
	if len(channel) > 0 && channel[0] == '@' {
		return ""
	}
	return channel
}

var notAccepting = &problem{status: http.StatusServiceUnavailable, text: chat.Say("request.not_accepting"), retry: 2}
