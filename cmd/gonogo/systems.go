package main

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/config"
)

// hooksPrefix is where other systems tell the bot of what happens there; the configuration's section follows.
const hooksPrefix = "/hooks/"

// system is an adapter to a system that is reached over a network, and may tell of itself what happens there.
type system interface {
	port.Examiner
	// Run asks what happens there until ctx ends.
	Run(context.Context) error
	// Handler takes what it says by itself; nil where it says nothing.
	Handler() http.Handler
}

// standing is a system with the section that configures it.
type standing struct {
	section string
	system
}

// attached notes a system, so that it is run, heard and examined.
func attached[S system, P any](o *outside, s S, err error, as func(S) P) (p P, _ error) {
	if err != nil {
		return p, err
	}
	o.systems = append(o.systems, standing{o.section, s})
	return as(s), nil
}

// hooks are the doors for what systems say by themselves, each under its section: /hooks/pipelines/prod. They verify what comes in.
func (o *outside) hooks() map[string]http.Handler {
	doors := map[string]http.Handler{}
	for _, s := range o.systems {
		h := s.Handler()
		if h == nil {
			continue
		}
		at := hooksPrefix + strings.ReplaceAll(s.section, ".", "/")
		doors[at] = http.StripPrefix(at, h)
		doors[at+"/"] = http.StripPrefix(at, h)
	}
	return doors
}

// ear takes notices for a bot that is there by the time that anything is heard.
type ear struct{ bot atomic.Pointer[bot.Bot] }

// Notice implements port.Listener.
func (e *ear) Notice(ctx context.Context, n port.Notice) error {
	if b := e.bot.Load(); b != nil {
		return b.Notice(ctx, n)
	}
	return bot.ErrStopping // not there yet, which is the same to whoever will say it again
}

// targets are what a pipeline serves, all of them where it is empty.
func targets(o *organisation.Organisation, pipeline string) (all []port.Target) {
	for _, e := range o.Environments {
		if pipeline != "" && e.Pipeline != pipeline {
			continue
		}
		for _, s := range o.Services {
			all = append(all, port.Target{Service: s.Name, Environment: e.Name})
		}
	}
	return all
}

// configuredTargets are those of a configuration without a bot.
func configuredTargets(c *config.Config, pipeline string) (all []port.Target) {
	for _, e := range c.Environments {
		if pipeline != "" && e.Pipeline != pipeline {
			continue
		}
		for _, s := range c.Services {
			all = append(all, port.Target{Service: s.Name, Environment: e.Name})
		}
	}
	return all
}

// quiet is a system that is only ever asked.
type quiet struct{ port.Examiner }

// Run implements system: there is nothing to listen for.
func (quiet) Run(context.Context) error { return nil }

// Handler implements system.
func (quiet) Handler() http.Handler { return nil }
