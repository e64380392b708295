package discord_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gonogo-chat/gonogo/adapters/discord"
	"github.com/gonogo-chat/gonogo/adapters/discord/discordtest"
	"github.com/gonogo-chat/gonogo/adapters/discord/gateway"
)

// TestNothingIsLost: people go on while the connection breaks in every way; each interaction is accepted once and acknowledged
// within 3 seconds.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(*world){
		"cut":       func(w *world) { w.CutGateway() },
		"cut hard":  func(w *world) { w.net.Cut(discordtest.Host) },
		"reconnect": func(w *world) { w.Reconnect() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, discordtest.Options{Unlimited: true}, nil)
				w.run(t)
				w.Disturb(discordtest.Shares{Duplicate: 0.2, Reorder: 0.05, Hold: 500 * time.Millisecond})
				var people sync.WaitGroup
				for n := range 300 {
					time.Sleep(50 * time.Millisecond)
					if n%60 == 30 {
						trouble(w)
					}
					people.Go(func() {
						i, err := w.Command(w.alex, w.channel, "vote cast", map[string]string{"on": fmt.Sprintf("B-%d", n+1), "choice": "go"})
						if err != nil || i.Failed() != "" {
							t.Errorf("vote %d: %v %s", n, err, i.Failed())
						}
					})
				}
				people.Wait()
				w.door.answers.Wait()
				votes := map[string]bool{}
				for _, y := range w.door.accepted {
					votes[y.Text] = true
				}
				if len(votes) != 300 || len(w.door.accepted) != 300 {
					t.Errorf("%d votes in %d requests", len(votes), len(w.door.accepted))
				}
				for _, l := range w.Latencies() {
					if l < 0 || l > 3*time.Second {
						t.Errorf("acknowledged after %v", l)
					}
				}
				w.Heal()
			})
		})
	}
}

// TestComesBack: the bot is there again after its session was ended, and after a connection that went silent.
func TestComesBack(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(*world){
		"invalid session": func(w *world) { w.Invalidate() },
		"silent":          func(w *world) { w.Zombie() },
		"no address": func(w *world) {
			w.Inject(discordtest.Fault{Path: "/gateway/bot", Status: 500, Times: 3})
			w.Invalidate()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, discordtest.Options{Heartbeat: 5 * time.Second}, nil)
				w.run(t)
				trouble(w)
				time.Sleep(2 * time.Minute)
				i, err := w.Slash(w.alex, w.channel, "/whoami")
				if err != nil || i.Failed() != "" {
					t.Errorf("%v %s", err, i.Failed())
				}
			})
		})
	}
}

// TestRefused: what Discord will not have is said, with what to do, and not tried for ever.
func TestRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, func(w *world) { w.settings.Groups = map[string]string{"board": w.Role(w.guild, "Board")} })
		err := w.bot.Run(context.Background())
		var refused *gateway.Refused
		if !errors.As(err, &refused) || refused.Code != gateway.CodeDisallowedIntents || !strings.Contains(err.Error(), "Server Members Intent") {
			t.Errorf("running ended with %v", err)
		}
	})
}

// spent is a Discord that has no session left for the bot.
type spent struct{}

func (spent) RoundTrip(q *http.Request) (*http.Response, error) {
	a := httptest.NewRecorder()
	_, _ = a.WriteString(`{"url":"ws://discord.test","session_start_limit":{"remaining":0}}`)
	return a.Result(), nil
}

// TestSessionsAreSpared: Discord resets the token of a bot that begins more sessions in a day than it may.
func TestSessionsAreSpared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dials := 0
		bot, err := discord.New(discord.Settings{Application: "1", Servers: []string{"2"}}, discord.Outside{
			Secret: func(string) (string, error) { return "T", nil }, Client: &http.Client{Transport: spent{}},
			Dialer: &websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) {
				dials++
				return nil, errors.New("not expected")
			}},
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		if err := bot.Run(ctx); err != nil || dials != 0 {
			t.Errorf("%d connections, ended with %v", dials, err)
		}
	})
}
