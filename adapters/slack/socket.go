package slack

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	api "github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/adapters/slack/payload"
)

const (
	// handledAtOnce bounds the requests of all connections that are not acknowledged yet.
	handledAtOnce = 512
	// helloPatience is how long a new connection may take until Slack greets.
	helloPatience = 10 * time.Second
	// pingEvery and silence notice a connection that is dead: Slack answers each ping, and sends its own.
	pingEvery = 10 * time.Second
	silence   = 30 * time.Second
	// drainPatience is how long a connection that Slack is about to close goes on beside its replacement.
	drainPatience = 30 * time.Second
	// steadyAfter is the age from which a connection counts as one that worked, so that the next try comes at once.
	steadyAfter  = time.Second
	firstBackoff = 200 * time.Millisecond
	mostBackoff  = 30 * time.Second
	writeLimit   = 5 * time.Second
)

// keepConnected holds one Socket Mode connection, and its replacement while the old one is drained, until ctx ends.
func (s *Slack) keepConnected(ctx context.Context) {
	var draining sync.WaitGroup
	defer draining.Wait()
	wait := firstBackoff
	for ctx.Err() == nil {
		began := time.Now()
		c, err := s.connect(ctx)
		if err == nil {
			draining.Go(func() { c.serve(ctx) })
			select {
			case <-c.leaving:
			case <-ctx.Done():
				return
			}
			if err = c.why(); time.Since(began) >= steadyAfter {
				wait = firstBackoff
				s.outside.Log.Info("a connection to Slack is renewed", "reason", err)
				continue
			}
		}
		if ctx.Err() != nil {
			return
		}
		after := wait/2 + rand.N(wait/2)
		var limited *api.RateLimitedError
		if errors.As(err, &limited) {
			after = max(after, limited.RetryAfter)
		}
		s.outside.Log.Warn("no connection to Slack; it is tried again", "error", err, "after", after.Round(time.Millisecond).String())
		if !pause(ctx, after) {
			return
		}
		wait = min(2*wait, mostBackoff)
	}
}

// connection is one Socket Mode connection.
type connection struct {
	slack   *Slack
	socket  *websocket.Conn
	writing sync.Mutex
	work    sync.WaitGroup
	leave   sync.Once
	leaving chan struct{} // closed when the connection needs a replacement
	reason  error         // read once leaving is closed
	over    atomic.Bool   // nothing more is read
}

// connect opens a connection and waits for Slack's greeting.
func (s *Slack) connect(ctx context.Context) (*connection, error) {
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	_, address, err := s.app.StartSocketModeContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("apps.connections.open: %w", err)
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "wss" && !(u.Scheme == "ws" && checkAPIURL("http://"+u.Host+"/") == nil) {
		return nil, errors.New("apps.connections.open gave an address that is not wss")
	}
	socket, response, err := s.outside.Dialer.DialContext(ctx, address, nil)
	if response != nil && response.Body != nil {
		_ = response.Body.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", u.Host, err) // the address holds a ticket
	}
	socket.SetReadLimit(payload.MaxBody)
	c := &connection{slack: s, socket: socket, leaving: make(chan struct{})}
	_ = socket.SetReadDeadline(time.Now().Add(helloPatience))
	_, raw, err := socket.ReadMessage()
	if err != nil {
		_ = socket.Close()
		return nil, fmt.Errorf("waiting for the greeting: %w", err)
	}
	if f, err := payload.FrameJSON(raw); err != nil || f.Type != payload.FrameHello {
		_ = socket.Close()
		return nil, fmt.Errorf("the connection began with %q %s instead of a greeting", f.Type, f.Reason)
	}
	return c, nil
}

// replace says that the connection needs a replacement.
func (c *connection) replace(why error) {
	c.leave.Do(func() {
		c.reason = why
		close(c.leaving)
	})
}

func (c *connection) why() error {
	<-c.leaving
	return c.reason
}

