package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/words"
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

func newReloader(i *instance, org *organisation.Organisation) *reloader {
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

// filesKept is of how many proposals the file is remembered until one of them is in force.
const filesKept = 16

// remember keeps the file of a proposal, and returns that of the organisation in force.
func (r *reloader) remember(org *organisation.Organisation, c *config.Config) *config.Config {
	r.mu.Lock()
	defer r.mu.Unlock()
	current := r.in.bot.Configured()
	inForce := r.files[current]
	if len(r.files) > filesKept {
		r.files = map[*organisation.Organisation]*config.Config{current: inForce}
	}
	r.files[org] = c
	return inForce
}

// restartFor are the sections that are read at a start only.
var restartFor = []string{"operations.", "chat.platforms.", "pipelines.", "artifacts.", "tickets.", "pager.", "metrics.", "provenance.", "checkpoints."}

// atStart reports whether a change takes effect with the next start only.
func atStart(c commands.Change) bool {
	return slices.ContainsFunc(restartFor, func(section string) bool { return strings.HasPrefix(c.Path, section) })
}

// onHangup returns what reloads at every SIGHUP from now on: one that comes before anybody listens would end the process.
func (r *reloader) onHangup(ctx context.Context) func() {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	return func() {
		defer signal.Stop(hangup)
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangup:
				r.reload(ctx)
			}
		}
	}
}

// reload puts in force what the file says now, or proposes it, and logs which.
func (r *reloader) reload(ctx context.Context) {
	log := r.in.log
	outcome, changes, err := r.in.ports.ReloadAsOperator(ctx, r.in.bot)
	if err != nil {
		log.Error("the configuration was not reloaded", "error", err)
		return
	}
	for _, c := range changes {
		log.Info("the configuration file differs", "path", c.Path, "before", c.Before, "after", c.After,
			"sensitive", c.Sensitive, "needs_restart", atStart(c))
	}
	log.Info("the configuration was read anew", "code", outcome.Code, "outcome", words.Text(outcome, r.in.bot.Reader(nil), time.Now()))
}
