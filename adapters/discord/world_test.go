package discord_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/discord"
	"github.com/gonogo-chat/gonogo/adapters/discord/discordtest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// catalogue has every kind of argument, a command alone, sub-commands, and a command that is also the beginning of another.
var catalogue = []command.Spec{
	{Words: []string{"release", "plan"}, Examples: []command.Example{{Line: "/release plan payments 1.1.0", Does: "does it"}}, Summary: "Plan a version of a service.", DryRun: true, Params: []command.Param{
		{Name: "service", Kind: command.KindService, Help: "What to release."},
		{Name: "version", Kind: command.KindVersion, Help: "Which version."},
		{Name: "summary", Kind: command.KindText, Optional: true, Rest: true, Help: "What changes."},
	}},
	{Words: []string{"release", "list"}, Examples: []command.Example{{Line: "/release list", Does: "does it"}}, Summary: "List releases.", Params: []command.Param{
		{Name: "service", Kind: command.KindService, Optional: true, Help: "Only this one."},
		{Name: "all", Kind: command.KindBool, Flag: true, Optional: true, Help: "Also those that have ended."},
	}},
	{Words: []string{"vote"}, Examples: []command.Example{{Line: "/vote B-1 go", Does: "does it"}}, Summary: "Say go or no-go.", Params: []command.Param{
		{Name: "on", Kind: command.KindSubject, Help: "The ballot."},
		{Name: "choice", Kind: command.KindChoice, Choices: []string{"go", "no-go", "abstain"}, Help: "Your vote."},
		{Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "Why."},
	}},
	{Words: []string{"vote", "open"}, Examples: []command.Example{{Line: "/vote open R-1", Does: "does it"}}, Summary: strings.Repeat("Ask the board again. ", 9), Params: []command.Param{{Name: "release", Kind: command.KindRelease, Help: "The release."}}},
	{Words: []string{"freeze", "add"}, Examples: []command.Example{{Line: "/freeze add prod now +2h closing", Does: "does it"}}, Summary: "Stop deployments.", Params: []command.Param{
		{Name: "environment", Kind: command.KindEnvironment, Help: "Where."},
		{Name: "from", Kind: command.KindTime, Help: "When it begins."},
		{Name: "until", Kind: command.KindEnd, Help: "When it ends."},
		{Name: "reason", Kind: command.KindText, Rest: true, Help: "Why."},
		{Name: "line", Kind: command.KindText, Flag: true, Optional: true, Help: "Only this line."},
		{Name: "share", Kind: command.KindNumber, Flag: true, Optional: true, Help: "Percent."},
	}},
	{Words: []string{"survey"}, Examples: []command.Example{{Line: "/survey 1 2 3 4 5 6", Does: "does it"}}, Summary: "Ask for much.", Params: []command.Param{
		{Name: "a", Kind: command.KindText, Help: "a"}, {Name: "b", Kind: command.KindText, Help: "b"}, {Name: "c", Kind: command.KindText, Help: "c"},
		{Name: "d", Kind: command.KindText, Help: "d"}, {Name: "e", Kind: command.KindText, Help: "e"}, {Name: "f", Kind: command.KindText, Help: "f"},
	}},
	{Words: []string{"whoami"}, Examples: []command.Example{{Line: "/whoami", Does: "does it"}}, Summary: "Show who you are."},
}

// door is a bot that accepts durably and answers what it was told.
type door struct {
	mu       sync.Mutex
	platform *discord.Discord
	accepted map[string]port.Delivery
	order    []string
	rolls    []port.Roll
	refuse   error
	broken   bool          // Accept panics
	stuck    time.Duration // what Accept takes, whatever the caller's patience
	slow     time.Duration
	reply    func(port.Delivery) chat.Reply
	failures []error // of answers
	answers  sync.WaitGroup
}

func (*door) Say(context.Context, port.Said) (chat.Reply, error)      { panic("not asked for") }
func (*door) Press(context.Context, port.Pressed) (chat.Reply, error) { panic("not asked for") }
func (*door) Complete(context.Context, port.Said) []string            { panic("not asked for") }
func (*door) Settle(context.Context, string) (port.Effects, error)    { panic("not asked for") }

