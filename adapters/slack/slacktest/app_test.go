package slacktest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/gorilla/websocket"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
)

const token = "xoxb-T1-test"

// app is the smallest that answers.
type app struct {
	t      *testing.T
	net    *memnet.Net
	server *slacktest.Server
	mu     sync.Mutex
	handle func(p map[string]any) any // returns what the acknowledgement carries
	deaf   func() bool                // whether to acknowledge nothing
}

func (a *app) call(method string, args map[string]any) map[string]any {
	body, err := json.Marshal(args)
	if err != nil {
		a.t.Error(err)
	}
	r, err := http.NewRequest(http.MethodPost, "https://slack.test/api/"+method, bytes.NewReader(body))
	if err != nil {
		a.t.Error(err)
		return nil
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("Authorization", "Bearer "+token)
	if method == "apps.connections.open" {
		r.Header.Set("Authorization", "Bearer "+slacktest.AppToken)
	}
	return a.do(r)
}

func (a *app) respond(to string, args map[string]any) map[string]any {
	body, _ := json.Marshal(args)
	r, err := http.NewRequest(http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		a.t.Error(err)
		return nil
	}
	return a.do(r)
}

func (a *app) do(r *http.Request) map[string]any {
	res, err := a.net.Client().Do(r)
	if err != nil {
		return map[string]any{"failed": err.Error()}
	}
	defer res.Body.Close()
	out := map[string]any{"status": res.StatusCode, "retry": res.Header.Get("Retry-After")}
	_ = json.NewDecoder(res.Body).Decode(&out)
	return out
}

func (a *app) take(p map[string]any) (reply any, ack bool) {
	a.mu.Lock()
	deaf := a.deaf
	a.mu.Unlock()
	if deaf != nil && deaf() {
		return nil, false
	}
	if a.handle != nil {
		reply = a.handle(p)
	}
	return reply, true
}

// ignore acknowledges nothing for as long as deaf says so.
func (a *app) ignore(deaf func() bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.deaf = deaf
}

// connect holds one Socket Mode connection until it breaks.
func (a *app) connect() {
	link, _ := a.call("apps.connections.open", nil)["url"].(string)
	ws, _, err := slacktest.Dialer(a.net).Dial(link, nil)
	if err != nil {
		a.t.Error(err)
		return
	}
	go func() {
		defer ws.Close()
		for {
			var e struct {
				Type, Reason string
				ID           string `json:"envelope_id"`
				Payload      map[string]any
			}
			if ws.ReadJSON(&e) != nil {
				return
			}
			if e.ID == "" {
				continue
			}
			if reply, ack := a.take(e.Payload); ack {
				if err := ws.WriteJSON(map[string]any{"envelope_id": e.ID, "payload": reply}); err != nil && !websocket.IsUnexpectedCloseError(err) {
					return
				}
			}
		}
	}()
}

// ServeHTTP is the other door.
func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if r.Header.Get("X-Slack-Signature") != slacktest.Sign(slacktest.SigningSecret, r.Header.Get("X-Slack-Request-Timestamp"), body) {
		http.Error(w, "signature", http.StatusUnauthorized)
		return
	}
	p := map[string]any{}
	if form, err := url.ParseQuery(string(body)); r.Header.Get("Content-Type") != "application/json" && err == nil {
		for k := range form {
			p[k] = form.Get(k)
		}
		body = []byte(form.Get("payload"))
	}
	_ = json.Unmarshal(body, &p)
	if c, ok := p["challenge"].(string); ok {
		_, _ = io.WriteString(w, c)
		return
	}
	reply, ack := a.take(p)
	if !ack {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if reply != nil {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(reply)
	}
}

func run(t *testing.T, overHTTP bool, f func(t *testing.T, s *slacktest.Server, a *app)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Net
		o := slacktest.Options{Client: n.Client()}
		if overHTTP {
			o.HTTP, o.Commands, o.Interactions, o.Events = true, "https://bot.test/c", "https://bot.test/i", "https://bot.test/e"
		}
		s := slacktest.New(o)
		s.AddWorkspace(slacktest.Workspace{Team: "T1", Name: "acme"})
		s.AddUser(slacktest.User{ID: "U1", Team: "T1", Name: "mira", Email: "mira@acme.test"})
		s.AddUser(slacktest.User{ID: "U2", Team: "T1", Name: "ben"})
		s.AddChannel(slacktest.Channel{ID: "C1", Team: "T1", Name: "releases"})
		s.AddGroup(slacktest.Group{ID: "S1", Team: "T1", Handle: "leads", Users: []string{"U1"}})
		a := &app{t: t, net: &n, server: s}
		stop, gone := s.Serve(&n), n.Serve("bot.test", a)
		if !overHTTP {
			a.connect()
			a.connect()
		}
		f(t, s, a)
		s.Close()
		stop()
		gone()
		for _, w := range s.Violations() {
			t.Error(w)
		}
	})
}
