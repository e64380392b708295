// Package commands is what people can say to the bot and what it does by itself, subject by subject: each command declared,
// with its handler; each effect with the turn that takes its outcome; each card.
package commands

import (
	"context"
	"log/slog"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Ports are the systems outside.
type Ports struct {
	Deployers map[string]port.Deployer // by pipeline
	Artifacts port.Artifacts
	Tickets   port.Ticketer
	Pager     port.Pager
	Prober    port.Prober
	Metrics   port.Metrics
	// Provenance says how source code came to be; nil if nothing is configured that could.
	Provenance port.Provenance
	// Traffic says how many customers there are at which hour; nil if nothing is configured that could.
	Traffic port.Traffic
	// TicketSystem and PagerSystem are the names of their adapters: accounts there are known by them.
	TicketSystem, PagerSystem string
	// View gives a consistent moment to what performs effects; the wiring sets it once there is a bot.
	View func(func(*bot.Reading) error) error
	// Reader words what is written to systems that take sentences; the wiring sets it once there is a bot.
	Reader func() port.Reader
	// Sink keeps signed checkpoints where the bot can't rewrite them; nil if there is none.
	Sink port.Sink
	// Mapped says whether a platform's workspace still has a group of its own mapped to a configured one: what it said of others
	// no longer holds. Nil for all.
	Mapped func(platform, workspace, group string) bool
	// Reload reads the configuration anew; an error is a sentence for the administrator.
	Reload func(context.Context) (Proposed, error)
	Log    *slog.Logger
}

// Proposed is a configuration that was read and is not in force yet.
type Proposed struct {
	Organisation *organisation.Organisation
	Changes      []Change
}

// Change is one difference that a reload would make.
type Change struct {
	Path, Before, After string
	// Sensitive changes touch people, electorates, gates or duties: a second administrator must accept them.
	Sensitive bool
}