func (o *door) Accept(ctx context.Context, y port.Delivery) error {
	if o.broken {
		panic("a fault of the bot's")
	}
	time.Sleep(o.stuck)
	if o.slow > 0 {
		select {
		case <-time.After(o.slow):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refuse != nil {
		return o.refuse
	}
	if _, again := o.accepted[y.Key]; again {
		return nil
	}
	o.accepted[y.Key] = y
	o.order = append(o.order, y.Key)
	o.answers.Go(func() {
		r := chat.Reply{Outcome: chat.Done, Code: "done", Messages: []chat.Message{{Private: true, Title: chat.Say("quote", quoted("told: "+y.Text+y.Token))}}}
		if o.reply != nil {
			r = o.reply(y)
		}
		for range 10 {
			err := o.platform.Answer(context.Background(), port.Answer{Delivery: y, Reply: r, Reader: reader{}, At: time.Now()})
			if err == nil {
				return
			}
			o.mu.Lock()
			o.failures = append(o.failures, err)
			o.mu.Unlock()
			time.Sleep(time.Second)
		}
	})
	return nil
}

func (o *door) Suggest(_ context.Context, s port.Suggestion) []string {
	return []string{s.Command, s.Param, s.Typed + "-typed", s.Given["service"] + "-given", strings.Repeat("long", 30)}
}

func (o *door) Enrol(_ context.Context, r port.Roll) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rolls = append(o.rolls, r)
	return nil
}

// last is the delivery accepted last.
func (o *door) last() port.Delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.order) == 0 {
		return port.Delivery{}
	}
	return o.accepted[o.order[len(o.order)-1]]
}

// reader knows people by account ids.
type reader struct{}

func (reader) PersonName(id string) string { return "name of " + id }
func (reader) Accounts(id string) []chat.Account {
	server, account, _ := strings.Cut(id, "/")
	return []chat.Account{{Platform: "discord", Workspace: server, ID: account}}
}
func (reader) Unseal(s chat.Sealed) (string, bool) { return string(s.Box), true }
func (reader) Zone() *time.Location                { return time.UTC }

func quoted(s string) chat.Arg { return chat.Quote("text", chat.Sealed{Box: []byte(s)}) }

func said(s string) chat.Text { return chat.Say("quote", quoted(s)) }

// world is a Discord with a server of it, a channel and a person, and the bot beside it.
type world struct {
	*discordtest.Server
	net                  *memnet.Net
	door                 *door
	bot                  *discord.Discord
	settings             discord.Settings
	guild, channel, alex string
	place                chat.Place
}

// newWorld makes one; change may change the settings before the bot is made.
func newWorld(t *testing.T, o discordtest.Options, change func(*world)) *world {
	t.Helper()
	w := &world{Server: discordtest.New(o), net: &memnet.Net{}, door: &door{accepted: map[string]port.Delivery{}}}
	stop := w.net.Serve(discordtest.Host, w.Server)
	w.guild = w.Guild("Acme")
	w.channel = w.Channel(w.guild, "releases")
	w.alex = w.Person(w.guild, "Alex")
	w.place = chat.Place{Platform: "discord", Workspace: w.guild, Channel: w.channel}
	w.settings = discord.Settings{
		APIURL: "https://" + discordtest.Host + "/api/v10/", Application: w.Application(), PublicKey: w.PublicKey(), BotToken: "env:T", Servers: []string{w.guild},
	}
	t.Cleanup(func() {
		w.door.answers.Wait()
		w.Close()
		stop()
		synctest.Wait()
		for _, v := range w.Violations() {
			t.Error(v)
		}
	})
	if change != nil {
		change(w)
	}
	w.start(t)
	return w
}

// start makes the bot, as after a restart.
func (w *world) start(t *testing.T) {
	t.Helper()
	var err error
	w.bot, err = discord.New(w.settings, discord.Outside{
		Door: w.door, Commands: func() []command.Spec { return catalogue }, Clock: time.Now, Log: slog.New(slog.DiscardHandler),
		Secret: func(ref string) (string, error) {
			if ref != "env:T" {
				return "", errors.New("no such secret")
			}
			return w.Token(), nil
		},
		Places: func() []chat.Place { return []chat.Place{w.place} },
		Client: w.net.Client(), Dialer: &websocket.Dialer{NetDialContext: w.net.DialContext},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.door.platform = w.bot
}

// run lets the bot receive until the test ends.
func (w *world) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.bot.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("running ended with %v", err)
		}
	})
	if err := w.bot.Register(ctx); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if w.Connected() > 0 || w.settings.Door == "http" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the bot does not connect")
}

func (w *world) post(t *testing.T, key string, m chat.Message, under chat.Ref) chat.Ref {
	t.Helper()
	ref, err := w.bot.Post(context.Background(), w.place, key, port.Worded{Message: m, Reader: reader{}, At: time.Now(), Under: under})
	if err != nil {
		t.Fatal(err)
	}
	return ref
}
