package slack_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/adapters/slack/payload"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
)

var aCommand = []byte(`{"command":"/release","text":"list","user_id":"UANN","team_id":"T1","channel_id":"C1","trigger_id":"13.37.f","response_url":"https://slack.test/commands/none"}`)

func TestRequestsThatAreNotSlacks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{Door: slack.DoorHTTP}, slacktest.Options{})
		sign := func(r *http.Request, at time.Time, body []byte) {
			timestamp := strconv.FormatInt(at.Unix(), 10)
			r.Header.Set(payload.HeaderTimestamp, timestamp)
			r.Header.Set(payload.HeaderSignature, slacktest.Sign(slacktest.SigningSecret, timestamp, body))
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		}
		for name, c := range map[string]struct {
			kind   string
			body   []byte
			change func(*http.Request)
			want   int
		}{
			"forged":            {"slash_commands", aCommand, func(r *http.Request) { r.Header.Set(payload.HeaderSignature, "v0="+strings.Repeat("0", 64)) }, 401},
			"unsigned":          {"events_api", []byte(`{}`), func(r *http.Request) { r.Header.Del(payload.HeaderSignature) }, 401},
			"another timestamp": {"events_api", []byte(`{}`), func(r *http.Request) { r.Header.Set(payload.HeaderTimestamp, "1") }, 401},
			"stale":             {"events_api", []byte(`{"a":1}`), func(r *http.Request) { sign(r, time.Now().Add(-6*time.Minute), []byte(`{"a":1}`)) }, 401},
			"from the future":   {"events_api", []byte(`{"a":1}`), func(r *http.Request) { sign(r, time.Now().Add(6*time.Minute), []byte(`{"a":1}`)) }, 401},
			"too large":         {"events_api", bytes.Repeat([]byte("x"), payload.MaxBody+1), func(*http.Request) {}, 413},
			"no JSON":           {"events_api", []byte(`nonsense`), func(*http.Request) {}, 400},
			"no payload":        {"interactive", nil, func(*http.Request) {}, 400},
			"a command's type":  {"slash_commands", aCommand, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, 415},
			"read, not posted":  {"slash_commands", aCommand, func(r *http.Request) { r.Method = http.MethodGet }, 405},
			"another path":      {"slash_commands", aCommand, func(r *http.Request) { r.URL.Path = "/slack/other" }, 404},
			"another workspace": {"slash_commands", bytes.Replace(aCommand, []byte(`"T1"`), []byte(`"T7"`), 1), func(*http.Request) {}, 403},
		} {
			r, err := s.Request(t.Context(), c.kind, c.body)
			if err != nil {
				t.Fatal(err)
			}
			c.change(r)
			if got := s.post(r); got != c.want {
				t.Errorf("%s: status %d, not %d", name, got, c.want)
			}
		}
		if got := s.lines(); len(got) > 0 {
			t.Errorf("accepted %q", got)
		}
		if err := s.VerifyURL(); err != nil {
			t.Errorf("url_verification: %v", err)
		}
	})
}

func TestReplayedRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{Door: slack.DoorHTTP}, slacktest.Options{})
		s.set(func() { s.mute = true })
		send := func() int {
			r, err := s.Request(t.Context(), "slash_commands", aCommand)
			if err != nil {
				t.Fatal(err)
			}
			return s.post(r)
		}
		s.set(func() { s.refuse = errors.New("the disk is full") })
		if got := send(); got != http.StatusServiceUnavailable {
			t.Errorf("while nothing is accepted: status %d", got)
		}
		s.set(func() { s.refuse = nil })
		for i, want := range []int{200, 401, 401} { // the clock stands still: the same signature each time
			if got := send(); got != want {
				t.Errorf("sending it for the %d. time: status %d, not %d", i+1, got, want)
			}
		}
		if got := s.lines(); len(got) != 1 {
			t.Errorf("accepted %q", got)
		}
	})
}

// What is not durable must not be acknowledged, and Slack waits for 3 seconds at most.
func TestBusy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refuse error
		slow   time.Duration
		says   string
	}{"refused": {refuse: errors.New("busy"), says: "Nothing was done"}, "slow": {slow: time.Hour, says: "is not known"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := begin(t, slack.Settings{Door: slack.DoorHTTP}, slacktest.Options{})
				s.set(func() { s.refuse, s.slow = c.refuse, c.slow })
				r, err := s.Request(t.Context(), "slash_commands", aCommand)
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				answer, err := s.net.Client().Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer answer.Body.Close()
				var said struct {
					Type string `json:"response_type"`
					Text string
				}
				if err := json.NewDecoder(answer.Body).Decode(&said); err != nil || answer.StatusCode != http.StatusServiceUnavailable {
					t.Errorf("status %d, %v", answer.StatusCode, err)
				}
				if said.Type != "ephemeral" || !strings.Contains(said.Text, c.says) {
					t.Errorf("said %+v", said)
				}
				if took := time.Since(began); took >= 3*time.Second {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}

// An event that is not accepted at first comes again, and is then one request.
func TestEventsComeAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{Door: slack.DoorHTTP}, slacktest.Options{})
		s.set(func() { s.refuse = errors.New("busy") })
		if seen := s.Say("UANN", "", "release list"); seen.Acked {
			t.Error("it was acknowledged")
		}
		s.set(func() { s.refuse = nil })
		time.Sleep(10 * time.Minute)
		if got := s.lines(); len(got) != 1 || s.Unacknowledged() != 0 {
			t.Errorf("accepted %q, %d not acknowledged", got, s.Unacknowledged())
		}
	})
}

func TestSocketDoorHasNoHTTP(t *testing.T) {
	t.Parallel()
	s, err := slack.New(slack.Settings{
		APIURL: "https://slack.test/api/", Door: slack.DoorSocket, AppToken: "env:APP", Connections: 1, Workspaces: []slack.Workspace{{Team: "T1", BotToken: "env:BOT"}},
	}, slack.Outside{Secret: secrets, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, slack.PathCommands, strings.NewReader("command=%2Frelease")))
	if w.Code != http.StatusNotFound {
		t.Errorf("status %d", w.Code)
	}
}
