package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/config"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/badgerkv"
)

// folder names a data folder on the command line.
type folder struct {
	Data   string `type:"path" help:"Data folder; the configuration's otherwise."`
	Config string `type:"path" help:"Configuration file; the one that the bot last used with the data folder otherwise."`
	Keys   string `type:"path" help:"Folder of the keys; where the bot last had them otherwise."`
}

// find fills in what was not said.
func (f folder) find() (folder, error) {
	if f.Data == "" {
		if f.Config == "" {
			f.Config = "gonogo.yaml"
		}
		c, err := load(f.Config)
		if err != nil {
			return f, usage("name the data folder with --data, or the configuration with --config: %w", err)
		}
		if f.Data, err = filepath.Abs(c.Operations.Data); err != nil {
			return f, err
		}
	}
	if _, err := os.Stat(filepath.Join(f.Data, storeFolder)); err != nil {
		return f, usage("%s is no data folder of gonogo: there is no store in it", f.Data)
	}
	l, err := located(f.Data)
	if err != nil {
		return f, err
	}
	if f.Config == "" {
		f.Config = l.Config
	}
	if f.Keys == "" {
		f.Keys = keysIn(f.Data, l.Keys)
	}
	if l.Folder != "" {
		_ = os.Chdir(l.Folder) // relative paths in the configuration start there; if it is gone, they lead nowhere anyway
	}
	return f, nil
}

// site is a store with what operations on it need: the running bot's, or opened for one command.
type site struct {
	engine  kv.Engine
	public  ed25519.PublicKey
	sink    func() (port.Sink, error) // nil, nil: none is configured
	store   func() (*state.Store, error)
	tokens  func() (*tokens, error)
	org     func() (*organisation.Organisation, error)
	closers []func() error
}

func (s *site) close() error {
	var faults []error
	for n := len(s.closers) - 1; n >= 0; n-- {
		faults = append(faults, s.closers[n]())
	}
	return errors.Join(faults...)
}

// site is the running bot's.
func (i *instance) site() *site {
	return &site{
		engine: i.engine, public: i.keys.signing.Public().(ed25519.PublicKey),
		sink:   func() (port.Sink, error) { return i.sink, nil },
		store:  func() (*state.Store, error) { return i.store, nil },
		tokens: func() (*tokens, error) { return i.tokens, nil },
		org:    func() (*organisation.Organisation, error) { return i.bot.Organisation(), nil },
	}
}

// openSite opens the store of a bot that does not run. What an operation does not need is not read: a trail that does not
// hold can be verified and exported, though no bot would start on it.
func openSite(ctx context.Context, f folder) (*site, error) {
	k, err := readKeys(f.Keys)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w (looked in %s; see --keys)", errNoKeys, f.Keys)
		}
		return nil, exit{exitUsage, err}
	}
	engine, err := badgerkv.Open(filepath.Join(f.Data, storeFolder), badgerkv.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, explainOpen(f.Data, err)
	}
	s := &site{engine: engine, public: k.signing.Public().(ed25519.PublicKey), closers: []func() error{engine.Close}}
	s.store = once(func() (*state.Store, error) {
		store, err := state.Open(engine, state.Options{Key: k.signing, Master: k.master, Now: time.Now})
		if err == nil {
			s.closers = append(s.closers, store.Close)
		}
		return store, err
	})
	loaded := once(func() (*config.Config, error) {
		if f.Config == "" {
			return nil, errors.New("the configuration is not known: name it with --config")
		}
		return load(f.Config)
	})
	s.sink = func() (port.Sink, error) {
		c, err := loaded()
		if err != nil {
			return nil, err
		}
		return sinks.build("checkpoints", c.Checkpoints, newOutside(&secrets{}))
	}
	s.tokens = func() (*tokens, error) {
		store, err := s.store()
		if err != nil {
			return nil, err
		}
		return openTokens(store)
	}
	s.org = once(func() (*organisation.Organisation, error) {
		store, err := s.store()
		if err != nil {
			return nil, err
		}
		c, err := loaded()
		if err != nil {
			return nil, err
		}
		org, _, err := organise(ctx, store, c)
		return org, err
	})
	return s, nil
}

// once makes what is needed at most once.
func once[T any](make func() (T, error)) func() (T, error) {
	var v T
	var err error
	made := false
	return func() (T, error) {
		if !made {
			v, err = make()
			made = true
		}
		return v, err
	}
}

// reader words what the store holds. Where names can't be read, opaque ids are shown.
func (s *site) reader() port.Reader {
	store, err := s.store()
	if err != nil {
		return nil
	}
	org, _ := s.org()
	return siteReader{store, org}
}

type siteReader struct {
	store *state.Store
	org   *organisation.Organisation // nil where the configuration can't be read
}

// PersonName implements port.Reader.
func (r siteReader) PersonName(id string) string {
	if r.org != nil {
		if p, ok := r.org.Directory.Person(id); ok && p.Name != "" {
			return p.Name
		}
	}
	if h, ok := r.store.Handle(id); ok {
		return h
	}
	return "somebody"
}

// Accounts implements port.Reader.
func (r siteReader) Accounts(id string) []chat.Account {
	if r.org == nil {
		return nil
	}
	return r.org.Directory.Accounts(id)
}

// Unseal implements port.Reader.
func (r siteReader) Unseal(s chat.Sealed) (string, bool) { return r.store.Unseal(s) }

// Zone implements port.Reader.
func (r siteReader) Zone() *time.Location {
	if r.org != nil {
		return r.org.Zone
	}
	return time.UTC
}
