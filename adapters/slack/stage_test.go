package slack_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// specs are some commands as the bot declares them.
var specs = []command.Spec{
	{
		Words: []string{"release", "plan"}, Summary: "Propose to release a version.", DryRun: true,
		Params: []command.Param{
			{Name: "service", Kind: command.KindService, Help: "What to release."},
			{Name: "version", Kind: command.KindVersion, Help: "Which version."},
			{Name: "summary", Kind: command.KindText, Optional: true, Rest: true, Help: "What changes."},
		},
		Examples: []command.Example{{Line: "/release plan payments 1.1.0", Does: "plans it"}},
	},
	{Words: []string{"release", "list"}, Summary: "List releases.", Examples: []command.Example{{Line: "/release list", Does: "lists them"}}},
	{
		Words: []string{"vote"}, Summary: "Say go or no-go.",
		Params: []command.Param{
			{Name: "on", Kind: command.KindSubject, Help: "The ballot."},
			{Name: "choice", Kind: command.KindChoice, Choices: []string{"go", "no-go", "abstain"}, Help: "Your vote."},
			{Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "Why."},
		},
		Examples: []command.Example{{Line: "/vote R-1 go", Does: "votes"}},
	},
	{
		Words: []string{"freeze", "add"}, Summary: "Stop deployments for a while.",
		Params: []command.Param{
			{Name: "environment", Kind: command.KindEnvironment, Help: "Where."},
			{Name: "from", Kind: command.KindTime, Help: "From when on."},
			{Name: "until", Kind: command.KindEnd, Help: "Until when."},
			{Name: "hard", Kind: command.KindBool, Flag: true, Optional: true, Help: "Without exceptions."},
		},
		Examples: []command.Example{{Line: "/freeze add production now +2h", Does: "freezes it"}},
	},
	{
		Words: []string{"help"}, Summary: "List what can be said.",
		Params:   []command.Param{{Name: "command", Kind: command.KindCommand, Optional: true, Help: "What to explain."}},
		Examples: []command.Example{{Line: "/help", Does: "lists it"}},
	},
}

// stage is a Slack with a bot of which only the adapter is real.
type stage struct {
	*slacktest.Server
	t       *testing.T
	net     *memnet.Net
	adapter *slack.Slack

	mu       sync.Mutex
	accepted []port.Delivery
	keys     map[string]bool
	rolls    []port.Roll
	suggest  []port.Suggestion
	homes    int
	refuse   error         // what Accept fails with
	broken   bool          // Accept panics
	slow     time.Duration // what Accept takes
	places   []chat.Place
	mute     bool // answers may fail
}

// begin runs the adapter, connected to a Slack that has ann and bob, until the test ends. It is called in a synctest bubble.
func begin(t *testing.T, settings slack.Settings, options slacktest.Options) *stage {
	t.Helper()
	s := &stage{t: t, net: &memnet.Net{}, keys: map[string]bool{}}
	if settings.Door == "" {
		settings.Door = slack.DoorSocket
	}
	options.HTTP = settings.Door == slack.DoorHTTP
	options.Client = s.net.Client()
	options.Commands, options.Interactions, options.Events = "https://bot.test"+slack.PathCommands, "https://bot.test"+slack.PathInteractions, "https://bot.test"+slack.PathEvents
	s.Server = slacktest.New(options)
	s.AddWorkspace(slacktest.Workspace{Team: "T1", Name: "acme"})
	for _, name := range []string{"ann", "bob"} {
		s.AddUser(slacktest.User{ID: "U" + strings.ToUpper(name), Team: "T1", Name: name, Email: name + "@acme.test"})
	}
	s.AddChannel(slacktest.Channel{ID: "C1", Team: "T1", Name: "releases"})
	settings.APIURL, settings.AppToken, settings.SigningSecret = s.APIURL(), "env:APP", "env:SIGNING"
	if settings.Connections == 0 {
		settings.Connections = 2
	}
	if settings.Workspaces == nil {
		settings.Workspaces = []slack.Workspace{{Team: "T1", BotToken: "env:BOT"}}
	}
	adapter, err := slack.New(settings, slack.Outside{
		Door: door{s}, Commands: func() []command.Spec { return specs }, Reader: func(*time.Location) port.Reader { return reader{} },
		Places: func() []chat.Place { return s.places }, Clock: time.Now, Client: s.net.Client(), Dialer: slacktest.Dialer(s.net),
		Secret: secrets,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.adapter = adapter
	stopServer, stopDoor := s.Serve(s.net), s.net.Serve("bot.test", adapter.Handler())
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := adapter.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		s.Close()
		stopServer()
		stopDoor()
		time.Sleep(time.Second) // a server lingers on a body that it did not read
		for _, v := range s.Violations() {
			t.Error("Slack would refuse: " + v)
		}
	})
	if settings.Door == slack.DoorSocket && !s.Until(func() bool { return s.Links() == settings.Connections }) {
		t.Fatalf("%d connections", s.Links())
	}
	return s
}

