package slack_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
)

func TestAcknowledgedOnceAccepted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{Connections: 1}, slacktest.Options{})
		s.set(func() { s.slow = 2 * time.Second })
		if seen := s.Type("UANN", "C1", "/release list"); !seen.Acked || seen.Latency != 2*time.Second {
			t.Errorf("acknowledged %v after %s", seen.Acked, seen.Latency)
		}
		s.set(func() { s.slow, s.refuse = 0, errors.New("busy") })
		if seen := s.Type("UANN", "C1", "/release list"); seen.Acked {
			t.Error("what was not accepted was acknowledged")
		}
		s.set(func() { s.refuse, s.broken = nil, true })
		if seen := s.Type("UANN", "C1", "/release list"); seen.Acked {
			t.Error("what the bot failed at was acknowledged")
		}
		s.set(func() { s.broken = false })
		time.Sleep(time.Hour)
		if got := s.lines(); len(got) != 3 || s.Unacknowledged() != 0 {
			t.Errorf("accepted %q, %d not acknowledged", got, s.Unacknowledged())
		}
	})
}

// One request that takes long must not hold up the others of its connection.
func TestRequestsBesideEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{Connections: 1}, slacktest.Options{})
		s.set(func() { s.slow = 2 * time.Second })
		began := time.Now()
		done := make(chan slacktest.Seen)
		const people = 20
		for range people {
			go func() { done <- s.Type("UANN", "C1", "/release list") }()
		}
		for range people {
			if seen := <-done; !seen.Acked || seen.Latency > 2100*time.Millisecond {
				t.Errorf("acknowledged %v after %s", seen.Acked, seen.Latency)
			}
		}
		if took := time.Since(began); took > time.Minute {
			t.Errorf("it took %s", took)
		}
	})
}

func TestConnectionsAreRenewed(t *testing.T) {
	t.Parallel()
	for name, disturb := range map[string]func(*stage){
		"warning":  func(s *stage) { s.Disconnect("warning") },
		"refresh":  func(s *stage) { s.Disconnect("refresh_requested") },
		"disabled": func(s *stage) { s.Disconnect("link_disabled") },
		"cut":      func(s *stage) { s.CutLinks(10) },
		"network":  func(s *stage) { s.net.Cut(slacktest.Host) },
		"not opened": func(s *stage) {
			s.Break(slacktest.Fault{Method: "apps.connections.open", Status: 500, Times: 5})
			s.CutLinks(10)
		},
		"rate limited": func(s *stage) {
			s.Break(slacktest.Fault{Method: "apps.connections.open", Status: 429, After: 20 * time.Second, Times: 2})
			s.CutLinks(10)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := begin(t, slack.Settings{Connections: 2}, slacktest.Options{Patience: 5 * time.Minute})
				for range 3 {
					time.Sleep(time.Minute)
					disturb(s)
				}
				time.Sleep(2 * time.Minute)
				if s.Links() != 2 {
					t.Fatalf("%d connections", s.Links())
				}
				if seen := s.Type("UANN", "C1", "/release list"); !seen.Acked {
					t.Errorf("%+v", seen)
				}
			})
		})
	}
}

// Connections are replaced one after the other, before the old ones close, so that nobody notices.
func TestRenewalLosesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{Connections: 2}, slacktest.Options{})
		time.Sleep(time.Minute)
		s.Disconnect("warning")
		for i := range 20 {
			if seen := s.Type("UANN", "C1", fmt.Sprintf("/release list %d", i)); !seen.Acked || seen.Latency > time.Second {
				t.Errorf("request %d: acknowledged %v after %s", i, seen.Acked, seen.Latency)
			}
			time.Sleep(500 * time.Millisecond)
		}
		if opened := len(s.Calls("apps.connections.open")); opened != 3 {
			t.Errorf("%d connections were opened", opened)
		}
	})
}

// A connection on which nobody speaks is kept.
func TestQuietConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{Connections: 1}, slacktest.Options{})
		time.Sleep(10 * time.Minute)
		if opened := len(s.Calls("apps.connections.open")); opened != 1 {
			t.Errorf("it was opened %d times", opened)
		}
	})
}

// A connection over which nothing comes any more is given up, though nothing says that it broke.
func TestDeadConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var opened atomic.Int32
		gone := make(chan struct{})
		mux := http.NewServeMux()
		mux.HandleFunc("POST /api/apps.connections.open", func(w http.ResponseWriter, _ *http.Request) {
			opened.Add(1)
			_, _ = io.WriteString(w, `{"ok":true,"url":"wss://dead.test/link"}`)
		})
		mux.HandleFunc("POST /api/", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"ok":true}`) })
		mux.HandleFunc("GET /link", func(w http.ResponseWriter, r *http.Request) {
			c, err := new(websocket.Upgrader).Upgrade(w, r, nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			_ = c.WriteJSON(map[string]string{"type": "hello"})
			<-gone // it neither reads nor answers pings
		})
		var network memnet.Net
		stop := network.Serve("dead.test", mux)
		s, err := slack.New(slack.Settings{
			APIURL: "https://dead.test/api/", Door: slack.DoorSocket, AppToken: "env:APP", Connections: 1, Workspaces: []slack.Workspace{{Team: "T1", BotToken: "env:BOT"}},
		}, slack.Outside{
			Door: door{&stage{t: t}}, Secret: secrets, Clock: time.Now, Client: network.Client(), Dialer: slacktest.Dialer(&network),
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.Run(ctx) }()
		time.Sleep(5 * time.Minute)
		cancel()
		close(gone)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		stop()
		if n := opened.Load(); n < 5 || n > 20 {
			t.Errorf("in five minutes it was opened %d times", n)
		}
	})
}

func TestStormOfRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{Connections: 3}, slacktest.Options{Quiet: time.Millisecond, Patience: time.Second})
		s.Shake(slacktest.Unsteady{Duplicate: 0.2, Late: 0.05, LateBy: 2 * time.Second})
		s.set(func() { s.mute = true })
		var want []string
		for i := range 300 {
			line := fmt.Sprintf("/release list %03d", i)
			want = append(want, line)
			if i%25 == 0 {
				s.CutLinks(1)
			}
			s.Type("UANN", "C1", line)
		}
		time.Sleep(time.Hour)
		got := slices.Sorted(slices.Values(s.lines()))
		if !slices.Equal(got, want) {
			t.Errorf("%d requests of %d were accepted, each once", len(got), len(want))
		}
		if n := s.Unacknowledged(); n != 0 {
			t.Errorf("%d are not acknowledged", n)
		}
	})
}
