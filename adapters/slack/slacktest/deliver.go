package slacktest

import (
	"encoding/json"
	"time"
)

// AckWithin is how long the app has to acknowledge. doc: https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
const AckWithin = 3 * time.Second

// Delivery is one thing that Slack told the app of, and what came of it.
type Delivery struct {
	Kind     string // "slash_commands", "interactive", "events_api"
	Type     string // of the payload: "block_actions", "app_home_opened"
	User     string
	Payload  json.RawMessage
	At       time.Time
	Attempts int
	Acked    bool
	Latency  time.Duration // to the acknowledgement
	Status   int           // of the last HTTP answer
	Reply    json.RawMessage
	// Redelivered: acknowledged only after it had been delivered again, or taken by another connection.
	Redelivered bool

	acked  chan struct{} // closed once acknowledged
	failed chan struct{} // closed once the first attempt by HTTP was in vain
	wants  bool          // takes a payload in its acknowledgement
}

// Deliveries are what was delivered so far, in order.
func (s *Server) Deliveries() (out []Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.deliveries {
		out = append(out, *d)
	}
	return out
}

// Unacknowledged counts what waits for its acknowledgement still, or never got it.
func (s *Server) Unacknowledged() (n int) {
	for _, d := range s.Deliveries() {
		if !d.Acked {
			n++
		}
	}
	return n
}

// Deliver sends a payload as it is, for tests that make their own, and waits for the acknowledgement, 3 seconds at most. Later
// attempts go on in the background. Kind is as in Delivery; a slash command's payload is an object of strings.
func (s *Server) Deliver(kind, user string, payload map[string]any) *Delivery {
	raw, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	name, _ := payload["type"].(string)
	if event, ok := payload["event"].(map[string]any); ok {
		name, _ = event["type"].(string)
	}
	d := &Delivery{
		Kind: kind, Type: name, User: user, Payload: raw, At: time.Now(), wants: kind != "events_api",
		acked: make(chan struct{}), failed: make(chan struct{}),
	}
	s.mu.Lock()
	s.deliveries = append(s.deliveries, d)
	copies, late := 1, time.Duration(0)
	if s.dice.Float64() < s.unsteady.Duplicate {
		copies = 2
	}
	if s.unsteady.LateBy > 0 && s.dice.Float64() < s.unsteady.Late {
		late = time.Duration(s.dice.Int64N(int64(s.unsteady.LateBy)))
	}
	s.mu.Unlock()
	if late > 0 {
		if !s.pause(late, nil) {
			return s.state(d)
		}
		s.mu.Lock()
		d.At = time.Now() // others have overtaken it: it is only sent now
		s.mu.Unlock()
	}
	for copy := range copies {
		go s.send(d, copy)
	}
	timeout := time.NewTimer(AckWithin)
	defer timeout.Stop()
	select {
	case <-d.acked:
	case <-d.failed:
	case <-timeout.C:
	case <-s.done:
	}
	return s.state(d)
}

// send delivers, copies a while after: by HTTP in another second, as the same second makes the same signature.
func (s *Server) send(d *Delivery, copy int) {
	if copy > 0 && s.options.HTTP && !s.pause(time.Duration(copy)*1100*time.Millisecond, nil) {
		return
	}
	if s.options.HTTP {
		s.overHTTP(d, copy)
	} else {
		s.overSocket(d)
	}
}

// pause waits; it reports whether to go on: neither acknowledged meanwhile nor closed.
func (s *Server) pause(d time.Duration, acked <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-acked:
	case <-s.done:
	}
	return false
}

// attempt counts one.
func (s *Server) attempt(d *Delivery) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.Attempts++
	return d.Attempts
}

// acknowledge notes the first acknowledgement; what it carries goes to whoever waits.
func (s *Server) acknowledge(d *Delivery, attempt int, reply json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.Acked {
		return
	}
	d.Acked, d.Latency, d.Redelivered, d.Reply = true, time.Since(d.At), attempt > 1, reply
	close(d.acked)
	s.touch()
}

// state copies what came of a delivery so far.
func (s *Server) state(d *Delivery) *Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	copied := *d
	return &copied
}
