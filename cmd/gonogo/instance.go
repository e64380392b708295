package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/webchat"
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/config"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/badgerkv"
)

// storeFolder is where the store lies within the data folder.
const storeFolder = "store"

// onStep is told of every step that a bot takes. Only tests set it, to end the process there: nothing that the program is
// given can.
var onStep func(bot.Step, string)

// options are what an instance is made from.
type options struct {
	file string // configuration
	keys string // folder of the keys; the data folder's own if empty
	// override changes what the command line decides in place of the file.
	override func(*config.Config)
	grace    time.Duration
}

// instance is the running bot with everything around it.
type instance struct {
	options
	config  *config.Config
	log     *slog.Logger
	secrets *secrets
	keys    keys
	engine  *meteredEngine
	store   *state.Store
	ports   commands.Ports
	sink    port.Sink // the outsider itself
	outside *outside
	bot     *bot.Bot
	chats   []platform // besides the local one
	ear     ear
	tokens  *tokens
	web     *webchat.Server
	meters  *meters
	listen  net.Listener
	control *control
	reload  *reloader
	running atomic.Bool // effects are performed
}

// open puts everything together; nothing is accepted or performed until run.
func open(ctx context.Context, o options, s streams) (_ *instance, err error) {
	i := &instance{options: o, secrets: &secrets{}}
	if i.config, err = i.load(); err != nil {
		return nil, err
	}
	i.log = newLog(s.err, i.config.Operations.Log, i.secrets.redact)
	closing := func(close func() error) {
		if err != nil {
			err = errors.Join(err, close())
		}
	}
	if err := i.openStore(); err != nil {
		return nil, err
	}
	defer closing(i.engine.Close)
	defer closing(i.store.Close)
	org, _, err := organise(ctx, i.store, i.config)
	if err != nil {
		return nil, err
	}
	i.reload = newReloader(i, org)
	i.outside = newOutside(i.secrets)
	i.outside.log, i.outside.listener = i.log, &i.ear
	i.outside.serves = func(pipeline string) []port.Target { return targets(i.bot.Organisation(), pipeline) }
	if i.ports, err = connect(i.config, i.outside); err != nil {
		return nil, err
	}
	i.sink = i.ports.Sink
	i.ports.Sink = sinceRestore{i.sink, i.engine}
	i.ports.Log, i.ports.Reload = i.log, i.reload.propose
	i.ports.View = func(fn func(*bot.Reading) error) error { return i.bot.Read(fn) }
	i.ports.Reader = func() port.Reader { return i.bot.Reader(nil) }
	if i.tokens, err = openTokens(i.store); err != nil {
		return nil, err
	}
	if i.listen, err = net.Listen("tcp", i.config.Operations.Listen); err != nil {
		return nil, fmt.Errorf("listen on %s (operations.listen): %w", i.config.Operations.Listen, err)
	}
	defer closing(i.listen.Close)
	if err := i.assemble(org); err != nil {
		return nil, err
	}
	if i.control, err = listenControl(i); err != nil {
		return nil, err
	}
	return i, note(i)
}

// load reads the configuration as the command line wants it.
func (o options) load() (*config.Config, error) {
	c, err := load(o.file)
	if err != nil {
		return nil, err
	}
	if o.override != nil {
		o.override(c)
	}
	return c, checkAdapters(c)
}

// openStore opens the keys and the store in the data folder.
func (i *instance) openStore() error {
	data := i.config.Operations.Data
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fmt.Errorf("make the data folder (operations.data): %w", err)
	}
	dir := filepath.Join(data, storeFolder)
	_, err := os.Stat(dir)
	if i.keys, err = makeKeys(keysIn(data, i.options.keys), !errors.Is(err, fs.ErrNotExist)); err != nil {
		return err
	}
	engine, err := badgerkv.Open(dir, badgerkv.Options{Reserve: int64(i.config.Operations.Reserve), Logger: i.log})
	if err != nil {
		return explainOpen(data, err)
	}
	i.meters = newMeters()
	i.engine = &meteredEngine{Engine: engine, meters: i.meters}
	if i.store, err = state.Open(i.engine, state.Options{Key: i.keys.signing, Master: i.keys.master, Now: time.Now}); err != nil {
		return errors.Join(fmt.Errorf("open the store in %s: %w", data, err), engine.Close())
	}
	return nil
}

