package slack_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// side is a Slack with the adapter beside it, in a bubble of time.
type side struct {
	*testing.T
	net    *memnet.Net
	server *slacktest.Server
	slack  *slack.Slack
}

// bubble plays a test with a Slack of one workspace: the channels C0REL and C0OPS, and Ann.
func bubble(t *testing.T, play func(*side)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		x := &side{T: t, net: &memnet.Net{}, server: slacktest.New(slacktest.Options{})}
		defer x.server.Close()
		defer x.server.Serve(x.net)()
		x.server.AddWorkspace(slacktest.Workspace{Team: "T1"})
		x.server.AddUser(slacktest.User{ID: "UANN", Team: "T1", Name: "ann"})
		x.server.AddChannel(slacktest.Channel{ID: "C0REL", Team: "T1", Name: "releases"})
		x.server.AddChannel(slacktest.Channel{ID: "C0OPS", Team: "T1", Name: "ops"})
		x.restart(slack.Workspace{Team: "T1", BotToken: "env:xoxb-T1-test"})
		play(x)
		if wrong := x.server.Violations(); len(wrong) > 0 {
			t.Error(wrong)
		}
	})
}

// restart is the next process: it remembers nothing.
func (x *side) restart(workspaces ...slack.Workspace) {
	x.Helper()
	var err error
	x.slack, err = slack.New(slack.Settings{
		APIURL: x.server.APIURL(), Door: "http", SigningSecret: "env:" + slacktest.SigningSecret, Connections: 1, Workspaces: workspaces,
	}, slack.Outside{Secret: func(r string) (string, error) { return strings.TrimPrefix(r, "env:"), nil }, Clock: time.Now, Client: x.net.Client()})
	if err != nil {
		x.Fatal(err)
	}
}

func channel(id string) chat.Place {
	return chat.Place{Platform: "slack", Workspace: "T1", Channel: id}
}

var releases = channel("C0REL")

func saying(text string) chat.Message {
	return chat.Plain(chat.Say("value.word", chat.Word("word", text)))
}

func card(text string, tone chat.Tone) port.Worded {
	m := saying(text)
	m.Card, m.Tone = "R-1", tone
	return worded(m)
}

func worded(m chat.Message) port.Worded {
	return port.Worded{Message: m, Reader: people{}, At: time.Now()}
}

// people knows Ann.
type people struct{}

func (people) PersonName(string) string { return "Ann" }
func (people) Accounts(string) []chat.Account {
	return []chat.Account{{Platform: "slack", Workspace: "T1", ID: "UANN"}}
}
func (people) Unseal(chat.Sealed) (string, bool) { return "", false }
func (people) Zone() *time.Location              { return time.UTC }

// post says something that must succeed, as often as it takes.
func (x *side) post(to chat.Place, key string, m port.Worded) chat.Ref {
	x.Helper()
	for range 10 {
		ref, err := x.slack.Post(x.Context(), to, key, m)
		if err == nil {
			return ref
		}
		verdict, after := effect.Classify(err)
		if verdict == effect.Permanent {
			x.Fatal(err)
		}
		time.Sleep(max(after, time.Second))
	}
	x.Fatal("never posted")
	return chat.Ref{}
}

func (x *side) update(ref chat.Ref, m port.Worded) {
	x.Helper()
	if err := x.slack.Update(x.Context(), ref, m); err != nil {
		x.Fatal(err)
	}
}

// plain is what a channel says, top level, by message.
func (x *side) plain(id string) (lines []string) {
	for _, m := range x.server.Channel(id) {
		lines = append(lines, strings.TrimSpace(m.Plain))
	}
	return lines
}

func TestCardsThreadsAndBroadcasts(t *testing.T) {
	t.Parallel()
	bubble(t, func(x *side) {
		ref := x.post(releases, "card:R-1", card("R-1 planned", chat.Warning))
		under := func(tone chat.Tone, mentions ...string) port.Worded {
			m := saying("news " + string(tone) + strings.Join(mentions, ""))
			m.Tone, m.Mentions, m.Thread = tone, mentions, "R-1"
			w := worded(m)
			w.Under = ref
			return w
		}
		x.post(releases, "quiet", under(chat.Good))
		x.post(releases, "loud", under(chat.Bad))
		time.Sleep(time.Minute)
		x.post(releases, "called", under(chat.Neutral, "ann"))
		at := slacktest.Ref{Channel: "C0REL", TS: ref.ID}
		var seen []string
		for _, m := range x.server.Thread(at) {
			seen = append(seen, fmt.Sprint(m.Broadcast))
		}
		if got := strings.Join(seen, " "); got != "false true true" {
			t.Errorf("shown in the channel: %s", got)
		}
		if last := x.server.Thread(at)[2]; !strings.Contains(last.Plain, "@ann") {
			t.Errorf("Ann is not called: %s", last.Plain)
		}
		if m, _ := x.server.Message(at); m.Color == "" || !strings.Contains(string(m.Metadata), "card:R-1") {
			t.Errorf("colour %q, metadata %s", m.Color, m.Metadata)
		}
		x.update(ref, card("R-1 released", chat.Neutral))
		if m, _ := x.server.Message(at); m.Color != "" || !strings.Contains(m.Plain, "R-1 released") || !strings.Contains(string(m.Metadata), "card:R-1") {
			t.Errorf("after the update: %+v", m)
		}
	})
}

func TestFailuresSayWhatToDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault          slacktest.Fault
		posted, update effect.Verdict
		after          time.Duration
		says           string
	}{
		"rate limit":     {slacktest.Fault{Status: http.StatusTooManyRequests, After: 7 * time.Second}, effect.Retry, effect.Retry, 7 * time.Second, ""},
		"server error":   {slacktest.Fault{Status: http.StatusBadGateway}, effect.Unknown, effect.Retry, 0, ""},
		"cut":            {slacktest.Fault{Cut: true}, effect.Unknown, effect.Retry, 0, ""},
		"not in channel": {slacktest.Fault{Error: "not_in_channel"}, effect.Permanent, effect.Permanent, 0, "/invite"},
		"archived":       {slacktest.Fault{Error: "is_archived"}, effect.Permanent, effect.Permanent, 0, "unarchive"},
		"revoked":        {slacktest.Fault{Error: "token_revoked"}, effect.Retry, effect.Retry, time.Minute, "install the app again"},
		"suspended":      {slacktest.Fault{Error: "ekm_access_denied"}, effect.Retry, effect.Retry, time.Minute, "suspended posting"},
		"scope":          {slacktest.Fault{Error: "missing_scope"}, effect.Permanent, effect.Permanent, 0, "gonogo doctor"},
		"no channel":     {slacktest.Fault{Error: "channel_not_found"}, effect.Permanent, effect.Permanent, 0, "check its id"},
		"something new":  {slacktest.Fault{Error: "a_new_reason"}, effect.Permanent, effect.Permanent, 0, "a_new_reason"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(x *side) {
				ref := x.post(releases, "card:R-1", card("R-1", chat.Neutral))
				check := func(err error, want effect.Verdict) {
					t.Helper()
					if verdict, after := effect.Classify(err); err == nil || verdict != want || after != test.after {
						t.Errorf("%v: verdict %v after %s", err, verdict, after)
					}
					if text := fmt.Sprint(err); !strings.Contains(text, test.says) || strings.Contains(text, "xoxb") {
						t.Errorf("it says %q", text)
					}
				}
				test.fault.Method = "chat.postMessage"
				x.server.Break(test.fault)
				_, err := x.slack.Post(x.Context(), releases, "key", worded(saying("x")))
				check(err, test.posted)
				test.fault.Method = "chat.update"
				x.server.Break(test.fault)
				check(x.slack.Update(x.Context(), ref, card("R-1", chat.Neutral)), test.update)
			})
		})
	}
	bubble(t, func(x *side) {
		if _, err := x.slack.Post(x.Context(), chat.Place{Platform: "slack", Workspace: "T9", Channel: "C1"}, "k", worded(saying("x"))); !permanent(err) {
			t.Errorf("another workspace: %v", err)
		}
	})
}

func permanent(err error) bool {
	verdict, _ := effect.Classify(err)
	return err != nil && verdict == effect.Permanent
}

func TestLongCardGoesOnInItsThread(t *testing.T) {
	t.Parallel()
	bubble(t, func(x *side) {
		long := card("R-1 long", chat.Neutral)
		for i := range 40 {
			long.Message.Sections = append(long.Message.Sections, chat.Section{Lines: []chat.Line{{Text: chat.Say("value.word", chat.Word("word", fmt.Sprintf("%d %s", i, strings.Repeat("word ", 100))))}}})
		}
		long.Message.Sections = append(long.Message.Sections, chat.Section{Pre: strings.Repeat("output\n", 3000)})
		ref := x.post(releases, "card:R-1", long)
		at := slacktest.Ref{Channel: "C0REL", TS: ref.ID}
		parts, files := 0, 0
		count := func() {
			parts, files = 0, 0
			for _, m := range x.server.Thread(at) {
				files += len(m.Files)
				if len(m.Files) == 0 && !strings.Contains(m.Plain, "Nothing more") {
					parts++
				}
			}
		}
		if count(); parts < 1 || files != 1 {
			x.Fatalf("%d parts and %d files in the thread", parts, files)
		}
		was := parts
		for range 2 {
			time.Sleep(time.Minute)
			x.restart(slack.Workspace{Team: "T1", BotToken: "env:xoxb-T1-test"})
			x.update(ref, long)
		}
		if count(); parts != was || files != 1 {
			t.Errorf("after updates %d parts and %d files", parts, files)
		}
		x.update(ref, card("R-1 short", chat.Neutral))
		if count(); parts != 0 {
			t.Errorf("%d parts say more than the card", parts)
		}
	})
}

// Two workspaces of an enterprise have a token each: the one that knows the channel is used.
func TestEnterprise(t *testing.T) {
	t.Parallel()
	bubble(t, func(x *side) {
		x.server.AddWorkspace(slacktest.Workspace{Team: "T2", Enterprise: "E1"})
		x.server.AddWorkspace(slacktest.Workspace{Team: "T3", Enterprise: "E1"})
		x.server.AddChannel(slacktest.Channel{ID: "C0T3", Team: "T3"})
		x.restart(slack.Workspace{Team: "T2", Enterprise: "E1", BotToken: "env:xoxb-T2-test"}, slack.Workspace{Team: "T3", Enterprise: "E1", BotToken: "env:xoxb-T3-test"})
		to := chat.Place{Platform: "slack", Workspace: "E1", Channel: "C0T3"}
		ref := x.post(to, "card:R-1", card("R-1", chat.Neutral))
		x.update(ref, card("R-1 released", chat.Neutral))
		if got := strings.Join(x.plain("C0T3"), "|"); got != "R-1 released" {
			t.Errorf("the channel says %q", got)
		}
		if _, err := x.slack.Post(x.Context(), chat.Place{Platform: "slack", Workspace: "E1", Channel: "C0NONE"}, "k", worded(saying("x"))); !permanent(err) {
			t.Errorf("a channel of neither: %v", err)
		}
	})
}
