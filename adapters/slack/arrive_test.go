package slack_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
	"github.com/gonogo-chat/gonogo/bot/chat"
)

func TestWhatIsSaidArrives(t *testing.T) {
	t.Parallel()
	for _, door := range []string{slack.DoorSocket, slack.DoorHTTP} {
		t.Run(door, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := begin(t, slack.Settings{Door: door}, slacktest.Options{})
				for _, c := range []struct {
					say  func() slacktest.Seen
					want string
				}{
					{func() slacktest.Seen { return s.Type("UANN", "C1", `/release plan payments 1.1.0 "faster <refunds>"`) }, `/release plan payments 1.1.0 "faster <refunds>"`},
					{func() slacktest.Seen { return s.Type("UANN", "C1", "/release") }, "/help release"},
					{func() slacktest.Seen { return s.Type("UANN", "C1", "/vote") }, "/vote"},
					{func() slacktest.Seen { return s.Type("UANN", "C1", "/gonogo release list") }, "/release list"},
					{func() slacktest.Seen { return s.Type("UANN", "C1", "/gonogo /release") }, "/help release"},
					{func() slacktest.Seen { return s.Type("UANN", "C1", "/gonogo") }, "/help"},
					{func() slacktest.Seen { return s.Type("UANN", "", "/release list") }, "/release list"},
					{func() slacktest.Seen { return s.Say("UANN", "C1", "<@UBOTT1> release list") }, "release list"},
					{func() slacktest.Seen { return s.Say("UANN", "", "vote R-1 no-go &lt;5 &amp; more") }, "vote R-1 no-go <5 & more"},
					{func() slacktest.Seen { return s.Say("UANN", "", "see <http://a.test|a.test> <@U2> <#C1|releases>") }, "see a.test @U2 #releases"},
					{func() slacktest.Seen { return s.Say("UANN", "", "release") }, "/help release"},
					{func() slacktest.Seen { return s.Say("UANN", "C1", "<@UBOTT1>") }, "/help"},
				} {
					seen := c.say()
					if d := s.last(); d.Text != c.want || d.Account != (chat.Account{Platform: "slack", Workspace: "T1", ID: "UANN"}) {
						t.Errorf("%q of %v arrived, not %q", d.Text, d.Account, c.want)
					}
					if !seen.Acked || len(seen.Messages) != 1 {
						t.Errorf("%s: acknowledged %v, seen %d messages, %s", c.want, seen.Acked, len(seen.Messages), seen.Error)
					}
				}
				if d := s.accepted[0]; d.Place != (chat.Place{Platform: "slack", Workspace: "T1", Channel: "C1"}) {
					t.Errorf("said in %v", d.Place)
				}
				before := len(s.lines())
				s.Say("UANN", "C1", "hey <@UBOTT1> what do you think?")
				s.Say("UANN", "C1", "<@UBOB> release list says <@UBOTT1>")
				s.Event("T1", "UANN", map[string]any{"type": "message", "channel_type": "im", "channel": "D1", "bot_id": "B7", "user": "UANN", "text": "/release list"})
				s.Event("T1", "UANN", map[string]any{"type": "message", "channel_type": "im", "channel": "D1", "subtype": "message_changed"})
				s.Event("T1", "UANN", map[string]any{"type": "message", "channel_type": "channel", "channel": "C1", "user": "UANN", "text": "/release list"})
				s.Event("T1", "UANN", map[string]any{"type": "reaction_added", "user": "UANN"})
				if got := s.lines()[before:]; len(got) > 0 || s.Unacknowledged() > 0 {
					t.Errorf("what was not said to the bot arrived: %q; %d not acknowledged", got, s.Unacknowledged())
				}
			})
		})
	}
}

func TestDuplicatesAreOneRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{}, slacktest.Options{})
		s.Shake(slacktest.Unsteady{Duplicate: 1})
		s.Type("UANN", "C1", "/release list")
		s.Say("UANN", "", "release list")
		s.OpenHome("UANN")
		s.Click("UANN", s.Home("UANN").Ref(), "press:go")
		time.Sleep(time.Minute)
		want := []string{"/release list", "release list", "token-of-home"}
		if got := s.lines(); !slices.Equal(got, want) {
			t.Errorf("accepted %q", got)
		}
	})
}

func TestWorkspaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{Workspaces: []slack.Workspace{
			{Team: "T1", BotToken: "env:BOT"}, {Team: "T2", Enterprise: "E1", BotToken: "env:OTHER"},
		}}, slacktest.Options{})
		s.AddWorkspace(slacktest.Workspace{Team: "T2", Enterprise: "E1", Name: "grid"})
		s.AddWorkspace(slacktest.Workspace{Team: "T3", Name: "strangers"})
		s.AddUser(slacktest.User{ID: "UCY", Team: "T2", Name: "cy"})
		s.AddUser(slacktest.User{ID: "UDEE", Team: "T3", Name: "dee"})
		s.AddChannel(slacktest.Channel{ID: "C2", Team: "T2", Name: "grid-releases"})
		s.AddChannel(slacktest.Channel{ID: "C3", Team: "T3", Name: "other"})
		if seen := s.Type("UCY", "C2", "/release list"); !seen.Acked || len(seen.Messages) != 1 {
			t.Errorf("in the enterprise: %+v", seen)
		}
		if d := s.last(); d.Account.Workspace != "E1" || d.Place.Workspace != "E1" || d.Place.Channel != "C2" {
			t.Errorf("accounts and places of an enterprise are %v, %v", d.Account, d.Place)
		}
		interaction := map[string]any{
			"type": "block_actions", "team": nil, "enterprise": map[string]any{"id": "E1"}, "user": map[string]any{"id": "UCY", "team_id": "T9"},
			"trigger_id": "1.2.3", "actions": []any{map[string]any{"action_id": "press:go", "value": "token", "action_ts": "1.2"}},
			"container": map[string]any{"type": "message", "channel_id": "C2"},
		}
		s.Deliver("interactive", "UCY", interaction)
		if d := s.last(); d.Token != "token" || d.Account.Workspace != "E1" || d.Key != "slack:action:1.2.3:1.2" {
			t.Errorf("of the whole enterprise: %+v", d)
		}
		s.set(func() { s.mute = true })
		// Somebody of another organisation in a shared channel is nobody of this one.
		interaction["team"], interaction["enterprise"], interaction["trigger_id"] = map[string]any{"id": "T1"}, nil, "1.2.4"
		s.Deliver("interactive", "UANN", interaction)
		if d := s.last(); d.Account != (chat.Account{Platform: "slack", Workspace: "T9", ID: "UCY"}) {
			t.Errorf("a visitor is %v", d.Account)
		}
		before := len(s.lines())
		if s.Type("UDEE", "C3", "/release list"); len(s.lines()) != before {
			t.Errorf("a workspace that is not configured was heard: %q", s.last().Text)
		}
	})
}