// keysIn is the folder of the keys.
func keysIn(data, elsewhere string) string {
	if elsewhere != "" {
		return elsewhere
	}
	return filepath.Join(data, keysFolder)
}

// explainOpen says what can be done about a store that does not open.
func explainOpen(data string, err error) error {
	switch {
	case errors.Is(err, kv.ErrLocked):
		return fmt.Errorf("another gonogo works on %s: stop it first, or give this one a data folder of its own (%w)", data, err)
	case errors.Is(err, kv.ErrNoSpace):
		return fmt.Errorf("the disk of %s has less free space than the reserve (operations.reserve): make room first (%w)", data, err)
	case errors.Is(err, kv.ErrReadOnly):
		return fmt.Errorf("%s can't be written: give this user the right to, or remount it (%w)", data, err)
	}
	return fmt.Errorf("open the store in %s: %w", data, err)
}

// assemble makes the bot and the local chat, each of which needs the other.
func (i *instance) assemble(org *organisation.Organisation) (err error) {
	address := i.listen.Addr().String()
	door := &meteredDoor{meters: i.meters}
	if i.chats, err = i.connectPlatforms(door); err != nil {
		return err
	}
	open, members := i.pages(address)
	in := &residents{org: func() *organisation.Organisation { return i.bot.Organisation() }}
	i.web, err = webchat.New(webchat.Options{
		Door: door, Timeline: i.store.Timeline(), Reader: func(z *time.Location) port.Reader { return i.bot.Reader(z) },
		Accounts: func() []webchat.Account { return in.current().accounts },
		Channels: func() []webchat.Channel { return in.current().channels },
		Tokens:   holders{i.tokens, i}, NotAccepting: notAccepting, Demo: i.config.Organisation.Demo,
		Organisation: func() string { return i.bot.Organisation().Name },
		Listen:       address, Hosts: i.config.Operations.Hosts, Secure: i.config.Operations.Secure, Now: time.Now, Log: i.log,
		Pages: members, Open: open, Calendar: i.calendar(),
	})
	if err != nil {
		return err
	}
	behaviour := i.ports.Behaviour()
	platforms := []port.Platform{i.web}
	for _, c := range i.chats {
		platforms = append(platforms, c)
	}
	i.bot, err = bot.New(bot.Options{
		Store: i.store, Organisation: org, Behaviour: behaviour, Platforms: platforms, Heard: door.heard,
		Now: time.Now, Log: i.log, Redact: i.secrets.redact, Attempted: i.meters.attempted, Step: onStep, Sample: i.sample, Address: i.config.Operations.Address,
	})
	if err != nil {
		return err
	}
	door.to(i.bot, behaviour.Commands)
	i.ear.bot.Store(i.bot)
	i.meters.watch(i)
	return nil
}

// notAccepting reports whether an error says that nothing was taken, and nothing done.
func notAccepting(err error) bool {
	for _, refusal := range []error{bot.ErrStopping, state.ErrClosed, state.ErrBroken, kv.ErrNoSpace, kv.ErrReadOnly, kv.ErrClosed} {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}

// sample gives the second version of a service that the artifact repository holds, in the order they were built, if there
// is one: the first is likely to run already.
func (i *instance) sample(service string) string {
	ctx, cancel := context.WithTimeout(context.Background(), sampleTime)
	defer cancel()
	versions, err := i.ports.Artifacts.Versions(ctx, service)
	if err != nil || len(versions) < 2 {
		return ""
	}
	return versions[1]
}

// sampleTime bounds what an example is worth at a start.
const sampleTime = time.Second
