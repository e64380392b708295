package slacktest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

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

func section(text string) []any {
	return []any{map[string]any{"type": "section", "text": map[string]any{"type": "mrkdwn", "text": text}}}
}

func actions(labels ...string) map[string]any {
	var list []any
	for _, l := range labels {
		list = append(list, map[string]any{"type": "button", "action_id": "press:" + l, "value": "v-" + l, "text": map[string]any{"type": "plain_text", "text": l}})
	}
	return map[string]any{"type": "actions", "elements": list}
}

func TestACardIsPostedPressedAndUpdated(t *testing.T) {
	for _, overHTTP := range []bool{false, true} {
		run(t, overHTTP, func(t *testing.T, s *slacktest.Server, a *app) {
			a.handle = func(p map[string]any) any {
				go func() {
					if p["command"] == "/release" {
						a.call("chat.postMessage", map[string]any{"channel": "C1", "text": "R-1", "blocks": append(section("*R-1* by <@U1>, <!date^0^x|today>"), actions("go"))})
						a.respond(p["response_url"].(string), map[string]any{"text": "planned " + p["text"].(string)})
						return
					}
					m := p["message"].(map[string]any)
					a.call("chat.update", map[string]any{"channel": "C1", "ts": m["ts"], "text": "R-1", "blocks": section("R-1: 1 &lt; 2 go")})
					a.call("chat.postMessage", map[string]any{"channel": "C1", "thread_ts": m["ts"], "text": "voted"})
					a.call("chat.postEphemeral", map[string]any{"channel": "C1", "user": "U2", "text": "counted"})
				}()
				return nil
			}
			seen := s.Type("U1", "C1", "/release plan payments 1.1.0")
			if !seen.Acked || seen.Text() != "planned plan payments 1.1.0" {
				t.Errorf("%+v", seen)
			}
			card, _ := s.Card("C1", "R-1")
			if card.Plain != "R-1 by @mira, today" || strings.Join(card.Labels(), " ") != "go" {
				t.Errorf("%+v", card)
			}
			if seen := s.Click("U2", card.Ref(), "go"); seen.Text() != "counted" {
				t.Errorf("%+v", seen)
			}
			card, _ = s.Message(card.Ref())
			if card.Plain != "R-1: 1 < 2 go" || card.Edits != 1 || len(s.Thread(card.Ref())) != 1 || len(s.Channel("C1")) != 1 {
				t.Errorf("%+v", card)
			}
		})
	}
}

func TestAModalIsOpenedFilledInAndSubmitted(t *testing.T) {
	for _, overHTTP := range []bool{false, true} {
		run(t, overHTTP, func(t *testing.T, s *slacktest.Server, a *app) {
			view := func(blocks ...any) map[string]any {
				return map[string]any{"type": "modal", "title": map[string]any{"type": "plain_text", "text": "Plan"}, "submit": map[string]any{"type": "plain_text", "text": "OK"}, "blocks": blocks}
			}
			plain := func(text string) map[string]any { return map[string]any{"type": "plain_text", "text": text} }
			option := map[string]any{"text": plain("payments"), "value": "payments"}
			var submitted map[string]any
			a.handle = func(p map[string]any) any {
				switch p["type"] {
				case nil:
					v := a.call("views.open", map[string]any{"trigger_id": p["trigger_id"], "view": view(section("Loading")...)})["view"].(map[string]any)
					if again := a.call("views.open", map[string]any{"trigger_id": p["trigger_id"], "view": view()}); again["error"] != "exchanged_trigger_id" {
						t.Error(again)
					}
					update := map[string]any{"view_id": v["id"], "hash": v["hash"], "view": view(
						map[string]any{"type": "input", "block_id": "service", "label": plain("Service"), "element": map[string]any{"type": "external_select", "action_id": "x"}},
						map[string]any{"type": "input", "block_id": "why", "label": plain("Reason"), "element": map[string]any{"type": "plain_text_input", "action_id": "y"}},
					)}
					a.call("views.update", update)
					if again := a.call("views.update", update); again["error"] != "hash_conflict" {
						t.Error(again)
					}
				case "block_suggestion":
					return map[string]any{"options": []any{option}}
				case "view_submission":
					submitted = p["view"].(map[string]any)["state"].(map[string]any)["values"].(map[string]any)
					if why := submitted["why"].(map[string]any)["y"].(map[string]any)["value"]; why == "bad" {
						return map[string]any{"response_action": "errors", "errors": map[string]any{"why": "Say more."}}
					}
				}
				return nil
			}
			if v := s.Type("U1", "C1", "/release plan").View; v == nil || len(v.Inputs) != 2 {
				t.Fatalf("%+v", v)
			}
			if errors := s.Submit("U1", map[string]string{"Service": "payments"}).Errors; errors["Reason"] == "" {
				t.Error(errors)
			}
			if errors := s.Submit("U1", map[string]string{"Service": "other", "Reason": "x"}).Errors; errors["Service"] == "" {
				t.Error(errors)
			}
			if errors := s.Submit("U1", map[string]string{"Service": "payments", "Reason": "bad"}).Errors; errors["Reason"] != "Say more." || s.Modal("U1") == nil {
				t.Error(errors)
			}
			if seen := s.Submit("U1", map[string]string{"Service": "payments", "Reason": "fine"}); seen.View != nil || submitted == nil {
				t.Errorf("%+v", seen)
			}
		})
	}
}