// serve reads until the connection or ctx ends; what was read is finished and acknowledged.
func (c *connection) serve(ctx context.Context) {
	ended := make(chan struct{})
	var beside sync.WaitGroup
	beside.Go(func() { c.tend(ctx, ended) })
	c.slack.outside.Log.Info("connected to Slack")
	alive := func() {
		_ = c.socket.SetReadDeadline(time.Now().Add(silence))
		if c.over.Load() {
			_ = c.socket.SetReadDeadline(time.Now())
		}
	}
	alive()
	c.socket.SetPongHandler(func(string) error { alive(); return nil })
	c.socket.SetPingHandler(func(data string) error {
		alive()
		return ignoreTimeout(c.socket.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeLimit)))
	})
	for {
		_, raw, err := c.socket.ReadMessage()
		if err != nil {
			c.replace(err)
			break
		}
		alive()
		if c.over.Load() || !c.take(ctx, raw) {
			c.replace(ctx.Err())
			break
		}
	}
	c.work.Wait()
	close(ended)
	_ = c.socket.Close()
	beside.Wait()
}

// tend pings, and ends the reading when ctx ends or the connection was replaced a while ago.
func (c *connection) tend(ctx context.Context, ended <-chan struct{}) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	leaving, drained := c.leaving, (<-chan time.Time)(nil)
	for {
		select {
		case <-ended:
			return
		case <-ctx.Done():
			c.finish()
			<-ended
			return
		case <-leaving:
			leaving = nil
			alarm := time.NewTimer(drainPatience)
			defer alarm.Stop()
			drained = alarm.C
		case <-drained:
			c.finish()
			<-ended
			return
		case <-ping.C:
			_ = c.socket.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeLimit))
		}
	}
}

// finish ends the reading; what was read is still acknowledged.
func (c *connection) finish() {
	c.over.Store(true)
	_ = c.socket.SetReadDeadline(time.Now())
}

// take handles one frame, and reports whether to read on. Requests are handled beside the reading, boundedly many.
func (c *connection) take(ctx context.Context, raw []byte) bool {
	if ctx.Err() != nil {
		return false
	}
	f, err := payload.FrameJSON(raw)
	if err != nil {
		c.slack.outside.Log.Warn("a frame could not be read", "error", err)
		return true
	}
	switch f.Type {
	case payload.FrameHello:
		return true
	case payload.FrameDisconnect:
		if f.Reason == payload.ReasonDisabled {
			c.slack.outside.Log.Error("Socket Mode was turned off for the app: turn it on again in the app's settings")
		}
		c.replace(fmt.Errorf("Slack asked for it: %s", f.Reason))
		return true
	}
	select {
	case c.slack.handling <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	c.work.Go(func() {
		defer func() { <-c.slack.handling }()
		c.handle(context.WithoutCancel(ctx), f)
	})
	return true
}

// handle takes a request and acknowledges it once it is durable. One that is not accepted stays unacknowledged, so that Slack sends
// it again; one that can never be is acknowledged.
func (c *connection) handle(ctx context.Context, f payload.Frame) {
	var answer any
	err := guarded(func() (err error) {
		answer, err = c.slack.takeFrame(ctx, f)
		return err
	})
	log := c.slack.outside.Log
	switch {
	case err == nil:
	case errors.Is(err, payload.ErrMalformed), errors.Is(err, payload.ErrTooLarge), errors.Is(err, errForeign):
		log.Warn("a request was refused", "kind", f.Type, "error", err)
	default:
		log.Error("a request could not be accepted and stays unacknowledged", "kind", f.Type, "error", err)
		return
	}
	if f.EnvelopeID == "" {
		return
	}
	ack := payload.Acknowledgement{EnvelopeID: f.EnvelopeID}
	if f.AcceptsResponse {
		ack.Payload = answer
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.socket.SetWriteDeadline(time.Now().Add(writeLimit))
	if err := c.socket.WriteJSON(ack); err != nil {
		log.Warn("an acknowledgement was lost: Slack sends the request again", "error", err)
		c.replace(err)
	}
}

func (s *Slack) takeFrame(ctx context.Context, f payload.Frame) (answer any, err error) {
	switch f.Type {
	case payload.FrameCommand:
		var command payload.Command
		if command, err = payload.CommandJSON(f.Payload); err == nil {
			err = s.takeCommand(ctx, command)
		}
	case payload.FrameInteractive:
		var i payload.Interaction
		if i, err = payload.InteractionJSON(f.Payload); err == nil {
			answer, err = s.interact(ctx, i)
		}
	case payload.FrameEvents:
		var e payload.Envelope
		if e, err = payload.EnvelopeJSON(f.Payload); err == nil {
			err = s.event(ctx, e)
		}
	}
	return answer, err
}

// ignoreTimeout lets a pong that could not be written in time pass: if the connection is dead, reading notices.
func ignoreTimeout(err error) error {
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return nil
	}
	return err
}
