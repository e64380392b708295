package slack_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
)

// What Slack asks for holds for the method and channel it was asked for, and is not asked for again meanwhile.
func TestPace(t *testing.T) {
	t.Parallel()
	bubble(t, func(x *side) {
		x.server.Limit(true)
		x.post(releases, "first", worded(saying("first")))
		x.server.Break(slacktest.Fault{Method: "chat.postMessage", Status: http.StatusTooManyRequests, After: 20 * time.Second})
		limited := func(to chat.Place) time.Duration {
			_, err := x.slack.Post(x.Context(), to, "second", worded(saying("second")))
			if err == nil {
				return 0
			}
			verdict, after := effect.Classify(err)
			if verdict != effect.Retry {
				x.Fatal(err)
			}
			return after
		}
		if after := limited(releases); after != 20*time.Second {
			t.Errorf("after %s", after)
		}
		calls := len(x.server.Calls("chat.postMessage"))
		time.Sleep(5 * time.Second)
		if after := limited(releases); after != 15*time.Second || len(x.server.Calls("chat.postMessage")) != calls {
			t.Errorf("meanwhile Slack was called, or after %s", after)
		}
		if after := limited(channel("C0OPS")); after != 0 {
			t.Errorf("another channel waits %s", after)
		}
		time.Sleep(15 * time.Second)
		if after := limited(releases); after != 0 {
			t.Errorf("still %s", after)
		}
	})
}

// A crowd of messages for one channel goes at Slack's rate, without one refused call, and none waits inside for long.
func TestStorm(t *testing.T) {
	t.Parallel()
	bubble(t, func(x *side) {
		x.server.Limit(true)
		begun := time.Now()
		var all sync.WaitGroup
		var longest time.Duration
		var mu sync.Mutex
		for i := range 30 {
			all.Go(func() {
				for {
					asked := time.Now()
					_, err := x.slack.Post(context.Background(), releases, fmt.Sprint(i), worded(saying(fmt.Sprint("news ", i))))
					mu.Lock()
					longest = max(longest, time.Since(asked))
					mu.Unlock()
					if err == nil {
						return
					}
					_, after := effect.Classify(err)
					time.Sleep(after)
				}
			})
		}
		all.Wait()
		for _, c := range x.server.Calls("chat.postMessage") {
			if c.Error != "" || c.Status == http.StatusTooManyRequests {
				t.Errorf("a call was refused: %v", c)
			}
		}
		if n, took := len(x.plain("C0REL")), time.Since(begun); n != 30 || took > 45*time.Second || longest > 3*time.Second {
			t.Errorf("%d messages in %s, one call took %s", n, took, longest)
		}
	})
}
