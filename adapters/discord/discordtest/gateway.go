package discordtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

// Intents that the server knows: discord.com/developers/docs/events/gateway.
const (
	intentGuilds    = 1 << 0
	intentMembers   = 1 << 1 // privileged
	intentPresences = 1 << 8 // privileged
	intentMessages  = 1 << 9
	intentContent   = 1 << 15 // privileged
	intentsKnown    = 1<<26 - 1
)

// Operations of the gateway.
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opPresence  = 3
	opVoice     = 4
	opResume    = 6
	opReconnect = 7
	opMembers   = 8
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

// Reasons for which the gateway closes a connection.
const (
	closeUnknownOp     = 4001
	closeDecode        = 4002
	closeNotKnown      = 4003
	closeWrongToken    = 4004
	closeAgain         = 4005
	closeRate          = 4008
	closeTimedOut      = 4009
	closeWrongIntents  = 4013
	closeUnallowed     = 4014
	mostFrames         = 120 // in a minute, heartbeats left out
	largestFrame       = 4096
	resumableFor       = 3 * time.Minute
	mostReplayed       = 10_000
	largestPayloadSent = 1 << 20
)

// frame is one message of the gateway.
type frame struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int64          `json:"s"`
	Type *string         `json:"t"`
}

// session is what Discord keeps of a client between its connections.
type session struct {
	id      string
	intents int
	events  []frame // what was dispatched, to replay; Seq rises by one
	dropped int64   // how many at the front are gone
	link    *link   // nil while it is not connected
	left    time.Time
}

// link is one connection.
type link struct {
	conn    *websocket.Conn
	session *session
	queue   []any
	wake    chan struct{}
	gone    chan struct{} // closed when the reader ends
	beat    time.Time
	zombie  bool
	frames  int
	minute  time.Time
}

// closing is a queued end of a connection; code 0 cuts it.
type closing struct {
	code int
	text string
}

func (l *link) send(v any) {
	l.queue = append(l.queue, v)
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (s *Server) getGateway(c *call) (any, *apiError) {
	scheme := "ws"
	if c.TLS != nil {
		scheme = "wss"
	}
	address := map[string]any{"url": scheme + "://" + c.Host}
	if c.URL.Path == "/gateway/bot" {
		address["shards"] = 1
		address["session_start_limit"] = map[string]any{"total": 1000, "remaining": 999, "reset_after": 14400000, "max_concurrency": 1}
	}
	return address, nil
}

// connect runs one connection of the gateway.
func (s *Server) connect(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	l := &link{conn: conn, wake: make(chan struct{}, 1), gone: make(chan struct{}), beat: time.Now()}
	q := r.URL.Query()
	if v := q.Get("v"); v != "9" && v != "10" || q.Get("encoding") != "json" {
		s.mu.Lock()
		s.violate("gateway: opened with v=" + v + " encoding=" + q.Get("encoding"))
		s.mu.Unlock()
	}
	s.mu.Lock()
	s.open[l] = true
	s.mu.Unlock()
	go s.write(l)
	l.conn.SetReadLimit(largestPayloadSent)
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			break
		}
		s.mu.Lock()
		s.hear(l, data, r.Host)
		s.mu.Unlock()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	close(l.gone)
	delete(s.open, l)
	if own := l.session; own != nil && own.link == l {
		own.link, own.left = nil, time.Now()
	}
	s.join()
}

// write sends what is queued, and ends a connection whose client has gone silent.
func (s *Server) write(l *link) {
	defer l.conn.Close()
	hello, _ := json.Marshal(map[string]any{"heartbeat_interval": s.options.Heartbeat.Milliseconds(), "_trace": []string{}})
	if l.conn.WriteJSON(frame{Op: opHello, Data: hello}) != nil {
		return
	}
	silent := time.NewTicker(s.options.Heartbeat)
	defer silent.Stop()
	for {
		select {
		case <-l.gone:
			return
		case <-silent.C:
			s.mu.Lock()
			if !l.zombie && time.Since(l.beat) > 2*s.options.Heartbeat {
				l.send(closing{closeTimedOut, "Session timed out."})
			}
			s.mu.Unlock()
		case <-l.wake:
		}
		s.mu.Lock()
		batch := l.queue
		l.queue = nil
		s.mu.Unlock()
		for _, v := range batch {
			if end, ok := v.(closing); ok {
				if end.code != 0 {
					_ = l.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(end.code, end.text), time.Now().Add(time.Second))
				}
				return
			}
			if l.conn.WriteJSON(v) != nil {
				return
			}
		}
	}
}

// hear takes one frame of the client.
func (s *Server) hear(l *link, data []byte, host string) {
	var f frame
	if len(data) > largestFrame || json.Unmarshal(data, &f) != nil {
		l.send(closing{closeDecode, "Error while decoding payload."})
		return
	}
	if now := time.Now(); now.Sub(l.minute) > time.Minute {
		l.minute, l.frames = now, 0
	}
	if l.frames++; l.frames > mostFrames {
		l.send(closing{closeRate, "Rate limited."})
		return
	}
	switch f.Op {
	case opHeartbeat:
		if l.zombie {
			return
		}
		l.beat = time.Now()
		l.send(frame{Op: opAck})
	case opIdentify:
		s.identify(l, f.Data, host)
	case opResume:
		s.resume(l, f.Data)
	case opPresence, opVoice, opMembers:
		if l.session == nil {
			l.send(closing{closeNotKnown, "Not authenticated."})
		}
	default:
		l.send(closing{closeUnknownOp, "Unknown opcode."})
	}
}

