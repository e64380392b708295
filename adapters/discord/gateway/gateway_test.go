package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/discord/gateway"
)

// script is a gateway that says what it is told to: for each connection in turn, frames as they are, then a close code.
type script struct {
	mu    sync.Mutex
	turns []turn
	hosts []string
	heard []string // operations, with the sequence of a resume
}

type turn struct {
	says  []string
	close int // zero leaves the connection open
}

const hello = `{"op":10,"d":{"heartbeat_interval":10000}}`

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	n := len(s.hosts)
	s.hosts = append(s.hosts, r.Host+"?"+r.URL.RawQuery)
	s.mu.Unlock()
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil || n >= len(s.turns) {
		return
	}
	defer ws.Close()
	for i, say := range s.turns[n].says {
		if ws.WriteMessage(websocket.TextMessage, []byte(say)) != nil {
			return
		}
		if i == 0 || say == `{"op":1}` {
			s.hear(ws)
		}
	}
	if code := s.turns[n].close; code != 0 {
		_ = ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, "over"), time.Now().Add(time.Second))
		return
	}
	for {
		if !s.hear(ws) {
			return
		}
		if ws.WriteMessage(websocket.TextMessage, []byte(`{"op":11}`)) != nil {
			return
		}
	}
}

// hear reads until something other than a heartbeat is heard, or the connection ends.
func (s *script) hear(ws *websocket.Conn) bool {
	_, raw, err := ws.ReadMessage()
	if err != nil {
		return false
	}
	var f struct {
		Op int
		D  json.RawMessage
	}
	var d struct{ Seq int }
	_ = json.Unmarshal(raw, &f)
	_ = json.Unmarshal(f.D, &d)
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Op != 1 {
		s.heard = append(s.heard, map[int]string{2: "identify", 6: "resume"}[f.Op]+map[bool]string{true: " after " + string(rune('0'+d.Seq))}[d.Seq > 0])
	}
	return true
}

const ready = `{"op":0,"s":1,"t":"READY","d":{"session_id":"s1","resume_gateway_url":"ws://resume.test"}}`

func event(seq string) string { return `{"op":0,"s":` + seq + `,"t":"E` + seq + `","d":{}}` }

// run runs a script for two minutes, and returns what was handled.
func run(t *testing.T, s *script) (events []string, err error) {
	t.Helper()
	n := &memnet.Net{}
	for _, host := range []string{"first.test", "resume.test"} {
		defer n.Serve(host, s)()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	err = gateway.Run(ctx, gateway.Config{
		Address: func(context.Context) (string, error) { return "ws://first.test/", nil }, Token: "T", Intents: 1,
		Handle: func(e gateway.Event) { events = append(events, e.Type) }, Dialer: &websocket.Dialer{NetDialContext: n.DialContext},
		Log: slog.New(slog.DiscardHandler),
	})
	return events, err
}

func TestRun(t *testing.T) {
	t.Parallel()
	const first, again = "first.test?encoding=json&v=10", "resume.test?encoding=json&v=10"
	for name, test := range map[string]struct {
		turns                []turn
		hosts, heard, events []string
		code                 int // with which Discord refused
	}{
		"events in order":   {turns: []turn{{says: []string{hello, ready, event("2"), event("3")}}}, hosts: []string{first}, heard: []string{"identify"}, events: []string{"READY", "E2", "E3"}},
		"resumes":           {turns: []turn{{says: []string{hello, ready, event("2")}, close: 4000}, {says: []string{hello, event("3")}}}, hosts: []string{first, again}, heard: []string{"identify", "resume after 2"}, events: []string{"READY", "E2", "E3"}},
		"asked to":          {turns: []turn{{says: []string{hello, ready, `{"op":7}`, event("9")}}, {says: []string{hello, event("2")}}}, hosts: []string{first, again}, heard: []string{"identify", "resume after 1"}, events: []string{"READY", "E2"}},
		"session is over":   {turns: []turn{{says: []string{hello, ready}, close: 4000}, {says: []string{hello, `{"op":9,"d":false}`}}, {says: []string{hello, ready}}}, hosts: []string{first, again, first}, heard: []string{"identify", "resume after 1", "identify"}, events: []string{"READY", "READY"}},
		"session may come":  {turns: []turn{{says: []string{hello, ready}, close: 4000}, {says: []string{hello, `{"op":9,"d":true}`}}, {says: []string{hello, event("2")}}}, hosts: []string{first, again, again}, heard: []string{"identify", "resume after 1", "resume after 1"}, events: []string{"READY", "E2"}},
		"session timed out": {turns: []turn{{says: []string{hello, ready}, close: 4000}, {says: []string{hello}, close: 4009}, {says: []string{hello, ready}}}, hosts: []string{first, again, first}, heard: []string{"identify", "resume after 1", "identify"}, events: []string{"READY", "READY"}},
		"heartbeat asked":   {turns: []turn{{says: []string{hello, `{"op":1}`, ready, `{"op":99}`}}}, hosts: []string{first}, heard: []string{"identify"}, events: []string{"READY"}},
		"no greeting":       {turns: []turn{{says: []string{`{"op":0}`}, close: 1000}, {says: []string{hello, ready}}}, hosts: []string{first, first}, heard: []string{"identify"}, events: []string{"READY"}},
		"no JSON":           {turns: []turn{{says: []string{hello, ready, `{`}}, {says: []string{hello, event("2")}}}, hosts: []string{first, again}, heard: []string{"identify", "resume after 1"}, events: []string{"READY", "E2"}},
		"wrong token":       {turns: []turn{{says: []string{hello}, close: 4004}}, hosts: []string{first}, heard: []string{"identify"}, code: 4004},
		"wrong intents":     {turns: []turn{{says: []string{hello}, close: 4014}}, hosts: []string{first}, heard: []string{"identify"}, code: 4014},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{turns: test.turns}
				events, err := run(t, s)
				var refused *gateway.Refused
				if errors.As(err, &refused) != (test.code != 0) || refused != nil && refused.Code != test.code || refused == nil && err != nil {
					t.Errorf("ended with %v", err)
				}
				for _, c := range []struct {
					what      string
					got, want []string
				}{{"connected to", s.hosts, test.hosts}, {"said", s.heard, test.heard}, {"handled", events, test.events}} {
					if !reflect.DeepEqual(c.got, c.want) {
						t.Errorf("%s %v, want %v", c.what, c.got, c.want)
					}
				}
				synctest.Wait()
			})
		})
	}
}
