package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/config"
)

// examinationTime bounds what one system may take to be examined.
const examinationTime = time.Minute

type doctorCommand struct {
	File string `name:"config" type:"path" default:"gonogo.yaml" help:"Configuration file."`
}

// Run examines every system that the configuration names and that can be: exit status 1 if anything is to be done.
func (c doctorCommand) Run(s streams) error {
	loaded, err := load(c.File)
	if err == nil {
		err = checkAdapters(loaded)
	}
	if err != nil {
		return exit{exitUsage, fmt.Errorf("the configuration comes first: %w", err)}
	}
	ctx, stop := untilStopped()
	defer stop()
	patients, err := examiners(loaded)
	if err != nil {
		return exit{exitFailed, err}
	}
	if len(patients) == 0 {
		fmt.Fprintln(s.out, "Nothing in this configuration reaches beyond this machine: there is nothing to examine.")
		return nil
	}
	toDo := 0
	for _, p := range patients {
		m := examine(ctx, p)
		for _, l := range m.Sections[0].Lines {
			if l.Mark != chat.MarkOpen {
				toDo++
			}
		}
		fmt.Fprint(s.out, terminal.Render(words.WordMessage(m, nil, time.Now()), terminal.Options{Width: width(s.out)}))
	}
	if toDo > 0 {
		return exit{status: exitFailed}
	}
	return nil
}

// patient is a system that can be examined.
type patient struct {
	name string
	port.Examiner
}

// examiners builds what the configuration names for being examined alone: nobody speaks through it.
func examiners(c *config.Config) ([]patient, error) {
	o := unattended(c)
	chats, err := buildPlatforms(c, o)
	if err != nil {
		return nil, err
	}
	var out []patient
	for _, p := range chats {
		out = append(out, patient{p.Name(), p})
	}
	faults := []error{
		ticketers.reachable("tickets", c.Tickets, o), pagers.reachable("pager", c.Pager, o), provenances.reachable("provenance", c.Provenance, o),
	}
	for _, name := range slices.Sorted(maps.Keys(c.Pipelines)) {
		faults = append(faults, deployers.reachable("pipelines."+name, c.Pipelines[name], o))
	}
	for _, s := range o.systems {
		out = append(out, patient{s.section, s})
	}
	out = append(out, doorways(c, o)...)
	return out, errors.Join(faults...)
}

// reachable builds an adapter if it reaches a system beyond this machine.
func (as adapters[P]) reachable(section string, a config.Adapter, o *outside) error {
	if !as[a.Name].reaches {
		return nil
	}
	_, err := as.build(section, a, o)
	return err
}

// unattended is what adapters get of a configuration while no bot is behind them.
func unattended(c *config.Config) *outside {
	o := newOutside(&secrets{})
	o.serves = func(pipeline string) []port.Target { return configuredTargets(c, pipeline) }
	o.chat = chatOutside{
		log: newLog(io.Discard, c.Operations.Log, o.secrets.redact), commands: func() []command.Spec { return declared(c) },
		reader: func(*time.Location) port.Reader { return nil },
		places: func() []chat.Place { return distinct(c.Chat.Releases(), c.Chat.CAB(), c.Chat.OnCall(), c.LinePlaces()) },
	}
	return o
}

// examine lists what was found, each with what to do about it.
func examine(ctx context.Context, p patient) chat.Message {
	ctx, cancel := context.WithTimeout(ctx, examinationTime)
	defer cancel()
	s := chat.Section{}
	for _, f := range p.Examine(ctx) {
		line := chat.Line{Mark: chat.MarkOpen, Text: f.What}
		if !f.OK {
			line.Mark = chat.MarkClosed
		}
		if !f.Do.IsZero() {
			line.Sub = []chat.Text{f.Do}
		}
		s.Lines = append(s.Lines, line)
	}
	return chat.Message{Title: chat.Say("doctor.examined", chat.Word("system", p.name)), Sections: []chat.Section{s}}
}

// declared is the catalogue of commands without a bot, for what is made from their declarations alone. Its examples name what
// the configuration has; nil is for no configuration yet.
func declared(c *config.Config) []command.Spec {
	o := &organisation.Organisation{
		Services: []organisation.Service{{Name: "my-service"}}, Environments: []organisation.Environment{{Name: "staging"}, {Name: "prod"}},
	}
	if c != nil {
		o.Services, o.Environments = nil, nil
		for _, s := range c.Services {
			o.Services = append(o.Services, organisation.Service{Name: s.Name})
		}
		for _, e := range c.Environments {
			o.Environments = append(o.Environments, organisation.Environment{Name: e.Name})
		}
	}
	var out []command.Spec
	for _, c := range (commands.Ports{}).Behaviour().Commands {
		c.Examples = slices.Clone(c.Examples)
		for i, e := range c.Examples {
			c.Examples[i] = command.Example{Line: o.Example(e.Line, nil), Does: o.Example(e.Does, nil)}
		}
		out = append(out, c.Spec)
	}
	return out
}