func TestWhatIsNotAcknowledgedIsDeliveredAgain(t *testing.T) {
	run(t, false, func(t *testing.T, s *slacktest.Server, a *app) {
		var times atomic.Int32
		a.ignore(func() bool { return times.Add(1) < 4 })
		began := time.Now()
		d := s.ChangeUser("U1", func(u *slacktest.User) { u.Email = "new@acme.test" })
		if d.Acked {
			t.Error("acknowledged by nobody")
		}
		s.Until(func() bool { return s.Unacknowledged() == 0 })
		time.Sleep(7 * time.Minute)
		if got := s.Deliveries()[0]; !got.Acked || got.Attempts != 4 || got.Latency < 6*time.Minute || time.Since(began) < 7*time.Minute {
			t.Errorf("%+v", got)
		}
		// A connection that breaks loses nothing.
		a.ignore(func() bool { a.ignore(nil); s.CutLinks(2); a.connect(); return true })
		if d := s.Deactivate("U2"); !d.Acked || !d.Redelivered || s.Type("U2", "C1", "/x").Error == "" {
			t.Errorf("%+v", *d)
		}
		a.connect()
		a.connect()
		s.Until(func() bool { return s.Links() == 3 })
		s.Disconnect("link_disabled")
		time.Sleep(time.Second)
		if s.Links() != 2 {
			t.Error(s.Links(), "connections")
		}
	})
	run(t, true, func(t *testing.T, s *slacktest.Server, a *app) {
		if err := s.VerifyURL(); err != nil {
			t.Error(err)
		}
		var times atomic.Int32
		a.ignore(func() bool { return times.Add(1) < 3 })
		s.ChangeGroup("S1", "U2")
		time.Sleep(7 * time.Minute)
		for _, d := range s.Deliveries() {
			if !d.Acked {
				t.Errorf("%+v", d)
			}
		}
	})
}

