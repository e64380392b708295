package bot_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

// notes are the records of the toy bot.
var notes = state.Governed[string]("note")

// toy is a bot that does what a test says: "do NAME" runs a deed, "look NAME" a look, "close NAME" a deed that fences.
type toy struct {
	t         *testing.T
	engine    *faultkv.Engine
	store     *state.Store
	bot       *bot.Bot
	ids       map[string]string // of dana, who may, and lee, who may not
	deeds     map[string]func(*bot.Turn) (chat.Reply, error)
	gathers   map[string]func(context.Context, *bot.Reading) (bot.Facts, error)
	looks     map[string]func(*bot.Reading) (chat.Reply, error)
	behaviour bot.Behaviour
	other     *other
	platform  *platform
	far       *far // in place of platform where it is set
	more      []port.Platform
	log       *bytes.Buffer
	grace     time.Duration
	address   string
	stop      context.CancelFunc
	ended     chan struct{}
}

// play runs a test on a toy bot inside a bubble. prepare may be nil.
func play(t *testing.T, prepare, test func(*toy)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		y := &toy{
			t: t, engine: faultkv.New(faultkv.Options{}), other: &other{keys: map[string]bool{}}, grace: 10 * time.Second,
			platform: &platform{posts: map[string]string{}}, log: &bytes.Buffer{},
			deeds: map[string]func(*bot.Turn) (chat.Reply, error){}, looks: map[string]func(*bot.Reading) (chat.Reply, error){},
			gathers: map[string]func(context.Context, *bot.Reading) (bot.Facts, error){},
		}
		y.behaviour = bot.Behaviour{
			Performers: map[effect.Kind]bot.Performer{"act": {Perform: y.other.perform, Find: y.other.find}},
			Guards:     map[effect.Kind]bot.Guard{}, Reactions: map[effect.Kind]bot.Reaction{},
			Timers: map[string]func(*bot.Turn, state.Timer) error{}, Cards: map[string]bot.CardRenderer{},
		}
		y.deeds["note"] = func(turn *bot.Turn) (chat.Reply, error) { return ok(), notes.Put(turn.Tx, "n", turn.Key) }
		if prepare != nil {
			prepare(y)
		}
		y.start()
		defer func() { y.end() }()
		test(y)
	})
}

func ok() chat.Reply {
	return chat.Reply{Outcome: chat.Done, Code: "toy.done", Messages: []chat.Message{{Title: chat.Say("toy.done"), Private: true}}}
}

// sure is the deed of a turn that only writes.
func sure(fn func(*bot.Turn) error) func(*bot.Turn) (chat.Reply, error) {
	return func(t *bot.Turn) (chat.Reply, error) { return ok(), fn(t) }
}