func (s *Server) identify(l *link, data []byte, host string) {
	var d struct {
		Token      string         `json:"token"`
		Intents    *int           `json:"intents"`
		Properties map[string]any `json:"properties"`
	}
	switch err := json.Unmarshal(data, &d); {
	case err != nil || d.Properties == nil:
		l.send(closing{closeDecode, "Error while decoding payload."})
		return
	case d.Token != s.token && d.Token != "Bot "+s.token:
		l.send(closing{closeWrongToken, "Authentication failed."})
		return
	case l.session != nil:
		l.send(closing{closeAgain, "Already authenticated."})
		return
	case d.Intents == nil || *d.Intents&^intentsKnown != 0:
		l.send(closing{closeWrongIntents, "Invalid intent(s)."})
		return
	case *d.Intents&(intentPresences|intentContent) != 0 || *d.Intents&intentMembers != 0 && !s.options.MembersIntent:
		l.send(closing{closeUnallowed, "Disallowed intent(s)."})
		return
	}
	own := &session{id: s.secret(32), intents: *d.Intents, link: l}
	l.session = own
	s.sessions[own.id] = own
	s.join()
	guilds := []any{}
	for _, id := range s.order {
		if s.guilds[id].members[s.app] != nil {
			guilds = append(guilds, map[string]any{"id": id, "unavailable": true})
		}
	}
	s.event(own, "READY", map[string]any{
		"v": 10, "user": s.me(), "guilds": guilds, "session_id": own.id, "resume_gateway_url": "ws://" + host, "session_type": "normal",
		"application": map[string]any{"id": s.app, "flags": 0, "flags_new": "0"}, "private_channels": []any{}, "relationships": []any{},
	})
	if own.intents&intentGuilds == 0 {
		return
	}
	for _, id := range s.order {
		if g := s.guilds[id]; g.members[s.app] != nil {
			s.event(own, "GUILD_CREATE", s.guildCreate(g, own.intents))
		}
	}
}

func (s *Server) guildCreate(g *guild, intents int) map[string]any {
	out := s.guildObject(g)
	members := []*member{g.members[s.app]}
	if intents&intentMembers != 0 {
		members = g.sortedMembers()
	}
	for name, value := range map[string]any{
		"channels": s.guildChannels(g, channelText), "threads": s.guildChannels(g, channelThread), "members": members, "joined_at": g.members[s.app].JoinedAt,
		"large": false, "unavailable": false, "member_count": len(g.members), "presences": []any{}, "voice_states": []any{},
		"stage_instances": []any{}, "guild_scheduled_events": []any{}, "soundboard_sounds": []any{},
	} {
		out[name] = value
	}
	return out
}

// resume goes on with a session: everything after seq is sent again.
func (s *Server) resume(l *link, data []byte) {
	var d struct {
		Token   string `json:"token"`
		Session string `json:"session_id"`
		Seq     int64  `json:"seq"`
	}
	if json.Unmarshal(data, &d) != nil {
		l.send(closing{closeDecode, "Error while decoding payload."})
		return
	}
	if d.Token != s.token && d.Token != "Bot "+s.token {
		l.send(closing{closeWrongToken, "Authentication failed."})
		return
	}
	own := s.sessions[d.Session]
	last := int64(0)
	if own != nil {
		last = own.dropped + int64(len(own.events))
	}
	if own == nil || d.Seq < own.dropped || d.Seq > last || own.link == nil && time.Since(own.left) > resumableFor {
		delete(s.sessions, d.Session)
		l.send(frame{Op: opInvalid, Data: json.RawMessage("false")})
		return
	}
	if own.link != nil {
		own.link.send(closing{})
		own.link.session = nil
	}
	own.link, l.session = l, own
	s.join()
	for _, f := range own.events[d.Seq-own.dropped:] {
		l.send(f)
	}
	s.event(own, "RESUMED", map[string]any{"_trace": []string{}})
}

// dispatch sends an event to every session that asked for it. A session whose client is away keeps it for a resume.
func (s *Server) dispatch(name string, intent int, data any) {
	for _, own := range s.sessions {
		if own.link == nil && time.Since(own.left) > resumableFor {
			delete(s.sessions, own.id)
			continue
		}
		if intent == 0 || own.intents&intent != 0 {
			s.event(own, name, data)
		}
	}
}

func (s *Server) event(own *session, name string, data any) {
	raw, err := json.Marshal(data)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", name, err))
	}
	s.sent[name] = raw
	seq := own.dropped + int64(len(own.events)) + 1
	f := frame{Op: opDispatch, Data: bytes.Clone(raw), Seq: &seq, Type: &name}
	own.events = append(own.events, f)
	if len(own.events) > mostReplayed {
		own.dropped += int64(len(own.events) - mostReplayed)
		own.events = own.events[len(own.events)-mostReplayed:]
	}
	if own.link != nil && !own.link.zombie {
		own.link.send(f)
	}
}
