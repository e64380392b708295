package webchat_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/webchat"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// inert is what people might write to break out of where it is shown.
const inert = `<img src=x onerror="window.broken=1"><script>window.broken=1</script>"><b id=broken>&amp; ' {{.}} javascript:broken()`

// scenario is a bot for the browser: it plans releases and takes votes, well enough to be looked at.
type scenario struct {
	f     fixture
	mu    sync.Mutex
	votes []string
	cards map[string]chat.Ref
}

func newScenario(t testing.TB, change ...func(*webchat.Options)) *scenario {
	s := &scenario{f: start(t, change...), cards: map[string]chat.Ref{}}
	s.f.door.say = func(ctx context.Context, said port.Said) (chat.Reply, error) { return s.say(ctx, said) }
	s.f.door.press = func(ctx context.Context, p port.Pressed) (chat.Reply, error) { return s.press(ctx, p) }
	s.f.door.complete = func(said port.Said) []string {
		var lines []string
		for _, l := range []string{"/release plan payments 1.1.0", "/release plan web 1.1.0", "/release show R-1", "/help", "/refuse"} {
			if strings.HasPrefix(l, said.Text) {
				lines = append(lines, l)
			}
		}
		return lines
	}
	return s
}

func text(format string, args ...any) chat.Text {
	return chat.Say(chat.Code(fmt.Sprintf(format, args...)))
}

func (s *scenario) card(channel string) chat.Message {
	m := chat.Message{Card: "R-1", Title: text("Release R-1: payments 1.1.0"), Tone: chat.Warning, Mentions: []string{"p-chair"}, Sections: []chat.Section{
		{Fields: []chat.Field{
			{Label: "Service", Value: text("payments")}, {Label: "Version", Value: text("1.1.0")}, {Label: "Risk", Value: text("high, by rule customer-exposure")},
			{Label: "Requested by", Value: chat.Say("by", chat.Person("name", "p-dev"))}, {Label: "Ticket", Value: text("CHG-12")}, {Label: "Digest", Value: text("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")},
		}},
		{Heading: text("Gates"), Lines: []chat.Line{
			{Mark: chat.MarkOpen, Text: text("artifact: checksum matches")},
			{Mark: chat.MarkClosed, Text: text("freeze: F-3 until 18:00"), Sub: []chat.Text{text("financial closing")}},
			{Mark: chat.MarkUnknown, Text: text("duty: two authors are not linked"), Sub: []chat.Text{text("a@example.org"), text("b@example.org"), text("c@example.org"), text("d@example.org"), text("e@example.org"), text("f@example.org")}},
			{Mark: chat.MarkWaiting, Text: text("vote: %d of 3 for", len(s.votes))},
		}},
		{Heading: text("Output"), Pre: "smoke: GET /health 200 in 12 ms\nsmoke: POST /pay 201 in 48 ms   " + strings.Repeat("wide ", 40)},
	}}
	m.Buttons = []chat.Button{{Name: "log", Label: "Log", URL: "/runs/1"}, {Name: "evil", Label: "Evil", URL: "javascript:alert(1)"}}
	if channel == "#cab" && len(s.votes) == 0 {
		m.Buttons = append([]chat.Button{
			{Name: "approve", Label: "Approve", Token: "tok-approve", Style: chat.StylePrimary},
			{Name: "veto", Label: "Veto", Token: "tok-veto", Style: chat.StyleDanger, Confirm: text("Veto R-1? The release ends then.")},
		}, m.Buttons...)
	}
	if len(s.votes) > 0 {
		m.Tone = chat.Good
	}
	return m
}

func (s *scenario) worded(m chat.Message) port.Worded { return port.Worded{Message: m, At: s.f.now()} }

func (s *scenario) say(ctx context.Context, said port.Said) (chat.Reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.HasPrefix(said.Text, "/release plan") {
		m := (&chat.Refusal{Outcome: chat.Invalid, Text: text("There is no command %s. Did you mean /release?", said.Text), Reasons: []chat.Text{text("one reason"), text("another")}}).Message()
		return chat.Reply{Outcome: chat.Invalid, Code: "unknown", Messages: []chat.Message{m}}, nil
	}
	planned := text("R-1 is planned: payments 1.1.0, by %s", said.Account.ID)
	for _, channel := range []string{"#releases", "#cab"} {
		to := chat.Place{Platform: webchat.PlatformName, Channel: channel}
		ref, err := s.f.Post(ctx, to, "card:R-1:"+channel, s.worded(s.card(channel)))
		if err != nil {
			return chat.Reply{}, err
		}
		s.cards[channel] = ref
	}
	if _, err := s.f.Post(ctx, said.Place, "post:"+said.Key+":0:"+said.Place.Channel, s.worded(chat.Plain(planned))); err != nil {
		return chat.Reply{}, err
	}
	return chat.Reply{Outcome: chat.Done, Code: planned.Code, IDs: map[string]string{"release": "R-1"}, Messages: []chat.Message{chat.Plain(planned)}}, nil
}

func (s *scenario) press(ctx context.Context, p port.Pressed) (chat.Reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.votes = append(s.votes, p.Account.ID+" "+p.Token)
	for channel, ref := range s.cards {
		if err := s.f.Update(ctx, ref, s.worded(s.card(channel))); err != nil {
			return chat.Reply{}, err
		}
	}
	m := chat.Message{Title: text("Your vote is counted."), Tone: chat.Good, Private: true}
	return chat.Reply{Outcome: chat.Done, Code: "voted", Messages: []chat.Message{m}}, nil
}
