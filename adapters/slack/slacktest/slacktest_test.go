package slacktest_test

import (
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
)

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

func TestNothingIsLostWhereConnectionsBreak(t *testing.T) {
	const people, each = 20, 50
	run(t, false, func(t *testing.T, s *slacktest.Server, a *app) {
		var mu sync.Mutex
		heard := map[string]int{}
		a.handle = func(p map[string]any) any {
			mu.Lock()
			defer mu.Unlock()
			heard[p["trigger_id"].(string)]++
			return nil
		}
		s.Shake(slacktest.Unsteady{Duplicate: 0.2, Late: 0.05, LateBy: 2 * time.Second})
		over := make(chan struct{})
		go func() {
			for tick := time.NewTicker(3 * time.Second); ; {
				select {
				case <-tick.C:
					s.CutLinks(2)
					a.connect()
					a.connect()
				case <-over:
					return
				}
			}
		}()
		var all sync.WaitGroup
		for range people {
			all.Go(func() {
				for range each {
					s.Deliver("slash_commands", "U1", s.Typed("U1", "C1", "/release list"))
					time.Sleep(100 * time.Millisecond)
				}
			})
		}
		all.Wait()
		time.Sleep(time.Minute)
		close(over)
		mu.Lock()
		defer mu.Unlock()
		twice := 0
		for _, n := range heard {
			twice += min(n-1, 1)
		}
		if len(heard) != people*each || s.Unacknowledged() != 0 || twice < people*each/10 {
			t.Errorf("%d heard, %d of them more than once, %d not acknowledged", len(heard), twice, s.Unacknowledged())
		}
	})
}

func TestCallingEverybodyIsAViolation(t *testing.T) {
	var n memnet.Net
	s := slacktest.New(slacktest.Options{})
	defer s.Serve(&n)()
	defer s.Close()
	s.AddWorkspace(slacktest.Workspace{Team: "T1"})
	s.AddChannel(slacktest.Channel{ID: "C1", Team: "T1", Name: "releases"})
	a := &app{t: t, net: &n, server: s}
	header := []any{map[string]any{"type": "header", "text": map[string]any{"type": "plain_text", "text": "<!channel>"}}}
	for _, test := range []struct {
		text   string
		blocks []any
		calls  int
	}{
		{"&lt;!channel&gt;", header, 0},
		{"x", section("&lt;!here&gt;"), 0},
		{"x", section("<!here>"), 1},
		{"<!everyone>", nil, 1},
	} {
		before := len(s.Violations())
		if got := a.call("chat.postMessage", map[string]any{"channel": "C1", "text": test.text, "blocks": test.blocks}); got["ok"] != true {
			t.Error(got)
		}
		if got := s.Violations()[before:]; len(got) != test.calls {
			t.Errorf("%s %v: %v", test.text, test.blocks, got)
		}
	}
}