func (y *toy) start() {
	y.t.Helper()
	var err error
	y.store, err = state.Open(y.engine, state.Options{Key: signing, Master: bytes.Repeat([]byte{9}, 32), Now: time.Now})
	if err == nil {
		y.ids = map[string]string{}
		err = y.store.Update(context.Background(), func(tx *state.Tx) (err error) {
			for _, h := range []string{state.Strangers, "dana", "lee"} {
				if y.ids[h], err = tx.Meet(h); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		y.t.Fatal(err)
	}
	y.behaviour.Commands = y.commands()
	var chats port.Platform = y.platform
	if y.far != nil {
		chats = y.far
	}
	y.bot, err = bot.New(bot.Options{
		Store: y.store, Organisation: y.organisation("digest-1"), Behaviour: y.behaviour, Platforms: append([]port.Platform{chats}, y.more...), Address: y.address,
		Now: time.Now, Log: slog.New(slog.NewTextHandler(y.log, nil)), Redact: func(s string) string { return strings.ReplaceAll(s, "hunter2", "***") },
	})
	if err != nil {
		y.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	y.stop, y.ended = stop, make(chan struct{})
	go func() { y.bot.Run(ctx, y.grace); close(y.ended) }()
	synctest.Wait()
}

var signing = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

func (y *toy) end() {
	y.stop()
	<-y.ended
	y.store.Close()
}

// crash loses power and starts again from what was synced; between may be nil.
func (y *toy) crash(between func()) {
	y.t.Helper()
	y.engine.Crash()
	y.end()
	again, err := y.engine.Reopen()
	if err != nil {
		y.t.Fatal(err)
	}
	if y.engine = again; between != nil {
		between()
	}
	y.start()
}

func (y *toy) organisation(digest string) *organisation.Organisation {
	o := &organisation.Organisation{
		Name: "toy", Zone: time.UTC, Digest: digest, Channels: organisation.Channels{Releases: []chat.Place{place("general")}}, Services: []organisation.Service{{Name: "payments"}},
		Environments: []organisation.Environment{{Name: "prod"}},
		Directory: people.Directory{
			People: []people.Person{
				{ID: y.ids["dana"], Handle: "dana", Accounts: []chat.Account{account("dana")}},
				{ID: y.ids["lee"], Handle: "lee", Accounts: []chat.Account{account("lee")}},
			},
			Roles:  []people.Role{{Name: "doer", Rights: []people.Right{people.Plan}}},
			Grants: []people.Grant{{Role: "doer", People: []string{y.ids["dana"]}}},
		},
	}
	o.Directory.Index()
	return o
}

func account(who string) chat.Account {
	return chat.Account{Platform: "local", Workspace: "w", ID: who}
}

func place(channel string) chat.Place {
	return chat.Place{Platform: "local", Workspace: "w", Channel: channel}
}

func (y *toy) commands() []bot.Command {
	name := command.Param{Name: "name", Kind: command.KindText, Help: "what"}
	about := command.Param{Name: "subject", Kind: command.KindSubject, Help: "about what", Optional: true}
	spec := func(word string, right people.Right) command.Spec {
		return command.Spec{
			Words: []string{word}, Params: []command.Param{name, about}, Right: right, Summary: "Toy.", DryRun: right != "",
			Examples: []command.Example{{Line: "/" + word + " note", Does: "something"}},
		}
	}
	gather := func(ctx context.Context, r *bot.Reading, c command.Call) (bot.Facts, error) {
		if fn := y.gathers[c.Text("name")]; fn != nil {
			return fn(ctx, r)
		}
		return nil, nil
	}
	decide := func(t *bot.Turn, c command.Call, f bot.Facts) (chat.Reply, error) {
		if c.Text("name") != "forgetful" {
			if r := t.Authorise(people.Plan, "", ""); r != nil {
				return chat.Reply{}, r
			}
		}
		if f != nil {
			t.Evidence(port.Source{System: "gathered"}, chat.Say(chat.Code(fmt.Sprint(f))))
		}
		return y.deeds[c.Text("name")](t)
	}
	return []bot.Command{
		{Spec: spec("do", people.Plan), Gather: gather, Decide: decide},
		{Spec: spec("close", people.Plan), Decide: decide, Fences: true},
		{Spec: spec("look", ""), Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) { return y.looks[c.Text("name")](r) }},
	}
}

func (y *toy) say(key, who, text string) (chat.Reply, error) {
	return y.bot.Say(context.Background(), port.Said{Key: key, Account: account(who), Place: place("general"), Text: text})
}

// do has dana say a line that must be done, and lets everything come to rest.
func (y *toy) do(key, text string) {
	y.t.Helper()
	if reply, err := y.say(key, "dana", text); err != nil || reply.Outcome != chat.Done {
		y.t.Fatalf("%s: %+v %v", text, reply, err)
	}
	synctest.Wait()
}

// entries are the trail as it stands.
func (y *toy) entries() (list []audit.Entry) {
	y.t.Helper()
	err := audit.Entries(y.engine, 1, func(_ audit.Hash, body []byte) error {
		e, err := audit.Decode(append(make([]byte, 32), body...))
		list = append(list, e)
		return err
	})
	if err != nil {
		y.t.Fatal(err)
	}
	return list
}

// acts are the acts and outcomes of the trail in brief.
func (y *toy) acts() string {
	var list []string
	for _, e := range y.entries() {
		list = append(list, e.Act+" "+string(e.Outcome))
	}
	return strings.Join(list, ", ")
}

// waiting lists the effects in the outbox.
func (y *toy) waiting() string {
	y.t.Helper()
	list := []string{}
	err := y.store.View(func(v *state.View) error {
		return v.Effects(func(e effect.Effect) error { list = append(list, e.Key+" "+string(e.Status)); return nil })
	})
	if err != nil {
		y.t.Fatal(err)
	}
	return strings.Join(list, ", ")
}

func (y *toy) note(id string) string {
	y.t.Helper()
	text, _, err := notes.Get(y.store.Latest(), id)
	if err != nil {
		y.t.Fatal(err)
	}
	return text
}
