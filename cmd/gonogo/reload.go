package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/config"
)

// reloader reads the configuration anew and says what would change. It remembers which file an organisation was made from,
// as the one in force is the one that a new file is compared with.
type reloader struct {
	in    *instance
	mu    sync.Mutex
	files map[*organisation.Organisation]*config.Config
}

func newReloader(i *instance, org *organisation.Organisation, _ func(string) string) *reloader {
	return &reloader{in: i, files: map[*organisation.Organisation]*config.Config{org: i.config}}
}

// propose reads the file. A bad one changes nothing.
func (r *reloader) propose(ctx context.Context) (commands.Proposed, error) {
	c, err := r.in.load()
	if err != nil {
		return commands.Proposed{}, fmt.Errorf("the file stays out of force: %w", err)
	}
	org, idOf, err := organise(ctx, r.in.store, c)
	if err != nil {
		return commands.Proposed{}, err
	}
	out := commands.Proposed{Organisation: org}
	for _, change := range config.OpaqueDifference(r.remember(org, c), c, idOf) {
		out.Changes = append(out.Changes, commands.Change(change))
	}
	return out, nil
}

// remember keeps the file of the organisation in force, which it returns, and of the one proposed last.
func (r *reloader) remember(org *organisation.Organisation, c *config.Config) *config.Config {
	r.mu.Lock()
	defer r.mu.Unlock()
	current := r.in.bot.Organisation()
	inForce := r.files[current]
	r.files = map[*organisation.Organisation]*config.Config{current: inForce, org: c}
	return inForce
}

// inForce is the configuration that the bot works under.
func (r *reloader) inForce() *config.Config {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.files[r.in.bot.Organisation()]; c != nil {
		return c
	}
	return r.in.config
}
