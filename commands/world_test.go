package commands_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/config"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

// monday is when conversations begin.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// world is a whole bot over an engine that can crash, and the systems outside, which do not crash with it.
type world struct {
	ports  commands.Ports
	t      testing.TB
	config []byte
	engine *faultkv.Engine
	store  *state.Store
	bot    *bot.Bot
	stop   context.CancelFunc
	done   chan struct{}

	artifacts *artifacts
	pipeline  *pipeline
	tickets   *tickets
	pager     *pager
	rota      *rota
	metrics   *metrics
	host      *host // of repositories; nil for none
	chat      *platform
	traffic   port.Traffic // nil for none
	answers   *answers     // set: people are answered through their platform
	systems   *systems     // set: tickets, pages and runs are kept by servers that behave like real ones
	staged    *staged      // set: people speak on a platform with an adapter of its own
	proposed  []byte       // the configuration file as it is now on disk
	files     sync.Map     // of organisations, the configurations that they were made from

	step   func(bot.Step, string)      // told of every step; nil for nobody
	apply  func([]kv.Op) faultkv.Fault // asked before every commit; nil for no faults
	seen   func(from []byte)           // told of every key that a scan comes by; nil for nobody
	log    *slog.Logger
	logged lockedLog // of adapters
}

var signing = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// newWorld makes a world and starts its bot. It must be called inside a synctest bubble.
func newWorld(t testing.TB, configuration []byte, prepare ...func(*world)) *world {
	time.Sleep(time.Until(monday))
	w := &world{
		t: t, config: configuration, artifacts: &artifacts{}, tickets: &tickets{}, pager: &pager{}, rota: &rota{},
		chat: &platform{},
	}
	w.proposed = configuration
	w.pipeline = &pipeline{runs: map[string]*run{}, live: map[string]string{}, behaves: map[string]string{}}
	w.metrics = &metrics{pipeline: w.pipeline, faults: map[string]fault{}}
	w.log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	w.engine = faultkv.New(faultkv.Options{OnApply: func(ops []kv.Op) faultkv.Fault {
		if w.apply == nil {
			return faultkv.Fault{}
		}
		return w.apply(ops)
	}})
	for _, p := range prepare {
		p(w)
	}
	w.start()
	return w
}

