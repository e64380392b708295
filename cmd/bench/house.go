package main

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/config"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

//go:embed organisation.yaml
var organisationFile []byte

// ballots is how many votes are open at once.
const ballots = 1000

// house is a bot with open ballots over systems that answer from memory.
type house struct {
	store *state.Store
	bot   *bot.Bot
	stop  context.CancelFunc
	chat  *silent // nil where the platform is another
	next  atomic.Int64
	done  chan struct{}
}

// pace is the least time between two messages in a channel, as the large chat platforms set it.
const pace = time.Second

// openHouse puts a bot on an engine. Its chat platform takes one message per channel and pace; 0 for as many as come.
func openHouse(engine kv.Engine, pace time.Duration) (*house, error) {
	return furnish(engine, organisationFile, memory{}, func(h *house) (port.Platform, error) {
		h.chat = &silent{pace: pace}
		return h.chat, nil
	})
}

// furnish puts a bot of an organisation on an engine, with a repository and a chat platform.
func furnish(engine kv.Engine, organisation []byte, artifacts port.Artifacts, platform func(*house) (port.Platform, error)) (*house, error) {
	store, err := state.Open(engine, state.Options{
		Key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), Master: make([]byte, 32), Now: time.Now,
	})
	if err != nil {
		return nil, err
	}
	c, err := config.Load(organisation, "organisation.yaml")
	if err != nil {
		return nil, err
	}
	ids := map[string]string{}
	err = store.Update(context.Background(), func(tx *state.Tx) (err error) {
		for _, p := range append(c.People, config.Person{Handle: state.Strangers}) {
			if ids[p.Handle], err = tx.Meet(p.Handle); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	org, err := c.Organise(func(h string) string { return ids[h] })
	if err != nil {
		return nil, err
	}
	h := &house{store: store, done: make(chan struct{})}
	ports := commands.Ports{
		Artifacts: artifacts, Tickets: &register{tickets: map[string]port.Ticket{}}, Log: slog.New(slog.DiscardHandler),
		View:   func(fn func(*bot.Reading) error) error { return h.bot.Read(fn) },
		Reader: func() port.Reader { return h.bot.Reader(nil) },
	}
	chats, err := platform(h)
	if err != nil {
		return nil, err
	}
	h.bot, err = bot.New(bot.Options{
		Store: store, Organisation: org, Behaviour: ports.Behaviour(), Platforms: []port.Platform{chats}, Now: time.Now,
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	h.stop = stop
	go func() { h.bot.Run(ctx, time.Second); close(h.done) }()
	return h, nil
}

// quiet waits until nothing is left in the outbox.
func (h *house) quiet() error {
	for {
		left := 0
		err := h.store.View(func(v *state.View) error {
			return v.Effects(func(effect.Effect) error { left++; return nil })
		})
		if err != nil || left == 0 {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (h *house) close() error {
	h.stop()
	<-h.done
	return h.store.Close()
}

// fill plans the releases whose ballots are voted on, and waits until nothing is left to do.
func (h *house) fill() error {
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for i := range ballots {
		group.Go(func() {
			key := fmt.Sprintf("plan-%d", i)
			reply, err := h.bot.Say(context.Background(), port.Said{Key: key, Account: account("planner"), Text: fmt.Sprintf("/release plan checkout 1.0.%d", i)})
			if err == nil && reply.Outcome != chat.Done {
				err = fmt.Errorf("plan: %s", reply.Code)
			}
			if err == nil {
				_, err = h.bot.Settle(context.Background(), key)
			}
			if err != nil {
				mu.Lock()
				failed = err
				mu.Unlock()
			}
		})
	}
	group.Wait()
	h.chat.paced.Store(true)
	return failed
}

func account(id string) chat.Account {
	return chat.Account{Platform: "local", Workspace: "bench", ID: id}
}

// memory is an artifact repository that holds every version.
type memory struct{}

func (memory) Artifact(_ context.Context, service, version string) (port.Artifact, error) {
	sum := sha256.Sum256([]byte(service + version))
	digest := hex.EncodeToString(sum[:])
	return port.Artifact{Service: service, Version: version, Digest: digest, Declared: digest, Size: 1 << 20,
		Build:  port.Build{Commit: digest[:40], At: time.Unix(1e9, 0), RunID: "1", Authors: []string{"author@bench.example"}, LinesChanged: new(10)},
		Source: port.Source{System: "memory", At: time.Now()}}, nil
}

func (memory) Versions(context.Context, string) ([]string, error) { return nil, nil }

// register is a change register in memory.
type register struct {
	mu      sync.Mutex
	tickets map[string]port.Ticket
}

func (r *register) Open(_ context.Context, c port.Change) (port.Ticket, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := port.Ticket{ID: "CHG-" + c.Release, Status: port.TicketOpen, Change: c}
	r.tickets[c.Key] = t
	return t, nil
}

func (r *register) Find(_ context.Context, key string) (port.Ticket, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, ok := r.tickets[key]
	if !ok {
		return t, effect.ErrNotFound
	}
	return t, nil
}

func (r *register) Note(context.Context, string, port.Note) error         { return nil }
func (r *register) Move(context.Context, string, port.TicketStatus) error { return nil }
func (r *register) Amend(context.Context, string, port.Change) error      { return nil }
func (r *register) Attach(context.Context, string, port.Evidence) error   { return nil }
func (r *register) Ticket(context.Context, string) (port.Ticket, error) {
	return port.Ticket{}, effect.ErrNotFound
}

// silent is a chat platform that nobody reads.
type silent struct {
	pace  time.Duration
	paced atomic.Bool // once the house is filled
	mu    sync.Mutex
	next  map[string]time.Time
	n     int
}

func (s *silent) Name() string { return "local" }

func (s *silent) Post(_ context.Context, to chat.Place, _ string, _ port.Worded) (chat.Ref, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	return chat.Ref{Place: to, ID: fmt.Sprint(s.n)}, nil
}

func (s *silent) Update(_ context.Context, ref chat.Ref, _ port.Worded) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next = map[string]time.Time{}
	}
	now := time.Now()
	if !s.paced.Load() {
		return nil
	}
	if wait := s.next[ref.Place.Channel].Sub(now); wait > 0 {
		return effect.Retryable(fmt.Errorf("slow down"), wait)
	}
	s.next[ref.Place.Channel] = now.Add(s.pace)
	return nil
}
