package slack_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// A post whose outcome is not known is found, by the same process and by the next one.
func TestPostsAreThereOnce(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slacktest.Fault{
		"answer lost": {Lost: true}, "cut before": {Cut: true}, "failed": {Status: http.StatusInternalServerError}, "busy": {Error: "internal_error"},
	} {
		for _, crash := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, crash %v", name, crash), func(t *testing.T) {
				t.Parallel()
				bubble(t, func(x *side) {
					root := x.post(releases, "card:R-1", card("R-1", chat.Good))
					reply := worded(saying("done"))
					reply.Under = root
					fault.Method = "chat.postMessage"
					for i, m := range []port.Worded{worded(saying("hello")), reply} {
						key := fmt.Sprint("key ", i)
						x.server.Break(fault)
						if _, err := x.slack.Post(x.Context(), releases, key, m); err == nil {
							x.Fatal("the fault was not noticed")
						} else if verdict, _ := effect.Classify(err); verdict != effect.Unknown {
							t.Errorf("the outcome is said to be known: %v", err)
						}
						if crash {
							x.restart(slack.Workspace{Team: "T1", BotToken: "env:xoxb-T1-test"})
						}
						first := x.post(releases, key, m)
						if again := x.post(releases, key, m); again != first {
							t.Errorf("%v, then %v", first, again)
						}
					}
					if lines := x.plain("C0REL"); len(lines) != 2 {
						t.Errorf("the channel says %q", lines)
					}
					if n := len(x.server.Thread(slacktest.Ref{Channel: "C0REL", TS: root.ID})); n != 1 {
						t.Errorf("%d replies", n)
					}
				})
			})
		}
	}
}

// A card found after a crash shows how things stand now, not how they stood.
func TestFoundCardIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	bubble(t, func(x *side) {
		first := x.post(releases, "card:R-1", card("R-1 planned", chat.Neutral))
		x.restart(slack.Workspace{Team: "T1", BotToken: "env:xoxb-T1-test"})
		if again := x.post(releases, "card:R-1", card("R-1 approved", chat.Neutral)); again != first {
			t.Errorf("posted twice: %v and %v", first, again)
		}
		if got := strings.Join(x.plain("C0REL"), "|"); got != "R-1 approved" {
			t.Errorf("the channel says %q", got)
		}
		reads := len(x.server.Calls("conversations.history"))
		for i := range 3 {
			x.post(releases, fmt.Sprint(i), worded(saying("more")))
		}
		if n := len(x.server.Calls("conversations.history")); n != reads {
			t.Errorf("%d more reads of a channel that is known", n-reads)
		}
	})
}

func TestDeletedCardComesBack(t *testing.T) {
	t.Parallel()
	bubble(t, func(x *side) {
		ref := x.post(releases, "card:R-1", card("R-1 planned", chat.Neutral))
		x.server.Delete(slacktest.Ref{Channel: "C0REL", TS: ref.ID})
		x.update(ref, card("R-1 approved", chat.Neutral))
		x.update(ref, card("R-1 deploying", chat.Neutral))
		reply := worded(saying("news"))
		reply.Under = ref
		x.post(releases, "news", reply)
		x.restart(slack.Workspace{Team: "T1", BotToken: "env:xoxb-T1-test"})
		x.update(ref, card("R-1 released", chat.Neutral))
		if got := strings.Join(x.plain("C0REL"), "|"); got != "R-1 released" {
			t.Errorf("the channel says %q", got)
		}
		now := x.server.Channel("C0REL")[0]
		if n := len(x.server.Thread(now.Ref())); n != 1 {
			t.Errorf("%d replies under the new card", n)
		}
	})
}

func TestCancelledPostIsInDoubt(t *testing.T) {
	t.Parallel()
	bubble(t, func(x *side) {
		x.post(releases, "first", worded(saying("first")))
		x.server.Break(slacktest.Fault{Method: "chat.postMessage", Slow: time.Minute})
		ctx, cancel := context.WithTimeout(x.Context(), 5*time.Second)
		defer cancel()
		_, err := x.slack.Post(ctx, releases, "slow", worded(saying("slow")))
		if verdict, _ := effect.Classify(err); verdict != effect.Unknown || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("verdict %v: %v", verdict, err)
		}
	})
}