func (w *world) start() {
	var err error
	w.store, err = state.Open(watchedEngine{w.engine, w}, state.Options{Key: signing, Master: bytes.Repeat([]byte{9}, 32), Now: time.Now})
	if err != nil {
		w.t.Fatal(err)
	}
	org, err := w.organise(w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	first, _ := config.Load(w.config, "organisation.yaml")
	w.files.Store(org, first)
	w.ports = commands.Ports{
		Deployers: map[string]port.Deployer{"runner": w.pipeline}, Artifacts: w.artifacts, Tickets: w.tickets, Pager: w.pagerPort(),
		TicketSystem: "jira", PagerSystem: "pagerduty",
		Prober: w.metrics, Metrics: w.metrics, Log: slog.New(slog.DiscardHandler),
		View:   func(fn func(*bot.Reading) error) error { return w.bot.Read(fn) },
		Reader: func() port.Reader { return w.bot.Reader(nil) },
		Reload: func(context.Context) (commands.Proposed, error) {
			made, _ := w.files.Load(w.bot.Configured())
			was, _ := made.(*config.Config)
			next, err := config.Load(w.proposed, "organisation.yaml")
			if err != nil {
				return commands.Proposed{}, err
			}
			org, err := w.organise(w.proposed)
			w.files.Store(org, next)
			p := commands.Proposed{Organisation: org}
			for _, c := range config.Difference(was, next) {
				p.Changes = append(p.Changes, commands.Change{Path: c.Path, Before: c.Before, After: c.After, Sensitive: c.Sensitive})
			}
			return p, err
		},
	}
	w.ports.Traffic = w.traffic
	if w.host != nil {
		w.ports.Provenance = w.host
	}
	if w.systems != nil {
		w.systems.connect(w)
	}
	chats := []port.Platform{w.chat}
	if w.answers != nil {
		chats[0] = answering{w.chat, w.answers}
	}
	if w.staged != nil {
		chats[0] = w.staged.open(w)
		if w.staged.with != nil {
			chats = append(chats, w.staged.with.open(w))
		}
	}
	w.bot, err = bot.New(bot.Options{
		Store: w.store, Organisation: org, Behaviour: w.ports.Behaviour(), Platforms: chats, Now: time.Now, Sample: sample,
		Log: w.log, Step: w.step, Redact: func(s string) string { return strings.ReplaceAll(s, "hunter2", "***") },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if w.systems != nil {
		w.systems.bot.Store(w.bot)
	}
	ctx, stop := context.WithCancel(context.Background())
	w.stop, w.done = stop, make(chan struct{})
	go func() { w.bot.Run(ctx, time.Second); close(w.done) }()
	synctest.Wait()
	if w.staged != nil {
		w.staged.connect()
	}
}

// organise reads a configuration and gives everybody in it an opaque id.
func (w *world) organise(raw []byte) (*organisation.Organisation, error) {
	c, err := config.Load(raw, "organisation.yaml")
	if err != nil {
		return nil, err
	}
	ids := map[string]string{}
	err = w.store.Update(context.Background(), func(tx *state.Tx) error {
		for _, handle := range append([]string{state.Strangers}, slices.Collect(handles(c))...) {
			id, err := tx.Meet(handle)
			if err != nil {
				return err
			}
			ids[handle] = id
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.Organise(func(handle string) string { return ids[handle] })
}

func handles(c *config.Config) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, p := range c.People {
			if !yield(p.Handle) {
				return
			}
		}
	}
}

// end stops the bot in good order.
func (w *world) end() {
	if w.staged != nil {
		w.staged.disconnect()
	}
	if w.systems != nil {
		w.systems.disconnect()
	}
	w.stop()
	<-w.done
	w.store.Close()
}

// crash takes the power away and starts again from what was synced.
func (w *world) crash() {
	w.engine.Crash()
	w.end()
	next, err := w.engine.Reopen()
	if err != nil {
		w.t.Fatal(err)
	}
	w.engine = next
	w.start()
}

// account is somebody's account where the conversation is played.
func (w *world) account(who string) chat.Account {
	if w.staged != nil {
		a, _ := w.staged.account(who)
		return a
	}
	return account(who)
}

// account is a local account, or a full one if the name has colons.
func account(who string) chat.Account {
	if parts := strings.Split(who, ":"); len(parts) == 3 {
		return chat.Account{Platform: parts[0], Workspace: parts[1], ID: parts[2]}
	}
	return chat.Account{Platform: "local", Workspace: "shop", ID: who}
}

func (w *world) say(key, who, channel, text string) chat.Reply {
	w.t.Helper()
	if w.staged != nil {
		if key == "" {
			if reply, ok := w.staged.say(w, who, channel, text); ok {
				return reply
			}
		}
		text = w.staged.native.Replace(text)
	}
	reply, err := w.bot.Say(context.Background(), port.Said{Key: key, Account: w.account(who), Place: w.place(channel), Text: text})
	if err != nil {
		w.t.Fatalf("%s: %s: %v", who, text, err)
	}
	synctest.Wait()
	return reply
}

func (w *world) press(who, on, button string) chat.Reply {
	w.t.Helper()
	if w.staged != nil {
		if reply, ok := w.staged.press(w, who, on, button); ok {
			return reply
		}
	}
	reply, err := w.bot.Press(context.Background(), port.Pressed{Account: w.account(who), Place: w.chat.where(on), On: on, Button: button})
	if err != nil {
		w.t.Fatalf("%s presses %s on %s: %v", who, button, on, err)
	}
	synctest.Wait()
	return reply
}

// pressAgain is one delivery of a press, known by its key.
func (w *world) pressAgain(key, who, on, button string) chat.Reply {
	w.t.Helper()
	reply, err := w.bot.Press(context.Background(), port.Pressed{Key: key, Account: w.account(who), Place: w.chat.where(on), On: on, Button: button})
	if err != nil {
		w.t.Fatalf("%s presses %s on %s: %v", who, button, on, err)
	}
	synctest.Wait()
	return reply
}

func (w *world) place(channel string) chat.Place {
	if w.staged != nil {
		a, _ := w.staged.account("dev")
		return chat.Place{Platform: a.Platform, Workspace: a.Workspace, Channel: w.staged.native.Replace(channel)}
	}
	return chat.Place{Platform: "local", Workspace: "shop", Channel: channel}
}

// words is the plain reading of a reply.
func (w *world) words(r chat.Reply) words.Reply {
	out := words.WordReply(r, w.bot.Reader(nil), time.Now())
	out.Text = w.ours(out.Text)
	return out
}

// ours is a text in which accounts and channels are called as conversations call them.
func (w *world) ours(text string) string {
	if w.staged != nil {
		for s := w.staged; s != nil; s = s.with {
			text = strings.ReplaceAll(s.ours.Replace(text), " on "+s.relay.Name()+",", " on local,")
		}
	}
	return text
}

// native is a configuration for where the conversation is played.
func (w *world) native(raw []byte) []byte {
	if w.staged != nil {
		return w.staged.configured(raw)
	}
	return raw
}

// verify proves the trail and the records.
func (w *world) verify() error {
	report, err := audit.Chain(w.engine, audit.Trust{Keys: []ed25519.PublicKey{signing.Public().(ed25519.PublicKey)}})
	if err == nil && report.Whole() {
		err = audit.Records(w.engine, "r/", &report)
	}
	if err == nil && !report.Whole() {
		err = fmt.Errorf("entry %d: %s %v", report.Bad, report.Why, report.Records)
	}
	return err
}

// artifacts is a repository that can be told what it holds.
type artifacts struct {
	mu   sync.Mutex
	held map[string]port.Artifact
	down bool
	wait time.Duration
}

// slow makes the repository take its time.
func (a *artifacts) slow(wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.wait = wait
}

func (a *artifacts) put(service, version string, change func(*port.Artifact)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.held == nil {
		a.held = map[string]port.Artifact{}
	}
	v, ok := a.held[service+" "+version]
	if !ok {
		digest := fmt.Sprintf("%064x", len(a.held)+1)
		v = port.Artifact{Service: service, Version: version, Digest: digest, Declared: digest, Size: 1000, Build: port.Build{
			Commit: "c0ffee" + digest[:34], At: monday.Add(-time.Hour), RunID: "run-" + version, Authors: []string{"dana@shop.example"}, LinesChanged: new(120),
		}}
	}
	change(&v)
	a.held[service+" "+version] = v
}

func (a *artifacts) Artifact(ctx context.Context, service, version string) (port.Artifact, error) {
	a.mu.Lock()
	wait := a.wait
	a.mu.Unlock()
	if wait > 0 {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return port.Artifact{}, ctx.Err()
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.down {
		return port.Artifact{}, effect.Retryable(errors.New("the artifact repository does not answer"), 0)
	}
	v, ok := a.held[service+" "+version]
	if !ok {
		return v, effect.ErrNotFound
	}
	v.Source = port.Source{System: "repository", At: time.Now()}
	return v, nil
}

func (a *artifacts) Versions(_ context.Context, service string) ([]string, error) {
	var versions []string
	for key := range maps.Keys(a.held) {
		if v, ok := strings.CutPrefix(key, service+" "); ok {
			versions = append(versions, v)
		}
	}
	slices.Sort(versions)
	return versions, nil
}

// readConfig reads the organisation that conversations play in.
func readConfig(t testing.TB) []byte {
	t.Helper()
	raw, err := os.ReadFile("../testdata/conversations/organisation.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// sample is a version that could be released next.
func sample(service string) string {
	if service == "payments" {
		return "1.1.0"
	}
	return ""
}
