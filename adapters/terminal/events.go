package terminal

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Bounds of the stream of events.
const (
	maxEvent  = 4 << 20          // bytes; a longer event is left out
	silence   = time.Minute      // without a byte: the connection is given up and made anew
	firstWait = time.Second      // before connecting again
	leastWait = time.Second / 4  // that a server may ask for
	maxWait   = 30 * time.Second // the longest, doubled up to it
)

// Kind is what an event is about.
type Kind string

// The kinds of event.
const (
	EntryEvent   Kind = "entry"   // an entry posted or brought up to date
	PrivateEvent Kind = "private" // for the speaker alone
	ResetEvent   Kind = "reset"   // events were missed: read the entries again
	// ConnectedEvent comes from the client itself: from here on no event is missed, entries read earlier may be old.
	ConnectedEvent Kind = "connected"
)

// Event is something that happened in the chat.
type Event struct {
	Kind  Kind
	ID    string // of the event, not of the entry
	Entry Entry
}

// Events calls each with every event from now on, in order, until the context ends; as may be empty outside the demo. A stream that breaks is taken up
// where it broke. It returns the context's error, or the server's refusal.
func (c *Client) Events(ctx context.Context, as string, each func(Event)) error {
	s := stream{wait: firstWait}
	for {
		began := s.events
		err := c.follow(ctx, as, &s, each)
		var api *APIError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &api) && api.Status < 500 && !isStatus(err, http.StatusTooManyRequests):
			return err
		}
		if s.events > began {
			s.backoff = 0
		}
		s.backoff = min(max(s.backoff*2, s.wait), maxWait)
		if err := c.pause(ctx, s.backoff); err != nil {
			return err
		}
	}
}

// stream is what outlives one connection.
type stream struct {
	last    string // id of the last event
	wait    time.Duration
	backoff time.Duration
	events  int
}

// follow reads one connection's events until it ends.
func (c *Client) follow(ctx context.Context, as string, s *stream, each func(Event)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watchdog := time.AfterFunc(silence, cancel)
	defer watchdog.Stop()
	header := http.Header{"Accept": {"text/event-stream"}}
	if s.last != "" {
		header.Set("Last-Event-ID", s.last)
	}
	path := "/api/v1/events"
	if as != "" {
		path += "?" + url.Values{"as": {as}}.Encode()
	}
	res, err := c.open(ctx, http.MethodGet, path, nil, header)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	each(Event{Kind: ConnectedEvent})
	return readEvents(res.Body, s, func() { watchdog.Reset(silence) }, each)
}

// readEvents reads the event stream format of the HTML standard, section 9.2: the fields that are not understood are
// ignored, and an event that the end of the stream cuts off is dropped.
func readEvents(r io.Reader, s *stream, alive func(), each func(Event)) error {
	in := bufio.NewReader(r)
	var kind, id string
	var data []byte
	for {
		line, err := readLine(in, maxEvent)
		if err != nil {
			return err
		}
		alive()
		if len(line) == 0 {
			if id != "" {
				s.last = id
			}
			if e, ok := event(kind, s.last, data); ok {
				s.events++
				each(e)
			}
			kind, id, data = "", "", nil
			continue
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(name) {
		case "event":
			kind = string(value)
		case "id":
			if !bytes.ContainsRune(value, 0) {
				id = string(value)
			}
		case "retry":
			if ms, err := strconv.ParseUint(string(value), 10, 31); err == nil {
				s.wait = min(max(time.Duration(ms)*time.Millisecond, leastWait), maxWait)
			}
		case "data":
			if len(data)+len(value) < maxEvent {
				data = append(append(data, value...), '\n')
			}
		}
	}
}

func event(kind, id string, data []byte) (Event, bool) {
	e := Event{Kind: Kind(kind), ID: id}
	switch e.Kind {
	case ResetEvent:
		return e, true
	case EntryEvent, PrivateEvent:
		return e, json.Unmarshal(data, &e.Entry) == nil
	}
	return e, false
}

// readLine reads a line without its end; what is beyond the limit is dropped.
func readLine(in *bufio.Reader, limit int) ([]byte, error) {
	var line []byte
	for {
		part, more, err := in.ReadLine()
		if err != nil {
			return nil, err
		}
		if len(line)+len(part) <= limit {
			line = append(line, part...)
		}
		if !more {
			return line, nil
		}
	}
}
