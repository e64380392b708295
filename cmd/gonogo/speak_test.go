package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

func TestSayEndsWithTheStatusOfItsOutcome(t *testing.T) {
	t.Parallel()
	s := newPlace(t, inDemo...).serve()
	torn := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(torn.Close)
	closed := httptest.NewServer(nil)
	closed.Close()
	say := func(server string, more ...string) []string {
		return append([]string{"say", "--server", server, "--as", "second", "--in", "#releases", "--json"}, more...)
	}
	for name, c := range map[string]struct {
		args    []string
		status  int
		outcome chat.Outcome
		code    chat.Code
	}{
		"done":             {say(s.address, "/whoami"), 0, "done", ""},
		"refused":          {say(s.address, `/freeze add prod "now" "+2h" "closing"`), 1, "refused", "may.not"},
		"unknown account":  {[]string{"say", "--server", s.address, "--as", "nobody", "--in", "#releases", "--json", "/help"}, 1, "refused", "request.no_account"},
		"not understood":   {say(s.address, "/nonsense"), 2, "invalid", ""},
		"no channel":       {[]string{"say", "--server", s.address, "--as", "second", "--in", "#nowhere", "--json", "/help"}, 2, "invalid", "request.channel"},
		"no line":          {say(s.address), 2, "invalid", "usage"},
		"unknown flag":     {say(s.address, "/help", "--bogus"), 2, "invalid", "usage"},
		"endless wait":     {say(s.address, "/help", "--wait", "11m"), 2, "invalid", "usage"},
		"no token file":    {say(s.address, "/help", "--token-file", "none"), 2, "invalid", "usage"},
		"nobody there":     {say(closed.URL, "/help"), 3, "unreachable", ""},
		"answer torn":      {say(torn.URL, "/help", "--key", "k"), 4, "unknown", ""},
		"press: gone":      {[]string{"press", "--server", s.address, "--as", "second", "--on", "R-1", "--button", "approve", "--json"}, 1, "refused", "button.gone"},
		"press: no button": {[]string{"press", "--server", s.address, "--as", "second", "--json"}, 2, "invalid", "usage"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := *s.place
			p.t = t
			r := p.must(c.status, c.args...)
			var reply words.Reply
			if err := json.Unmarshal([]byte(r.out), &reply); err != nil || strings.Count(r.out, "\n") != 1 {
				t.Fatalf("not one JSON object: %q (%v)", r.out, err)
			}
			if reply.Outcome != c.outcome || c.code != "" && reply.Code != c.code || reply.Code == "" || reply.Text == "" {
				t.Errorf("got %+v", reply)
			}
		})
	}
}

func TestSayForPeople(t *testing.T) {
	t.Parallel()
	s := newPlace(t, inDemo...).serve()
	s.env = []string{"GONOGO_SERVER=" + s.address}
	r := s.must(0, "say", "--as", "admin", "--in", "#releases", "/whoami")
	says(t, r.out, "First Administrator")
	r = s.must(2, "say", "--as", "admin", "--in", "#releases", "/nonsense")
	if r.out == "" || strings.Contains(r.out, "{") {
		t.Errorf("not for people: %q", r.out)
	}
	r = s.must(3, "say", "--server", "http://127.0.0.1:1", "--as", "admin", "--in", "#releases", "/whoami")
	says(t, r.err, "127.0.0.1:1")
}

func TestWaitSaysHowEffectsEnded(t *testing.T) {
	t.Parallel()
	s := newPlace(t, inDemo...).serve()
	line := `/freeze add prod "now" "+2h" "closing"`
	reply, status := s.say("admin", line, "--wait", "20s", "--key", "one")
	if status != 0 || reply.Effects != "settled" || reply.IDs["freeze"] == "" {
		t.Fatalf("status %d, %+v", status, reply)
	}
	again, status := s.say("admin", line, "--key", "one")
	if status != 0 || again.IDs["freeze"] != reply.IDs["freeze"] || again.Effects != "" {
		t.Errorf("a repetition answered %+v, not %+v", again, reply)
	}
	other, _ := s.say("admin", `/freeze list`, "--key", "one")
	if other.Outcome != chat.Refused {
		t.Errorf("the key of another request was taken: %+v", other)
	}
}

func TestChatFromAPipe(t *testing.T) {
	t.Parallel()
	s := newPlace(t, inDemo...).serve()
	cmd := s.command("chat", "--server", s.address, "--as", "admin", "--in", "#releases")
	cmd.Env = append(cmd.Env, "XDG_CACHE_HOME="+s.dir)
	cmd.Stdin = strings.NewReader("/whoami\n:quit\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	says(t, string(out), "First Administrator")
}

func TestUsage(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	says(t, p.must(0).out, "serve", "demo", "say", "audit")
	says(t, p.must(0, "say", "--help").out, "--key")
	says(t, p.must(0, "version").out, "gonogo")
	r := p.must(2, "sya")
	says(t, r.err, "gonogo: ")
	if r.out != "" {
		t.Errorf("printed %q", r.out)
	}
	says(t, p.must(2, "demo", "--listen", "0.0.0.0:0").err, "loopback")
	says(t, p.must(2, "demo", "--listen", "example.org:80").err, "loopback")
	says(t, p.must(1, "demo", "--listen", "127.0.0.1:0", "--data", "d").err, "--demo", "checkout")
}
