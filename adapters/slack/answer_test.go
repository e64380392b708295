package slack_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// hooks is the host of response_urls: it keeps what it is sent, and answers as it is told.
type hooks struct {
	got      []map[string]any
	statuses []int // of the next answers; 200 after these
	body     string
}

func (h *hooks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	status := http.StatusOK
	if len(h.statuses) > 0 {
		status, h.statuses = h.statuses[0], h.statuses[1:]
	}
	var m map[string]any
	if json.Unmarshal(raw, &m) != nil {
		status = http.StatusBadRequest
	}
	if status == http.StatusOK && h.body == "" {
		h.got = append(h.got, m)
	}
	w.WriteHeader(status)
	fmt.Fprint(w, h.body)
}

func (h *hooks) texts() string {
	var list []string
	for _, m := range h.got {
		list = append(list, fmt.Sprint(m["text"]))
	}
	return strings.Join(list, "|")
}

const hookURL = "https://hooks.slack.com/commands/T1/1/secretpart"

// answer is one to Ann, who asked in C0REL just now.
func answer(address string, messages ...chat.Message) port.Answer {
	raw, err := json.Marshal(map[string]any{"response_url": address, "channel": "C0REL", "user": "UANN", "at": time.Now()})
	if err != nil {
		panic(err)
	}
	return port.Answer{
		Delivery: port.Delivery{Key: "slack:command:1", Account: chat.Account{Platform: "slack", Workspace: "T1", ID: "UANN"}, Place: releases, Handle: raw},
		Reply:    chat.Reply{Outcome: chat.Done, Code: "value.word", Messages: messages}, Reader: people{}, At: time.Now(),
	}
}

func private(text string) chat.Message {
	m := saying(text)
	m.Private = true
	return m
}

// with serves response_urls too.
func with(t *testing.T, play func(*side, *hooks)) {
	t.Helper()
	bubble(t, func(x *side) {
		h := &hooks{}
		defer x.net.Serve("hooks.slack.com", h)()
		play(x, h)
	})
}

func TestAnswerIsPrivate(t *testing.T) {
	t.Parallel()
	with(t, func(x *side, h *hooks) {
		public := saying("R-1 was approved")
		public.Sections = []chat.Section{{Pre: "what everybody reads in the channel"}}
		if err := x.slack.Answer(x.Context(), answer(hookURL, private("for Ann alone"), public)); err != nil {
			x.Fatal(err)
		}
		if len(h.got) != 1 || h.got[0]["response_type"] != "ephemeral" || h.got[0]["replace_original"] != false {
			t.Fatalf("it took %v", h.got)
		}
		if got := h.texts(); got != "for Ann alone\nR-1 was approved" {
			t.Errorf("it says %q", got)
		}
		if lines := x.plain("C0REL"); len(lines) != 0 {
			t.Errorf("the channel says %q", lines)
		}
	})
}

// An answer finds another way when the first is closed, and tells nobody else's server.
func TestAnswerFallsBack(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		address string
		prepare func(*side, *hooks)
		method  string // that it is said by
	}{
		"used up":         {hookURL, func(_ *side, h *hooks) { h.statuses = []int{404} }, "chat.postEphemeral"},
		"said not ok":     {hookURL, func(_ *side, h *hooks) { h.body = `{"ok":false,"error":"used_url"}` }, "chat.postEphemeral"},
		"redirected":      {hookURL, func(_ *side, h *hooks) { h.statuses = []int{302} }, "chat.postEphemeral"},
		"none":            {"", nil, "chat.postEphemeral"},
		"elsewhere":       {"https://hooks.slack.com.evil.test/commands/1", nil, "chat.postEphemeral"},
		"not encrypted":   {"http://hooks.slack.com/commands/1", nil, "chat.postEphemeral"},
		"with a user":     {"https://hooks.slack.com@evil.test/commands/1", nil, "chat.postEphemeral"},
		"with a password": {"https://a:b@hooks.slack.com/commands/1", nil, "chat.postEphemeral"},
		"no address":      {"://", nil, "chat.postEphemeral"},
		"not in a channel": {"", func(x *side, _ *hooks) {
			x.server.ChangeChannel("C0REL", func(c *slacktest.Channel) { c.Members = []string{"UANN"} })
		}, "chat.postMessage"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			with(t, func(x *side, h *hooks) {
				defer x.net.Serve("evil.test", h)()
				defer x.net.Serve("hooks.slack.com.evil.test", h)()
				if test.prepare != nil {
					test.prepare(x, h)
				}
				if err := x.slack.Answer(x.Context(), answer(test.address, private("for Ann"))); err != nil {
					x.Fatal(err)
				}
				said := x.server.Whispers("UANN")
				if len(h.got) != 0 || len(said) != 1 || strings.TrimSpace(said[0].Plain) != "for Ann" {
					t.Fatalf("hooks took %v, Ann sees %v", h.got, said)
				}
				if len(x.server.Calls(test.method)) != 1 {
					t.Errorf("it was not said by %s", test.method)
				}
			})
		})
	}
}

func TestAnswerExpires(t *testing.T) {
	t.Parallel()
	with(t, func(x *side, h *hooks) {
		a := answer(hookURL, private("late"))
		time.Sleep(31 * time.Minute)
		if err := x.slack.Answer(x.Context(), a); err != nil {
			x.Fatal(err)
		}
		if n := len(x.server.Whispers("UANN")); len(h.got) != 0 || n != 1 {
			t.Errorf("hooks took %v, Ann sees %d", h.got, n)
		}
	})
}

// A long answer takes no more uses than a response_url has, goes on where it failed, and is whole in a file.
func TestLongAnswer(t *testing.T) {
	t.Parallel()
	with(t, func(x *side, h *hooks) {
		m := private("a list")
		for i := range 200 {
			m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Text: chat.Say("value.word", chat.Word("word", fmt.Sprintf("number %d %s", i, strings.Repeat("word ", 80))))}}})
		}
		h.statuses = []int{200, 200, 503}
		a := answer(hookURL, m)
		err := x.slack.Answer(x.Context(), a)
		if verdict, _ := effect.Classify(err); verdict != effect.Retry || strings.Contains(fmt.Sprint(err), "secretpart") {
			t.Fatalf("verdict %v: %v", verdict, err)
		}
		if err := x.slack.Answer(x.Context(), a); err != nil {
			x.Fatal(err)
		}
		if len(h.got) != 5 || strings.Count(h.texts(), "number 0 ") != 1 {
			t.Errorf("%d uses, the beginning %d times", len(h.got), strings.Count(h.texts(), "number 0 "))
		}
		var file string
		for _, said := range x.server.Whispers("UANN") {
			for _, f := range said.Files {
				file += string(f.Content)
			}
		}
		if strings.Count(file, "number ") != 200 {
			t.Errorf("the file has %d lines", strings.Count(file, "number "))
		}
	})
}

func TestAnswerWithoutHandle(t *testing.T) {
	t.Parallel()
	with(t, func(x *side, _ *hooks) {
		for _, raw := range []string{"", "{}", "nonsense", `{"user":"<!here>"}`} {
			a := answer(hookURL, private("x"))
			a.Delivery.Handle = json.RawMessage(raw)
			if err := x.slack.Answer(x.Context(), a); !permanent(err) {
				t.Errorf("%s: %v", raw, err)
			}
		}
	})
}
