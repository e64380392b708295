package commands_test

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// actors are everybody who speaks in the conversations.
var cast = []string{"dev", "peer", "chair", "sec", "owner", "sre", "visitor", "olga", "pear", "pier", "admin", "guest", "robot", "stranger", "ida", "joe"}

// called is somebody's name, as their profile on a platform has it.
func called(who string) string {
	names := map[string]string{"dev": "Dana", "peer": "Pat", "pear": "Pat·", "pier": "Pat··", "chair": "Carla", "sec": "Sami", "owner": "Olga", "sre": "Sven", "guest": "Gitta", "robot": "Rob", "ida": "Ida", "joe": "Joe"}
	return cmp.Or(names[who], who)
}

// rooms are the channels of the conversations.
var rooms = []string{"#releases", "#cab", "#oncall", "#general", "#random", "#payments", "#shop"}

// onSlack is a Slack workspace with everybody in it.
type onSlack struct {
	server *slacktest.Server
	net    *memnet.Net
}

const slackTeam = "T0SHOP"

func slackID(who string) string { return "U0" + strings.ToUpper(who) }

func slackChannel(room string) string { return "C0" + strings.ToUpper(room[1:]) }

// newSlack must be called inside a bubble; the server ends with the test.
func newSlack(t testing.TB) *onSlack {
	s := &onSlack{server: slacktest.New(slacktest.Options{}), net: &memnet.Net{}}
	stop := s.server.Serve(s.net)
	t.Cleanup(func() { s.server.Close(); stop() })
	s.server.AddWorkspace(slacktest.Workspace{Team: slackTeam, Name: "shop"})
	for _, who := range cast {
		s.server.AddUser(slacktest.User{ID: slackID(who), Team: slackTeam, Name: called(who)})
	}
	for _, room := range rooms {
		s.server.AddChannel(slacktest.Channel{ID: slackChannel(room), Team: slackTeam, Name: room[1:]})
	}
	return s
}

func (s *onSlack) calls() (pairs []string) {
	for _, who := range cast {
		pairs = append(pairs, "local:shop:"+who, "slack:"+slackTeam+":"+slackID(who))
	}
	for _, room := range rooms {
		pairs = append(pairs, room, slackChannel(room))
	}
	return append(pairs, "\n  workspace: shop\n", "\n  platform: slack\n  workspace: "+slackTeam+"\n")
}

func (s *onSlack) adapter(w *world) (realPlatform, error) {
	return slack.New(slack.Settings{
		APIURL: s.server.APIURL(), Door: "socket", AppToken: "env:APP", Connections: 2,
		Workspaces: []slack.Workspace{{Team: slackTeam, BotToken: "env:BOT"}},
	}, slack.Outside{
		Door: lateDoor{w}, Commands: func() []command.Spec { return specs(w) },
		Reader: func(z *time.Location) port.Reader { return w.bot.Reader(z) }, Places: func() []chat.Place { return nil },
		Secret: func(ref string) (string, error) {
			return map[string]string{"env:APP": slacktest.AppToken, "env:BOT": "xoxb-" + slackTeam + "-test"}[ref], nil
		},
		Clock: time.Now, Log: w.log, Client: s.net.Client(), Dialer: slacktest.Dialer(s.net),
	})
}

func (s *onSlack) say(user, channel, line string) error {
	if !strings.HasPrefix(line, "/") {
		return fmt.Errorf("no command: %s", line)
	}
	seen := s.server.Type(user, channel, line)
	if !seen.Acked || seen.Error != "" {
		return fmt.Errorf("%s: status %d, %s", line, seen.Status, seen.Error)
	}
	return nil
}

func (s *onSlack) press(user string, at chat.Ref, b chat.Button) error {
	m, ok := s.server.Message(slacktest.Ref{Channel: at.Place.Channel, TS: at.ID})
	if !ok {
		return fmt.Errorf("there is no message %v", at)
	}
	for _, shown := range m.Buttons {
		if shown.Value == b.Token {
			s.server.Click(user, m.Ref(), shown.ActionID)
			return nil
		}
	}
	return fmt.Errorf("nobody sees %s there", b.Name)
}

func (s *onSlack) reads(at chat.Ref, _ time.Time) string {
	m, _ := s.server.Message(slacktest.Ref{Channel: at.Place.Channel, TS: at.ID})
	text := m.Plain
	for _, more := range s.server.Thread(m.Ref()) { // a long card goes on in its thread
		text += "\n" + more.Plain
	}
	return text
}

func (s *onSlack) wrong() []string { return s.server.Violations() }

// lateDoor is the door of whatever bot a world has.
type lateDoor struct{ *world }

func (d lateDoor) Say(ctx context.Context, s port.Said) (chat.Reply, error) { return d.bot.Say(ctx, s) }

func (d lateDoor) Press(ctx context.Context, p port.Pressed) (chat.Reply, error) {
	return d.bot.Press(ctx, p)
}

func (d lateDoor) Accept(ctx context.Context, a port.Delivery) error { return d.bot.Accept(ctx, a) }

func (d lateDoor) Suggest(ctx context.Context, s port.Suggestion) []string {
	return d.bot.Suggest(ctx, s)
}

func (d lateDoor) Enrol(ctx context.Context, r port.Roll) error { return d.bot.Enrol(ctx, r) }

func (d lateDoor) Complete(ctx context.Context, s port.Said) []string { return d.bot.Complete(ctx, s) }

func (d lateDoor) Settle(ctx context.Context, key string) (port.Effects, error) {
	return d.bot.Settle(ctx, key)
}