func TestLimitsAndFaults(t *testing.T) {
	run(t, false, func(t *testing.T, s *slacktest.Server, a *app) {
		post := func(args map[string]any) map[string]any {
			args["channel"] = "C1"
			return a.call("chat.postMessage", args)
		}
		for _, test := range []struct {
			args map[string]any
			want string
		}{
			{map[string]any{"text": ""}, "no_text"},
			{map[string]any{"text": "x", "blocks": section(strings.Repeat("x", 3001))}, "invalid_blocks"},
			{map[string]any{"text": "x", "blocks": []any{actions("a", "a")}}, "invalid_blocks"},
			{map[string]any{"text": "x", "blocks": []any{map[string]any{"type": "section"}}}, "invalid_blocks"},
			{map[string]any{"text": "x", "thread_ts": "1.1"}, "thread_not_found"},
		} {
			if got := post(test.args); got["error"] != test.want {
				t.Errorf("%v: %v", test.args, got)
			}
		}
		s.Break(slacktest.Fault{Method: "chat.postMessage", Lost: true})
		if got := post(map[string]any{"text": "lost"}); got["failed"] == nil || len(s.Channel("C1")) != 1 {
			t.Error(got)
		}
		s.Break(slacktest.Fault{Status: 503})
		if got := post(map[string]any{"text": "x"}); got["status"] != 503 {
			t.Error(got)
		}
		s.Limit(true)
		var got map[string]any
		for range 5 {
			got = post(map[string]any{"text": "x"})
		}
		if got["error"] != "ratelimited" || got["retry"] != "1" {
			t.Error(got)
		}
		time.Sleep(time.Second)
		if got := post(map[string]any{"text": "x"}); got["ok"] != true {
			t.Error(got)
		}
		s.Revoke("T1")
		if got := post(map[string]any{"text": "x"}); got["error"] != "token_revoked" {
			t.Error(got)
		}
	})
}

func TestPlainReadsAsAPersonDoes(t *testing.T) {
	names := map[string]string{"U1": "mira", "S1": "leads"}
	for in, want := range map[string]string{
		"*bold* _it_ ~no~ `code *x*`":                    "bold it no code *x*",
		"a*b*c snake_case_name 2 * 3 * 4":                "a*b*c snake_case_name 2 * 3 * 4",
		"<@U1> <@U9> <!subteam^S1> <!here>":              "@mira @U9 @leads @here",
		"<https://x.test/a|ticket> <https://x.test/b>":   "ticket https://x.test/b",
		"<!date^1700000000^{date} {time}|14 Nov, 22:13>": "14 Nov, 22:13",
		"&lt;!channel&gt; &amp;lt; \u200b*":              "<!channel> &lt; *",
		"```\nline 1\n*line* &lt;2&gt;\n```":             "line 1\n*line* <2>",
	} {
		blocks, err := json.Marshal(section(in))
		if err != nil {
			t.Fatal(err)
		}
		if got := slacktest.Plain(blocks, names); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestRequestsAreComparedWithSlacksDescription(t *testing.T) {
	if err := slacktest.Described(); err != nil {
		t.Skip("needs Slack's description of its Web API:", err)
	}
	var n memnet.Net
	s := slacktest.New(slacktest.Options{})
	defer s.Serve(&n)()
	defer s.Close()
	s.AddWorkspace(slacktest.Workspace{Team: "T1"})
	a := &app{t: t, net: &n, server: s}
	for _, test := range []struct {
		method string
		args   map[string]any
		wrong  string
	}{
		{"chat.postMessage", map[string]any{"channel": "C1", "text": "x", "unfurl_links": false, "metadata": map[string]any{}}, ""},
		{"chat.postMessage", map[string]any{"text": "x"}, "channel"},
		{"chat.postMessage", map[string]any{"channel": "C1", "txt": "x"}, "txt"},
		{"chat.postMessage", map[string]any{"channel": "C1", "reply_broadcast": "maybe"}, "reply_broadcast"},
		{"conversations.history", map[string]any{"channel": "C1", "oldest": "1700000000.000001", "limit": 20}, ""},
		{"users.list", map[string]any{"limit": "many"}, "limit"},
		{"files.getUploadURLExternal", map[string]any{"filename": "x"}, "length"},
		{"chat.nothing", nil, "no such method"},
	} {
		before := len(s.Violations())
		a.call(test.method, test.args)
		got := strings.Join(s.Violations()[before:], " ")
		if (got == "") != (test.wrong == "") || !strings.Contains(got, test.wrong) {
			t.Errorf("%s %v: %q", test.method, test.args, got)
		}
	}
}
