package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// Operations of the gateway ("Gateway Opcodes").
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opResume         = 6
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatAck   = 11
)

// closeResumable is a close code of our own: 1000 and 1001 would end the session.
const closeResumable = 4900

// frame is what goes over the connection.
type frame struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  int64           `json:"s"`
	Type string          `json:"t"`
}

type connection struct {
	config  Config
	session *session
	ws      *websocket.Conn
	writing chan struct{} // holds one while somebody writes
	seq     atomic.Int64  // as the heartbeat says it
	acked   atomic.Bool   // the last heartbeat
	every   time.Duration
	stopped chan struct{}
	beating sync.WaitGroup
}

// run reads until the connection breaks. ready says that events came.
func (c *connection) run(ctx context.Context) (ready bool, err error) {
	over := context.AfterFunc(ctx, func() { c.close(websocket.CloseNormalClosure) })
	defer func() {
		over()
		close(c.stopped)
		c.close(closeResumable)
		c.beating.Wait()
	}()
	c.seq.Store(c.session.seq)
	if err := c.greet(); err != nil {
		return false, err
	}
	for {
		f, err := c.read()
		if err != nil {
			return ready, err
		}
		switch f.Op {
		case opDispatch:
			c.dispatch(f)
			ready = true
		case opHeartbeat:
			if err := c.beat(); err != nil {
				return ready, err
			}
		case opHeartbeatAck:
			c.acked.Store(true)
		case opReconnect:
			return ready, errors.New("the gateway asks to connect again")
		case opInvalidSession:
			var resumable bool
			if json.Unmarshal(f.Data, &resumable) == nil && resumable {
				return ready, errors.New("the gateway can't resume yet")
			}
			return ready, errAnew
		}
	}
}

// greet begins the heartbeat and identifies, or resumes.
func (c *connection) greet() error {
	f, err := c.readWithin(helloPatience)
	if err != nil {
		return err
	}
	var hello struct {
		Interval int64 `json:"heartbeat_interval"` // milliseconds
	}
	if err := json.Unmarshal(f.Data, &hello); f.Op != opHello || err != nil || hello.Interval <= 0 {
		return fmt.Errorf("the gateway greets with operation %d", f.Op)
	}
	c.every = time.Duration(hello.Interval) * time.Millisecond
	c.acked.Store(true)
	c.beating.Go(c.heartbeat)
	if s := c.session; s.id != "" {
		return c.write(opResume, map[string]any{"token": c.config.Token, "session_id": s.id, "seq": s.seq})
	}
	return c.write(opIdentify, map[string]any{
		"token": c.config.Token, "intents": c.config.Intents,
		"properties": map[string]string{"os": runtime.GOOS, "browser": "gonogo", "device": "gonogo"},
	})
}

func (c *connection) dispatch(f frame) {
	c.session.seq = f.Seq
	c.seq.Store(f.Seq)
	if f.Type == "READY" {
		var ready struct {
			SessionID string `json:"session_id"`
			Resume    string `json:"resume_gateway_url"`
		}
		if json.Unmarshal(f.Data, &ready) == nil {
			c.session.id, c.session.resume = ready.SessionID, ready.Resume
		}
	}
	c.config.Handle(Event{Type: f.Type, Data: f.Data})
}

// heartbeat says that the bot is there; a connection that does not answer is closed, to be resumed on another.
func (c *connection) heartbeat() {
	alarm := time.NewTimer(rand.N(c.every)) // the first after a random part, as Discord asks for
	defer alarm.Stop()
	for {
		select {
		case <-alarm.C:
		case <-c.stopped:
			return
		}
		if !c.acked.Swap(false) || c.beat() != nil {
			c.close(closeResumable)
			return
		}
		alarm.Reset(c.every)
	}
}

func (c *connection) beat() error {
	if seq := c.seq.Load(); seq > 0 {
		return c.write(opHeartbeat, seq)
	}
	return c.write(opHeartbeat, nil)
}

// read waits for the next frame: with heartbeats answered, one comes within every interval.
func (c *connection) read() (frame, error) { return c.readWithin(2*c.every + helloPatience) }

func (c *connection) readWithin(d time.Duration) (f frame, err error) {
	if err := c.ws.SetReadDeadline(time.Now().Add(d)); err != nil {
		return f, err
	}
	_, raw, err := c.ws.ReadMessage()
	if err != nil {
		return f, err
	}
	return decode(raw)
}

func decode(raw []byte) (f frame, err error) {
	if err := json.Unmarshal(raw, &f); err != nil {
		return f, fmt.Errorf("a frame that can't be read: %w", err)
	}
	return f, nil
}

func (c *connection) write(op int, data any) error {
	c.writing <- struct{}{}
	defer func() { <-c.writing }()
	if err := c.ws.SetWriteDeadline(time.Now().Add(writePatience)); err != nil {
		return err
	}
	return c.ws.WriteJSON(map[string]any{"op": op, "d": data})
}

// close breaks the connection.
func (c *connection) close(code int) {
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	_ = c.ws.Close()
}
