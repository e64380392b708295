package commands_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/discord"
	"github.com/gonogo-chat/gonogo/adapters/discord/discordtest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/commands"
)

// onDiscord is a Discord server with everybody in it.
type onDiscord struct {
	server *discordtest.Server
	net    *memnet.Net
	guild  string
	people map[string]string // ids by name
	rooms  map[string]string
	// zone is that of the people there: the organisation's.
	zone func() *time.Location
}

// newDiscord must be called inside a bubble; the server ends with the test.
func newDiscord(t testing.TB) *onDiscord {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	var declared []command.Spec
	example := strings.NewReplacer("{service}", "payments", "{version}", "1.1.0", "{environment}", "prod", "{first}", "staging")
	for _, c := range (commands.Ports{}).Behaviour().Commands {
		c.Examples = slices.Clone(c.Examples)
		for i := range c.Examples {
			c.Examples[i].Line = example.Replace(c.Examples[i].Line)
		}
		declared = append(declared, c.Spec)
	}
	s := &onDiscord{
		server: discordtest.New(discordtest.Options{Commands: declared, Zone: zone, MembersIntent: true, Unlimited: true}), net: &memnet.Net{},
		people: map[string]string{}, rooms: map[string]string{},
	}
	stop := s.net.Serve(discordtest.Host, s.server)
	t.Cleanup(func() { s.server.Close(); stop() })
	s.guild = s.server.Guild("shop")
	for _, who := range cast {
		s.people[who] = s.server.Person(s.guild, called(who))
	}
	for _, room := range rooms {
		s.rooms[room] = s.server.Channel(s.guild, room[1:])
	}
	return s
}

func (s *onDiscord) calls() (pairs []string) {
	for _, who := range cast {
		pairs = append(pairs, "local:shop:"+who, "discord:"+s.guild+":"+s.people[who])
	}
	for _, room := range rooms {
		pairs = append(pairs, room, s.rooms[room])
	}
	return append(pairs, "\n  workspace: shop\n", "\n  platform: discord\n  workspace: \""+s.guild+"\"\n")
}

func (s *onDiscord) adapter(w *world) (realPlatform, error) {
	s.zone = func() *time.Location { return w.bot.Organisation().Zone }
	return discord.New(discord.Settings{
		APIURL: "https://" + discordtest.Host + "/api/v10/", Door: "gateway", Application: s.server.Application(), BotToken: "env:BOT", Servers: []string{s.guild},
	}, discord.Outside{
		Door: lateDoor{w}, Commands: func() []command.Spec { return specs(w) },
		Reader: func(z *time.Location) port.Reader { return w.bot.Reader(z) }, Places: func() []chat.Place { return nil },
		Secret: func(string) (string, error) { return s.server.Token(), nil },
		Clock:  time.Now, Log: w.log, Client: s.net.Client(),
		Dialer: &websocket.Dialer{NetDialContext: s.net.DialContext, NetDialTLSContext: s.net.DialContext},
	})
}

func (s *onDiscord) say(user, channel, line string) error {
	_, err := s.server.Slash(user, channel, line)
	return err
}

func (s *onDiscord) press(user string, at chat.Ref, b chat.Button) error {
	i, err := s.server.Press(user, at.ID, "press:"+b.Token)
	if err != nil { // one that is to be confirmed
		if i, err = s.server.Press(user, at.ID, "sure:"+b.Token); err != nil {
			return err
		}
	}
	for _, asked := range i.Messages() {
		for _, label := range asked.Buttons {
			if _, err := s.server.Press(user, asked.ID, label); err == nil {
				return nil
			}
		}
	}
	return nil
}

func (s *onDiscord) reads(at chat.Ref, when time.Time) string {
	var text string
	reader := s.server.Reads(s.zone(), when)
	for _, p := range reader.Channel(at.Place.Channel) {
		if p.ID != at.ID {
			continue
		}
		text = p.Text
		for _, content := range p.Files {
			text += "\n" + content
		}
		for _, more := range reader.Channel(p.ID) {
			text += "\n" + more.Text
		}
	}
	return text
}

func (s *onDiscord) wrong() []string { return s.server.Violations() }