func secrets(reference string) (string, error) {
	value := map[string]string{"env:APP": slacktest.AppToken, "env:SIGNING": slacktest.SigningSecret, "env:BOT": "xoxb-T1-test", "env:OTHER": "xoxb-T2-test"}[reference]
	if value == "" {
		return "", errors.New(reference + " is not set")
	}
	return value, nil
}

// door is the bot's, with nothing behind it.
type door struct{ *stage }

type reader struct{}

func (reader) PersonName(id string) string                  { return id }
func (reader) Accounts(string) []chat.Account               { return nil }
func (reader) Unseal(chat.Sealed) (string, bool)            { return "", false }
func (reader) Zone() *time.Location                         { return time.UTC }
func (s door) Complete(context.Context, port.Said) []string { return nil }
func (s door) Press(context.Context, port.Pressed) (chat.Reply, error) {
	return chat.Reply{}, errors.New("buttons are accepted, not pressed")
}
func (s door) Settle(context.Context, string) (port.Effects, error) { return port.Settled, nil }

// Say answers /home, which is all that is said rather than accepted.
func (s door) Say(_ context.Context, said port.Said) (chat.Reply, error) {
	if said.Text != "/home" || said.Account.ID == "" {
		return chat.Reply{}, errors.New("only /home is said: " + said.Text)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.homes++
	m := chat.Message{
		Title: chat.Say("test.word", chat.Word("word", said.Account.ID)), Private: true,
		Sections: []chat.Section{{
			Lines:   []chat.Line{{Text: chat.Say("command.usage", chat.Count("n", len(s.accepted)))}},
			Buttons: []chat.Button{{Name: "go", Label: "button.go", Token: "token-of-home"}, {Name: "reason", Label: "button.reason", Form: "/vote B-1"}},
		}},
	}
	return chat.Reply{Outcome: chat.Done, Messages: []chat.Message{m}}, nil
}

// Accept keeps a delivery, and answers it a moment later.
func (s door) Accept(ctx context.Context, d port.Delivery) error {
	s.mu.Lock()
	refuse, slow, broken := s.refuse, s.slow, s.broken
	s.mu.Unlock()
	if broken {
		panic("a fault of the bot's")
	}
	select {
	case <-time.After(slow):
	case <-ctx.Done():
		return ctx.Err()
	}
	if refuse != nil {
		return refuse
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys[d.Key] {
		return nil
	}
	s.keys[d.Key] = true
	s.accepted = append(s.accepted, d)
	go func() {
		m := chat.Message{Title: chat.Refuse("slack.busy").Text, Private: true}
		a := port.Answer{Delivery: d, Reply: chat.Reply{Outcome: chat.Done, Messages: []chat.Message{m}}, Reader: reader{}, At: time.Now()}
		if err := s.adapter.Answer(context.Background(), a); err != nil && !s.mute {
			s.t.Error(err)
		}
	}()
	return nil
}

func (s door) Suggest(_ context.Context, g port.Suggestion) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.suggest = append(s.suggest, g)
	switch g.Param {
	case "service":
		return []string{"payments", "ledger"}
	case "environment":
		return []string{"production"}
	case "version":
		return []string{"1.1.0", "1.0.0"}
	case "from":
		return []string{"now", "+1h"}
	}
	return nil
}

func (s door) Enrol(_ context.Context, r port.Roll) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rolls = append(s.rolls, r)
	return nil
}

func (s *stage) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// lines are the lines and tokens accepted so far.
func (s *stage) lines() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.accepted {
		out = append(out, d.Text+d.Token)
	}
	return out
}

func (s *stage) last() port.Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.accepted) == 0 {
		s.t.Fatal("nothing was accepted")
	}
	return s.accepted[len(s.accepted)-1]
}

// post sends what Slack posts, changed before, and returns the status.
func (s *stage) post(r *http.Request) int {
	s.t.Helper()
	answer, err := s.net.Client().Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}
